"""The post: every message of every chat, and what its readers remember, in SQLite.

A message waits until whoever it is for has dealt with it. Dealing with it is one
transaction: that it was read, what was used up, what is remembered of it and what is
answered stand in the database together or not at all. So a power cut loses nothing and
does nothing twice.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from idwallet import now
from idwallet.ports import Use

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  waits INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS waiting ON message (id) WHERE waits = 1;
CREATE TABLE IF NOT EXISTS kept (
  owner TEXT NOT NULL,
  peer TEXT NOT NULL,
  name TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (owner, peer, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used (
  owner TEXT NOT NULL,
  request BLOB NOT NULL,
  response BLOB NOT NULL,
  until INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (owner, request)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pulse (beats INTEGER NOT NULL);
INSERT INTO pulse SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM pulse);
"""
# By so much one clock may be ahead of another that still takes the answer.
_KEPT_AFTER: Final = timedelta(days=1)
_MOST: Final = 2**63 - 1  # what SQLite takes for a number
_COLUMNS: Final = "id, sender, receiver, text, at"


@dataclass(frozen=True)
class Message:
    """One message: a plain text, from somebody to somebody."""

    id: int
    sender: str
    receiver: str
    text: str
    at: int


class Post:
    """The database. Any thread may ask; those who change it wait for one another."""

    def __init__(self, file: Path) -> None:
        """Open it, and make it if need be."""
        self._file = file
        with self._open() as database:
            database.executescript(f"PRAGMA journal_mode=WAL;{_TABLES}")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        # What was answered with True must be there after a power cut.
        database.execute("PRAGMA synchronous=FULL")
        # What was deleted is gone from the file as well.
        database.execute("PRAGMA secure_delete=ON")
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def turn(self, me: str, peer: str) -> Iterator["Turn"]:
        """Open a transaction in which `me` deals with something of `peer`.

        What was left to do `after` is done once it is written.
        """
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            turn = Turn(database, me=me, peer=peer)
            try:
                yield turn
                database.execute("UPDATE pulse SET beats = beats + 1")
                database.execute("COMMIT")
            except BaseException:
                database.execute("ROLLBACK")
                raise
        for each in turn.later:
            each()

    @contextmanager
    def look(self, me: str, peer: str = "") -> Iterator["Turn"]:
        """Open what is there for reading, as of one moment."""
        with self._open() as database:
            database.execute("PRAGMA query_only=1")
            database.execute("BEGIN")
            yield Turn(database, me=me, peer=peer)

    def waiting(self) -> Message | None:
        """Return the oldest message that nobody has dealt with."""
        with self._open() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM message WHERE waits = 1 ORDER BY id LIMIT 1"  # noqa: S608 - no text from outside
            ).fetchone()
        return None if row is None else Message(*row)

    def beats(self) -> int:
        """Return a number that grows with every change."""
        with self._open() as database:
            (found,) = database.execute("SELECT beats FROM pulse").fetchone()
        return int(found)


