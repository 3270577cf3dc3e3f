"""A wallet's sealed records in a database."""

import os
import weakref
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from idwallet.adapters.files import make_file_once
from idwallet.adapters.sql.engine import reading, writing
from idwallet.adapters.sql.faults import place_of, telling
from idwallet.adapters.sql.versions import Component, open_store
from idwallet.errors import PortError, UsageError
from idwallet.ports import Change, Shelf, StoredRecord

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_schema = sql.MetaData()
_records = sql.Table(
    "idwallet_wallet",
    _schema,
    sql.Column("shelf", sql.String(16), primary_key=True),
    sql.Column("name", sql.String(64), primary_key=True),
    sql.Column("sealed", sql.LargeBinary, nullable=False),
)
# Built once: building one takes longer than carrying it out.
_place = sql.and_(
    _records.c.shelf == sql.bindparam("on"), _records.c.name == sql.bindparam("of")
)
_as_expected = sql.and_(_place, _records.c.sealed == sql.bindparam("was"))
_FIND: Final = sql.select(_records.c.sealed).where(_place)
_ALL: Final = sql.select(_records.c.name, _records.c.sealed).where(
    _records.c.shelf == sql.bindparam("on")
)
_INSERT: Final = sql.insert(_records).values(
    shelf=sql.bindparam("on"), name=sql.bindparam("of"), sealed=sql.bindparam("to")
)
_UPDATE: Final = (
    sql.update(_records).where(_as_expected).values(sealed=sql.bindparam("to"))
)
_DELETE: Final = sql.delete(_records).where(_as_expected)
_COMPONENT: Final = Component("wallet", _schema)
_WHAT: Final = "the wallet in"


class SqlStore:
    """`idwallet.ports.WalletStore` in a database: one row a record, all sealed.

    A change is one transaction. SQLite is built in (its file must not lie on a network
    file system); PostgreSQL comes by URL and its driver. Safe between threads and
    processes.
    """

    def __init__(self, url: str | Path, *, create: bool = True) -> None:
        """Open the database, and make its tables if it has none.

        `url` is SQLAlchemy's, as ``sqlite:///wallet.db``; a `Path` is a file of
        SQLite's, whose journal lies beside it while it is open. With `create` false the
        wallet must be there already, so that a slip makes no second one. A new file is
        readable for its owner alone.

        Raises:
            UsageError: no such URL, or a database in memory.
            UnsupportedError: the URL's driver is not installed.
            PortError: the database cannot be opened, was made by a newer version, or
                is to be there and is not.
        """
        address = _address(url)
        if create:
            _make_file(address)
        try:
            self._engine = open_store(address, _COMPONENT, create=create, kept=True)
        except PortError as error:
            raise _told(address, error) from error
        weakref.finalize(self, _give_back, self._engine, process=os.getpid())

    def get(self, shelf: Shelf, name: str, /) -> bytes | None:
        """Return what is stored under that name, or None.

        Raises:
            PortError: the database failed.
        """
        at = {"on": shelf.value, "of": name}
        with self._telling(), reading(self._engine) as connection:
            found: bytes | None = connection.scalar(_FIND, at)
        return None if found is None else bytes(found)

    def records(self, shelf: Shelf, /) -> Iterator[StoredRecord]:
        """Yield every record of the shelf as of one moment, ordered by name.

        Raises:
            PortError: the database failed.
        """
        with self._telling(), reading(self._engine) as connection:
            found = connection.execute(_ALL, {"on": shelf.value}).all()
        # Sorted here: a database sorts text as its locale does.
        for name, sealed in sorted(found):
            yield StoredRecord(name, bytes(sealed))

    def change(self, changes: Sequence[Change], /) -> bool:
        """Make all changes or none; see `idwallet.ports.WalletStore.change`.

        Raises:
            PortError: the database failed or is full; nothing was done.
        """
        # Always in one order, so that no two wait for each other.
        ordered = sorted(changes, key=lambda each: (each.shelf.value, each.name))
        with self._telling():
            try:
                with writing(self._engine) as connection:
                    for each in ordered:
                        if not _made(connection, each):
                            connection.rollback()
                            return False
            except IntegrityError:  # something is there already
                return False
        return True

    def _telling(self) -> AbstractContextManager[None]:
        return telling(self._engine.url, _WHAT)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        """Name the kind of database only: a URL may hold a password."""
        return f"<SqlStore {self._engine.dialect.name}>"


def _give_back(engine: "Engine", *, process: int) -> None:
    # What came along in a fork is another process's to close.
    engine.dispose(close=process == os.getpid())


def _address(url: str | Path) -> "sql.URL":
    if isinstance(url, Path):
        return sql.URL.create("sqlite", database=str(url))
    try:
        return sql.make_url(url)
    except SQLAlchemyError as error:
        raise UsageError("not the URL of a database") from error


def _told(address: "sql.URL", error: PortError) -> PortError:
    """Return what to do where a store cannot be opened, if the cause is known."""
    try:
        with telling(address, _WHAT):
            if isinstance(error.__cause__, SQLAlchemyError):
                raise error.__cause__
    except PortError as told:
        return told
    return PortError(f"{_WHAT} {place_of(address)}: {error}")


def _make_file(address: "sql.URL") -> None:
    """Make a file of SQLite's for its owner alone: by itself it asks the umask."""
    name = address.database or ":memory:"
    plain = not address.query and ":memory:" not in name and "file:" not in name
    if address.get_backend_name() == "sqlite" and plain and not Path(name).exists():
        make_file_once(name, b"")


def _made(connection: "Connection", change: Change) -> bool:
    """Make one change, if the record is as expected."""
    at = {"on": change.shelf.value, "of": change.name}
    if change.expected is None:
        if change.sealed is None:
            return connection.scalar(_FIND, at) is None
        connection.execute(_INSERT, {**at, "to": change.sealed})
        return True
    was = {**at, "was": change.expected}
    if change.sealed is None:
        return connection.execute(_DELETE, was).rowcount == 1
    return connection.execute(_UPDATE, {**was, "to": change.sealed}).rowcount == 1
