"""Hybrid public key encryption (RFC 9180): to one key, in one message.

One suite only, that of ISO/IEC TS 18013-7 Annex C: DHKEM(P-256, HKDF-SHA256),
HKDF-SHA256, AES-128-GCM, mode base.
"""

from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from idwallet.crypto import pkcs8
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Random

_SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_CURVE: Final = "secp256r1"
ENCAPSULATED_BYTES: Final = 65
"""The octets of an encapsulated key: a point, not compressed (RFC 9180 7.1.1)."""


def encrypt_to(key: PublicKey, plain: bytes, *, info: bytes) -> tuple[bytes, bytes]:
    """Return the encapsulated key and the ciphertext; only `key` opens it, with `info`.

    Raises:
        UsageError: the key is not on P-256.
    """
    native = key.native
    if not isinstance(native, ec.EllipticCurvePublicKey) or native.curve.name != _CURVE:
        raise UsageError("what is encrypted this way is encrypted to a key on P-256")
    made = _SUITE.encrypt(plain, native, info)
    return made[:ENCAPSULATED_BYTES], made[ENCAPSULATED_BYTES:]


class RecipientKey:
    """A key for one answer, made in memory; it leaves it under seal only."""

    __slots__ = ("_native", "public_key")

    public_key: PublicKey

    def __init__(self, *, native: ec.EllipticCurvePrivateKey | None = None) -> None:
        """Make a new key on P-256, unless one is there that was opened."""
        self._native = native or ec.generate_private_key(ec.SECP256R1())
        self.public_key = PublicKey.from_native(self._native.public_key())

    def to_sealed(self, *, key: SealKey, context: bytes, random: Random) -> bytes:
        """Return the key sealed for that context: another process goes on with it.

        Raises:
            UsageError: the random source is broken.
        """
        return seal(pkcs8.to_der(self._native), key=key, context=context, random=random)

    @classmethod
    def from_sealed(
        cls, sealed: bytes, *, key: SealKey, context: bytes, at: str
    ) -> "RecipientKey":
        """Open what `to_sealed` sealed with that key and context.

        Raises:
            MalformedError: another key, another context, or a changed record.
            UnsupportedError: a key of a kind not read here.
        """
        native = pkcs8.from_der(unseal(sealed, key=key, context=context, at=at), at=at)
        if not isinstance(native, ec.EllipticCurvePrivateKey) or not isinstance(
            native.curve, ec.SECP256R1
        ):
            raise MalformedError("not a sealed key", at=at, clause="RFC 9180 §7.1")
        return cls(native=native)

    def decrypt(self, encapsulated: bytes, ciphertext: bytes, *, info: bytes) -> bytes:
        """Return what was encrypted to this key, with the same `info`.

        Raises:
            MalformedError: it was changed, is for another key, or for another `info`.
        """
        if len(encapsulated) != ENCAPSULATED_BYTES:
            raise MalformedError("no such key", at="enc", clause="RFC 9180 §7.1.1")
        try:
            return _SUITE.decrypt(encapsulated + ciphertext, self._native, info)
        except (InvalidTag, ValueError):
            # From None: the cause would hold what was tried.
            raise MalformedError(
                "it does not open", at="cipherText", clause="RFC 9180 §5.2"
            ) from None

    def __repr__(self) -> str:
        """Show nothing but the kind."""
        return "<RecipientKey P-256>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a private key does not travel."""
        raise UsageError("a private key cannot be pickled or copied")
