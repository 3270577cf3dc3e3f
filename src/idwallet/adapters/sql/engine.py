"""Databases by URL: opened, read and written within transactions of one kind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from idwallet.errors import PortError, UnsupportedError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect, Engine

_LOCK_SECONDS: Final = 30
_WRITES: Final = "idwallet_writes"
_PROCESS: Final = "idwallet_process"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def open_engine(url: str | sql.URL) -> "Engine":
    """Return what connects to the database of that URL; nothing is opened yet.

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
    name = parsed.database or ":memory:"
    if ":memory:" in name or "mode" in parsed.query:
        raise UsageError("a database in memory is not shared: take a file")
    # No pool: a connection of SQLite must not cross a fork, and opening one is cheap.
    engine = sql.create_engine(
        parsed, poolclass=NullPool, connect_args={"timeout": _LOCK_SECONDS}
    )
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
