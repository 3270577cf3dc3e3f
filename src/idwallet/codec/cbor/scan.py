"""A walk over the heads of CBOR, which refuses and builds nothing."""

import struct
from typing import Final

from idwallet import limits
from idwallet.codec.cbor.values import (
    ARRAY,
    BYTES,
    DOUBLE,
    FALSE,
    FLOATS,
    INLINE,
    MAP,
    NULL,
    SIMPLE,
    TAG,
    TEXT,
    TRUE,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError

BOUNDS: Final = "idwallet limits"
WELL_FORMED: Final = "RFC 8949 §3"
_SIMPLE_VALUES: Final = "RFC 8949 §3.3"
_INDEFINITE: Final = 31
# The least argument that an 1, 2, 4 or 8 octet head may carry (§4.2.1).
_LEAST: Final = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
_ONE_OCTET: Final = 24
_ONE_OCTET_LEAST: Final = 32
_FIRST_NO_KEY: Final = ARRAY << 5
_NO_KEY: Final = "map key is no integer, text or byte string"
_TOO_DEEP: Final = "CBOR is nested too deeply"


def _plain(first: int) -> int:
    """Return how many octets a value takes whose first octet says so, or 0."""
    major, information = divmod(first, 32)
    if major == SIMPLE:
        return 1 if information in {FALSE, TRUE, NULL} else 0
    if major > TEXT or information >= INLINE:
        return 0
    return 1 if major < BYTES else 1 + information


_PLAIN: Final = bytes(map(_plain, range(256)))


class Scan:
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
                    raise LimitError(_TOO_DEEP, at=self.at, clause=BOUNDS)
                levels.append(lacking)
                lacking = children
            while not lacking:
                if not levels:
                    return
                lacking = levels.pop()
        raise LimitError("too many CBOR items", at=self.at, clause=BOUNDS)

    def _head(self, first: int) -> int | None:
        """Move over a head, and over what a string, simple value or float holds.

        Returns what `_walk` counts: the items of an array or a tag, the keys and
        values of a map below zero, and None for what has no items.
        """
        self.position += 1
        major, argument = divmod(first, 32)
        if major == SIMPLE:
            self._simple(argument)
            return None
        if argument >= INLINE:
            argument = self.argument(argument)
        if major == ARRAY:
            return argument
        if major == MAP:
            return -2 * argument
        if major == TAG:
            self.tags.add(argument)
            return 1
        if major in {BYTES, TEXT}:
            self._take(argument)
        return None

    def argument(self, information: int) -> int:
        """Return the argument that follows a head, and move behind it (§3).

        Raises:
            MalformedError: it is cut off, indefinite, reserved or not shortest.
        """
        least = _LEAST.get(information)
        if least is None:
            what = "reserved CBOR head"
            if information == _INDEFINITE:
                what = "indefinite length"
            raise MalformedError(what, at=self.at, clause=self.clause)
        start = self.position
        self._take(1 << (information - INLINE))
        argument = int.from_bytes(self.data[start : self.position])
        if argument < least:
            raise MalformedError(
                "head is not in its shortest form", at=self.at, clause=self.clause
            )
        return argument

    def _simple(self, information: int) -> None:
        if information in FLOATS:
            self._take(struct.calcsize(FLOATS[information]))
            return
        if information > DOUBLE:
            raise MalformedError("reserved CBOR head", at=self.at, clause=WELL_FORMED)
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
            raise MalformedError("CBOR ends early", at=self.at, clause=WELL_FORMED)
        self.position += count
