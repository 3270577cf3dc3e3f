"""The kinds of key, each with the constant head of its SubjectPublicKeyInfo."""

from dataclasses import dataclass
from typing import Final

from idwallet.crypto.algorithms import Algorithm


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One kind of public key.

    `kty` and `name` are the JWK ``kty`` and ``crv`` (for AKP keys ``alg``, for the
    Brainpool curves, which JWK has not, their name in RFC 5639); `cose_kty`
    and `cose_name` the COSE ``kty`` and ``crv`` (``alg``). `head` is all of the DER
    SubjectPublicKeyInfo before the raw key: for EC it ends with 04, the mark of an
    uncompressed point (SEC 1 2.3.3). `size` is the octets of the raw key, for EC of one
    coordinate. An RSA key has no fixed head or size.
    """

    kty: str
    name: str
    cose_kty: int
    cose_name: int
    algorithms: frozenset[Algorithm]
    head: bytes = b""
    size: int = 0

    @property
    def spki_bytes(self) -> int:
        """The length of the whole SubjectPublicKeyInfo; 0 for RSA."""
        if self.kty == "EC":
            return len(self.head) + 2 * self.size
        return len(self.head) + self.size


P256: Final = KeyKind(
    kty="EC",
    name="P-256",
    cose_kty=2,
    cose_name=1,
    algorithms=frozenset({Algorithm.ES256}),
    head=bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
    size=32,
)
P384: Final = KeyKind(
    kty="EC",
    name="P-384",
    cose_kty=2,
    cose_name=2,
    algorithms=frozenset({Algorithm.ES384}),
    head=bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"),
    size=48,
)
P521: Final = KeyKind(
    kty="EC",
    name="P-521",
    cose_kty=2,
    cose_name=3,
    algorithms=frozenset({Algorithm.ES512}),
    head=bytes.fromhex("30819b301006072a8648ce3d020106052b810400230381860004"),
    size=66,
)
BRAINPOOL_P256: Final = KeyKind(
    kty="EC",
    name="brainpoolP256r1",
    cose_kty=2,
    cose_name=256,
    algorithms=frozenset({Algorithm.ESB256}),
    head=bytes.fromhex("305a301406072a8648ce3d020106092b240303020801010703420004"),
    size=32,
)
BRAINPOOL_P384: Final = KeyKind(
    kty="EC",
    name="brainpoolP384r1",
    cose_kty=2,
    cose_name=258,
    algorithms=frozenset({Algorithm.ESB384}),
    head=bytes.fromhex("307a301406072a8648ce3d020106092b240303020801010b03620004"),
    size=48,
)
BRAINPOOL_P512: Final = KeyKind(
    kty="EC",
    name="brainpoolP512r1",
    cose_kty=2,
    cose_name=259,
    algorithms=frozenset({Algorithm.ESB512}),
    head=bytes.fromhex("30819b301406072a8648ce3d020106092b240303020801010d0381820004"),
    size=64,
)
ED25519: Final = KeyKind(
    kty="OKP",
    name="Ed25519",
    cose_kty=1,
    cose_name=6,
    algorithms=frozenset({Algorithm.EDDSA}),
    head=bytes.fromhex("302a300506032b6570032100"),
    size=32,
)
RSA: Final = KeyKind(
    kty="RSA",
    name="RSA",
    cose_kty=3,
    cose_name=0,
    algorithms=frozenset({Algorithm.PS256, Algorithm.RS256}),
)
ML_DSA_44: Final = KeyKind(
    kty="AKP",
    name="ML-DSA-44",
    cose_kty=7,
    cose_name=-48,
    algorithms=frozenset({Algorithm.ML_DSA_44}),
    head=bytes.fromhex("30820532300b06096086480165030403110382052100"),
    size=1312,
)
ML_DSA_65: Final = KeyKind(
    kty="AKP",
    name="ML-DSA-65",
    cose_kty=7,
    cose_name=-49,
    algorithms=frozenset({Algorithm.ML_DSA_65}),
    head=bytes.fromhex("308207b2300b0609608648016503040312038207a100"),
    size=1952,
)
ML_DSA_87: Final = KeyKind(
    kty="AKP",
    name="ML-DSA-87",
    cose_kty=7,
    cose_name=-50,
    algorithms=frozenset({Algorithm.ML_DSA_87}),
    head=bytes.fromhex("30820a32300b060960864801650304031303820a2100"),
    size=2592,
)

KINDS: Final = (
    P256,
    P384,
    P521,
    ED25519,
    RSA,
    ML_DSA_44,
    ML_DSA_65,
    ML_DSA_87,
    BRAINPOOL_P256,
    BRAINPOOL_P384,
    BRAINPOOL_P512,
)
"""Every kind, the usual first."""

KIND_OF: Final = {algorithm: kind for kind in KINDS for algorithm in kind.algorithms}
"""The kind of key that an algorithm signs with."""
