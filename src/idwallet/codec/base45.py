"""Base45 (RFC 9285), strictly: what a QR code holds best, and keyboards can type."""

import struct
from typing import Final

from idwallet.errors import MalformedError

_CLAUSE: Final = "RFC 9285 §4"
_LETTERS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_BASE: Final = len(_LETTERS)
_NONE: Final = 0xFF
# What each octet of a text stands for, by one look for all of them.
_VALUES: Final = bytes(
    _LETTERS.index(each) if each in _LETTERS else _NONE for each in range(256)
)
_PAIRS: Final = tuple(
    chr(second) + chr(first) for first in _LETTERS for second in _LETTERS
)
_OCTETS: Final = 1 << 8


def encode(octets: bytes) -> str:
    """Return octets as Base45: three characters for two octets, two for a last one."""
    parts: list[str] = []
    for at in range(0, len(octets) - 1, 2):
        high, low = divmod(octets[at] << 8 | octets[at + 1], _BASE * _BASE)
        parts.append(_PAIRS[low] + chr(_LETTERS[high]))
    if len(octets) % 2:
        parts.append(_PAIRS[octets[-1]])
    return "".join(parts)


def decode(text: str, *, at: str) -> bytes:
    """Return the octets of a Base45 text; there is one text for any octets.

    Raises:
        MalformedError: a character outside of the alphabet, a length that none has, or
            a group of characters that stands for more than its octets hold.
    """
    # Whatever is not in ASCII is no letter either: a question mark is none.
    values = text.encode("ascii", "replace").translate(_VALUES)
    if _NONE in values:
        raise MalformedError("a character of no Base45", at=at, clause=_CLAUSE)
    whole = len(values) // 3 * 3
    low, middle, high = (values[n:whole:3] for n in range(3))
    groups = [
        a + _BASE * b + _BASE * _BASE * c
        for a, b, c in zip(low, middle, high, strict=True)
    ]
    if max(groups, default=0) >= _OCTETS * _OCTETS:
        raise MalformedError("a group of no octets", at=at, clause=_CLAUSE)
    found = struct.pack(f">{len(groups)}H", *groups)
    return found + _last(values[whole:], at=at)


def _last(values: bytes, *, at: str) -> bytes:
    """Return the octet that two characters at the end stand for, if there are any."""
    if not values:
        return b""
    if len(values) == 1:
        raise MalformedError("a length of no Base45", at=at, clause=_CLAUSE)
    value = values[0] + _BASE * values[1]
    if value >= _OCTETS:
        raise MalformedError("a group of no octet", at=at, clause=_CLAUSE)
    return bytes((value,))
