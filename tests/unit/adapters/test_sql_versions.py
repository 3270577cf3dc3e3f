"""Tables come from any version to the present one, or stay as they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sql
from sqlalchemy.engine import Connection

from idwallet.adapters.sql.versions import Component, open_store
from idwallet.errors import PortError

Step = Callable[[Connection], None]


def _tables(*columns: str) -> sql.MetaData:
    schema = sql.MetaData()
    sql.Table("things", schema, *(sql.Column(each, sql.Integer) for each in columns))
    return schema


def _add(column: str) -> Step:
    def step(connection: Connection) -> None:
        connection.exec_driver_sql(f"ALTER TABLE things ADD COLUMN {column} INTEGER")

    return step


ONE = Component("things", _tables("a"))
TWO = Component("things", _tables("a", "b"), (_add("b"),))
THREE = Component("things", _tables("a", "b", "c"), (_add("b"), _add("c")))


def _columns(url: str, component: Component) -> set[str]:
    engine = open_store(url, component)
    try:
        return {each["name"] for each in sql.inspect(engine).get_columns("things")}
    finally:
        engine.dispose()


def _rows(url: str) -> int:
    engine = sql.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO things (a) VALUES (1)")
            found = connection.exec_driver_sql("SELECT count(*) FROM things").scalar()
    finally:
        engine.dispose()
    assert isinstance(found, int)
    return found


def test_tables_are_made_as_they_are_now(database_url: str) -> None:
    assert _columns(database_url, THREE) == {"a", "b", "c"}


@pytest.mark.parametrize("way", [(ONE, TWO, THREE), (ONE, THREE), (TWO, THREE)])
def test_older_tables_are_brought_up_step_by_step_and_keep_their_rows(
    way: tuple[Component, ...], database_url: str
) -> None:
    _columns(database_url, way[0])
    assert _rows(database_url) == 1
    for each in way[1:]:
        _columns(database_url, each)
    assert _columns(database_url, THREE) == {"a", "b", "c"}
    assert _rows(database_url) == 2


def test_newer_tables_are_refused_and_stay_as_they_are(database_url: str) -> None:
    _columns(database_url, THREE)
    with pytest.raises(PortError):
        open_store(database_url, TWO)
    assert _columns(database_url, THREE) == {"a", "b", "c"}


def test_a_step_that_fails_leaves_the_tables_of_before(database_url: str) -> None:
    _columns(database_url, ONE)

    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    with pytest.raises(PortError):
        open_store(database_url, Component("things", THREE.tables, (_add("b"), fail)))
    assert _columns(database_url, ONE) == {"a"}


def test_of_many_that_open_it_at_once_each_finds_it_made(database_url: str) -> None:
    _columns(database_url, ONE)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: _columns(database_url, THREE), range(6)))
    assert found == [{"a", "b", "c"}] * 6


def test_two_stores_in_one_database_have_versions_of_their_own(
    database_url: str,
) -> None:
    _columns(database_url, THREE)
    other = Component("other", sql.MetaData())
    open_store(database_url, other).dispose()
    open_store(database_url, other).dispose()
    assert _columns(database_url, THREE) == {"a", "b", "c"}


def test_a_store_that_must_be_there_is_not_made(database_url: str) -> None:
    with pytest.raises(PortError):
        open_store(database_url, ONE, create=False)
    open_store(database_url, Component("other", sql.MetaData())).dispose()
    with pytest.raises(PortError):
        open_store(database_url, ONE, create=False)
    open_store(database_url, ONE).dispose()
    open_store(database_url, ONE, create=False).dispose()
