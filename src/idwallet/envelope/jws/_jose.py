"""The one door to python-jose: its key objects, built from keys we already trust.

``jose.jws`` and ``jose.jwk`` are never called: they read tokens leniently, choose the
algorithm from the header and share a table of key classes with the application.
"""

import hashlib
from typing import Final, Protocol, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from jose import backends
from jose.backends.base import Key
from jose.backends.cryptography_backend import (
    CryptographyECKey,
    CryptographyRSAKey,
)

from idwallet.codec.ecdsa import ecdsa_value
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UnsupportedError

_BACK_END: Final = (CryptographyECKey, CryptographyRSAKey)


class _Native(Protocol):
    def verify(self, signature: bytes, data: bytes, /) -> None: ...


class EcKey(CryptographyECKey):  # type: ignore[misc]
    """ES256, ES384 and ES512: one object for all the keys of an algorithm.

    python-jose's constructor would also parse PEM, JWK and X.509; its `verify` takes
    every exception, a programming fault too, for a wrong signature. Both, and what it
    asks the key for every signature, take longer than what is done here.
    """

    def __init__(self, algorithm: Algorithm, curve_hash: hashes.HashAlgorithm) -> None:
        """Prepare what all signatures of the algorithm have in common."""
        self._algorithm = algorithm.jose
        self._size = algorithm.signature_bytes
        self._digest = getattr(hashlib, algorithm.prehash)
        self._scheme = ec.ECDSA(Prehashed(curve_hash))

    def matches(
        self, native: ec.EllipticCurvePublicKey, *, message: bytes, signature: bytes
    ) -> bool:
        """Say whether `signature`, r||s of exact length, is the key's over `message`.

        Raises:
            UnsupportedError: see `MATCHES`.
        """
        if (backends.ECKey, backends.RSAKey) != _BACK_END:
            raise _no_back_end()
        if len(signature) != self._size:  # RFC 7518 §3.4
            return False
        # The digest is hashlib's, which the disclosures have just used: the processor
        # still holds its code, and none of what cryptography would hash with.
        hashed = self._digest(message).digest()
        try:
            native.verify(ecdsa_value(signature), hashed, self._scheme)
        except InvalidSignature:
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


class Matches(Protocol):
    """Says whether a native key's signature over the message is this one."""

    def __call__(self, native: object, /, *, message: bytes, signature: bytes) -> bool:
        """Say whether the key's signature over the message is this one."""


def _each_curve(algorithm: Algorithm, digest: hashes.HashAlgorithm) -> Matches:
    # Only keys of the curve come here, which the type of a table cannot say.
    return cast("Matches", EcKey(algorithm, digest).matches)


def _each_key(kind: type[Key], algorithm: Algorithm) -> Matches:
    """Match with one of python-jose's objects for each key, as it means them."""

    def matches(native: object, *, message: bytes, signature: bytes) -> bool:
        if (backends.ECKey, backends.RSAKey) != _BACK_END:
            raise _no_back_end()
        return kind(native, algorithm.jose).verify(message, signature) is True

    return matches


def _no_back_end() -> UnsupportedError:
    # Its pure Python back end leaks keys by timing and ignores our keys' checks.
    return UnsupportedError(
        "python-jose without its cryptography back end",
        at="jose.backends",
        clause="RFC 8725 §3.2",
    )


MATCHES: Final[dict[Algorithm, Matches]] = {
    Algorithm.ES256: _each_curve(Algorithm.ES256, hashes.SHA256()),
    Algorithm.ES384: _each_curve(Algorithm.ES384, hashes.SHA384()),
    Algorithm.ES512: _each_curve(Algorithm.ES512, hashes.SHA512()),
    Algorithm.RS256: _each_key(CryptographyRSAKey, Algorithm.RS256),
    Algorithm.PS256: _each_key(PssKey, Algorithm.PS256),
    Algorithm.EDDSA: _each_key(PlainKey, Algorithm.EDDSA),
    Algorithm.ML_DSA_44: _each_key(PlainKey, Algorithm.ML_DSA_44),
    Algorithm.ML_DSA_65: _each_key(PlainKey, Algorithm.ML_DSA_65),
    Algorithm.ML_DSA_87: _each_key(PlainKey, Algorithm.ML_DSA_87),
}
"""What judges a signature of each algorithm.

The caller has checked that the key does the algorithm: python-jose does not, and takes
a P-384 key for ES256. Each raises `UnsupportedError` when python-jose does not run on
its cryptography back end.
"""
