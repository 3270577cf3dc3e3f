"""Keys agreed on by two parties, and what is derived from them (ECDH, HKDF)."""

from collections.abc import Callable
from typing import Final, NoReturn, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from idwallet.crypto import pkcs8
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import Random, StoredKey

_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}


class Agreement(Protocol):
    """A private key that agrees on a secret with somebody else's public key."""

    @property
    def public_key(self) -> PublicKey:
        """The key that the other party agrees with."""
        ...

    def agree(self, peer: PublicKey, /) -> bytes:
        """Return the shared secret, which is to be derived from and never used.

        Raises:
            UsageError: the peer's key is on another curve.
            SignerError: the key's device could not.
        """
        ...


class EphemeralKey:
    """A key for one session, made in memory and never written out but sealed."""

    __slots__ = ("_native", "public_key")

    public_key: PublicKey

    def __init__(self, native: ec.EllipticCurvePrivateKey, /) -> None:
        """Wrap a private key object of the cryptography package.

        Raises:
            UnsupportedError: it is on a curve that nothing here agrees on.
        """
        if native.curve.name not in _NAMES:
            raise UnsupportedError("a curve without agreement", clause="RFC 9053 §6.3")
        self._native = native
        self.public_key = PublicKey.from_native(native.public_key())

    @classmethod
    def generate(cls, curve: str = "P-256") -> "EphemeralKey":
        """Make a new key, on a NIST curve by its JOSE name or on a Brainpool one.

        Raises:
            UnsupportedError: there is no agreement on that curve here.
        """
        if curve not in _CURVES:
            raise UnsupportedError("a curve without agreement", clause="RFC 9053 §6.3")
        return cls(ec.generate_private_key(_CURVES[curve]))

    def agree(self, peer: PublicKey, /) -> bytes:
        """Return the shared secret (NIST SP 800-56A 5.7.1.2): the x coordinate.

        Raises:
            UsageError: the peer's key is on another curve.
        """
        return shared_secret(self._native, peer)

    def to_sealed(self, *, key: SealKey, context: bytes, random: Random) -> bytes:
        """Return the key sealed for that context: another process goes on with it.

        Raises:
            UsageError: the random source is broken.
        """
        plaintext = pkcs8.to_der(self._native)
        return seal(plaintext, key=key, context=context, random=random)

    @classmethod
    def from_sealed(
        cls, sealed: bytes, *, key: SealKey, context: bytes, at: str
    ) -> "EphemeralKey":
        """Open what `to_sealed` sealed with that key and context.

        Raises:
            MalformedError: another key, another context, or a changed record.
        """
        native = pkcs8.from_der(unseal(sealed, key=key, context=context, at=at), at=at)
        if not isinstance(native, ec.EllipticCurvePrivateKey):
            raise MalformedError("not a sealed key", at=at, clause="RFC 7518 §6.2")
        return cls(native)

    def __repr__(self) -> str:
        """Show nothing but the kind."""
        return f"<EphemeralKey {self.public_key.kind.name}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a private key does not travel."""
        raise UsageError("a private key cannot be pickled or copied")


_NAMES: Final = frozenset(each.name for each in _CURVES.values())


def shared_secret(native: object, peer: PublicKey) -> bytes:
    """Agree by a private key object of the cryptography package.

    That the peer's point lies on its curve was seen to when its key was read.

    Raises:
        UnsupportedError: the private key is none that agrees.
        UsageError: the peer's key is on another curve.
    """
    if not isinstance(native, ec.EllipticCurvePrivateKey):
        raise UnsupportedError("a key that only signs", clause="RFC 9053 §6.3")
    other = peer.native
    if not isinstance(other, ec.EllipticCurvePublicKey):
        raise UsageError("the other key does not agree with this one")
    if other.curve.name != native.curve.name:
        raise UsageError("two keys agree on one curve")
    return native.exchange(ec.ECDH(), other)


class StoredKeyAgreement:
    """An `Agreement` over a key of a `KeyStore`."""

    __slots__ = ("_agree", "public_key")

    public_key: PublicKey

    def __init__(self, stored: StoredKey) -> None:
        """Read the public half.

        Raises:
            MalformedError: the store's public key is not one.
            UnsupportedError: keys of that store only sign.
        """
        agree = getattr(stored, "agree", None)
        if not callable(agree):
            raise UnsupportedError("a key that only signs", clause="RFC 9053 §6.3")
        self.public_key = PublicKey.from_spki(stored.spki, at="stored key")
        self._agree: Callable[[bytes], bytes] = agree

    def agree(self, peer: PublicKey, /) -> bytes:
        """Return the shared secret, as the store comes to it.

        Raises:
            UsageError: the peer's key is on another curve.
            SignerError: the store's own reasons.
        """
        if peer.kind != self.public_key.kind:
            raise UsageError("two keys agree on one curve")
        return self._agree(peer.spki)

    def __repr__(self) -> str:
        """Show nothing but the kind."""
        return f"<StoredKeyAgreement {self.public_key.kind.name}>"


def derive(secret: bytes, *, salt: bytes, info: bytes, length: int = 32) -> bytes:
    """Return a key of so many octets, by HKDF with SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), length, salt, info).derive(secret)
