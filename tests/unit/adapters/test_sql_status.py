"""What the store itself promises; the rest is tested through the status issuer."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from idwallet.adapters.sql import SqlStatusStore
from idwallet.errors import PortError
from idwallet.ports import HistoryRecord, PageRecord, ShardRecord, StatusStore

LIST = ShardRecord("a1", "https://a.example/1", 1, 65_536, 9, 7, 0, 0, bytes(32))
PAGES = [PageRecord("a1", 0, 4, b"taken"), PageRecord("a1", 1, 5, b"", b"statuses")]


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStatusStore]:
    with closing(SqlStatusStore(database_url)) as opened:
        with opened.session() as session:
            session.add(LIST, PAGES)
        yield opened


def test_the_store_fits_its_port(store: SqlStatusStore) -> None:
    as_port: StatusStore = store
    with as_port.view() as session:
        assert list(session.shards()) == [LIST]
        assert session.find(LIST.uri) == LIST
        assert session.find("https://a.example/2") is None
        assert list(session.pages("a1")) == PAGES
        assert session.page("a1", 1) == PAGES[1]
        assert list(session.occupancy("a1")) == [4, 5]


def test_what_is_updated_says_nothing_of_what_was_published(
    store: SqlStatusStore,
) -> None:
    with store.session() as session:
        session.published("a1", revision=3, at=12)
        session.update(replace(LIST, free=1, revision=4, published=99))
    with store.session() as session:
        found = session.publish("a1")
        assert found is not None
        assert (found.free, found.revision) == (1, 4)
        assert (found.published, found.published_at) == (3, 12)
        assert session.publish("another") is None


def test_a_block_that_raises_leaves_nothing_behind(store: SqlStatusStore) -> None:
    with pytest.raises(KeyError), store.session() as session:
        session.update(replace(LIST, free=0))
        session.append([HistoryRecord("a1", 0, 0, b"body", bytes(32))])
        raise KeyError
    with store.view() as session:
        assert session.find(LIST.uri) == LIST
        assert list(session.history("a1")) == []


def test_only_lists_with_free_places_are_vacant(store: SqlStatusStore) -> None:
    full = replace(LIST, name="b2", uri="https://a.example/2", free=0)
    with store.session() as session:
        session.add(full, [])
        assert [each.name for each in session.vacant()] == ["a1"]
        wanted = [full.uri, LIST.uri, "https://a.example/3"]
        assert [each.name for each in session.lock(wanted)] == ["a1", "b2"]


def test_a_long_history_is_read_whole_and_in_order(store: SqlStatusStore) -> None:
    records = [
        HistoryRecord("a1", number, number % 2, b"%d" % number, bytes(32))
        for number in range(2_500)
    ]
    with store.session() as session:
        session.append(records)
    with store.view() as session:
        assert list(session.history("a1")) == records
        assert list(session.history("a1", 1)) == records[1::2]
        assert next(iter(session.history("a1"))) == records[0]


@pytest.mark.parametrize(
    "change", ["a list twice", "a record twice", "a page that is not there"]
)
def test_what_the_database_refuses_is_a_port_error(
    change: str, store: SqlStatusStore
) -> None:
    record = HistoryRecord("a1", 0, 0, b"body", bytes(32))
    with store.session() as session:
        session.append([record])
    with pytest.raises(PortError), store.session() as session:
        if change == "a list twice":
            session.add(LIST, [])
        elif change == "a record twice":
            session.append([record])
        else:
            session.page("a1", 2)


def test_the_representation_names_no_place(store: SqlStatusStore) -> None:
    assert repr(store) in {"<SqlStatusStore sqlite>", "<SqlStatusStore postgresql>"}
