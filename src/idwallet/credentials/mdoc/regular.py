"""Mobile security objects of the shape that nearly all have, read in one pass.

An issuer's objects of one type differ in digests, device key and moments, which have
one length each, and in nothing else. So where those stood in one object is remembered,
with all that stood between: in the next one of that issuer one step cuts it at the same
places, and one comparison shows that what is between is the same. What is not of that
shape, faults included, is None here and goes the long way; whatever this reads, the
long way reads alike.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, pairwise
from struct import Struct
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from idwallet import limits
from idwallet.trust.memory import Read

Digests = Mapping[str, Mapping[int, bytes]]


class Parts(NamedTuple):
    """What stands in one; `moments` are signed, validFrom and validUntil, as text."""

    doc_type: str
    hashed: str
    digests: Digests
    point: bytes
    moments: tuple[str, str, str]


# As the type itself, in half of the time: no Python code runs.
_parts: Final = partial(tuple.__new__, Parts)


class _Layout(NamedTuple):
    """Where what differs between objects stands in one, and all that stands between.

    `namespaces` has digest identifiers, and of which fields in a row the digests are.
    """

    cut: Callable[[bytes], tuple[bytes, ...]]
    between: tuple[bytes, ...]
    doc_type: str
    namespaces: tuple[tuple[str, tuple[int, ...], slice], ...]
    point: tuple[int, int]
    moments: tuple[int, int, int]

    def parts_in(self, data: bytes) -> Parts | None:
        """Return the parts of an object as long as that one, if it is laid out so.

        Raises:
            ValueError: a moment is no text.
        """
        fields = self.cut(data)
        if fields[::2] != self.between:
            return None
        found = fields[1::2]
        digests: dict[str, Mapping[int, bytes]] = {}
        for name, numbers, of in self.namespaces:
            held = dict(zip(numbers, found[of], strict=True))
            digests[name] = MappingProxyType(held)
        x, y = self.point
        a, b, c = self.moments
        texts = found[a].decode("ascii"), found[b].decode(), found[c].decode()
        point, proxy = found[x] + found[y], MappingProxyType(digests)
        return _parts((self.doc_type, "sha256", proxy, point, texts))


_layouts: Final[Read[tuple[int, bytes], _Layout]] = Read(
    entries=limits.MDOC_LAYOUT_ENTRIES
)
# How much of an object's beginning is asked for beside its length.
_BEGINNING: Final = 48


def parts_of(data: bytes) -> Parts | None:
    """Return the parts of a mobile security object of the usual shape.

    That has version 1.0, SHA-256, a device key on P-256 and nothing beside it, three
    moments, no status, and digest identifiers of which those below 24 come first.
    """
    if data[:1] != _SIX_MEMBERS:
        return None
    key = len(data), data[:_BEGINNING]
    known = _layouts.get(key)
    try:
        parts = None if known is None else known.parts_in(data)
        if parts is not None:
            return parts
        layout = _layout_of(data)
        if len(data) <= limits.MDOC_LAYOUT_BYTES:
            _layouts.put(key, layout)
        return layout.parts_in(data)
    except (LookupError, ValueError):
        return None


TEXT_HEADS: Final = tuple(
    bytes((0x60 + size,) if size < 24 else (0x78, size)) for size in range(256)
)
"""The head of a text of so many octets, in its shortest form."""

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


class _Walk(NamedTuple):
    """An object that is walked through, and where differs what differs in it."""

    data: bytes
    spans: list[tuple[int, int]]


_Reader = Callable[[_Walk, int], tuple[Any, int]]
"""Returns what stands at a place, and where it ends."""


def _layout_of(data: bytes) -> _Layout:
    """Walk through an object of six members.

    Raises:
        LookupError, ValueError: it is not of the usual shape.
    """
    found: dict[bytes, Any] = {}
    walk = _Walk(data, [])
    place = 1
    for _ in range(_MEMBERS):
        start = place + 1
        place = start + data[place] - _TEXT
        name = data[start:place]
        found[name], place = _READERS[name](walk, place)
    # Slices end where the data do: one comparison finds whatever is cut off. A member
    # that came twice leaves another one out.
    if place != len(data) or len(found) != _MEMBERS:
        raise LookupError
    ends = [0, *chain.from_iterable(walk.spans), place]
    sizes = [end - start for start, end in pairwise(ends)]
    cut = Struct("".join([f"{size}s" for size in sizes])).unpack
    return _Layout(
        cut,
        cut(data)[::2],
        found[b"docType"],
        found[b"valueDigests"],
        found[b"deviceKeyInfo"],
        found[b"validityInfo"],
    )


def _constant(written: bytes) -> _Reader:
    def read(walk: _Walk, place: int) -> tuple[None, int]:
        if not walk.data.startswith(written, place):
            raise LookupError
        return None, place + len(written)

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


def _doc_type(walk: _Walk, place: int) -> tuple[str, int]:
    return text_at(walk.data, place)


def _fields(found: re.Match[bytes] | None, walk: _Walk) -> tuple[tuple[int, ...], int]:
    """Add where the groups stand; return which fields they are, and where all ends."""
    if found is None:
        raise LookupError
    places = [found.span(n + 1) for n in range(found.re.groups)]
    # A moment that came twice leaves out another one, which then stands nowhere.
    if min(places) < (0, 0):
        raise LookupError
    ordered = sorted(places)
    fields = tuple(len(walk.spans) + ordered.index(each) for each in places)
    walk.spans.extend(ordered)
    return fields, found.end()


def _validity(walk: _Walk, place: int) -> tuple[tuple[int, ...], int]:
    return _fields(_VALIDITY.match(walk.data, place), walk)


def _key(walk: _Walk, place: int) -> tuple[tuple[int, ...], int]:
    return _fields(_KEY.match(walk.data, place), walk)


_Namespace = tuple[str, tuple[int, ...], slice]


def _digests(walk: _Walk, place: int) -> tuple[tuple[_Namespace, ...], int]:
    data, spans = walk
    count = data[place] - _MAP
    if not 0 < count < _INLINE:
        raise LookupError
    place += 1
    found: dict[str, _Namespace] = {}
    for _ in range(count):
        name, place = text_at(data, place)
        first = len(spans)
        numbers, place = _of_namespace(walk, place)
        found[name] = name, numbers, slice(first, len(spans))
    if len(found) != count:
        raise LookupError
    return tuple(found.values()), place


def _of_namespace(walk: _Walk, place: int) -> tuple[tuple[int, ...], int]:
    """Return the numbers of one namespace: the short ones, then those of two octets."""
    data = walk.data
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
    place = _run(walk, place, count=short, head=1)
    if short < count:
        numbers += _longer(data, place, count=count - short)
        place = _run(walk, place, count=count - short, head=2)
    if len(set(numbers)) != count:
        raise LookupError
    return tuple(numbers), place


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


def _run(walk: _Walk, place: int, *, count: int, head: int) -> int:
    """Add where so many digests stand behind heads of so many octets."""
    data, first = walk.data, place + head
    width = head + len(_DIGEST_HEAD) + _DIGEST
    end = place + count * width
    if (
        data[first:end:width].strip(b"\x58")
        or data[first + 1 : end : width].strip(b"\x20")
        or end > len(data)
    ):
        raise LookupError
    starts = range(first + len(_DIGEST_HEAD), end, width)
    walk.spans.extend([(each, each + _DIGEST) for each in starts])
    return end


_READERS: Final[Mapping[bytes, _Reader]] = {
    b"version": _constant(b"\x631.0"),
    b"digestAlgorithm": _constant(b"\x67SHA-256"),
    b"docType": _doc_type,
    b"valueDigests": _digests,
    b"deviceKeyInfo": _key,
    b"validityInfo": _validity,
}
