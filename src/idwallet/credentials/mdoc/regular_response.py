"""Responses of the shape that nearly all have, read in one pass.

What is not of that shape, faults included, is None here and goes the long way; whatever
this reads, the long way reads alike.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from idwallet.credentials.mdoc.regular import text_at
from idwallet.credentials.mdoc.regular_item import Place
from idwallet.envelope.cose.frame import Frame, extent, frame_at

Items = Mapping[str, list[Place]]
"""Where elements stand, by namespace."""


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


def shown_parts(data: bytes) -> list[ShownParts] | None:
    """Return the documents of a response of version 1.0 and status 0 without errors."""
    if data[:1] != _THREE_MEMBERS:
        return None
    documents: list[ShownParts] | None = None
    place, constant = 1, 0
    try:
        for _ in range(_MEMBERS):
            if data.startswith(_DOCUMENTS, place):
                documents, place = _documents(data, place + len(_DOCUMENTS))
            elif data.startswith(_VERSION, place):
                constant |= 1
                place += len(_VERSION)
            elif data.startswith(_STATUS, place):
                constant |= 2
                place += len(_STATUS)
            else:
                return None
    except (LookupError, ValueError):
        return None
    # Slices end where the data do: one comparison finds whatever is cut off. A member
    # that came twice leaves another one out.
    return documents if place == len(data) and constant == _BOTH else None


_TEXT: Final = 0x60
_ARRAY: Final = 0x80
_MAP: Final = 0xA0
_INLINE: Final = 24
_MEMBERS: Final = 3
_BOTH: Final = 3
_TWO_MEMBERS: Final = b"\xa2"
_THREE_MEMBERS: Final = b"\xa3"
_TAG_24: Final = b"\xd8\x18"
_SHORT_ITEM: Final = b"\xd8\x18\x58"
_VERSION: Final = b"\x67version\x631.0"
_STATUS: Final = b"\x66status\x00"
_DOCUMENTS: Final = b"\x69documents"
_DOC_TYPE: Final = b"\x67docType"
_ISSUER_SIGNED: Final = b"\x6cissuerSigned\xa2"
_DEVICE_SIGNED: Final = b"\x6cdeviceSigned\xa2"
_NAMESPACES: Final = b"\x6anameSpaces"
_ISSUER_AUTH: Final = b"\x6aissuerAuth"
_DEVICE_AUTH: Final = b"\x6adeviceAuth\xa1"
_SIGNATURE: Final = b"\x6fdeviceSignature"
_MAC: Final = b"\x69deviceMac"


def issued_parts(data: bytes) -> tuple[Items, Frame] | None:
    """Return elements and signature of what an issuer hands out: IssuerSigned."""
    if data[:1] != _TWO_MEMBERS:
        return None
    try:
        found, end = _issued(data, 1)
    except (LookupError, ValueError):
        return None
    return found if end == len(data) else None


def _count(data: bytes, place: int, *, head: int) -> int:
    count = data[place] - head
    if not 0 <= count < _INLINE:
        raise LookupError
    return count


def _documents(data: bytes, place: int) -> tuple[list[ShownParts], int]:
    count = _count(data, place, head=_ARRAY)
    place += 1
    found: list[ShownParts] = []
    for _ in range(count):
        parts, place = _document(data, place)
        found.append(parts)
    return found, place


def _document(data: bytes, place: int) -> tuple[ShownParts, int]:
    """Return a document that has its three members, in whatever order."""
    doc_type: str | None = None
    issued: tuple[Items, Frame] | None = None
    device: tuple[bytes, Frame | None, Frame | None] | None = None
    if data[place] != _THREE_MEMBERS[0]:
        raise LookupError
    place += 1
    for _ in range(_MEMBERS):
        if data.startswith(_DOC_TYPE, place):
            doc_type, place = text_at(data, place + len(_DOC_TYPE))
        elif data.startswith(_ISSUER_SIGNED, place):
            issued, place = _issued(data, place + len(_ISSUER_SIGNED))
        elif data.startswith(_DEVICE_SIGNED, place):
            device, place = _device(data, place + len(_DEVICE_SIGNED))
        else:
            raise LookupError
    if doc_type is None or issued is None or device is None:
        raise LookupError
    items, auth = issued
    said, signature, mac = device
    return ShownParts(doc_type, items, auth, said, signature, mac), place


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
    count = _count(data, place, head=_MAP)
    place += 1
    found: dict[str, list[Place]] = {}
    for _ in range(count):
        name, place = text_at(data, place)
        found[name], place = _items(data, place)
    if len(found) != count:
        raise LookupError
    return found, place


def _items(data: bytes, place: int) -> tuple[list[Place], int]:
    length = _count(data, place, head=_ARRAY)
    if not length:
        raise LookupError
    place += 1
    items: list[Place] = []
    for _ in range(length):
        first = place
        if data.startswith(_SHORT_ITEM, first):
            start = first + len(_SHORT_ITEM) + 1
            size = data[start - 1]
            if size < _INLINE:
                raise LookupError
            place = start + size
        elif data.startswith(_TAG_24, first):
            start, place = extent(data, first + len(_TAG_24))
        else:
            raise LookupError
        items.append((first, start, place))
    return items, place


def _under_tag(data: bytes, place: int) -> tuple[bytes, int]:
    if not data.startswith(_TAG_24, place):
        raise LookupError
    start, end = extent(data, place + len(_TAG_24))
    return data[start:end], end


def _device(
    data: bytes, place: int
) -> tuple[tuple[bytes, Frame | None, Frame | None], int]:
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
