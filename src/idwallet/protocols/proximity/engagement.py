"""Engagement: what one side shows to be reached by the other (ISO/IEC 18013-5 8.2.1).

    DeviceEngagement = {0: version, 1: [cipher suite, EDeviceKeyBytes],
                        ? 2: [+ DeviceRetrievalMethod], * int => any}

A reader's own has the same form (ISO/IEC TS 18013-7 Annex A), and over NFC it may hold
its version alone. What is not known is read past. The octets are kept as received: they
are what both sides sign.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import (
    ENCODED_CBOR,
    a_list,
    embedded,
    read_map,
    typed,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.proximity.keys import (
    CIPHER_SUITE,
    SessionKey,
    read_session_key,
)
from idwallet.protocols.proximity.methods import Method, read_methods, write_method

CLAUSE: Final = "ISO/IEC 18013-5 §8.2.1.1"
VERSION: Final = "1.0"
_SCHEME: Final = "mdoc:"
_READER: Final = "//"
# Later ones of this number are to be read: what they add is read past.
_VERSIONS: Final = re.compile(r"1\.[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeviceEngagement:
    """What a device shows: its key for the session, and how it can be reached.

    `octets` are those inside of tag 24, as received; `methods` is empty where the
    carrier says how the device is reached, as NFC does.
    """

    octets: bytes = field(repr=False)
    version: str
    key: SessionKey
    methods: tuple[Method, ...] = ()

    def to_uri(self) -> str:
        """Return what a QR code holds (8.2.2.3): ``mdoc:`` and base64url."""
        return _SCHEME + b64.encode(self.octets)


@dataclass(frozen=True, slots=True)
class ReaderEngagement:
    """What a reader shows: reverse engagement where it holds a key.

    Over NFC a reader may say its version alone, and `key` is None.
    """

    octets: bytes = field(repr=False)
    version: str
    key: SessionKey | None = None
    methods: tuple[Method, ...] = ()

    def to_uri(self) -> str:
        """Return what a QR code or a link holds: ``mdoc://`` and base64url."""
        return _SCHEME + _READER + b64.encode(self.octets)


def write_device_engagement(
    key: SessionKey, methods: tuple[Method, ...] = ()
) -> DeviceEngagement:
    """Return an engagement for one session.

    Raises:
        UsageError: a method that is not known here, or too many.
    """
    return DeviceEngagement(_written(key, methods), VERSION, key, methods)


def write_reader_engagement(
    key: SessionKey | None, methods: tuple[Method, ...] = ()
) -> ReaderEngagement:
    """Return a reader's engagement for one session, or its version alone.

    Raises:
        UsageError: a method that is not known here, or too many.
    """
    return ReaderEngagement(_written(key, methods), VERSION, key, methods)


def _written(key: SessionKey | None, methods: tuple[Method, ...]) -> bytes:
    held: dict[CborKey, CborValue] = {0: VERSION}
    if key is not None:
        held[1] = [CIPHER_SUITE, CborTag(ENCODED_CBOR, key.octets)]
    if methods:
        held[2] = [write_method(each) for each in methods]
    return write_cbor(held)


def read_device_engagement(octets: bytes, *, at: str) -> DeviceEngagement:
    """Read a device's engagement; nothing of it is believed.

    Raises:
        MalformedError, LimitError: it breaks its structure or a bound.
        UnsupportedError: another version or cipher suite, or a curve not known here.
    """
    version, key, methods = _read(octets, at=at)
    if key is None:
        raise MalformedError("no security", at=f"{at}/1", clause=CLAUSE)
    return DeviceEngagement(octets, version, key, methods)


def read_reader_engagement(octets: bytes, *, at: str) -> ReaderEngagement:
    """Read a reader's engagement; nothing of it is believed.

    Raises:
        MalformedError, LimitError, UnsupportedError: as `read_device_engagement`.
    """
    return ReaderEngagement(octets, *_read(octets, at=at))


def device_engagement_of(uri: str, *, at: str = "uri") -> DeviceEngagement:
    """Read the text of a QR code that a device shows.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    return read_device_engagement(_octets_of(uri, "", at=at), at=at)


def reader_engagement_of(uri: str, *, at: str = "uri") -> ReaderEngagement:
    """Read the text of a QR code or link that a reader shows; it has to hold a key.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none.
    """
    read = read_reader_engagement(_octets_of(uri, _READER, at=at), at=at)
    if read.key is None:
        raise MalformedError("no security", at=f"{at}/1", clause=CLAUSE)
    return read


def _octets_of(uri: str, prefix: str, *, at: str) -> bytes:
    if len(uri) > limits.ENGAGEMENT_BYTES * 2:
        raise LimitError("too long", at=at, clause="idwallet limits")
    scheme, rest = uri[: len(_SCHEME)], uri[len(_SCHEME) :]
    # A scheme is the same in any case (RFC 3986 3.1); what follows is not.
    if scheme.lower() != _SCHEME or not rest.startswith(prefix):
        raise MalformedError(
            f"not a link that starts with {_SCHEME}{prefix}", at=at, clause=CLAUSE
        )
    return b64.decode(rest.removeprefix(prefix), at=at, clause=CLAUSE)


def _read(
    octets: bytes, *, at: str
) -> tuple[str, SessionKey | None, tuple[Method, ...]]:
    if len(octets) > limits.ENGAGEMENT_BYTES:
        raise LimitError("too long", at=at, clause="idwallet limits")
    held = read_map(octets, at=at, clause=CLAUSE)
    if not all(type(label) is int for label in held):
        raise MalformedError("a label that is no number", at=at, clause=CLAUSE)
    version = typed(held.get(0), str, at=f"{at}/0", clause=CLAUSE)
    if not _VERSIONS.fullmatch(version):
        raise UnsupportedError("another version", at=f"{at}/0", clause=CLAUSE)
    key = _security(held[1], at=f"{at}/1") if 1 in held else None
    methods = read_methods(held[2], at=f"{at}/2") if 2 in held else ()
    return version, key, methods


def _security(value: CborValue, *, at: str) -> SessionKey:
    parts = a_list(value, at=at, clause=CLAUSE)
    if len(parts) != 2:
        raise MalformedError("security has two parts", at=at, clause=CLAUSE)
    if typed(parts[0], int, at=at, clause=CLAUSE) != CIPHER_SUITE:
        raise UnsupportedError("another cipher suite", at=at, clause=CLAUSE)
    octets = embedded(parts[1], at=at, clause=CLAUSE)
    return read_session_key(octets, at=at)
