"""The one door to python-jose: its key objects, built from keys we already trust.

``jose.jws`` and ``jose.jwk`` are never called: they read tokens leniently, choose the
algorithm from the header and share a table of key classes with the application.
"""

from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from jose import backends
from jose.backends.base import Key
from jose.backends.cryptography_backend import (
    CryptographyECKey,
    CryptographyRSAKey,
)

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UnsupportedError


class _Native(Protocol):
    def verify(self, signature: bytes, data: bytes, /) -> None: ...


class EcKey(CryptographyECKey):  # type: ignore[misc]
    """ES256, ES384 and ES512 on python-jose's key and its reading of r||s.

    Its own constructor would also parse PEM, JWK and X.509; its own `verify` takes
    every exception, a programming fault too, for a wrong signature.
    """

    _SCHEMES: Final = {
        "ES256": ec.ECDSA(hashes.SHA256()),
        "ES384": ec.ECDSA(hashes.SHA384()),
        "ES512": ec.ECDSA(hashes.SHA512()),
    }

    def __init__(self, key: ec.EllipticCurvePublicKey, algorithm: str) -> None:
        """Hold the native key, and nothing that would have to be parsed."""
        self.prepared_key = key
        self._algorithm = algorithm

    _HALVES: Final = {"ES256": 32, "ES384": 48, "ES512": 66}

    def _sig_component_length(self) -> int:
        # python-jose asks the key for every signature; the algorithm says it, since
        # the caller has checked that the key's curve is the algorithm's.
        return self._HALVES[self._algorithm]

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """Say whether `sig`, as r||s of exact length, is the key's over `msg`."""
        scheme = self._SCHEMES[self._algorithm]
        try:
            self.prepared_key.verify(self._raw_to_der(sig), msg, scheme)
        except (InvalidSignature, ValueError):
            # ValueError is python-jose's word for another length (RFC 7518 §3.4).
            return False
        return True


class PssKey(CryptographyRSAKey):  # type: ignore[misc]
    """PS256 (RFC 7518 §3.5), which python-jose lacks: salt as long as the hash."""

    _PADDING: Final = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)

    def __init__(self, key: object, algorithm: str) -> None:
        """Hold the native key under the name of python-jose's SHA-256 algorithm."""
        super().__init__(key, "RS256")
        self._algorithm = algorithm

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """Say whether `sig` is the key's PSS signature over `msg`."""
        try:
            self.prepared_key.verify(sig, msg, self._PADDING, hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class PlainKey(Key):  # type: ignore[misc]
    """EdDSA (RFC 8037) and ML-DSA, which python-jose lacks: no options to choose."""

    def __init__(self, key: _Native, algorithm: str) -> None:
        """Hold the native key; the algorithm is the key's own."""
        super().__init__(key, algorithm)
        self._native = key

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """Say whether `sig` is the key's signature over `msg`."""
        try:
            self._native.verify(sig, msg)
        except InvalidSignature:
            return False
        return True


_KEYS: Final[dict[Algorithm, type[Key]]] = {
    Algorithm.ES256: EcKey,
    Algorithm.ES384: EcKey,
    Algorithm.ES512: EcKey,
    Algorithm.RS256: CryptographyRSAKey,
    Algorithm.PS256: PssKey,
    Algorithm.EDDSA: PlainKey,
    Algorithm.ML_DSA_44: PlainKey,
    Algorithm.ML_DSA_65: PlainKey,
    Algorithm.ML_DSA_87: PlainKey,
}


def matches(
    key: PublicKey, algorithm: Algorithm, *, message: bytes, signature: bytes
) -> bool:
    """Say whether the key's signature over the message is this one.

    The caller has checked that the key does the algorithm: python-jose does not, and
    takes a P-384 key for ES256.

    Raises:
        UnsupportedError: python-jose would use its pure Python back end, which leaks
            keys by timing and ignores our keys' checks.
    """
    if (
        backends.ECKey is not CryptographyECKey
        or backends.RSAKey is not CryptographyRSAKey
    ):
        raise UnsupportedError(
            "python-jose without its cryptography back end",
            at="jose.backends",
            clause="RFC 8725 §3.2",
        )
    verifier = _KEYS[algorithm](key.native, algorithm.jose)
    return verifier.verify(message, signature) is True
