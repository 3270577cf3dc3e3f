"""Keys that live for one session, and how they are sent (ISO/IEC 18013-5 9.1.1).

Cipher suite 1 has one key on each side, on one curve of Table 22.
"""

from dataclasses import dataclass, field
from typing import Final

from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.credentials.mdoc.members import read_map
from idwallet.credentials.mdoc.transcript import mac_salt
from idwallet.crypto.agreement import EphemeralKey, derive
from idwallet.crypto.counted import CountedCipher
from idwallet.crypto.keys import PublicKey

CIPHER_SUITE: Final = 1
"""ECDH, HKDF and AES-256-GCM with SHA-256 (9.1.1.2): the one there is."""

_CLAUSE: Final = "ISO/IEC 18013-5 §9.1.1.4"
# Type, curve, and the coordinates: what agreeing needs. What an ephemeral key may be
# used for and by which algorithm is said by where it stands.
_NEEDED: Final = frozenset({1, -1, -2, -3, -4})


@dataclass(frozen=True, slots=True)
class SessionKey:
    """A public key for one session: `octets` as received, inside of tag 24."""

    octets: bytes = field(repr=False)
    public_key: PublicKey


def read_session_key(octets: bytes, *, at: str) -> SessionKey:
    """Read the COSE_Key of a session.

    Raises:
        MalformedError, LimitError: it is no public key, or not on its curve.
        UnsupportedError: nothing here agrees on its curve.
    """
    held = read_map(octets, at=at, clause=_CLAUSE)
    needed = {
        label: value
        for label, value in held.items()
        if type(label) is not int or label in _NEEDED
    }
    return SessionKey(octets, PublicKey.from_cose(needed, at=at))


def session_key_of(key: EphemeralKey) -> SessionKey:
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
