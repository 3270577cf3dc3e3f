"""Responses of the shape that nearly all have, read in one pass.

What is not of that shape, faults included, is None here and goes the long way; whatever
this reads, the long way reads alike.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from idwallet.credentials.mdoc.regular import text_at
from idwallet.envelope.cose.frame import Frame, extent, frame_at

Read = Callable[[bytes, int], tuple[Any, int]]
"""What reads a value at a place, and says where it ends."""


class ShownParts(NamedTuple):
    """One document. `items` are octets under tag 24, by namespace, as are `said`.

    `auth` is what the issuer signed; of `signature` and `mac` there is one.
    """

    doc_type: str
    items: Mapping[str, list[bytes]]
    auth: Frame
    said: bytes
    signature: Frame | None
    mac: Frame | None


def shown_parts(data: bytes) -> list[ShownParts] | None:
    """Return the documents of a response of version 1.0 and status 0 without errors."""
    try:
        held, end = _members(data, 0, readers=_RESPONSE)
    except (LookupError, ValueError):
        return None
    # Slices end where the data do: one comparison finds whatever is cut off.
    if end != len(data) or len(held) != len(_RESPONSE):
        return None
    documents: list[ShownParts] = held[b"documents"]
    return documents


_TEXT: Final = 0x60
_ARRAY: Final = 0x80
_MAP: Final = 0xA0
_INLINE: Final = 24
_TAG_24: Final = b"\xd8\x18"
_VERSION: Final = b"\x631.0"
_OK: Final = b"\x00"


def _count(data: bytes, place: int, *, head: int) -> int:
    count = data[place] - head
    if not 0 <= count < _INLINE:
        raise LookupError
    return count


def _members(
    data: bytes, place: int, *, readers: Mapping[bytes, Read]
) -> tuple[dict[bytes, Any], int]:
    """Return the members of a map, which has none but those, and each once.

    Raises:
        LookupError, ValueError: it is no such map.
    """
    count = _count(data, place, head=_MAP)
    place += 1
    found: dict[bytes, Any] = {}
    for _ in range(count):
        start = place + 1
        place = start + data[place] - _TEXT
        name = data[start:place]
        found[name], place = readers[name](data, place)
    if len(found) != count:
        raise LookupError
    return found, place


def _constant(written: bytes) -> Read:
    def read(data: bytes, place: int) -> tuple[None, int]:
        if not data.startswith(written, place):
            raise LookupError
        return None, place + len(written)

    return read


def _under_tag(data: bytes, place: int) -> tuple[bytes, int]:
    if not data.startswith(_TAG_24, place):
        raise LookupError
    start, end = extent(data, place + len(_TAG_24))
    return data[start:end], end


def _namespaces(data: bytes, place: int) -> tuple[dict[str, list[bytes]], int]:
    count = _count(data, place, head=_MAP)
    place += 1
    found: dict[str, list[bytes]] = {}
    for _ in range(count):
        name, place = text_at(data, place)
        items: list[bytes] = []
        length = _count(data, place, head=_ARRAY)
        if not length:
            raise LookupError
        place += 1
        for _ in range(length):
            octets, place = _under_tag(data, place)
            items.append(octets)
        found[name] = items
    if len(found) != count:
        raise LookupError
    return found, place


def _map_of(readers: Mapping[bytes, Read]) -> Read:
    return lambda data, place: _members(data, place, readers=readers)


def _documents(data: bytes, place: int) -> tuple[list[ShownParts], int]:
    count = _count(data, place, head=_ARRAY)
    place += 1
    found: list[ShownParts] = []
    for _ in range(count):
        held, place = _members(data, place, readers=_DOCUMENT)
        found.append(_parts_of(held))
    return found, place


def _parts_of(held: dict[bytes, Any]) -> ShownParts:
    issued, device = held[b"issuerSigned"], held[b"deviceSigned"]
    proof = device[b"deviceAuth"]
    signature, mac = proof.get(b"deviceSignature"), proof.get(b"deviceMac")
    if (signature is None) is (mac is None):
        raise LookupError
    return ShownParts(
        held[b"docType"],
        issued.get(b"nameSpaces", {}),
        issued[b"issuerAuth"],
        device[b"nameSpaces"],
        signature,
        mac,
    )


_PROOF: Final[Mapping[bytes, Read]] = {
    b"deviceSignature": frame_at,
    b"deviceMac": frame_at,
}
_DEVICE: Final[Mapping[bytes, Read]] = {
    b"nameSpaces": _under_tag,
    b"deviceAuth": _map_of(_PROOF),
}
_ISSUED: Final[Mapping[bytes, Read]] = {
    b"nameSpaces": _namespaces,
    b"issuerAuth": frame_at,
}
_DOCUMENT: Final[Mapping[bytes, Read]] = {
    b"docType": text_at,
    b"issuerSigned": _map_of(_ISSUED),
    b"deviceSigned": _map_of(_DEVICE),
}
_RESPONSE: Final[Mapping[bytes, Read]] = {
    b"version": _constant(_VERSION),
    b"status": _constant(_OK),
    b"documents": _documents,
}
