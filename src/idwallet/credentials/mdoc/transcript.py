"""Session transcripts: which conversation a device signs for (9.1.5.1).

    SessionTranscript = [DeviceEngagementBytes, EReaderKeyBytes, Handover]

Each kind of handover is a type of its own, so that none is taken for another.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import ENCODED_CBOR, TAG_24
from idwallet.credentials.mdoc.regular import TEXT_HEADS
from idwallet.envelope.cose.structures import string_head

_DEVICE_AUTHENTICATION: Final = b"\x84\x74DeviceAuthentication"
_ARRAYS: Final = tuple(bytes((0x80 + count,)) for count in range(24))
_NULL: Final = b"\xf6"
_HEAD_OF_32: Final = b"\x58\x20"
# [null, null, [name, digest]] up to the name: neither engagement nor reader's key.
_NO_ENGAGEMENT: Final = b"\x83\xf6\xf6\x82"


class Handover(Protocol):
    """How a conversation came about; what both sides know of it."""

    def transcript(self) -> bytes:
        """Return the SessionTranscript, deterministic CBOR."""
        ...


@dataclass(frozen=True, slots=True)
class RedirectHandover:
    """OpenID4VP by redirect or `direct_post` (OpenID4VP 1.0 B.2.6.1).

    `thumbprint` is that of the key the response is encrypted to (RFC 7638, SHA-256),
    None where it is not encrypted.
    """

    client_id: str
    nonce: str
    response_uri: str
    thumbprint: bytes | None = field(default=None, repr=False)

    def transcript(self) -> bytes:
        """Return the SessionTranscript."""
        return _hashed(
            "OpenID4VPHandover",
            _text(self.client_id),
            _new(self.nonce),
            _octets(self.thumbprint),
            _text(self.response_uri),
        )


@dataclass(frozen=True, slots=True)
class DcApiHandover:
    """OpenID4VP over the Digital Credentials API (OpenID4VP 1.0 B.2.6.2).

    `origin` is who the browser says that asks, as ``https://shop.example``.
    """

    origin: str
    nonce: str
    thumbprint: bytes | None = field(default=None, repr=False)

    def transcript(self) -> bytes:
        """Return the SessionTranscript."""
        return _hashed(
            "OpenID4VPDCAPIHandover",
            _text(self.origin),
            _new(self.nonce),
            _octets(self.thumbprint),
        )


@dataclass(frozen=True, slots=True)
class IsoDcApiHandover:
    """ISO mdoc over the Digital Credentials API (ISO/IEC TS 18013-7:2025 Annex C).

    `encryption_info` is the base64url text of EncryptionInfo, as it was sent.
    """

    encryption_info: str
    origin: str

    def transcript(self) -> bytes:
        """Return the SessionTranscript."""
        return _hashed("dcapi", _new(self.encryption_info), _text(self.origin))


@dataclass(frozen=True, slots=True)
class QrHandover:
    """Engagement by a QR code (9.1.5.1): `engagement` and `reader_key` as received.

    Each is the octets inside of tag 24.
    """

    engagement: bytes = field(repr=False)
    reader_key: bytes = field(repr=False)

    def transcript(self) -> bytes:
        """Return the SessionTranscript."""
        return _in_person(self.engagement, self.reader_key, handover=None)


@dataclass(frozen=True, slots=True)
class NfcHandover:
    """Engagement by NFC (9.1.5.1): the select message, and the request where one was.

    `request` is None for static handover.
    """

    engagement: bytes = field(repr=False)
    reader_key: bytes = field(repr=False)
    select: bytes = field(repr=False)
    request: bytes | None = field(default=None, repr=False)

    def transcript(self) -> bytes:
        """Return the SessionTranscript."""
        handover: list[CborValue] = [self.select, self.request]
        return _in_person(self.engagement, self.reader_key, handover=handover)


@dataclass(frozen=True, slots=True)
class ReverseHandover:
    """Engagement by what a reader shows (ISO/IEC TS 18013-7 Annex A).

    Each is the octets inside of tag 24, `shown` those of the reader's engagement.
    """

    engagement: bytes = field(repr=False)
    reader_key: bytes = field(repr=False)
    shown: bytes = field(repr=False)

    def transcript(self) -> bytes:
        """Return the SessionTranscript."""
        shown = CborTag(ENCODED_CBOR, self.shown)
        return _in_person(self.engagement, self.reader_key, handover=shown)


@dataclass(frozen=True, slots=True)
class KnownTranscript:
    """A transcript that came from elsewhere, as it was written."""

    octets: bytes = field(repr=False)

    def transcript(self) -> bytes:
        """Return it."""
        return self.octets


def _hashed(name: str, *info: bytes) -> bytes:
    """Write the handover of that name about an array of what is written already."""
    digest = hashlib.sha256(b"".join((_ARRAYS[len(info)], *info))).digest()
    return b"".join((_NO_ENGAGEMENT, _text(name), _HEAD_OF_32, digest))


def _new(text: str) -> bytes:
    """Write a text that is another one each time."""
    size = len(text)
    if size < len(TEXT_HEADS) and text.isascii():
        return TEXT_HEADS[size] + text.encode("ascii")
    return write_cbor(text)


def _octets(thumbprint: bytes | None) -> bytes:
    if thumbprint is None:
        return _NULL
    return string_head(len(thumbprint)) + thumbprint


@lru_cache(maxsize=64)
def _text(text: str) -> bytes:
    return write_cbor(text)


def _in_person(engagement: bytes, reader_key: bytes, *, handover: CborValue) -> bytes:
    return write_cbor(
        [
            CborTag(ENCODED_CBOR, engagement),
            CborTag(ENCODED_CBOR, reader_key),
            handover,
        ]
    )


def device_authentication(
    transcript: bytes, *, doc_type: str, namespaces: bytes
) -> bytes:
    """Return DeviceAuthenticationBytes: what a device signs or authenticates (9.1.3.4).

    `namespaces` are the octets of DeviceNameSpaces, as they travel.
    """
    inside = b"".join(
        (
            _DEVICE_AUTHENTICATION,
            transcript,
            _text(doc_type),
            tagged(namespaces),
        )
    )
    return tagged(inside)


def tagged(octets: bytes) -> bytes:
    """Return octets as encoded CBOR under tag 24 (RFC 8949 3.4.5.1)."""
    return b"".join((TAG_24, string_head(len(octets)), octets))


def mac_salt(transcript: bytes) -> bytes:
    """Return the salt that EMacKey is derived with (9.1.3.5)."""
    return hashlib.sha256(tagged(transcript)).digest()
