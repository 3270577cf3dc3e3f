"""Responses of the shape that nearly all have, read in one pass.

What is not of that shape, faults included, is None here and goes the long way; whatever
this reads, the long way reads alike.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple

from idwallet.credentials.mdoc.regular import TEXT_HEADS
from idwallet.credentials.mdoc.regular_row import Row, row_at
from idwallet.envelope.cose.frame import (
    ES256,
    ES256_BYTES,
    PROOF_BY_ES256,
    Frame,
    extent,
    frame_at,
)

Items = Mapping[str, Row]
"""Elements by namespace, or where they stand."""


class ShownParts(NamedTuple):
    """One document. `items` are places of elements, by namespace.

    `auth` is what the issuer signed, `said` octets under tag 24; of `signature` and
    `mac` there is one.
    """

    doc_type: str
    items: Items
    auth: Frame
    said: bytes
    signature: Frame | None
    mac: Frame | None


# As the type itself, in half of the time: no Python code runs.
_shown: Final = partial(tuple.__new__, ShownParts)


def shown_parts(data: bytes) -> list[ShownParts] | None:
    """Return the documents of a response of version 1.0 and status 0 without errors."""
    begun = _begun(data)
    if begun is None:
        return None
    before, count = begun.groups()
    place = begun.end()
    documents: list[ShownParts] = []
    try:
        for _ in range(count[0] - _ARRAY):
            parts, place = _document(data, place)
            documents.append(parts)
    except (LookupError, ValueError):
        return None
    # Slices end where the data do, so what is cut off ends here at the latest: nothing
    # may be said to stand behind the end, where all else stood before the documents.
    ends = place <= len(data) and data[place:] in _BEHIND.get(before, ())
    return documents if ends else None


_ARRAY: Final = 0x80
_MAP: Final = 0xA0
_INLINE: Final = 24
_TWO_MEMBERS: Final = b"\xa2"
_TAG_24: Final = b"\xd8\x18"
_VERSION: Final = b"\x67version\x631.0"
_STATUS: Final = b"\x66status\x00"
_begun: Final = re.compile(
    rb"\xa3((?:\x67version\x631\.0|\x66status\x00){0,2})\x69documents([\x80-\x97])"
).match
# What stands behind the documents, by what stood before them: each of both once.
_BEHIND: Final[Mapping[bytes, tuple[bytes, ...]]] = {
    b"": (_VERSION + _STATUS, _STATUS + _VERSION),
    _VERSION: (_STATUS,),
    _STATUS: (_VERSION,),
    _VERSION + _STATUS: (b"",),
    _STATUS + _VERSION: (b"",),
}
# In both orders that are usual, of the standard and of deterministic CBOR, the type is
# the first member.
_named: Final = re.compile(
    rb"\xa3\x67docType([\x60-\x77]|\x78[\x18-\x7f])(.{0,127}?)"
    rb"(\x6cissuerSigned\xa2|\x6cdeviceSigned\xa2)",
    re.DOTALL,
).match
_row: Final = re.compile(
    rb"([\x60-\x77]|\x78[\x18-\x7f])(.{0,127}?)([\x81-\x97])(?=\xd8\x18)", re.DOTALL
).match
_ISSUER_SIGNED: Final = b"\x6cissuerSigned\xa2"
_DEVICE_SIGNED: Final = b"\x6cdeviceSigned\xa2"
_NAMESPACES: Final = b"\x6anameSpaces"
_ISSUER_AUTH: Final = b"\x6aissuerAuth"
_DEVICE_AUTH: Final = b"\x6adeviceAuth\xa1"
_SIGNATURE: Final = b"\x6fdeviceSignature"
_MAC: Final = b"\x69deviceMac"
# What nearly all devices write: a signature by ES256, and no element of their own.
_NOTHING: Final = b"\xa0"
_NOTHING_SAID: Final = _NAMESPACES + _TAG_24 + b"\x41" + _NOTHING
_PROOF_FIRST: Final = _DEVICE_AUTH + _SIGNATURE + PROOF_BY_ES256


def issued_parts(data: bytes) -> tuple[Items, Frame] | None:
    """Return elements and signature of what an issuer hands out: IssuerSigned."""
    if data[:1] != _TWO_MEMBERS:
        return None
    try:
        found, end = _issued(data, 1)
    except (LookupError, ValueError):
        return None
    return found if end == len(data) else None


def _document(data: bytes, place: int) -> tuple[ShownParts, int]:
    """Return a document that has its three members."""
    found = _named(data, place)
    if found is None:
        raise LookupError
    head, name, member = found.groups()
    if head != TEXT_HEADS[len(name)]:
        raise LookupError
    if member == _ISSUER_SIGNED:
        (items, auth), place = _issued(data, found.end())
        if not data.startswith(_DEVICE_SIGNED, place):
            raise LookupError
        device, place = _device(data, place + len(_DEVICE_SIGNED))
    else:
        device, place = _device(data, found.end())
        if not data.startswith(_ISSUER_SIGNED, place):
            raise LookupError
        (items, auth), place = _issued(data, place + len(_ISSUER_SIGNED))
    return _shown((name.decode(), items, auth, *device)), place


def _issued(data: bytes, place: int) -> tuple[tuple[Items, Frame], int]:
    if data.startswith(_ISSUER_AUTH, place):
        auth, place = frame_at(data, place + len(_ISSUER_AUTH))
        if not data.startswith(_NAMESPACES, place):
            raise LookupError
        items, place = _namespaces(data, place + len(_NAMESPACES))
        return (items, auth), place
    if not data.startswith(_NAMESPACES, place):
        raise LookupError
    items, place = _namespaces(data, place + len(_NAMESPACES))
    if not data.startswith(_ISSUER_AUTH, place):
        raise LookupError
    auth, place = frame_at(data, place + len(_ISSUER_AUTH))
    return (items, auth), place


def _namespaces(data: bytes, place: int) -> tuple[Items, int]:
    count = data[place] - _MAP
    if not 0 <= count < _INLINE:
        raise LookupError
    place += 1
    items: dict[str, Row] = {}
    for _ in range(count):
        found = _row(data, place)
        if found is None:
            raise LookupError
        head, name, length = found.groups()
        if head != TEXT_HEADS[len(name)]:
            raise LookupError
        items[name.decode()], place = row_at(
            data, found.end(), count=length[0] - _ARRAY
        )
    if len(items) != count:
        raise LookupError
    return items, place


def _under_tag(data: bytes, place: int) -> tuple[bytes, int]:
    if not data.startswith(_TAG_24, place):
        raise LookupError
    start, end = extent(data, place + len(_TAG_24))
    return data[start:end], end


_Device = tuple[bytes, Frame | None, Frame | None]


def _device(data: bytes, place: int) -> tuple[_Device, int]:
    if data.startswith(_PROOF_FIRST, place):
        start = place + len(_PROOF_FIRST)
        end = start + ES256_BYTES
        if data.startswith(_NOTHING_SAID, end):
            frame: Frame = ES256, {}, None, data[start:end]
            return (_NOTHING, frame, None), end + len(_NOTHING_SAID)
    if data.startswith(_NAMESPACES, place):
        said, place = _under_tag(data, place + len(_NAMESPACES))
        signature, mac, place = _proof(data, place)
    else:
        signature, mac, place = _proof(data, place)
        if not data.startswith(_NAMESPACES, place):
            raise LookupError
        said, place = _under_tag(data, place + len(_NAMESPACES))
    return (said, signature, mac), place


def _proof(data: bytes, place: int) -> tuple[Frame | None, Frame | None, int]:
    if not data.startswith(_DEVICE_AUTH, place):
        raise LookupError
    place += len(_DEVICE_AUTH)
    if data.startswith(_SIGNATURE, place):
        frame, place = frame_at(data, place + len(_SIGNATURE))
        return frame, None, place
    if not data.startswith(_MAC, place):
        raise LookupError
    frame, place = frame_at(data, place + len(_MAC))
    return None, frame, place
