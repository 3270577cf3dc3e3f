"""BER made DER, as far as lengths and strings in parts go (X.690 8.1.3, 8.7.3).

CMS may come in BER. What is DER in it already, certificates above all, comes out as it
went in.
"""

from typing import Final

from idwallet import limits
from idwallet.codec.der import OCTETS, DerError, tlv
from idwallet.errors import LimitError

_CONSTRUCTED: Final = 0x20
_HIGH_TAG: Final = 0x1F
_LONG: Final = 0x80
_END: Final = b"\x00\x00"
_STRINGS: Final = frozenset(
    {0x23, 0x2C, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3E}
)


def to_der(ber: bytes, *, at: str) -> bytes:
    """Return the same value with definite, shortest lengths and whole octet strings.

    Raises:
        LimitError: it has more than `limits.BER_ELEMENTS` elements, or they stand
            deeper than `limits.BER_DEPTH`.
        DerError: it is broken, something follows it, or a string other than of octets
            comes in parts.
    """
    work = _Rewriting(ber, at=at)
    made, end = work.element(0, len(ber), depth=0)
    if end != len(ber):
        raise DerError("something follows")
    return made


class _Rewriting:
    """One pass over a BER value, with what is left of its budget."""

    def __init__(self, ber: bytes, *, at: str) -> None:
        self._ber = ber
        self._at = at
        self._left = limits.BER_ELEMENTS

    def element(self, start: int, end: int, *, depth: int) -> tuple[bytes, int]:
        """Return the element that starts there as DER, and where the next one starts.

        Raises:
            LimitError, DerError: see `to_der`.
        """
        self._spend(depth)
        tag, value, stop = self._head(start, end)
        if not tag & _CONSTRUCTED:
            if stop is None:
                raise DerError("a primitive element without a length")
            return tlv(tag, self._ber[value:stop]), stop
        if tag in _STRINGS:
            raise DerError("a string in parts")
        if stop is None:
            parts, after = self._to_mark(value, end, depth=depth + 1)
        else:
            parts, after = self._to_end(value, stop, depth=depth + 1), stop
        if tag == OCTETS | _CONSTRUCTED:
            return tlv(OCTETS, *map(_octets, parts)), after
        return tlv(tag, *parts), after

    def _to_end(self, start: int, end: int, *, depth: int) -> list[bytes]:
        """Return what stands before the end."""
        parts = []
        while start != end:
            made, start = self.element(start, end, depth=depth)
            parts.append(made)
        return parts

    def _to_mark(self, start: int, end: int, *, depth: int) -> tuple[list[bytes], int]:
        """Return what stands before the mark of the end, and where that mark ends."""
        parts = []
        while self._ber[start : start + 2] != _END:
            made, start = self.element(start, end, depth=depth)
            parts.append(made)
        return parts, start + 2

    def _head(self, start: int, end: int) -> tuple[int, int, int | None]:
        """Return tag, where the value starts and where it ends, None if not said."""
        if start + 2 > end:
            raise DerError("truncated")
        tag, length, value = self._ber[start], self._ber[start + 1], start + 2
        if tag & _HIGH_TAG == _HIGH_TAG or tag == 0:
            raise DerError("a tag that is not read")
        if length == _LONG:
            return tag, value, None
        if length & _LONG:
            value += length & 0x7F
            length = int.from_bytes(self._ber[start + 2 : value])
        if value + length > end:
            raise DerError("truncated")
        return tag, value, value + length

    def _spend(self, depth: int) -> None:
        self._left -= 1
        if self._left < 0 or depth > limits.BER_DEPTH:
            raise LimitError(
                "too many elements, or too deep", at=self._at, clause="idwallet limits"
            )


def _octets(part: bytes) -> bytes:
    """Return what one part of an octet string adds to it; `part` is DER by now."""
    if part[0] != OCTETS:
        raise DerError("a part of octets that is none")
    size = part[1]
    return part[2 + (size & 0x7F if size & _LONG else 0) :]
