"""CBOR read strictly, with its received bytes kept (RFC 8949 section 4.2)."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, Final, NamedTuple, TypeAlias

import cbor2

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

CborKey: TypeAlias = int | str | bytes
CborValue: TypeAlias = (
    'bool | int | float | str | bytes | list["CborValue"]'
    ' | dict[CborKey, "CborValue"] | "CborTag" | None'
)

_LIMITS: Final = "idwallet limits"
_WELL_FORMED: Final = "RFC 8949 §3"
_SIMPLE_VALUES: Final = "RFC 8949 §3.3"
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
UNSIGNED: Final = _UNSIGNED
"""The major type of numbers that are not negative (RFC 8949 section 3.1)."""
BYTES: Final = _BYTES
"""The major type of byte strings (RFC 8949 section 3.1)."""
TEXT: Final = _TEXT
"""The major type of texts (RFC 8949 section 3.1)."""
ARRAY: Final = _ARRAY
"""The major type of arrays (RFC 8949 section 3.1)."""
MAP: Final = _MAP
"""The major type of maps (RFC 8949 section 3.1)."""

# Additional information below this is the argument itself (RFC 8949 §3).
_INLINE: Final = 24
_INDEFINITE: Final = 31
# The least argument that an 1, 2, 4 or 8 octet head may carry (§4.2.1).
_LEAST: Final = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
_FALSE, _TRUE, _NULL = 20, 21, 22
_ONE_OCTET, _HALF, _SINGLE, _DOUBLE = 24, 25, 26, 27
_FLOATS: Final = {_HALF: ">e", _SINGLE: ">f", _DOUBLE: ">d"}
_ONE_OCTET_LEAST: Final = 32
_ARGUMENTS: Final = 1 << 64
_FIRST_NO_KEY: Final = _ARRAY << 5
_NO_KEY: Final = "map key is no integer, text or byte string"
_TOO_DEEP: Final = "CBOR is nested too deeply"


def _plain(first: int) -> int:
    """Return how many octets a value takes whose first octet says so, or 0."""
    major, information = divmod(first, 32)
    if major == _SIMPLE:
        return 1 if information in {_FALSE, _TRUE, _NULL} else 0
    if major > _TEXT or information >= _INLINE:
        return 0
    return 1 if major < _BYTES else 1 + information


_PLAIN: Final = bytes(map(_plain, range(256)))


@dataclass(frozen=True, slots=True)
class CborTag:
    """A tagged value (RFC 8949 section 3.4), whatever the number means elsewhere."""

    number: int
    value: CborValue


@dataclass(frozen=True, slots=True)
class CborItem:
    """One item out of a longer input.

    `raw` is exactly what was received: digests and signatures cover it. `end` is the
    offset just behind it.
    """

    value: CborValue
    raw: bytes
    end: int


def read_cbor(
    data: bytes,
    *,
    at: str,
    clause: str = "RFC 8949 §4.2",
    max_bytes: int = limits.CBOR_BYTES,
    max_depth: int = limits.CBOR_DEPTH,
) -> CborValue:
    """Return the one value that `data` holds.

    `max_depth` counts nested arrays, maps and tags; a plain value has depth 0.
    Maps may come in any order and floats in any width: signed data is read as it is.

    Raises:
        LimitError: more than `max_bytes`, `max_depth` or `limits.CBOR_ITEMS`.
        MalformedError: not one well-formed value, an indefinite length, a head that
            is not shortest, a map key twice, text that is not UTF-8.
        UnsupportedError: a simple value other than false, true and null, or a map
            key that is no integer, text or byte string.
    """
    if len(data) <= min(max_bytes, limits.CBOR_ITEMS):
        try:
            return _quickly(data, max_depth)
        except _UnusualError:
            pass  # what is wrong with it, if anything is, the scan says
    item = read_cbor_item(
        data, offset=0, at=at, clause=clause, max_bytes=max_bytes, max_depth=max_depth
    )
    if item.end != len(data):
        raise MalformedError("octets behind the value", at=at, clause=clause)
    return item.value


def read_cbor_item(
    data: bytes,
    *,
    offset: int,
    at: str,
    clause: str = "RFC 8949 §4.2",
    max_bytes: int = limits.CBOR_BYTES,
    max_depth: int = limits.CBOR_DEPTH,
) -> CborItem:
    """Return the value that starts at `offset`; more may follow it.

    Raises:
        LimitError: see `read_cbor`; `max_bytes` bounds all of `data`.
        MalformedError: see `read_cbor`.
        UnsupportedError: see `read_cbor`.
        UsageError: `offset` is negative.
    """
    if offset < 0:
        raise UsageError("an offset is not negative")
    if len(data) > max_bytes:
        raise LimitError("CBOR is too long", at=at, clause=_LIMITS)
    scan = _Scan(data, offset, at=at, clause=clause)
    scan.measure(max_depth=max_depth)
    raw = data[offset : scan.position]
    return CborItem(_decode(raw, scan.tags, at=at, clause=clause), raw, scan.position)


class CborHead(NamedTuple):
    """The head of one item (RFC 8949 section 3): what it is, and of how much.

    `argument` is the number itself, or how many octets, items, or pairs of items the
    content has. `end` is the offset just behind the head, where the content begins.
    """

    major: int
    argument: int
    end: int


def read_cbor_head(
    data: bytes, *, offset: int, at: str, clause: str = "RFC 8949 §4.2"
) -> CborHead:
    """Return the head at `offset`, in its shortest form, and look at nothing else.

    For lists too long to become values; what is in them is for the caller to bound.

    Raises:
        MalformedError: no head, or one that is cut off, indefinite or not shortest.
    """
    scan = _Scan(data, offset + 1, at=at, clause=clause)
    if not 0 <= offset < len(data):
        raise MalformedError("CBOR ends early", at=at, clause=_WELL_FORMED)
    major, argument = divmod(data[offset], 32)
    if argument >= _INLINE and major != _SIMPLE:
        argument = scan.argument(argument)
    return CborHead(major, argument, scan.position)


class _UnusualError(Exception):
    """It may be refused, or not: only the scan can tell. It never leaves this file."""


def _quickly(data: bytes, max_depth: int) -> CborValue:
    """Read what is plainly in order, in half of the time that the scan takes.

    What cbor2 writes again just as it was had shortest heads, definite lengths, each
    key once and nothing behind it; what that does not show, `_ours` looks at. No more
    items can be in it than it has octets.
    """
    try:
        native = cbor2.loads(
            data,
            semantic_decoders=_AS_TAGS,
            max_depth=limits.CBOR_DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        if cbor2.dumps(native) != data:
            raise _UnusualError
    except (cbor2.CBORDecodeError, cbor2.CBOREncodeError):
        raise _UnusualError from None
    return _ours(native, max_depth)


def _ours(value: object, room: int) -> CborValue:
    """Return a value with tags of our own, and nothing in it that is none of ours."""
    kind = type(value)
    if kind in _LEAVES:
        return value  # type: ignore[return-value]  # looked at just above
    open_one = _OPENED.get(kind)
    if open_one is None or not room:
        raise _UnusualError
    return open_one(value, room - 1)


def _our_map(held: dict[CborKey, object], room: int) -> CborValue:
    if not _KEYS.issuperset(map(type, held)):
        raise _UnusualError
    if not _LEAVES.issuperset(map(type, held.values())):
        for key, each in held.items():
            if type(each) not in _LEAVES:
                held[key] = _ours(each, room)
    return held  # type: ignore[return-value]  # every value was looked at


def _our_list(listed: list[object], room: int) -> CborValue:
    if not _LEAVES.issuperset(map(type, listed)):
        listed[:] = [_ours(each, room) for each in listed]
    return listed  # type: ignore[return-value]  # every item was looked at


def _our_tag(tag: cbor2.CBORTag, room: int) -> CborValue:
    return CborTag(tag.tag, _ours(tag.value, room))


_OPENED: Final[Mapping[type, Callable[[Any, int], CborValue]]] = {
    dict: _our_map,
    list: _our_list,
    cbor2.CBORTag: _our_tag,
}
_KEYS: Final = frozenset({int, str, bytes})
_LEAVES: Final = frozenset({bool, int, float, str, bytes, type(None)})


def _decode(raw: bytes, tags: set[int], *, at: str, clause: str) -> CborValue:
    """Let cbor2 build what the scan has found to be well-formed.

    cbor2 turns some tags into dates, patterns, messages and cycles. Each tag that
    occurs gets our decoder, so that none of them, in any version, does.
    """
    try:
        value: CborValue = cbor2.loads(
            raw,
            semantic_decoders={number: _tagged(number) for number in tags},
            max_depth=limits.CBOR_ITEMS,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except cbor2.CBORDecodeError as error:
        text = isinstance(error.__cause__, UnicodeDecodeError)
        what = "text is not UTF-8" if text else "duplicate map key"
        raise MalformedError(what, at=at, clause=clause) from None
    return value


def _as_tag(number: int) -> Callable[[object, bool], object]:
    return lambda value, _: cbor2.CBORTag(number, value)


# Every tag that cbor2 makes something of: dates, numbers, patterns, messages, sets,
# addresses, references and cycles. One that is not here is taken for what it is not by
# no version without the result being of another type, which is refused.
_AS_TAGS: Final = {
    number: _as_tag(number)
    for number in (
        *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 43, 52, 54, 100, 256, 258),
        *(260, 261, 1004, 43000, 55799),
    )
}


def _tagged(number: int) -> Callable[[CborValue, bool], CborTag]:
    return lambda value, _: CborTag(number, value)


class _Scan:
    """A walk over the heads of one value, which builds nothing.

    cbor2 accepts longer heads than needed, octets behind the value, undefined and
    unassigned simple values, and any key; so all that is settled here, and before
    anything is allocated.
    """

    __slots__ = ("at", "clause", "data", "position", "tags")

    def __init__(self, data: bytes, position: int, *, at: str, clause: str) -> None:
        self.data = data
        self.position = position
        self.at = at
        self.clause = clause
        self.tags: set[int] = set()

    def measure(self, *, max_depth: int) -> None:
        """Move `position` behind the value."""
        try:
            self._walk(max_depth)
        except IndexError:
            self._take(1)
        # A short string is stepped over before its end is known to be there.
        self._take(0)

    def _walk(self, max_depth: int) -> None:
        # What each open level still lacks; maps count keys and values, as negatives.
        levels: list[int] = []
        lacking = 1
        for _ in range(limits.CBOR_ITEMS):
            first = self.data[self.position]
            if lacking < 0 and not lacking & 1 and first >= _FIRST_NO_KEY:
                raise UnsupportedError(_NO_KEY, at=self.at, clause=self.clause)
            lacking += 1 if lacking < 0 else -1
            if step := _PLAIN[first]:
                self.position += step
            elif (children := self._head(first)) is not None:
                if len(levels) >= max_depth:
                    raise LimitError(_TOO_DEEP, at=self.at, clause=_LIMITS)
                levels.append(lacking)
                lacking = children
            while not lacking:
                if not levels:
                    return
                lacking = levels.pop()
        raise LimitError("too many CBOR items", at=self.at, clause=_LIMITS)

    def _head(self, first: int) -> int | None:
        """Move over a head, and over what a string, simple value or float holds.

        Returns what `_walk` counts: the items of an array or a tag, the keys and
        values of a map below zero, and None for what has no items.
        """
        self.position += 1
        major, argument = divmod(first, 32)
        if major == _SIMPLE:
            self._simple(argument)
            return None
        if argument >= _INLINE:
            argument = self.argument(argument)
        if major == _ARRAY:
            return argument
        if major == _MAP:
            return -2 * argument
        if major == _TAG:
            self.tags.add(argument)
            return 1
        if major in {_BYTES, _TEXT}:
            self._take(argument)
        return None

    def argument(self, information: int) -> int:
        least = _LEAST.get(information)
        if least is None:
            what = "reserved CBOR head"
            if information == _INDEFINITE:
                what = "indefinite length"
            raise MalformedError(what, at=self.at, clause=self.clause)
        start = self.position
        self._take(1 << (information - _INLINE))
        argument = int.from_bytes(self.data[start : self.position])
        if argument < least:
            raise MalformedError(
                "head is not in its shortest form", at=self.at, clause=self.clause
            )
        return argument

    def _simple(self, information: int) -> None:
        if information in _FLOATS:
            self._take(struct.calcsize(_FLOATS[information]))
            return
        if information > _DOUBLE:
            raise MalformedError("reserved CBOR head", at=self.at, clause=_WELL_FORMED)
        start = self.position
        if information == _ONE_OCTET:
            self._take(1)
            if self.data[start] < _ONE_OCTET_LEAST:
                raise MalformedError(
                    "simple value in two octets", at=self.at, clause=_SIMPLE_VALUES
                )
        raise UnsupportedError("simple value", at=self.at, clause=_SIMPLE_VALUES)

    def _take(self, count: int) -> None:
        if count > len(self.data) - self.position:
            raise MalformedError("CBOR ends early", at=self.at, clause=_WELL_FORMED)
        self.position += count


def write_cbor(value: CborValue) -> bytes:
    """Return `value` in its one deterministic form (RFC 8949 section 4.2.1).

    Shortest heads and floats, definite lengths, map keys in the order of their
    encodings. Every NaN is written as ``f97e00``.

    Raises:
        UsageError: an integer that no head holds, a lone surrogate, a foreign type, a
            map key that is no integer, text or byte string, or more nesting than
            `limits.CBOR_DEPTH`.
    """
    parts: list[bytes] = []
    _write(value, parts, room=limits.CBOR_DEPTH)
    return b"".join(parts)


def _write(value: CborValue, parts: list[bytes], *, room: int) -> None:
    if isinstance(value, list | dict | CborTag):
        if not room:
            raise UsageError("value is nested too deeply for CBOR")
        _write_container(value, parts, room=room - 1)
    elif value is None or isinstance(value, bool):
        simple = _NULL if value is None else _TRUE if value else _FALSE
        parts.append(bytes([_SIMPLE << 5 | simple]))
    elif isinstance(value, float):
        parts.append(_float(value))
    else:
        _write_key(value, parts)


def _write_container(
    value: list[CborValue] | dict[CborKey, CborValue] | CborTag,
    parts: list[bytes],
    *,
    room: int,
) -> None:
    if isinstance(value, CborTag):
        parts.append(_head(_TAG, value.number))
        _write(value.value, parts, room=room)
    elif isinstance(value, list):
        parts.append(_head(_ARRAY, len(value)))
        for item in value:
            _write(item, parts, room=room)
    else:
        parts.append(_head(_MAP, len(value)))
        for key, item in sorted((_key(name), item) for name, item in value.items()):
            parts.append(key)
            _write(item, parts, room=room)


def _key(key: CborKey) -> bytes:
    if isinstance(key, bool):
        raise UsageError("a map key is an integer, text or a byte string")
    parts: list[bytes] = []
    _write_key(key, parts)
    return b"".join(parts)


def _write_key(value: CborKey, parts: list[bytes]) -> None:
    """Write what may also stand as a map key."""
    if isinstance(value, int):
        negative = value < 0
        parts.append(_head(_NEGATIVE, ~value) if negative else _head(_UNSIGNED, value))
    elif isinstance(value, str):
        try:
            octets = value.encode("utf-8")
        except UnicodeEncodeError:
            raise UsageError("a lone surrogate is not text") from None
        parts += (_head(_TEXT, len(octets)), octets)
    elif isinstance(value, bytes):
        parts += (_head(_BYTES, len(value)), value)
    else:
        raise UsageError(f"{type(value).__name__} cannot stand here in CBOR")


def write_cbor_head(major: int, argument: int) -> bytes:
    """Return the shortest head of an item (RFC 8949 section 4.2.1).

    For those who put an item together from parts that are written already.

    Raises:
        UsageError: no head holds the argument.
    """
    if 0 <= argument < _SHORT:
        return _SHORT_HEADS[major][argument]
    return _head(major, argument)


def _head(major: int, argument: int) -> bytes:
    if not 0 <= argument < _ARGUMENTS:
        raise UsageError("number is too large for a CBOR head")
    first = major << 5
    if argument < _INLINE:
        return bytes([first | argument])
    for information, size in ((24, 1), (25, 2), (26, 4)):
        if argument < 1 << 8 * size:
            return bytes([first | information]) + argument.to_bytes(size)
    return bytes([first | 27]) + argument.to_bytes(8)


def _float(value: float) -> bytes:
    if isnan(value):
        return b"\xf9\x7e\x00"
    for information in (_HALF, _SINGLE):
        try:
            octets = struct.pack(_FLOATS[information], value)
        except OverflowError:
            continue
        if struct.unpack(_FLOATS[information], octets) == (value,):
            return bytes([_SIMPLE << 5 | information]) + octets
    return bytes([_SIMPLE << 5 | _DOUBLE]) + struct.pack(_FLOATS[_DOUBLE], value)


_SHORT: Final = 1 << 8
_SHORT_HEADS: Final = tuple(
    tuple(_head(major, argument) for argument in range(_SHORT))
    for major in range(_SIMPLE)
)
