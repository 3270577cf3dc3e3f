"""Every store of a wallet makes all of a change, or nothing of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from idwallet import limits
from idwallet.adapters.sql import SqlStore
from idwallet.adapters.store import MemoryStore
from idwallet.errors import PortError, UsageError
from idwallet.ports import Change, Shelf, StoredRecord, WalletStore
from tests.conftest import empty_database

CARD, LEDGER = Shelf.CREDENTIAL, Shelf.LEDGER


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WalletStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    with (
        empty_database(request.param, tmp_path) as url,
        closing(SqlStore(url)) as opened,
    ):
        yield opened


def put(name: str, sealed: bytes, *, was: bytes | None = None) -> Change:
    return Change(CARD, name, was, sealed)


def found(store: WalletStore, shelf: Shelf = CARD) -> dict[str, bytes]:
    return {each.name: each.sealed for each in store.records(shelf)}


def test_a_record_is_found_on_its_shelf_alone(store: WalletStore) -> None:
    assert found(store) == {}
    assert store.get(CARD, "one") is None
    assert store.change([put("one", b"1")])
    assert store.get(CARD, "one") == b"1"
    assert store.get(LEDGER, "one") is None
    assert list(store.records(CARD)) == [StoredRecord("one", b"1")]
    assert found(store, LEDGER) == {}


def test_records_come_by_name(store: WalletStore) -> None:
    names = ["b", "a", "10", "9", "a-1", "a_1"]
    assert store.change([put(each, b"x") for each in names])
    assert [each.name for each in store.records(CARD)] == sorted(names)


def test_a_record_is_replaced_and_removed_where_it_is_as_expected(
    store: WalletStore,
) -> None:
    assert store.change([put("one", b"1")])
    assert store.change([put("one", b"2", was=b"1")])
    assert found(store) == {"one": b"2"}
    assert store.change([Change(CARD, "one", b"2", None)])
    assert found(store) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        put("one", b"3"),
        put("one", b"3", was=b"other"),
        put("two", b"3", was=b"1"),
        Change(CARD, "one", b"other", None),
        Change(CARD, "two", b"1", None),
        Change(CARD, "one", None, None),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_change_with_one_wrong_expectation_does_nothing(
    store: WalletStore, wrong: Change, *, first: bool
) -> None:
    assert store.change([put("one", b"1"), put("zero", b"0")])
    right = [put("new", b"n"), put("zero", b"1", was=b"0")]
    changes = [wrong, *right] if first else [*right, wrong]
    assert store.change(changes) is False
    assert found(store) == {"one": b"1", "zero": b"0"}
    # What was right of it would have been done without the wrong one.
    assert store.change(right)


def test_nothing_may_be_expected_and_left(store: WalletStore) -> None:
    assert store.change([Change(CARD, "none", None, None), put("one", b"1")])
    assert found(store) == {"one": b"1"}


def test_records_may_be_removed_while_they_are_read(store: WalletStore) -> None:
    assert store.change([put(each, b"x") for each in "abc"])
    for each in store.records(CARD):
        assert store.change([Change(CARD, each.name, each.sealed, None)])
    assert found(store) == {}


def test_of_many_that_expect_the_same_one_succeeds(store: WalletStore) -> None:
    assert store.change([put("one", b"1"), put("two", b"2")])

    def attempt(number: int) -> bool:
        own = b"own %d" % number
        changes = [put("two", own, was=b"2"), put("one", own, was=b"1")]
        return store.change(changes if number % 2 else changes[::-1])

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(attempt, range(16)))
    assert done.count(True) == 1
    own = b"own %d" % done.index(True)
    assert found(store) == {"one": own, "two": own}


def test_of_many_that_add_the_same_one_succeeds(store: WalletStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda n: store.change([put("one", b"%d" % n)]), range(16))
        )
    assert done.count(True) == 1
    assert found(store) == {"one": b"%d" % done.index(True)}


def test_a_store_shows_no_record(store: WalletStore) -> None:
    assert store.change([put("one", b"1")])
    assert repr(store) in {
        "MemoryStore(<1 records>)",
        "<SqlStore sqlite>",
        "<SqlStore postgresql>",
    }


def test_a_full_memory_takes_only_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STORED_RECORDS", 1)
    store = MemoryStore()
    assert store.change([put("one", b"1")])
    assert store.change([put("one", b"2", was=b"1")])
    with pytest.raises(PortError):
        store.change([put("two", b"2")])
    assert found(store) == {"one": b"2"}


# --- a file ------------------------------------------------------------------------


def test_a_path_is_a_file_whatever_characters_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a ?b=%20#c.db"
    with closing(SqlStore(path)) as store:
        assert store.change([put("one", b"1")])
    with closing(SqlStore(path, create=False)) as store:
        assert found(store) == {"one": b"1"}
    assert path.is_file()


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    for path, url in (
        (tmp_path / "a.db", tmp_path / "a.db"),
        (tmp_path / "b.db", f"sqlite:///{tmp_path}/b.db"),
    ):
        with closing(SqlStore(url)) as store:
            assert store.change([put("one", b"1")])
        assert path.stat().st_mode & 0o077 == 0


def test_a_wallet_that_must_be_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(PortError):
        SqlStore(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "nothing", "sqlite://", "sqlite:///:memory:"])
def test_what_is_no_database_to_share_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        SqlStore(url)
