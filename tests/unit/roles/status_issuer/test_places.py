from collections import Counter
from random import Random

import pytest

from idwallet import limits
from idwallet.ports import PageRecord
from idwallet.roles.status_issuer.places import (
    count_free,
    is_taken,
    spread,
    status_of,
    take,
)
from idwallet.roles.status_issuer.uniform import Uniform

PAGE = limits.STATUS_PAGE_ENTRIES


def seeded(seed: int = 0) -> Uniform:
    return Uniform(Random(seed).randbytes)


@pytest.mark.parametrize("count", [1, 30, 20_000, PAGE - 1, PAGE])
def test_what_is_taken_was_free_and_is_taken_once(count: int) -> None:
    page, found = take(PageRecord("a", 0, PAGE), count=count, uniform=seeded())
    assert len(set(found)) == count
    assert all(is_taken(page, each) for each in found)
    assert page.free == count_free(page) == PAGE - count


def test_a_page_is_filled_to_its_last_place() -> None:
    page, uniform = PageRecord("a", 0, PAGE), seeded()
    seen: set[int] = set()
    while page.free:
        page, found = take(page, count=min(5_000, page.free), uniform=uniform)
        assert seen.isdisjoint(found)
        seen.update(found)
    assert seen == set(range(PAGE))
    assert page.taken == b"\xff" * (PAGE // 8)


def test_a_place_in_a_crowded_page_is_any_of_the_free_ones() -> None:
    taken = bytearray(b"\xff" * (PAGE // 8))
    free = [3, 8, 17, PAGE - 1]
    for each in free:
        taken[each >> 3] &= ~(1 << (each & 7))
    page, uniform = PageRecord("a", 0, 4, bytes(taken)), seeded()
    drawn = Counter(take(page, count=1, uniform=uniform)[1][0] for _ in range(400))
    assert set(drawn) == set(free)
    assert min(drawn.values()) > 50


@pytest.mark.parametrize("of_eight", [0, 4])
def test_the_first_and_the_thousandth_place_are_as_likely(of_eight: int) -> None:
    # What was taken before shows nothing but that it is not free.
    uniform = seeded()
    page, before = take(
        PageRecord("a", 0, PAGE), count=of_eight * PAGE // 8, uniform=uniform
    )
    eighths = Counter(
        take(page, count=1, uniform=uniform)[1][0] * 8 // PAGE for _ in range(2_000)
    )
    assert set(eighths) == set(range(8))
    assert max(eighths.values()) < 1.4 * min(eighths.values()), before[:3]


def test_pages_are_drawn_from_by_how_much_is_free_in_them() -> None:
    uniform = seeded()
    drawn = spread([100, 0, 300], count=200, uniform=uniform)
    assert drawn.total() == 200
    assert drawn[1] == 0
    assert 30 <= drawn[0] <= 70
    assert spread([100, 0, 300], count=400, uniform=uniform) == {0: 100, 2: 300}


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_an_entry_without_a_status_is_nought(bits: int) -> None:
    assert status_of(PageRecord("a", 0, PAGE), 7, bits=bits) == 0
    full = PageRecord("a", 0, 0, statuses=b"\xe4" * (PAGE * bits // 8))
    read = [status_of(full, each, bits=bits) for each in range(8 // bits)]
    assert sum(value << at * bits for at, value in enumerate(read)) == 0xE4
