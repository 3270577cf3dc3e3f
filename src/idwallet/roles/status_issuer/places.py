"""Free places: how many of which page are taken, and which of a page."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from idwallet import limits
from idwallet.ports import PageRecord
from idwallet.roles.status_issuer.uniform import Uniform

_BYTES: Final = limits.STATUS_PAGE_ENTRIES // 8
_FULL: Final = 0xFF
# From here on looking for free places by chance takes longer than listing them.
_CROWDED: Final = limits.STATUS_PAGE_ENTRIES // 16


def spread(frees: Sequence[int], *, count: int, uniform: Uniform) -> Counter[int]:
    """Say how many of `count` places fall to each page, by its number in `frees`.

    It is as if every free place were drawn from one urn. There must be as many.
    """
    ends = list(accumulate(frees))
    drawn = uniform.sample(ends[-1], count)
    return Counter(bisect_right(ends, each) for each in drawn)


def take(
    page: PageRecord, *, count: int, uniform: Uniform
) -> tuple[PageRecord, list[int]]:
    """Take so many free places of a page, any of them as likely.

    Returns the page as it is then, and the indexes within it.
    """
    taken = bytearray(page.taken or bytes(_BYTES))
    if page.free - count < _CROWDED:
        free = list(_free(taken))
        found = [free[each] for each in uniform.sample(len(free), count)]
        for place in found:
            taken[place >> 3] |= 1 << (place & 7)
    else:
        found = _by_chance(taken, count=count, uniform=uniform)
    return replace(page, free=page.free - count, taken=bytes(taken)), found


def _by_chance(taken: bytearray, *, count: int, uniform: Uniform) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        # A page has a power of two of places: no remainder favours any.
        for drawn in uniform.short(2 * (count - len(found))):
            place = drawn % limits.STATUS_PAGE_ENTRIES
            at, bit = place >> 3, 1 << (place & 7)
            if not taken[at] & bit:
                taken[at] |= bit
                found.append(place)
                if len(found) == count:
                    break
    return found


def _free(taken: bytes | bytearray) -> Iterator[int]:
    for at, each in enumerate(taken):
        if each != _FULL:
            yield from (at * 8 + bit for bit in range(8) if not each >> bit & 1)


def count_free(page: PageRecord) -> int:
    """Return how many places of a page are free, counted anew."""
    return limits.STATUS_PAGE_ENTRIES - int.from_bytes(page.taken, "big").bit_count()


def is_taken(page: PageRecord, index: int) -> bool:
    """Whether a place of a page was given to somebody."""
    return bool(page.taken) and bool(page.taken[index >> 3] >> (index & 7) & 1)


def status_bytes(page: PageRecord, *, bits: int) -> bytes:
    """Return the statuses of a page, those that are nought too."""
    return page.statuses or bytes(_BYTES * bits)


def status_of(page: PageRecord, index: int, *, bits: int) -> int:
    """Return the status of an entry of a page."""
    if not page.statuses:
        return 0
    place = index * bits
    return page.statuses[place >> 3] >> (place & 7) & ((1 << bits) - 1)
