"""CBOR that is plainly in order, read without a scan."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import cbor2

from idwallet import limits
from idwallet.codec.cbor.values import CborKey, CborTag, CborValue


class UnusualError(Exception):
    """It may be refused, or not: only the scan can tell. It never leaves this file."""


def read_quickly(data: bytes, max_depth: int) -> CborValue:
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
            raise UnusualError
    except (cbor2.CBORDecodeError, cbor2.CBOREncodeError):
        raise UnusualError from None
    return _ours(native, max_depth)


def _ours(value: Any, room: int) -> CborValue:
    """Return a value with tags of our own, and nothing in it that is none of ours."""
    kind = type(value)
    if kind in _LEAVES:
        leaf: CborValue = value
        return leaf
    open_one = _OPENED.get(kind)
    if open_one is None or not room:
        raise UnusualError
    return open_one(value, room - 1)


def _our_map(held: dict[CborKey, Any], room: int) -> CborValue:
    if not _KEYS.issuperset(map(type, held)):
        raise UnusualError
    if not _LEAVES.issuperset(map(type, held.values())):
        for key, each in held.items():
            if type(each) not in _LEAVES:
                held[key] = _ours(each, room)
    return held


def _our_list(listed: list[Any], room: int) -> CborValue:
    if not _LEAVES.issuperset(map(type, listed)):
        listed[:] = [_ours(each, room) for each in listed]
    return listed


def _our_tag(tag: cbor2.CBORTag, room: int) -> CborValue:
    return CborTag(tag.tag, _ours(tag.value, room))


_OPENED: Final[Mapping[type, Callable[[Any, int], CborValue]]] = {
    dict: _our_map,
    list: _our_list,
    cbor2.CBORTag: _our_tag,
}
_KEYS: Final = frozenset({int, str, bytes})
_LEAVES: Final = frozenset({bool, int, float, str, bytes, type(None)})


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
