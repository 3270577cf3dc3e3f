"""Mobile security objects of the shape that nearly all have, read in one pass.

Most of one is digests: they stand at one distance from one another, so that slices find
all of their heads at once. What is not of that shape, faults included, is None here and
goes the long way; whatever this reads, the long way reads alike.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Digests = Mapping[str, Mapping[int, bytes]]


class Parts(NamedTuple):
    """What stands in one; `moments` are the texts of signed, validFrom, validUntil."""

    doc_type: str
    hashed: str
    digests: Digests
    point: tuple[bytes, bytes]
    moments: tuple[str, str, str]


def parts_of(data: bytes) -> Parts | None:
    """Return the parts of a mobile security object of the usual shape.

    That has version 1.0, SHA-256, a device key on P-256 and nothing beside it, three
    moments, no status, and digest identifiers of which those below 24 come first.
    """
    if data[:1] != _SIX_MEMBERS:
        return None
    found: dict[bytes, Any] = {}
    place = 1
    try:
        for _ in range(_MEMBERS):
            start = place + 1
            place = start + data[place] - _TEXT
            name = data[start:place]
            found[name], place = _READERS[name](data, place)
    except (LookupError, ValueError):
        return None
    # Slices end where the data do: one comparison finds whatever is cut off. A member
    # that came twice leaves another one out.
    if place != len(data) or len(found) != _MEMBERS:
        return None
    return Parts(
        found[b"docType"],
        found[b"digestAlgorithm"],
        found[b"valueDigests"],
        found[b"deviceKeyInfo"],
        found[b"validityInfo"],
    )


_TEXT: Final = 0x60
_LONG_TEXT: Final = 0x78
_INLINE: Final = 24
_MAP, _LONG_MAP = 0xA0, 0xB8
_MEMBERS: Final = 6
_SIX_MEMBERS: Final = b"\xa6"
_DIGEST: Final = 32
_DIGEST_HEAD: Final = b"\x58\x20"
_SMALL: Final = bytes(range(_INLINE))

_MOMENT: Final = rb"\xc0\x74(.{20})"
_VALIDITY: Final = re.compile(
    rb"\xa3(?:\x66signed%b|\x69validFrom%b|\x6avalidUntil%b){3}" % ((_MOMENT,) * 3),
    re.DOTALL,
)
_KEY: Final = re.compile(
    rb"\xa1\x69deviceKey\xa4\x01\x02\x20\x01\x21\x58\x20(.{32})\x22\x58\x20(.{32})",
    re.DOTALL,
)


def _constant(written: bytes, value: str) -> Callable[[bytes, int], tuple[str, int]]:
    def read(data: bytes, place: int) -> tuple[str, int]:
        if not data.startswith(written, place):
            raise LookupError
        return value, place + len(written)

    return read


def text_at(data: bytes, place: int) -> tuple[str, int]:
    """Return the text at a place, and where it ends.

    Raises:
        LookupError: there is none of up to 255 octets with its shortest head.
        ValueError: it is not UTF-8.
    """
    head = data[place]
    start = place + 1
    length = head - _TEXT
    if head == _LONG_TEXT:
        length = data[start]
        start += 1
        if length < _INLINE:
            raise LookupError
    elif not 0 <= length < _INLINE:
        raise LookupError
    end = start + length
    return data[start:end].decode(), end


def _validity(data: bytes, place: int) -> tuple[tuple[str, ...], int]:
    found = _VALIDITY.match(data, place)
    if found is None:
        raise LookupError
    # A moment that came twice leaves out another one, which then has no `decode`.
    moments = found.groups()
    if None in moments:
        raise LookupError
    return tuple(each.decode("ascii") for each in moments), found.end()


def _key(data: bytes, place: int) -> tuple[tuple[bytes, ...], int]:
    found = _KEY.match(data, place)
    if found is None:
        raise LookupError
    return found.groups(), found.end()


def _digests(data: bytes, place: int) -> tuple[Digests, int]:
    count = data[place] - _MAP
    if not 0 < count < _INLINE:
        raise LookupError
    place += 1
    found: dict[str, Mapping[int, bytes]] = {}
    for _ in range(count):
        name, place = text_at(data, place)
        found[name], place = _of_namespace(data, place)
    if len(found) != count:
        raise LookupError
    return MappingProxyType(found), place


def _of_namespace(data: bytes, place: int) -> tuple[Mapping[int, bytes], int]:
    """Return the digests of one namespace: those of short numbers, then of longer."""
    count = data[place] - _MAP
    place += 1
    if count == _LONG_MAP - _MAP:
        count = data[place]
        place += 1
        if count < _INLINE:
            raise LookupError
    elif not 0 <= count < _INLINE:
        raise LookupError
    width = 1 + len(_DIGEST_HEAD) + _DIGEST
    heads = data[place : place + count * width : width]
    short = len(heads) - len(heads.lstrip(_SMALL))
    numbers = heads[:short]
    found, place = _run(data, place, numbers=numbers, head=1)
    if short < count:
        longer = _longer(data, place, count=count - short)
        more, place = _run(data, place, numbers=longer, head=2)
        found |= more
    if len(found) != count:
        raise LookupError
    return MappingProxyType(found), place


def _longer(data: bytes, place: int, *, count: int) -> bytes:
    """Return numbers of two octets each, from 24 to 255."""
    width = 2 + len(_DIGEST_HEAD) + _DIGEST
    end = place + count * width
    numbers = data[place + 1 : end : width]
    if data[place:end:width] != b"\x18" * count or numbers.translate(None, _SMALL) != (
        numbers
    ):
        raise LookupError
    return numbers


def _run(
    data: bytes, place: int, *, numbers: bytes, head: int
) -> tuple[dict[int, bytes], int]:
    """Return digests behind heads of so many octets, by their numbers."""
    first = place + head
    width = head + len(_DIGEST_HEAD) + _DIGEST
    end = place + len(numbers) * width
    if (
        data[first:end:width].strip(b"\x58")
        or data[first + 1 : end : width].strip(b"\x20")
        or end > len(data)
    ):
        raise LookupError
    starts = range(first + len(_DIGEST_HEAD), end, width)
    found = {n: data[at : at + _DIGEST] for n, at in zip(numbers, starts, strict=True)}
    return found, end


_READERS: Final[Mapping[bytes, Callable[[bytes, int], tuple[object, int]]]] = {
    b"version": _constant(b"\x631.0", "1.0"),
    b"digestAlgorithm": _constant(b"\x67SHA-256", "sha256"),
    b"docType": text_at,
    b"valueDigests": _digests,
    b"deviceKeyInfo": _key,
    b"validityInfo": _validity,
}
