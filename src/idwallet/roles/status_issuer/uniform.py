"""Numbers that nobody can foretell, each of a range as likely as any other."""

from array import array
from collections.abc import Sequence
from typing import Final, TypeVar

from idwallet.ports import Random

_Item = TypeVar("_Item")
_AT_ONCE: Final = 4_096
_KEY: Final = 16


class Uniform:
    """Draws from a source of unpredictable bytes; not to be shared between threads."""

    def __init__(self, random: Random) -> None:
        """Take bytes from `random`, some at once."""
        self._random = random
        self._held = b""
        self._next = 0

    def _bytes(self, size: int) -> bytes:
        end = self._next + size
        if end > len(self._held):
            self._held, self._next, end = self._random(_AT_ONCE), 0, size
        taken = self._held[self._next : end]
        self._next = end
        return taken

    def below(self, bound: int) -> int:
        """Return one of the numbers 0 to `bound` - 1; a remainder would favour some."""
        bits = (bound - 1).bit_length()
        size, mask = (bits + 7) // 8, (1 << bits) - 1
        while True:
            drawn = int.from_bytes(self._bytes(size), "big") & mask
            if drawn < bound:
                return drawn

    def sample(self, bound: int, count: int) -> set[int]:
        """Return so many different numbers below `bound`, each such set as likely.

        (R. W. Floyd's algorithm: it never draws more than it returns.)
        """
        chosen: set[int] = set()
        for last in range(bound - count, bound):
            drawn = self.below(last + 1)
            chosen.add(last if drawn in chosen else drawn)
        return chosen

    def short(self, count: int) -> "array[int]":
        """Return so many numbers of 0 to 65,535, each as likely."""
        return array("H", self._random(2 * count))

    def shuffled(self, items: Sequence[_Item]) -> list[_Item]:
        """Return the items in an order of which each is as likely.

        They are sorted by numbers drawn for them, too long for two ever to be equal.
        """
        drawn = self._random(_KEY * len(items))
        keys = [drawn[at : at + _KEY] for at in range(0, len(drawn), _KEY)]
        order = sorted(range(len(items)), key=keys.__getitem__)
        return [items[at] for at in order]
