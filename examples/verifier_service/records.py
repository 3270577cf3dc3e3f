"""What the counter remembers of its requests, in SQLite; of answers nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS request (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  occasion TEXT NOT NULL,
  same_device INTEGER NOT NULL,
  handle TEXT NOT NULL,
  link TEXT NOT NULL,
  name TEXT NOT NULL,
  expires INTEGER NOT NULL,
  was_read INTEGER NOT NULL DEFAULT 0,
  again INTEGER NOT NULL DEFAULT 0
);
"""
_COLUMNS: Final = (
    "id, session, occasion, same_device, handle, link, name, expires, was_read, again"
)


@dataclass(frozen=True)
class RequestRecord:
    """One request.

    `name` is what wallets call it; `again` is how often an answer came after the first.
    """

    id: str
    session: str
    occasion: str
    same_device: bool
    handle: str
    link: str
    name: str
    expires: int
    was_read: bool
    again: int


class Records:
    """The database. Each call is one transaction; any thread may make it."""

    def __init__(self, file: Path) -> None:
        """Open it, and make it if need be."""
        self._file = file
        with self._open() as database:
            database.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._file, timeout=10)
        try:
            with database:
                yield database
        finally:
            database.close()

    def add(self, made: RequestRecord) -> None:
        """Keep a request that was made."""
        row = (
            *(made.id, made.session, made.occasion, made.same_device, made.handle),
            *(made.link, made.name, made.expires, made.was_read, made.again),
        )
        with self._open() as database:
            marks = ", ".join("?" for _ in row)
            database.execute(
                f"INSERT INTO request ({_COLUMNS}) VALUES ({marks})",  # noqa: S608 - no text from outside
                row,
            )

    def request(self, request: str, *, session: str) -> RequestRecord | None:
        """Return a request of that session."""
        return self._one("id = ? AND session = ?", request, session)

    def on_the_same_device(self, session: str) -> tuple[str, ...]:
        """Return the last requests of a session on the same device, newest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT id FROM request WHERE session = ? AND same_device "
                "ORDER BY rowid DESC LIMIT 10",
                (session,),
            ).fetchall()
        return tuple(str(row[0]) for row in rows)

    def _one(self, where: str, *values: str) -> RequestRecord | None:
        with self._open() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM request WHERE {where}",  # noqa: S608 - no text from outside
                values,
            ).fetchone()
        return None if row is None else RequestRecord(*row)

    def was_read(self, name: str) -> None:
        """Note that a wallet has read a request."""
        with self._open() as database:
            database.execute("UPDATE request SET was_read = 1 WHERE name = ?", (name,))

    def answered_again(self, name: str) -> None:
        """Note that an answer came to what was answered before."""
        with self._open() as database:
            database.execute(
                "UPDATE request SET again = again + 1 WHERE name = ?", (name,)
            )
