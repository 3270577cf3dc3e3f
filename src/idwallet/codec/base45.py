"""Base45 (RFC 9285), strictly: what a QR code holds best, and keyboards can type."""

from typing import Final

from idwallet.errors import MalformedError

_CLAUSE: Final = "RFC 9285 §4"
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_BASE: Final = len(_LETTERS)
_VALUES: Final = {ord(letter): value for value, letter in enumerate(_LETTERS)}
_PAIRS: Final = tuple(second + first for first in _LETTERS for second in _LETTERS)
_OCTETS: Final = 1 << 8


def encode(octets: bytes) -> str:
    """Return octets as Base45: three characters for two octets, two for a last one."""
    parts: list[str] = []
    for at in range(0, len(octets) - 1, 2):
        high, low = divmod(octets[at] << 8 | octets[at + 1], _BASE * _BASE)
        parts.append(_PAIRS[low] + _LETTERS[high])
    if len(octets) % 2:
        parts.append(_PAIRS[octets[-1]])
    return "".join(parts)


def decode(text: str, *, at: str) -> bytes:
    """Return the octets of a Base45 text; there is one text for any octets.

    Raises:
        MalformedError: a character outside of the alphabet, a length that none has, or
            a group of characters that stands for more than its octets hold.
    """
    values = [_VALUES.get(ord(each), -1) for each in text]
    if -1 in values:
        raise MalformedError("a character of no Base45", at=at, clause=_CLAUSE)
    whole = len(values) // 3 * 3
    rest = values[whole:]
    if len(rest) == 1:
        raise MalformedError("a length of no Base45", at=at, clause=_CLAUSE)
    found = bytearray()
    for n in range(0, whole, 3):
        value = values[n] + _BASE * (values[n + 1] + _BASE * values[n + 2])
        if value >= _OCTETS * _OCTETS:
            raise MalformedError("a group of no octets", at=at, clause=_CLAUSE)
        found += value.to_bytes(2, "big")
    if rest:
        value = rest[0] + _BASE * rest[1]
        if value >= _OCTETS:
            raise MalformedError("a group of no octet", at=at, clause=_CLAUSE)
        found.append(value)
    return bytes(found)
