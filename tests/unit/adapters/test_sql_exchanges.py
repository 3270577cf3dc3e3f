"""What a service remembers between two messages, in SQLite and in PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlExchanges
from idwallet.errors import PortError, UsageError

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
UNTIL = AT + timedelta(minutes=5)
NAME = "A-z_09" * 7


@pytest.fixture
def store(database_url: str) -> Iterator[SqlExchanges]:
    with closing(SqlExchanges(database_url)) as opened:
        yield opened


def put(store: SqlExchanges, name: str = NAME, sealed: bytes = b"1") -> bool:
    return store.put(name, sealed, until=UNTIL, at=AT)


def test_a_record_is_kept_by_its_name_and_a_name_is_taken_once(
    store: SqlExchanges,
) -> None:
    assert store.get(NAME) is None
    assert put(store)
    assert not put(store, sealed=b"2")
    assert store.get(NAME) == b"1"


def test_a_record_gives_way_to_the_next_one_of_who_saw_it(store: SqlExchanges) -> None:
    put(store)
    assert not store.swap(NAME, expected=b"2", sealed=b"3")
    assert not store.swap("another", expected=b"1", sealed=b"3")
    assert store.swap(NAME, expected=b"1", sealed=b"\x00" * 100_000)
    assert store.get(NAME) == b"\x00" * 100_000


def test_of_many_that_saw_the_same_one_alone_puts_the_next(
    store: SqlExchanges,
) -> None:
    put(store)

    def swap(number: int) -> bool:
        return store.swap(NAME, expected=b"1", sealed=b"%d of many" % number)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(swap, range(24))).count(True) == 1


def test_of_many_that_want_one_name_one_alone_has_it(store: SqlExchanges) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: put(store), range(24))).count(True) == 1


def test_another_process_finds_it(store: SqlExchanges, database_url: str) -> None:
    put(store)
    with closing(SqlExchanges(database_url)) as other:
        assert other.get(NAME) == b"1"
        assert other.swap(NAME, expected=b"1", sealed=b"2")
    assert store.get(NAME) == b"2"


def test_what_is_over_is_forgotten_and_no_sooner(store: SqlExchanges) -> None:
    put(store)
    over = UNTIL + limits.EXCHANGE_KEPT_AFTER
    store.put("next", b"2", until=over, at=over)
    assert store.get(NAME) == b"1"
    later = over + timedelta(microseconds=1)
    store.put("last", b"3", until=later, at=later)
    assert store.get(NAME) is None
    assert store.get("next") == b"2"


def test_a_moment_has_a_zone_and_a_closed_store_says_so(store: SqlExchanges) -> None:
    with pytest.raises(UsageError):
        store.put(NAME, b"", until=UNTIL.replace(tzinfo=None), at=AT)
    assert "SqlExchanges" in repr(store)
    with pytest.raises(PortError):
        SqlExchanges("sqlite:////nowhere/at/all.db")
