"""Private key objects: made, read, signed with."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA65PrivateKey,
    MLDSA87PrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import MalformedError, UnsupportedError

NativePrivateKey: TypeAlias = (
    ec.EllipticCurvePrivateKey
    | Ed25519PrivateKey
    | rsa.RSAPrivateKey
    | MLDSA44PrivateKey
    | MLDSA65PrivateKey
    | MLDSA87PrivateKey
)
NATIVE: Final = (
    ec.EllipticCurvePrivateKey,
    Ed25519PrivateKey,
    rsa.RSAPrivateKey,
    MLDSA44PrivateKey,
    MLDSA65PrivateKey,
    MLDSA87PrivateKey,
)
_RSA_BITS_MADE: Final = 3072  # NIST SP 800-57 part 1: good beyond 2030
_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}


def _make_ec(name: str) -> Callable[[], NativePrivateKey]:
    return lambda: ec.generate_private_key(_CURVES[name])


def _make_rsa() -> NativePrivateKey:
    return rsa.generate_private_key(65537, _RSA_BITS_MADE)


_MAKE: Final[Mapping[Algorithm, Callable[[], NativePrivateKey]]] = {
    Algorithm.ES256: _make_ec("P-256"),
    Algorithm.ES384: _make_ec("P-384"),
    Algorithm.ES512: _make_ec("P-521"),
    Algorithm.EDDSA: Ed25519PrivateKey.generate,
    Algorithm.PS256: _make_rsa,
    Algorithm.RS256: _make_rsa,
    Algorithm.ML_DSA_44: MLDSA44PrivateKey.generate,
    Algorithm.ML_DSA_65: MLDSA65PrivateKey.generate,
    Algorithm.ML_DSA_87: MLDSA87PrivateKey.generate,
    Algorithm.ESB256: _make_ec("brainpoolP256r1"),
    Algorithm.ESB384: _make_ec("brainpoolP384r1"),
    Algorithm.ESB512: _make_ec("brainpoolP512r1"),
}


def make(algorithm: Algorithm) -> NativePrivateKey:
    """Make a new key; RSA keys get 3072 bits.

    Raises:
        UnsupportedError: the cryptography build at hand lacks the algorithm.
    """
    try:
        return _MAKE[algorithm]()
    except UnsupportedAlgorithm as error:
        raise UnsupportedError(
            f"{algorithm.jose} is missing from this cryptography build",
            clause="RFC 7518 §3.1",
        ) from error


Sign: TypeAlias = Callable[[bytes], bytes]


def _sign_ecdsa(size: int, digest: hashes.HashAlgorithm) -> Callable[..., Sign]:
    scheme = ec.ECDSA(digest)

    def bind(native: NativePrivateKey) -> Sign:
        make_signature = cast("ec.EllipticCurvePrivateKey", native).sign

        def sign(message: bytes) -> bytes:
            r, s = decode_dss_signature(make_signature(message, scheme))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")

        return sign

    return bind


def _sign_rsa(scheme: padding.AsymmetricPadding) -> Callable[..., Sign]:
    digest = hashes.SHA256()

    def bind(native: NativePrivateKey) -> Sign:
        key = cast("rsa.RSAPrivateKey", native)
        return lambda message: key.sign(message, scheme, digest)

    return bind


def _sign_itself(native: NativePrivateKey) -> Sign:
    key = cast(
        "Ed25519PrivateKey | MLDSA44PrivateKey | MLDSA65PrivateKey | MLDSA87PrivateKey",
        native,
    )
    return key.sign


_BIND: Final[Mapping[Algorithm, Callable[..., Sign]]] = {
    Algorithm.ES256: _sign_ecdsa(32, hashes.SHA256()),
    Algorithm.ES384: _sign_ecdsa(48, hashes.SHA384()),
    Algorithm.ES512: _sign_ecdsa(66, hashes.SHA512()),
    Algorithm.EDDSA: _sign_itself,
    Algorithm.PS256: _sign_rsa(
        padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
    ),
    Algorithm.RS256: _sign_rsa(padding.PKCS1v15()),
    Algorithm.ML_DSA_44: _sign_itself,
    Algorithm.ML_DSA_65: _sign_itself,
    Algorithm.ML_DSA_87: _sign_itself,
    Algorithm.ESB256: _sign_ecdsa(32, hashes.SHA256()),
    Algorithm.ESB384: _sign_ecdsa(48, hashes.SHA384()),
    Algorithm.ESB512: _sign_ecdsa(64, hashes.SHA512()),
}


def bind(native: NativePrivateKey, *, algorithm: Algorithm) -> Sign:
    """Return the function that signs with the key; it answers in JOSE form."""
    return _BIND[algorithm](native)


_RSA_PRIVATE: Final = ("d", "p", "q", "dp", "dq", "qi")


def from_jwk(
    jwk: Mapping[str, JsonValue], *, at: str
) -> tuple[NativePrivateKey, PublicKey]:
    """Read a private JWK; its public half must be there too, fitting the private.

    Raises:
        MalformedError: a part is missing, has the wrong length or does not fit.
        UnsupportedError: a key type or curve that is not in `kinds`, or an RSA key
            without its primes or with more than two.
    """
    public = PublicKey.from_jwk(_public_half(jwk, at=at), at=at)
    if public.kind.kty == "RSA":
        native = _rsa(jwk, public=public, at=at)
    else:
        native = _not_rsa(jwk, public=public, at=at)
    # A public half of someone else's would make others trust the wrong key.
    if PublicKey.from_native(native.public_key()) != public:
        raise MalformedError(
            "public half is of another key", at=at, clause="RFC 7517 §9.3"
        )
    return native, public


def _public_half(jwk: Mapping[str, JsonValue], *, at: str) -> dict[str, JsonValue]:
    """Leave out what is private, and read ``key_ops`` as those of a signing key."""
    if "key_ops" in jwk:
        operations = jwk["key_ops"]
        if not isinstance(operations, list) or "sign" not in operations:
            raise MalformedError(
                "key may not sign", at=f"{at}/key_ops", clause="RFC 7517 §4.3"
            )
    left_out = {*_RSA_PRIVATE, "oth", "priv", "key_ops"}
    return {name: value for name, value in jwk.items() if name not in left_out}


def _octets(jwk: Mapping[str, JsonValue], *, name: str, at: str) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str):
        raise MalformedError(
            "missing member of the key", at=f"{at}/{name}", clause="RFC 7518 §6"
        )
    return b64.decode(text, at=f"{at}/{name}", clause="RFC 7518 §6")


def _not_rsa(
    jwk: Mapping[str, JsonValue], *, public: PublicKey, at: str
) -> NativePrivateKey:
    kind = public.kind
    name = "priv" if kind.kty == "AKP" else "d"
    secret = _octets(jwk, name=name, at=at)
    size = 32 if kind.kty == "AKP" else kind.size  # the seed, RFC 9964 §4
    if len(secret) != size:
        raise MalformedError(
            "wrong length for the key", at=f"{at}/{name}", clause="RFC 7518 §6.2.2.1"
        )
    if kind.kty != "EC":
        (algorithm,) = public.algorithms
        return _FROM_SEED[algorithm](secret)
    try:
        return ec.derive_private_key(int.from_bytes(secret, "big"), _CURVES[kind.name])
    except ValueError as error:
        raise MalformedError(
            "not a private key of the curve", at=f"{at}/d", clause="RFC 7518 §6.2.2.1"
        ) from error


_FROM_SEED: Final[Mapping[Algorithm, Callable[[bytes], NativePrivateKey]]] = {
    Algorithm.EDDSA: Ed25519PrivateKey.from_private_bytes,
    Algorithm.ML_DSA_44: MLDSA44PrivateKey.from_seed_bytes,
    Algorithm.ML_DSA_65: MLDSA65PrivateKey.from_seed_bytes,
    Algorithm.ML_DSA_87: MLDSA87PrivateKey.from_seed_bytes,
}


def _rsa(
    jwk: Mapping[str, JsonValue], *, public: PublicKey, at: str
) -> NativePrivateKey:
    if "oth" in jwk or "p" not in jwk:
        raise UnsupportedError(
            "RSA key without exactly two primes", at=at, clause="RFC 7518 §6.3.2"
        )
    parts = {
        name: int.from_bytes(_octets(jwk, name=name, at=at), "big")
        for name in _RSA_PRIVATE
    }
    numbers = cast("rsa.RSAPublicKey", public.native).public_numbers()
    try:
        return rsa.RSAPrivateNumbers(
            p=parts["p"],
            q=parts["q"],
            d=parts["d"],
            dmp1=parts["dp"],
            dmq1=parts["dq"],
            iqmp=parts["qi"],
            public_numbers=numbers,
        ).private_key()
    except ValueError as error:
        raise MalformedError(
            "parts of the RSA key do not fit", at=at, clause="RFC 8017 §3.2"
        ) from error
