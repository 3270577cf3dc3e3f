"""Session transcripts: which conversation a device signs for (9.1.5.1).

    SessionTranscript = [DeviceEngagementBytes, EReaderKeyBytes, Handover]

Each kind of handover is a type of its own, so that none is taken for another.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from idwallet.codec.cbor import (
    ARRAY,
    TEXT,
    CborTag,
    CborValue,
    write_cbor,
    write_cbor_head,
)
from idwallet.credentials.mdoc.members import ENCODED_CBOR, TAG_24
from idwallet.envelope.cose.structures import string_head

_ARRAY_OF_4: Final = b"\x84"
_DEVICE_AUTHENTICATION: Final = b"\x74DeviceAuthentication"
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
            self.client_id,
            self.nonce,
            self.thumbprint,
            self.response_uri,
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
            "OpenID4VPDCAPIHandover", self.origin, self.nonce, self.thumbprint
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
        return _hashed("dcapi", self.encryption_info, self.origin)


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


def _hashed(name: str, *info: str | bytes | None) -> bytes:
    # An array of these, as `write_cbor` writes it, which is one step for each here.
    parts = [write_cbor_head(ARRAY, len(info))]
    for each in info:
        if type(each) is str and each.isascii():
            parts += (write_cbor_head(TEXT, len(each)), each.encode("ascii"))
        else:
            parts.append(write_cbor(each))
    digest = hashlib.sha256(b"".join(parts)).digest()
    return b"".join((_NO_ENGAGEMENT, _text(name), string_head(len(digest)), digest))


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
            _ARRAY_OF_4,
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
