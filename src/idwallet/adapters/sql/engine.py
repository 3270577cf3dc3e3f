"""Databases by URL: opened, read and written within transactions of one kind."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from idwallet.errors import PortError, UnsupportedError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect, Engine

_LOCK_SECONDS: Final = 30
_WRITES: Final = "idwallet_writes"
_PROCESS: Final = "idwallet_process"
_ABANDONED: Final = "idwallet_abandoned"
_JOURNAL_TRIES: Final = 200
_JOURNAL_PAUSE_SECONDS: Final = 0.05
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def open_engine(url: str | sql.URL, *, kept: bool = False) -> "Engine":
    """Return what connects to the database of that URL; nothing is opened yet.

    With `kept`, a file of SQLite's is journalled ahead, so that readers and writers do
    not wait for each other (https://www.sqlite.org/wal.html), and its connections are
    kept from one transaction to the next. What is committed is on the disk, and what
    was removed is overwritten there.

    Raises:
        UsageError: no such URL, or a database in memory, which forgets what another
            connection put there.
        UnsupportedError: the URL's driver is not installed.
    """
    try:
        parsed = sql.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            engine = sql.create_engine(parsed, isolation_level="READ COMMITTED")
            usable = partial(_require_usable, dialect=engine.dialect)
            event.listen(engine, "connect", _bound_waiting)
            event.listen(engine, "connect", _note_process)
            event.listen(engine, "checkout", usable)
            return engine
    except SQLAlchemyError as error:
        raise UsageError("not the URL of a database") from error
    except ImportError as error:
        raise UnsupportedError("the driver of this database is missing") from error
    return _open_file(parsed, kept=kept)


def _open_file(parsed: sql.URL, *, kept: bool) -> "Engine":
    name = parsed.database or ":memory:"
    if ":memory:" in name or "mode" in parsed.query:
        raise UsageError("a database in memory is not shared: take a file")
    # No pool: a connection of SQLite must not cross a fork, and opening one is cheap.
    engine = sql.create_engine(
        parsed,
        poolclass=QueuePool if kept else NullPool,
        connect_args={"timeout": _LOCK_SECONDS, "check_same_thread": False},
    )
    if kept:
        event.listen(engine, "connect", _journal_ahead)
        event.listen(engine, "connect", partial(_note_file, path=name))
        event.listen(engine, "checkout", partial(_require_file, path=name))
    event.listen(engine, "connect", _leave_beginning_to_us)
    event.listen(engine, "begin", _begin)
    return engine


# The driver's own type for its connections is not known to any annotation.
def _bound_waiting(connection: Any, _record: object) -> None:
    """Wait for a lock of PostgreSQL's as long as for one of SQLite's."""
    if hasattr(connection, "info") and hasattr(connection.info, "server_version"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        connection.commit()


def _note_process(_connection: Any, record: Any) -> None:
    record.info[_PROCESS] = os.getpid()


def _require_usable(  # noqa: PLR0917 - SQLAlchemy's signature
    connection: Any, record: Any, fairy: Any, *, dialect: "Dialect"
) -> None:
    """Have another connection opened where this one cannot be used.

    What came along in a fork is left to the process that opened it, not even asked:
    the two would read each other's answers. What stood idle while the server started
    anew is of no more use.
    """
    if record.info[_PROCESS] != os.getpid():
        record.dbapi_connection = fairy.dbapi_connection = None
        raise DisconnectionError("the connection is another process's")
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError("the server is gone") from error


def _journal_ahead(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    # Who changes the journal of a new file at the same moment is not waited for.
    for tries in range(_JOURNAL_TRIES, 0, -1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if tries == 1 or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_JOURNAL_PAUSE_SECONDS)
        else:
            return


def _note_file(_connection: Any, record: Any, *, path: str) -> None:
    record.info[_PROCESS] = (os.getpid(), _identity(path))


def _require_file(_connection: Any, record: Any, fairy: Any, *, path: str) -> None:
    """Have another connection opened where this one leads elsewhere by now.

    What came along in a fork belongs to the process that opened it, and is not even
    closed here: that could take away the other's locks. A file that was put in the
    place of another, as a copy is that is brought back, is another file.
    """
    process, identity = record.info[_PROCESS]
    if process != os.getpid():
        record.info[_ABANDONED] = record.dbapi_connection
        record.dbapi_connection = fairy.dbapi_connection = None
        raise DisconnectionError("the connection is another process's")
    if identity != _identity(path):
        raise DisconnectionError("the file is another one")


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - the path is a text already
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _leave_beginning_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: "Connection") -> None:
    # Who reads first and writes later would be refused where another wrote between.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: "Engine") -> Iterator["Connection"]:
    """Yield a transaction that may write: all of it lasts, or nothing of it.

    In SQLite only one runs at a time, others wait.
    """
    with engine.connect() as opened:
        connection = opened.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: "Engine") -> Iterator["Connection"]:
    """Yield a transaction that reads, all as of one moment."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # SQLite knows nothing else.
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def microseconds(moment: datetime) -> int:
    """Return a moment as it is stored: databases disagree about zones and fractions."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


@contextmanager
def port(what: str) -> Iterator[None]:
    """Let no exception of SQLAlchemy's out; the cause may name the database.

    Raises:
        PortError: in its place, saying that `what` failed.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise PortError(f"{what} failed") from error
