import secrets
from collections import Counter
from random import Random

import pytest

from idwallet.roles.status_issuer.uniform import Uniform


def seeded(seed: int = 0) -> Uniform:
    return Uniform(Random(seed).randbytes)


@pytest.mark.parametrize("bound", [1, 2, 3, 255, 256, 257, 32_768, 10**9])
def test_every_number_drawn_is_below_its_bound(bound: int) -> None:
    uniform = seeded()
    assert all(0 <= uniform.below(bound) < bound for _ in range(200))


def _chi_squared(counts: Counter[int], kinds: int) -> float:
    expected = counts.total() / kinds
    return sum((counts[kind] - expected) ** 2 / expected for kind in range(kinds))


def test_no_number_is_favoured() -> None:
    uniform = seeded()
    drawn = Counter(uniform.below(5) for _ in range(20_000))
    assert _chi_squared(drawn, 5) < 18.5  # 4 degrees of freedom, 0.1 %


def test_a_remainder_would_be_noticed() -> None:
    # The valid twin is above: so coarse a source makes 0 and 1 twice as likely.
    bits = Random(0)
    drawn = Counter(bits.getrandbits(3) % 6 for _ in range(20_000))
    assert _chi_squared(drawn, 6) > 20.5  # 5 degrees of freedom, 0.1 %


@pytest.mark.parametrize(("bound", "count"), [(1, 1), (10, 10), (10, 3), (10**6, 500)])
def test_a_sample_holds_as_many_different_numbers_as_asked(
    bound: int, count: int
) -> None:
    found = Uniform(secrets.token_bytes).sample(bound, count)
    assert len(found) == count
    assert found <= set(range(bound))


def test_every_sample_is_as_likely_as_any_other() -> None:
    uniform = seeded()
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    drawn = Counter(
        pairs.index(tuple(sorted(uniform.sample(4, 2))))  # type: ignore[arg-type]
        for _ in range(20_000)
    )
    assert _chi_squared(drawn, 6) < 20.5


def test_every_order_is_as_likely_as_any_other() -> None:
    uniform = seeded()
    orders: Counter[int] = Counter()
    for _ in range(20_000):
        items = uniform.shuffled([0, 1, 2])
        orders[items[0] * 2 + (items[1] > items[2])] += 1
    assert _chi_squared(orders, 6) < 20.5
