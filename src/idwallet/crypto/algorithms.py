"""The closed list of signature algorithms."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


@dataclass(frozen=True, slots=True)
class _Row:
    jose: str
    cose: int
    signature_bytes: int
    prehash: str


class Algorithm(Enum):
    """A signature algorithm that names its curve, hash and parameters completely.

    `jose` is the registered JOSE name, for those of `COSE_ONLY` their name in COSE;
    `cose` is the registered COSE number. ECDSA on a Brainpool curve is ``ESB256`` and
    so on (RFC 9864 2.1).
    `signature_bytes` is the length of every signature, 0 where the key decides (RSA).
    `prehash` is the hashlib name of the digest that is signed, "" where the algorithm
    signs the message itself. ``none`` and the HMAC names have no member, so no policy
    can name them (RFC 8725 3.1, 3.2).
    """

    ES256 = _Row("ES256", -7, 64, "sha256")
    ES384 = _Row("ES384", -35, 96, "sha384")
    ES512 = _Row("ES512", -36, 132, "sha512")
    EDDSA = _Row("EdDSA", -8, 64, "")
    PS256 = _Row("PS256", -37, 0, "sha256")
    RS256 = _Row("RS256", -257, 0, "sha256")
    ML_DSA_44 = _Row("ML-DSA-44", -48, 2420, "")
    ML_DSA_65 = _Row("ML-DSA-65", -49, 3309, "")
    ML_DSA_87 = _Row("ML-DSA-87", -50, 4627, "")
    ESB256 = _Row("ESB256", -265, 64, "sha256")
    ESB384 = _Row("ESB384", -267, 96, "sha384")
    ESB512 = _Row("ESB512", -268, 128, "sha512")

    def __init__(self, row: _Row) -> None:
        """Spread the row over the attributes."""
        self.jose: str = row.jose
        self.cose: int = row.cose
        self.signature_bytes: int = row.signature_bytes
        self.prehash: str = row.prehash

    # Members are singletons; enum's own hash runs Python code on every set look-up,
    # which is a third of the cost of choosing an algorithm.
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        """Name the member only."""
        return f"Algorithm.{self.name}"

    @staticmethod
    def from_jose(name: str) -> "Algorithm | None":
        """Return the algorithm of that JOSE name, or None.

        Names are case-sensitive (RFC 7515 4.1.1). ``Ed25519`` (RFC 9864 2.2) is the
        same algorithm as ``EdDSA`` here, where no key is on another Edwards curve.
        """
        return JOSE_NAMES.get(name)

    @staticmethod
    def from_name(name: str) -> "Algorithm | None":
        """Return the algorithm whose `jose` is that, or None; for our own records."""
        return _BY_NAME.get(name)

    @staticmethod
    def from_cose(number: int) -> "Algorithm | None":
        """Return the algorithm of that COSE number, or None.

        The fully-specified numbers of RFC 9864 are read too: a key here fixes the
        curve, so ESP256 and ES256 are one.
        """
        return _BY_COSE.get(number)


COSE_ONLY: Final = frozenset({Algorithm.ESB256, Algorithm.ESB384, Algorithm.ESB512})
"""What RFC 9864 registers for COSE alone: no JWS and no JWK can name it."""

ECDSA: Final = COSE_ONLY | {Algorithm.ES256, Algorithm.ES384, Algorithm.ES512}
"""ECDSA on every curve."""

_BY_NAME: Final = {each.jose: each for each in Algorithm}
JOSE_NAMES: Final[Mapping[str, Algorithm]] = {
    **{each.jose: each for each in Algorithm if each not in COSE_ONLY},
    "Ed25519": Algorithm.EDDSA,
}
"""The names that `Algorithm.from_jose` knows."""

CURVE_OF_KEY: Final[Mapping[int, Algorithm]] = {
    -7: Algorithm.ESB256,
    -35: Algorithm.ESB384,
    -36: Algorithm.ESB512,
}
"""The numbers of RFC 9053 2.1 that leave the curve to the key, each with what it is on
a Brainpool curve: so ISO/IEC 18013-5:2021 has it (9.1.2.4, table 22)."""

_BY_COSE: Final = {
    **{each.cose: each for each in Algorithm},
    -9: Algorithm.ES256,  # ESP256, RFC 9864 §2.1
    -51: Algorithm.ES384,  # ESP384
    -52: Algorithm.ES512,  # ESP512
    -19: Algorithm.EDDSA,  # Ed25519, RFC 9864 §2.2
}

DEFAULT_ALGORITHMS: Final = frozenset(
    {Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA}
)
"""What a policy allows unless it names more: RSA and ML-DSA must be named."""
