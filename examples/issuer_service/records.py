"""What the office remembers of its offers, in SQLite: who, what, and how far it is."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, person TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS offer (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  credential TEXT NOT NULL,
  expires INTEGER NOT NULL,
  document TEXT NOT NULL,
  code TEXT NOT NULL,
  granted TEXT NOT NULL DEFAULT '',
  stage TEXT NOT NULL DEFAULT 'offered',
  copies INTEGER NOT NULL DEFAULT 0,
  mistyped INTEGER NOT NULL DEFAULT 0,
  clerk TEXT NOT NULL DEFAULT ''
);
"""


@dataclass(frozen=True)
class OfferRecord:
    """One offer. `stage` is offered, taken, waiting, issued, accepted, or refused.

    `code` is for the person alone; a real office sends it and forgets it.
    """

    id: str
    person: str
    credential: str
    expires: int
    document: str
    code: str
    stage: str
    copies: int
    mistyped: int
    clerk: str


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

    def sign_in(self, person: str) -> str:
        """Begin a session, and return its secret name."""
        session = secrets.token_urlsafe(24)
        with self._open() as database:
            database.execute("INSERT INTO session VALUES (?, ?)", (session, person))
        return session

    def signed_in(self, session: str) -> str | None:
        """Return who that is, if anybody."""
        with self._open() as database:
            row = database.execute(
                "SELECT person FROM session WHERE id = ?", (session,)
            ).fetchone()
        return None if row is None else str(row[0])

    def sign_out(self, session: str) -> None:
        """End a session."""
        with self._open() as database:
            database.execute("DELETE FROM session WHERE id = ?", (session,))

    def add(self, offer: str, *, person: str, credential: str, expires: int) -> None:
        """Keep an offer that is being made."""
        with self._open() as database:
            database.execute(
                "INSERT INTO offer (id, person, credential, expires, document, code) "
                "VALUES (?, ?, ?, ?, '', '')",
                (offer, person, credential, expires),
            )

    def made(self, offer: str, *, document: str, code: str, granted: str) -> None:
        """Keep what it says, until it is taken up."""
        with self._open() as database:
            database.execute(
                "UPDATE offer SET document = ?, code = ?, granted = ? WHERE id = ?",
                (document, code, granted, offer),
            )

    def offer(self, offer: str) -> OfferRecord | None:
        """Return an offer."""
        with self._open() as database:
            row = database.execute(
                "SELECT id, person, credential, expires, document, code, stage, copies,"
                " mistyped, clerk FROM offer WHERE id = ?",
                (offer,),
            ).fetchone()
        return None if row is None else OfferRecord(*row)

    def offered_by(self, granted: str) -> str | None:
        """Return the offer whose code has that digest."""
        with self._open() as database:
            row = database.execute(
                "SELECT id FROM offer WHERE granted = ?", (granted,)
            ).fetchone()
        return None if row is None else str(row[0])

    def reached(self, offer: str, stage: str) -> None:
        """Note how far it is; what it says and its code have served."""
        with self._open() as database:
            database.execute(
                "UPDATE offer SET stage = ?, document = '', code = '' WHERE id = ?",
                (stage, offer),
            )

    def issued(self, offer: str, *, copies: int) -> None:
        """Note how many copies went out."""
        with self._open() as database:
            database.execute(
                "UPDATE offer SET stage = 'issued', copies = ? WHERE id = ?",
                (copies, offer),
            )

    def mistyped(self, offer: str) -> None:
        """Note that a code was typed that is not the one."""
        with self._open() as database:
            database.execute(
                "UPDATE offer SET mistyped = mistyped + 1 WHERE id = ?", (offer,)
            )

    def decide(self, offer: str, decision: str) -> None:
        """Note what the clerk says."""
        with self._open() as database:
            database.execute(
                "UPDATE offer SET clerk = ? WHERE id = ?", (decision, offer)
            )
