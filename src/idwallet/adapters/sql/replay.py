"""A replay guard in a database, shared by processes and machines."""

from datetime import datetime
from typing import Final

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError

from idwallet import limits
from idwallet.adapters.sql.engine import (
    microseconds,
    port,
    reading,
    writing,
)
from idwallet.adapters.sql.versions import Component, open_store
from idwallet.ports import Use
from idwallet.trust.replay import require_digests

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
            columns = sql.select(_answers.c.response, _answers.c.settled)
            with reading(self._engine) as connection:
                known = connection.execute(
                    columns.where(_answers.c.request == request)
                ).one_or_none()
        # A row that went between the two statements was there: somebody had used it.
        same = known is not None and known.response == response and not known.settled
        return Use.SAME_AGAIN if same else Use.USED

    def settle(self, request: bytes) -> bool:
        """Note that the verdict is final; see `idwallet.ports.ReplayGuard.settle`.

        A request that nobody consumed is not settled: the answer is False.

        Raises:
            PortError: the database failed.
        """
        unsettled = sql.and_(
            _answers.c.request == request, _answers.c.settled == sql.false()
        )
        change = sql.update(_answers).where(unsettled).values(settled=True)
        with port(_WHAT), writing(self._engine) as connection:
            return connection.execute(change).rowcount == 1

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        """Name the kind of database only: a URL may hold a password."""
        return f"<SqlReplay {self._engine.dialect.name}>"

    def _insert(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> bool:
        row = {
            "request": request,
            "response": response,
            "forget_after": microseconds(until + limits.REPLAY_KEPT_AFTER),
            "settled": False,
        }
        old = sql.and_(
            _answers.c.forget_after < microseconds(at), _answers.c.request != request
        )
        # Two that forget the same rows at once must not wait for each other.
        free = sql.select(_answers.c.request).where(old)
        forgotten = _answers.c.request.in_(free.with_for_update(skip_locked=True))
        try:
            with writing(self._engine) as connection:
                connection.execute(sql.insert(_answers).values(row))
                connection.execute(sql.delete(_answers).where(forgotten))
        except IntegrityError:
            return False
        return True
