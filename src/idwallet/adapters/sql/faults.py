"""What is wrong with a database, where it is, and what to do about it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from idwallet.codec.text import show
from idwallet.errors import PortError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_FULL: Final = "the disk is full: make room and try again"
_DAMAGED: Final = "it is damaged, or is no database: bring back a copy or a backup"
_SQLITE: Final[Mapping[int, str]] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: _FULL,
        # Of a full disk, where what is shared beside the file finds no room.
        sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,
        sqlite3.SQLITE_READONLY: "it may not be written: see to its permissions",
        sqlite3.SQLITE_PERM: "it may not be opened: see to its permissions",
        sqlite3.SQLITE_AUTH: "it may not be opened: see to its permissions",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened: see that it is there, and to "
        "the permissions of it and of its folder",
        sqlite3.SQLITE_BUSY: "another program holds it: end that one and try again",
        sqlite3.SQLITE_LOCKED: "another program holds it: end that one and try again",
        sqlite3.SQLITE_CORRUPT: _DAMAGED,
        sqlite3.SQLITE_NOTADB: _DAMAGED,
        sqlite3.SQLITE_IOERR: "the disk failed: try again, and see to the disk",
    }
)
"""By the result code, else the primary one (https://www.sqlite.org/rescode.html)."""

_POSTGRESQL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "53": "the server lacks disk or memory: make room and try again",
        "42501": "its user may not do that: see to its permissions",
        "28": "the server refuses its user: see to name and password",
        "3D": "there is no such database on the server: make it",
        "08": "the server is gone: start it and try again",
        "57P": "the server is gone: start it and try again",
        "55P03": "another program holds it: end that one and try again",
        "40": "another transaction was in the way: try again",
        "XX": "it is damaged: bring back a copy or a backup",
    }
)
"""By the beginning of SQLSTATE (PostgreSQL, appendix A)."""


@contextmanager
def telling(url: "URL", what: str) -> Iterator[None]:
    """Let no exception of SQLAlchemy's out, and say what to do in its place.

    Raises:
        PortError: it names the database and the remedy; the cause is chained.
    """
    try:
        yield
    except SQLAlchemyError as error:
        message = f"{what} {place_of(url)} failed: {_reason(error)}"
        raise PortError(message) from error


def place_of(url: "URL") -> str:
    """Return how a database is called: without user and password."""
    if url.get_backend_name() == "sqlite":
        return show(url.database or "")
    bare = sql.URL.create(url.drivername, host=url.host, database=url.database)
    return show(bare.render_as_string())


def _reason(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code) or _SQLITE.get(code & 0xFF, _UNKNOWN)
    state = getattr(cause, "sqlstate", None) or ""
    for length in (5, 3, 2):
        if state[:length] in _POSTGRESQL:
            return _POSTGRESQL[state[:length]]
    # The driver names no state where it reached no server.
    is_away = isinstance(cause, Exception) and not state and code is None
    return _POSTGRESQL["08"] if is_away else _UNKNOWN


_UNKNOWN: Final = "the cause says why"
