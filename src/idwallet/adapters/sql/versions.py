"""Which version the tables of a store have, and how they come to the present one."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import sqlalchemy as sql
from sqlalchemy.schema import CreateTable

from idwallet.adapters.sql.engine import open_engine, port, reading, writing
from idwallet.errors import PortError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_versions = sql.Table(
    "idwallet_versions",
    sql.MetaData(),
    sql.Column("component", sql.String(32), primary_key=True),
    sql.Column("version", sql.Integer, nullable=False),
)
# Any number that nobody else locks: it stands for making tables.
_LOCK: Final = 0x1D3A11E7


class Component(NamedTuple):
    """A store: its name, its tables as they are now, and the steps that led there.

    Each step takes tables of one version to the next within a transaction, the first
    of them from version 1. So the present version is one more than there are steps.
    `finish` is run once after the tables were made.
    """

    name: str
    tables: sql.MetaData
    steps: tuple[Callable[["Connection"], None], ...] = ()
    finish: Callable[["Connection"], None] | None = None

    @property
    def version(self) -> int:
        """The version of the tables as they are now."""
        return len(self.steps) + 1


def open_store(
    url: str | sql.URL,
    component: Component,
    *,
    create: bool = True,
    kept: bool = False,
) -> "Engine":
    """Open the database, and make the store's tables or bring them up to date.

    With `create` false it must hold the store already: nothing is made. `kept` is for
    what is written often; see `open_engine`.

    Of many processes at once one does it, and the others wait. A crash on the way
    leaves what was there before.

    Raises:
        UsageError, UnsupportedError: see `open_engine`.
        PortError: the database cannot be opened, lacks the store, or the tables were
            made by a newer version of this library.
    """
    engine = open_engine(url, kept=kept)
    try:
        with port(f"the {component.name} store"):
            if not create:
                _require_there(engine, component)
            _prepare(engine, component)
    except PortError:
        engine.dispose()
        raise
    return engine


def _require_there(engine: "Engine", component: Component) -> None:
    place = engine.url.database or ""
    # Opening a file of SQLite's that is not there would make it.
    if engine.dialect.name != "sqlite" or Path(place).is_file():
        with reading(engine) as connection:
            if _version(connection, component.name) is not None:
                return
    raise PortError(f"there is no {component.name} store in this database")


def _prepare(engine: "Engine", component: Component) -> None:
    with reading(engine) as connection:
        found = _version(connection, component.name)
    if found == component.version:
        return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            # There even CREATE TABLE IF NOT EXISTS fails where two run at once.
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_LOCK)))
        connection.execute(CreateTable(_versions, if_not_exists=True))
        _bring_up(connection, component)


def _bring_up(connection: "Connection", component: Component) -> None:
    found = _version(connection, component.name)
    named = _versions.c.component == component.name
    if found is None:
        component.tables.create_all(connection)
        if component.finish is not None:
            component.finish(connection)
        row = {"component": component.name, "version": component.version}
        connection.execute(sql.insert(_versions).values(row))
        return
    if not 0 < found <= component.version:
        raise PortError(
            f"the {component.name} store was made by another version of idwallet: "
            "take that one or a later one"
        )
    for step in component.steps[found - 1 :]:
        step(connection)
    change = sql.update(_versions).where(named).values(version=component.version)
    connection.execute(change)


def _version(connection: "Connection", name: str) -> int | None:
    if not sql.inspect(connection).has_table(_versions.name):
        return None
    wanted = _versions.c.component == name
    return connection.scalar(sql.select(_versions.c.version).where(wanted))
