"""A replay guard in a database, shared by processes and machines."""

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from idwallet import limits
from idwallet.adapters.sql.engine import (
    microseconds,
    port,
    reading,
    writing,
)
from idwallet.adapters.sql.versions import Component, open_store
from idwallet.errors import UsageError
from idwallet.ports import Use
from idwallet.trust.replay import require_digests

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_schema = sql.MetaData()
_answers = sql.Table(
    "idwallet_replay",
    _schema,
    sql.Column("request", sql.LargeBinary(32), primary_key=True),
    sql.Column("response", sql.LargeBinary(32), nullable=False),
    sql.Column("forget_after", sql.BigInteger, nullable=False, index=True),
    sql.Column("settled", sql.Boolean, nullable=False),
)
_COMPONENT: Final = Component("replay", _schema)
_WHAT: Final = "the replay store"


class SqlReplay:
    """`idwallet.ports.ReplayGuard` in a database, atomic between processes.

    A request is taken by one INSERT, so of any number of tills, processes and threads
    exactly one is first. It is remembered until it has expired by
    `limits.REPLAY_KEPT_AFTER`, and survives a restart. SQLite is built in (its file
    must not lie on a network file system); PostgreSQL comes by URL and its driver.
    """

    def __init__(self, url: str) -> None:
        """Open the database, and make its tables if it has none.

        `url` is SQLAlchemy's, as ``sqlite:///till.db``.

        Raises:
            UsageError: no such URL, or a database in memory, which forgets what
                another connection put there: take `MemoryReplay`.
            UnsupportedError: the URL's driver is not installed.
            PortError: the database cannot be opened, or was made by a newer version.
        """
        self._engine = open_store(url, _COMPONENT)

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request; see `idwallet.ports.ReplayGuard.consume`.

        Raises:
            PortError: the database failed; nothing may pass unremembered.
            UsageError: a digest is not 32 bytes, or a moment has no zone.
        """
        require_digests(request, response, until=until, at=at)
        with port(_WHAT):
            if self._insert(request, response, until=until, at=at):
                return Use.FIRST
            with reading(self._engine) as connection:
                return _use_again(connection, request, response=response)

    def settle(self, request: bytes) -> bool:
        """Note that the verdict is final; see `idwallet.ports.ReplayGuard.settle`.

        A request that nobody consumed is not settled: the answer is False.

        Raises:
            PortError: the database failed.
        """
        with port(_WHAT), writing(self._engine) as connection:
            return _settled(connection, request)

    def within(self, connection: "Connection") -> "ReplayWithin":
        """Return a guard that writes in a transaction of yours, on this database.

        What it takes is taken once you commit, together with whatever else you write:
        a program that is killed on the way has neither used a code or a session up,
        nor forgotten what it made of it. Hand out nothing before you have committed.

        Raises:
            UsageError: a database of another kind, or no transaction is under way.
        """
        if connection.dialect.name not in _INSERT:
            raise UsageError("a guard within a transaction is SQLite's or PostgreSQL's")
        if not connection.in_transaction():
            raise UsageError("no transaction is under way on that connection")
        return ReplayWithin(connection)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        """Name the kind of database only: a URL may hold a password."""
        return f"<SqlReplay {self._engine.dialect.name}>"

    def _insert(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> bool:
        row = _row(request, response, until=until)
        try:
            with writing(self._engine) as connection:
                connection.execute(sql.insert(_answers).values(row))
                _forget(connection, request, at=at)
        except IntegrityError:
            return False
        return True


class ReplayWithin:
    """`idwallet.ports.ReplayGuard` in a transaction of the application's.

    It lasts as long as the transaction; see `SqlReplay.within`.
    """

    def __init__(self, connection: "Connection") -> None:
        """Take a connection on which a transaction is under way."""
        self._connection = connection

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request; see `idwallet.ports.ReplayGuard.consume`.

        Raises:
            PortError: the database failed; nothing may pass unremembered.
            UsageError: a digest is not 32 bytes, or a moment has no zone.
        """
        require_digests(request, response, until=until, at=at)
        # A refused INSERT would end the whole transaction in PostgreSQL.
        insert = _INSERT[self._connection.dialect.name]
        row = _row(request, response, until=until)
        with port(_WHAT):
            taken = self._connection.execute(insert(row))
            if taken.one_or_none() is None:
                return _use_again(self._connection, request, response=response)
            _forget(self._connection, request, at=at)
        return Use.FIRST

    def settle(self, request: bytes) -> bool:
        """Note that the verdict is final; see `idwallet.ports.ReplayGuard.settle`.

        Raises:
            PortError: the database failed.
        """
        with port(_WHAT):
            return _settled(self._connection, request)

    def __repr__(self) -> str:
        """Name the kind of database only."""
        return f"<ReplayWithin {self._connection.dialect.name}>"


# What was inserted is returned: not every driver counts it.
def _in_sqlite(row: dict[str, object]) -> sql.Executable:
    free = sqlite.insert(_answers).values(row).on_conflict_do_nothing()
    return free.returning(_answers.c.request)


def _in_postgresql(row: dict[str, object]) -> sql.Executable:
    free = postgresql.insert(_answers).values(row).on_conflict_do_nothing()
    return free.returning(_answers.c.request)


_INSERT: Final = MappingProxyType({"sqlite": _in_sqlite, "postgresql": _in_postgresql})


def _row(request: bytes, response: bytes, *, until: datetime) -> dict[str, object]:
    return {
        "request": request,
        "response": response,
        "forget_after": microseconds(until + limits.REPLAY_KEPT_AFTER),
        "settled": False,
    }


def _forget(connection: "Connection", request: bytes, *, at: datetime) -> None:
    """Remove what is over, and never what was taken just now."""
    old = sql.and_(
        _answers.c.forget_after < microseconds(at), _answers.c.request != request
    )
    # Two that forget the same rows at once must not wait for each other.
    free = sql.select(_answers.c.request).where(old)
    forgotten = _answers.c.request.in_(free.with_for_update(skip_locked=True))
    connection.execute(sql.delete(_answers).where(forgotten))


def _use_again(connection: "Connection", request: bytes, *, response: bytes) -> Use:
    columns = sql.select(_answers.c.response, _answers.c.settled)
    known = connection.execute(
        columns.where(_answers.c.request == request)
    ).one_or_none()
    # A row that went between the two statements was there: somebody had used it.
    same = known is not None and known.response == response and not known.settled
    return Use.SAME_AGAIN if same else Use.USED


def _settled(connection: "Connection", request: bytes) -> bool:
    unsettled = sql.and_(
        _answers.c.request == request, _answers.c.settled == sql.false()
    )
    change = sql.update(_answers).where(unsettled).values(settled=True)
    return connection.execute(change).rowcount == 1
