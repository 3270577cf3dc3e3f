"""Data elements of the shape that nearly all have, read in one pass.

What is not of that shape, faults included, is None here and goes the long way; whatever
this reads, the long way reads alike.
"""

import re
from typing import Final, NamedTuple

from idwallet.codec.cbor import CborValue, made_tag
from idwallet.credentials.mdoc.regular import text_at


class ItemParts(NamedTuple):
    """An IssuerSignedItem's members, with at least 16 octets of `random`."""

    number: int
    random: bytes
    element: str
    value: CborValue


_NUMBER: Final = rb"\x68digestID(?:([\x00-\x17])|\x18([\x18-\xff])|\x19([\x01-\xff].))"
_RANDOM: Final = rb"\x66random(?:\x50(.{16})|\x58\x18(.{24})|\x58\x20(.{32}))"
_NAME: Final = b"\x71elementIdentifier"
_VALUE: Final = b"\x6celementValue"
# In the order in which CBOR is deterministic (RFC 8949 4.2.3), and in that in which the
# standard names them (9.1.2.4): most issuers keep one of the two.
_BY_LENGTH: Final = re.compile(rb"\xa4" + _RANDOM + _NUMBER + _VALUE, re.DOTALL)
_AS_NAMED: Final = re.compile(rb"\xa4" + _NUMBER + _RANDOM + _NAME, re.DOTALL)
_DAY: Final = b"\xd9\x03\xec\x6a"  # tag 1004 around ten characters (RFC 8943)
_LATER: Final = len(_DAY) + 10
_FULL_DATE: Final = 1004


def item_parts(octets: bytes) -> ItemParts | None:
    """Return the members of an element whose value is a flag, a text or a day."""
    try:
        found = _BY_LENGTH.match(octets)
        if found is not None:
            a, b, c, one, two, three = found.groups()
            value, place = _value_at(octets, found.end())
            element, end = _name_at(octets, place)
            number, random = one or two or three, a or b or c
        else:
            found = _AS_NAMED.match(octets)
            if found is None:
                return None
            one, two, three, a, b, c = found.groups()
            element, place = text_at(octets, found.end())
            if not octets.startswith(_VALUE, place):
                return None
            value, end = _value_at(octets, place + len(_VALUE))
            number, random = one or two or three, a or b or c
    except (LookupError, ValueError):
        return None
    # Slices end where the octets do: one comparison finds whatever is cut off.
    if end != len(octets):
        return None
    return ItemParts(int.from_bytes(number, "big"), random, element, value)


def _name_at(octets: bytes, place: int) -> tuple[str, int]:
    if not octets.startswith(_NAME, place):
        raise LookupError
    return text_at(octets, place + len(_NAME))


def _value_at(octets: bytes, place: int) -> tuple[CborValue, int]:
    """Return a value, and where it ends.

    Raises:
        LookupError, ValueError: it is of another kind, or no UTF-8.
    """
    head = octets[place]
    if head == _TRUE:
        return True, place + 1
    if head == _FALSE:
        return False, place + 1
    if octets.startswith(_DAY, place):
        end = place + _LATER
        return made_tag(_FULL_DATE, octets[place + len(_DAY) : end].decode()), end
    return text_at(octets, place)


_FALSE, _TRUE = 0xF4, 0xF5
