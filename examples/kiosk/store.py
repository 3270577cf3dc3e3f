"""What the kiosk remembers, in one SQLite file: visits, used answers, the log.

Whatever belongs together is one transaction, and a verdict is shown only after it: that
an answer was used, what came of it, and the line in the log are on the disk together or
not at all. So a power cut never gives one proof two verdicts, and a full disk gives it
none.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from idwallet import SqlReplay
from idwallet.errors import PortError
from idwallet.ports import ReplayGuard

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS visit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      room TEXT NOT NULL,
      way TEXT NOT NULL,
      began INTEGER NOT NULL,
      expires INTEGER NOT NULL,
      question TEXT NOT NULL,
      saved BLOB NOT NULL,
      told TEXT)""",
    """CREATE TABLE IF NOT EXISTS log (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      room TEXT NOT NULL,
      event TEXT NOT NULL,
      outcome TEXT NOT NULL,
      why TEXT NOT NULL)""",
)
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
# The second: what is shared beside the file of a journal finds no room.
_NO_ROOM: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_LOG_LINES: Final = 2000
_PAGE_BYTES: Final = 4096


class StoreError(Exception):
    """The disk did not take what was to be kept; nothing of it is there."""

    def __init__(self, *, full: bool) -> None:
        """Say whether it is full, or fails otherwise."""
        super().__init__("the disk is full" if full else "the disk fails")
        self.is_full = full


class Store:
    """The file. Any thread may call; one at a time writes."""

    def __init__(
        self, file: Path, *, tables: Sequence[str] = (), megabytes: float | None = None
    ) -> None:
        """Open it, and make it if need be; `megabytes` is the most it may take.

        Raises:
            StoreError: it cannot be made.
        """
        self._lock = RLock()
        url = f"sqlite:///{file}"
        self._engine = sql.create_engine(
            url, connect_args={"timeout": 10, "check_same_thread": False}, pool_size=1
        )
        pragmas = list(_PRAGMAS)
        if megabytes is not None:
            pages = max(1, int(megabytes * 1_000_000) // _PAGE_BYTES)
            pragmas.append(f"max_page_count={pages}")

        @sql.event.listens_for(self._engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            connection.isolation_level = None  # transactions begin where we say so
            for each in pragmas:
                connection.execute(f"PRAGMA {each}")

        @sql.event.listens_for(self._engine, "begin")
        def begin(connection: sql.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        with self._told():
            self._replay = SqlReplay(url)
        with self.writing() as database:
            for table in (*_TABLES, *tables):
                database.exec_driver_sql(table)

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """Yield a transaction: all of it is on the disk afterwards, or nothing.

        Raises:
            StoreError: the disk did not take it.
        """
        with self._lock, self._told(), self._engine.begin() as database:
            yield database

    def guard(self, database: sql.Connection) -> ReplayGuard:
        """Return a replay guard that remembers within this transaction."""
        return self._replay.within(database)

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return what a query finds.

        Raises:
            StoreError: the disk cannot be read.
        """
        with self.writing() as database:
            return list(database.exec_driver_sql(query, values))

    def squeeze(self) -> None:
        """Write the journal back into the file, and give free pages back to the disk.

        What was deleted is overwritten in the file at once; in the journal its octets
        stood as they were before, until now.

        Raises:
            StoreError: the disk failed, or another program is reading.
        """
        with self._lock, self._told(), closing(self._engine.raw_connection()) as opened:
            try:
                opened.execute("VACUUM")
            except sqlite3.OperationalError as error:
                if not is_full(error):  # it is overwritten even so
                    raise StoreError(full=False) from error
            (busy, *_), *_ = opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if busy:
                raise StoreError(full=False)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, PortError, sqlite3.Error) as error:
            raise StoreError(full=is_full(error)) from error

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._engine.dispose()
            self._replay.close()


def is_full(error: BaseException | None) -> bool:
    """Say whether there was no room on the disk, wherever that was noticed."""
    while error is not None:
        if getattr(error, "sqlite_errorcode", None) in _NO_ROOM:
            return True
        error = error.__cause__
    return False


def note(
    database: sql.Connection,
    event: str,
    *,
    room: str,
    at: datetime,
    outcome: str = "",
    why: str = "",
) -> None:
    """Write a line of the operator's log: codes only, nothing about a person."""
    line = (at.isoformat(timespec="seconds"), room, event, outcome, why)
    made = database.exec_driver_sql(
        "INSERT INTO log (at, room, event, outcome, why) VALUES (?, ?, ?, ?, ?)", line
    )
    old = made.lastrowid - _LOG_LINES
    database.exec_driver_sql("DELETE FROM log WHERE id <= ?", (old,))


def seconds(moment: datetime) -> int:
    """Return a moment as it is stored."""
    return int(moment.timestamp())


def moment(stored: int) -> datetime:
    """Return a moment that was stored."""
    return datetime.fromtimestamp(stored, UTC)
