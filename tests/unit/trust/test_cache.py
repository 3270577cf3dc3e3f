from datetime import UTC, datetime, timedelta

from idwallet.trust.cache import ValidityCache

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_value_is_there_from_its_first_to_its_last_moment_and_not_beyond() -> None:
    cache: ValidityCache[str] = ValidityCache(entries=2)
    cache.put("key", "value", since=AT, until=AT + HOUR)
    tick = timedelta(microseconds=1)
    assert cache.get("key", at=AT) == "value"
    assert cache.get("key", at=AT + HOUR) == "value"
    assert cache.get("key", at=AT - tick) is None
    assert cache.get("key", at=AT + HOUR + tick) is None
    assert cache.get("other", at=AT) is None


def test_the_oldest_value_makes_room_for_the_newest() -> None:
    cache: ValidityCache[int] = ValidityCache(entries=2)
    for n in range(5):
        cache.put(n, n, since=AT, until=AT)
        assert len(cache) <= 2
    assert [cache.get(n, at=AT) for n in range(5)] == [None, None, None, 3, 4]


def test_putting_a_known_key_replaces_it_and_drops_nothing() -> None:
    cache: ValidityCache[str] = ValidityCache(entries=2)
    for key, value in (("a", "1"), ("b", "2"), ("b", "3")):
        cache.put(key, value, since=AT, until=AT)
    assert cache.get("a", at=AT) == "1"
    assert cache.get("b", at=AT) == "3"
