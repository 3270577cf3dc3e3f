"""Base45 (RFC 9285), strictly: what a QR code holds best, and keyboards can type."""

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
_WIDTH: Final = 4  # of a group and what it may come to: 45 to the third power, at most


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
    count = len(values) // 3
    whole = 3 * count
    # All groups at once: numbers of four octets in a row are one long number, and
    # nothing that is added here carries over into the next of them.
    low, middle, high = (_spread(values[n:whole:3], count) for n in range(3))
    groups = low + _BASE * middle + _BASE * _BASE * high
    octets = groups.to_bytes(_WIDTH * count)
    if any(octets[1::_WIDTH]):
        raise MalformedError("a group of no octets", at=at, clause=_CLAUSE)
    found = bytearray(2 * count)
    found[::2], found[1::2] = octets[2::_WIDTH], octets[3::_WIDTH]
    return bytes(found) + _last(values[whole:], at=at)


def _spread(values: bytes, count: int) -> int:
    """Return the number in which each value is the last octet of four."""
    spread = bytearray(_WIDTH * count)
    spread[_WIDTH - 1 :: _WIDTH] = values
    return int.from_bytes(spread)


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
