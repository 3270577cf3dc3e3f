"""Data elements of the shape that nearly all have, read in one pass.

What is not of that shape, faults included, is None here and goes the long way; whatever
this reads, the long way reads alike.
"""

import re
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborValue, made_tag
from idwallet.credentials.mdoc.regular import text_at
from idwallet.envelope.cose.frame import extent

ItemParts = tuple[int, bytes, str, CborValue, bytes | memoryview]
"""An IssuerSignedItem's number, `random` of at least 16 octets, element, and value.

Behind them stands all that it was read from, with tag 24 before it.
"""
Place = tuple[int, int, int]
"""Where the tag of an item begins, the item behind it, and where that ends."""

# The members in the order in which CBOR is deterministic (RFC 8949 4.2.3), and in that
# in which the standard names them (9.1.2.4): most issuers keep one of the two.
_RANDOM: Final = b"\xa4\x66random"
_NUMBER: Final = b"\x68digestID"
_VALUE: Final = b"\x6celementValue"
_NAME: Final = b"\x71elementIdentifier"
_as_named: Final = re.compile(
    rb"\xa4\x68digestID(?:([\x00-\x17])|\x18([\x18-\xff])|\x19([\x01-\xff].))"
    rb"\x66random(?:\x50(.{16})|\x58\x18(.{24})|\x58\x20(.{32}))" + _NAME,
    re.DOTALL,
).match
_DAY: Final = b"\xd9\x03\xec\x6a"  # tag 1004 around ten characters (RFC 8943)
_DAY_SIZE: Final = 10
_FULL_DATE: Final = 1004
_FLAGS: Final = {0xF4: False, 0xF5: True}
_OCTETS: Final = 0x40
_TEXT: Final = 0x60
_LONG_TEXT: Final = 0x78
_INLINE: Final = 24
_TWO_OCTETS: Final = 25
_SALT_BYTES: Final = 16


def item_parts(data: bytes, place: Place) -> ItemParts | None:
    """Return the members of an element that is a flag, a text, a day, or octets."""
    first, start, end = place
    try:
        found = _parts_at(data, start, end=end)
    except (LookupError, ValueError):
        return None
    if found is None:
        return None
    size = end - first
    # A portrait is not copied for its digest; it keeps alive what it was read from.
    if size > limits.MDOC_COPIED_BYTES:
        return *found, memoryview(data)[first:end]
    return *found, data[first:end]


_Members = tuple[int, bytes, str, CborValue]


def _parts_at(data: bytes, start: int, *, end: int) -> _Members | None:
    if not data.startswith(_RANDOM, start):
        return _standing_as_named(data, start, end=end)
    head = start + len(_RANDOM)
    size, start = data[head] - _OCTETS, head + 1
    if size == _INLINE:
        size, start = data[start], start + 1
        if size < _INLINE:
            return None
    elif not _SALT_BYTES <= size < _INLINE:
        return None
    place = start + size
    if not data.startswith(_NUMBER, place):
        return None
    head = place + len(_NUMBER)
    number, behind = data[head], head + 1
    if number >= _INLINE:
        number, behind = _long_number(data, head)
    value, element = _named_value(data, behind, end=end)
    return number, data[start:place], element, value


def _named_value(data: bytes, place: int, *, end: int) -> tuple[CborValue, str]:
    """Return the value at a place and the name behind it, which ends all.

    Raises:
        LookupError, ValueError: they are of another kind, or no UTF-8.
    """
    if not data.startswith(_VALUE, place):
        raise LookupError
    value, behind = _value_at(data, place + len(_VALUE))
    head = behind + len(_NAME)
    # A length that is too long leads out of the item, into the next one perhaps.
    if head >= end or not data.startswith(_NAME, behind):
        raise LookupError
    name = data[head + 1 : end]
    if data[head] != _TEXT + len(name) or len(name) >= _INLINE:
        name = _long_name(data, head, end=end)
    return value, name.decode()


def _long_number(octets: bytes, place: int) -> tuple[int, int]:
    """Return the number of two or three octets at a place, and where it ends.

    Raises:
        LookupError: there is none with its shortest head.
    """
    if octets[place] == _INLINE:
        number, end, least = octets[place + 1], place + 2, _INLINE
    elif octets[place] == _TWO_OCTETS:
        number, end, least = octets[place + 1] << 8 | octets[place + 2], place + 3, 256
    else:
        raise LookupError
    if number < least:
        raise LookupError
    return number, end


def _long_name(octets: bytes, place: int, *, end: int) -> bytes:
    """Return the text of 24 octets or more that ends there.

    Raises:
        LookupError: there is none.
    """
    name = octets[place + 2 : end]
    if octets[place] != _LONG_TEXT or octets[place + 1] != len(name):
        raise LookupError
    if len(name) < _INLINE:
        raise LookupError
    return name


def _standing_as_named(octets: bytes, start: int, *, end: int) -> _Members | None:
    found = _as_named(octets, start)
    if found is None:
        return None
    one, two, three, a, b, c = found.groups()
    element, place = text_at(octets, found.end())
    if not octets.startswith(_VALUE, place):
        return None
    value, behind = _value_at(octets, place + len(_VALUE))
    # One comparison finds whatever is cut off, or goes on behind it.
    if behind != end:
        return None
    number = int.from_bytes(one or two or three, "big")
    return number, a or b or c, element, value


def _value_at(octets: bytes, place: int) -> tuple[CborValue, int]:
    """Return a value, and where it ends.

    Raises:
        LookupError, ValueError: it is of another kind, or no UTF-8.
    """
    head, start = octets[place], place + 1
    if _TEXT <= head < _LONG_TEXT:
        end = start + head - _TEXT
        return octets[start:end].decode(), end
    if head in _FLAGS:
        return _FLAGS[head], start
    if octets.startswith(_DAY, place):
        start = place + len(_DAY)
        end = start + _DAY_SIZE
        return made_tag(_FULL_DATE, octets[start:end].decode()), end
    if head >= _TEXT:
        return text_at(octets, place)
    start, end = extent(octets, place)
    return octets[start:end], end