class Turn:
    """One transaction of one participant in one chat."""

    def __init__(self, database: sqlite3.Connection, *, me: str, peer: str) -> None:
        """Take whose turn it is, in the chat with whom."""
        self._database = database
        self.me = me
        self.peer = peer
        self.at: datetime = now()
        self.later: list[Callable[[], object]] = []

    def say(self, text: str, *, to: str | None = None) -> int:
        """Send a message; it leaves with everything else that is done in this turn."""
        found = self._database.execute(
            "INSERT INTO message (sender, receiver, text, at, waits) "
            "VALUES (?, ?, ?, ?, 1)",
            (self.me, to or self.peer, text, int(self.at.timestamp())),
        ).lastrowid
        return int(found or 0)

    def toward(self, peer: str) -> "Turn":
        """Return the same transaction, in the chat with somebody else."""
        return Turn(self._database, me=self.me, peer=peer)

    def after(self, do: Callable[[], object]) -> None:
        """Do something once all this is written."""
        self.later.append(do)

    # --- messages ---------------------------------------------------------------------

    def take(self, message: Message, *, failed: bool = False) -> bool:
        """Deal with a message; False where somebody has, already."""
        changed = self._database.execute(
            "UPDATE message SET waits = ? WHERE id = ? AND waits = 1",
            (2 if failed else 0, message.id),
        )
        return changed.rowcount == 1

    def message(self, number: int) -> Message | None:
        """Return a message that `me` wrote or got."""
        if number > _MOST:
            return None
        row = self._database.execute(
            f"SELECT {_COLUMNS} FROM message WHERE id = ? AND ? IN (sender, receiver)",  # noqa: S608 - no text from outside
            (number, self.me),
        ).fetchone()
        return None if row is None else Message(*row)

    def chat(self, *, last: int = 500) -> list[Message]:
        """Return the messages of the chat, the last ones, in order."""
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM message WHERE (sender = ? AND receiver = ?) "  # noqa: S608 - no text from outside
            "OR (sender = ? AND receiver = ?) ORDER BY id DESC LIMIT ?",
            (self.me, self.peer, self.peer, self.me, last),
        ).fetchall()
        return [Message(*each) for each in reversed(rows)]

    # --- what is remembered -----------------------------------------------------------

    def keep(
        self, name: str, value: str | bytes | None, *, of: str | None = None
    ) -> None:
        """Remember something of the chat with `of`, or of this one; None forgets it."""
        place = (self.me, self.peer if of is None else of, name)
        if value is None:
            self._database.execute(
                "DELETE FROM kept WHERE owner = ? AND peer = ? AND name = ?", place
            )
            return
        data = value.encode() if isinstance(value, str) else value
        self._database.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET value = excluded.value",
            (*place, data),
        )

    def forget(self, beginning: str) -> None:
        """Forget all that `me` remembers, of everybody, where names begin so."""
        self._database.execute(
            "DELETE FROM kept WHERE owner = ? AND substr(name, 1, ?) = ?",
            (self.me, len(beginning), beginning),
        )

    def kept(self, name: str, *, of: str | None = None) -> bytes | None:
        """Return what is remembered by that name."""
        return self.kept_by(self.me, name, of=self.peer if of is None else of)

    def kept_by(self, owner: str, name: str, *, of: str) -> bytes | None:
        """Return what somebody else told this server to remember of a chat."""
        row = self._database.execute(
            "SELECT value FROM kept WHERE owner = ? AND peer = ? AND name = ?",
            (owner, of, name),
        ).fetchone()
        return None if row is None else bytes(row[0])

    def everything(self, beginning: str) -> dict[tuple[str, str], bytes]:
        """Return all that `me` remembers, by peer and name, where names begin so."""
        rows = self._database.execute(
            "SELECT peer, name, value FROM kept WHERE owner = ? "
            "AND substr(name, 1, ?) = ? ORDER BY peer, name",
            (self.me, len(beginning), beginning),
        ).fetchall()
        return {(peer, name): bytes(value) for peer, name, value in rows}

    # --- what is used up: `idwallet.ports.ReplayGuard` --------------------------------

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take a request in this very transaction; see `ports.ReplayGuard.consume`."""
        old = int((at - _KEPT_AFTER).timestamp())
        self._database.execute("DELETE FROM used WHERE until < ?", (old,))
        row = self._database.execute(
            "SELECT response, settled FROM used WHERE owner = ? AND request = ?",
            (self.me, request),
        ).fetchone()
        if row is not None:
            same = bytes(row[0]) == response and not row[1]
            return Use.SAME_AGAIN if same else Use.USED
        self._database.execute(
            "INSERT INTO used (owner, request, response, until) VALUES (?, ?, ?, ?)",
            (self.me, request, response, int(until.timestamp())),
        )
        return Use.FIRST

    def settle(self, request: bytes) -> bool:
        """Note that a verdict is final; see `ports.ReplayGuard.settle`."""
        changed = self._database.execute(
            "UPDATE used SET settled = 1 "
            "WHERE owner = ? AND request = ? AND settled = 0",
            (self.me, request),
        )
        return changed.rowcount == 1
