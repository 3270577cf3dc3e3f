"""Keys that live for one session, and how they are sent (ISO/IEC 18013-5 9.1.1).

Cipher suite 1 has one key on each side, on one curve of Table 22.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.credentials.mdoc.members import read_map
from idwallet.credentials.mdoc.transcript import mac_salt
from idwallet.crypto.agreement import EphemeralKey, derive
from idwallet.crypto.counted import CountedCipher
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.montgomery import MontgomeryKey, MontgomeryPublic
from idwallet.errors import UsageError

CIPHER_SUITE: Final = 1
"""ECDH, HKDF and AES-256-GCM with SHA-256 (9.1.1.2): the one there is."""

MONTGOMERY: Final = frozenset({"X25519", "X448"})
OwnKey: TypeAlias = EphemeralKey | MontgomeryKey
"""The private half of a session's key."""

_CLAUSE: Final = "ISO/IEC 18013-5 §9.1.1.4"
# Type, curve, and the coordinates: what agreeing needs. What an ephemeral key may be
# used for and by which algorithm is said by where it stands.
_NEEDED: Final = frozenset({1, -1, -2, -3, -4})


@dataclass(frozen=True, slots=True)
class SessionKey:
    """A public key for one session: `octets` as received, inside of tag 24."""

    octets: bytes = field(repr=False)
    public_key: PublicKey | MontgomeryPublic

    @property
    def curve(self) -> str:
        """The name of its curve."""
        key = self.public_key
        return key.kind.name if isinstance(key, PublicKey) else key.curve

    @property
    def for_mac(self) -> PublicKey | None:
        """The key where a device's own can agree with it, else None (9.1.3.5)."""
        return self.public_key if isinstance(self.public_key, PublicKey) else None


def read_session_key(octets: bytes, *, at: str) -> SessionKey:
    """Read the COSE_Key of a session.

    Raises:
        MalformedError, LimitError: it is no public key, or not on its curve.
        UnsupportedError: nothing here agrees on its curve.
    """
    held = read_map(octets, at=at, clause=_CLAUSE)
    needed = {label: value for label, value in held.items() if label in _NEEDED}
    montgomery = MontgomeryPublic.from_cose(needed, at=at)
    if montgomery is not None:
        return SessionKey(octets, montgomery)
    return SessionKey(octets, PublicKey.from_cose(needed, at=at))


def new_session_key(curve: str = "P-256") -> OwnKey:
    """Make a key for one session, on a curve of Table 22 by its name.

    Raises:
        UnsupportedError: nothing here agrees on it.
    """
    if curve in MONTGOMERY:
        return MontgomeryKey.generate(curve)
    return EphemeralKey.generate(curve)


def agreed(own: OwnKey, peer: SessionKey) -> bytes:
    """Return the secret that two keys agree on, which is to be derived from.

    Raises:
        UsageError: they are on two curves.
        MalformedError: the peer's is of a small order.
    """
    other = peer.public_key
    if isinstance(own, MontgomeryKey):
        if isinstance(other, MontgomeryPublic):
            return own.agree(other)
    elif isinstance(other, PublicKey):
        return own.agree(other)
    raise UsageError("two keys agree on one curve")


def session_key_of(key: OwnKey) -> SessionKey:
    """Return the public half of one's own key, as it is sent."""
    written: dict[CborKey, CborValue] = dict(key.public_key.to_cose().items())
    return SessionKey(write_cbor(written), key.public_key)


@dataclass(frozen=True, slots=True, repr=False)
class Ciphers:
    """Both directions of a session: what the device sends, and what the reader does."""

    device: CountedCipher
    reader: CountedCipher


def session_ciphers(secret: bytes, *, transcript: bytes, most: int) -> Ciphers:
    """Derive SKDevice and SKReader (9.1.1.5), for `most` messages in each direction.

    The salt of both is the digest of SessionTranscriptBytes, as it is of a device's
    MAC: whoever heard another conversation derives other keys.
    """
    salt = mac_salt(transcript)
    device, reader = (
        CountedCipher(
            derive(secret, salt=salt, info=info), identifier=identifier, most=most
        )
        for info, identifier in ((b"SKDevice", _DEVICE), (b"SKReader", _READER))
    )
    return Ciphers(device, reader)


_READER: Final = bytes(8)
_DEVICE: Final = bytes(7) + b"\x01"
