"""The status lists of an issuer in a database, shared by processes and machines."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sql

from idwallet.adapters.sql.engine import port, reading, writing
from idwallet.adapters.sql.versions import Component, open_store
from idwallet.errors import PortError
from idwallet.ports import HistoryRecord, PageRecord, ShardRecord

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_schema = sql.MetaData()
_shards = sql.Table(
    "idwallet_status_shards",
    _schema,
    sql.Column("name", sql.String(32), primary_key=True),
    sql.Column("uri", sql.String(2048), nullable=False, unique=True),
    sql.Column("bits", sql.Integer, nullable=False),
    sql.Column("entries", sql.BigInteger, nullable=False),
    sql.Column("free", sql.BigInteger, nullable=False),
    sql.Column("until", sql.BigInteger, nullable=False),
    sql.Column("revision", sql.BigInteger, nullable=False),
    sql.Column("changes", sql.BigInteger, nullable=False),
    sql.Column("head", sql.LargeBinary(32), nullable=False),
)
# Apart from the lists: publishing one must not keep its changes waiting.
_published = sql.Table(
    "idwallet_status_published",
    _schema,
    sql.Column("name", sql.String(32), primary_key=True),
    sql.Column("published", sql.BigInteger, nullable=False),
    sql.Column("published_at", sql.BigInteger, nullable=False),
)
_pages = sql.Table(
    "idwallet_status_pages",
    _schema,
    sql.Column("shard", sql.String(32), primary_key=True),
    sql.Column("number", sql.Integer, primary_key=True),
    sql.Column("free", sql.Integer, nullable=False),
    sql.Column("taken", sql.LargeBinary, nullable=False),
    sql.Column("statuses", sql.LargeBinary, nullable=False),
)
_history = sql.Table(
    "idwallet_status_history",
    _schema,
    sql.Column("shard", sql.String(32), primary_key=True),
    sql.Column("number", sql.BigInteger, primary_key=True),
    sql.Column("place", sql.BigInteger, nullable=False),
    sql.Column("body", sql.LargeBinary, nullable=False),
    sql.Column("digest", sql.LargeBinary(32), nullable=False),
    sql.Index("idwallet_status_history_place", "shard", "place"),
)
# One row, which whoever gives out places holds.
_turn = sql.Table(
    "idwallet_status_turn",
    _schema,
    sql.Column("one", sql.Integer, primary_key=True),
)
_whole = sql.select(
    *_shards.c, _published.c.published, _published.c.published_at
).select_from(_shards.join(_published, _shards.c.name == _published.c.name))
_WHAT: Final = "the status store"
_AT_ONCE: Final = 1_000
_SQLITE: Final = """\
CREATE TRIGGER idwallet_status_history_no_{what}
BEFORE {what} ON idwallet_status_history
BEGIN SELECT RAISE(ABORT, 'the history is never changed'); END"""
_FUNCTION: Final = """\
CREATE FUNCTION idwallet_status_history_kept() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the history is never changed'; END $$"""
_POSTGRESQL: Final = """\
CREATE TRIGGER idwallet_status_history_kept
BEFORE UPDATE OR DELETE OR TRUNCATE ON idwallet_status_history
EXECUTE FUNCTION idwallet_status_history_kept()"""
_TRIGGERS: Final = {
    "sqlite": tuple(_SQLITE.format(what=what) for what in ("update", "delete")),
    "postgresql": (_FUNCTION, _POSTGRESQL),
}
"""What a mistaken statement meets; who owns the database can take it away again."""


def _finish(connection: "Connection") -> None:
    connection.execute(sql.insert(_turn).values(one=1))
    for statement in _TRIGGERS.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)


_COMPONENT: Final = Component("status", _schema, finish=_finish)


class SqlStatusStore:
    """`idwallet.ports.StatusStore` in a database.

    An entry takes a bit, and its status as many as its list says: there is no row for
    each. The history has a row for each change, and the database refuses to change or
    remove one. SQLite is built in (its file must not lie on a network file system, and
    one transaction that writes runs at a time); PostgreSQL comes by URL and its driver.
    Safe between threads and processes.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open the database, and make its tables if it has none.

        `url` is SQLAlchemy's, as ``sqlite:///status.db``. With `create` false the store
        must be there already, so that a slip in the URL makes no second one.

        Raises:
            UsageError: no such URL, or a database in memory.
            UnsupportedError: the URL's driver is not installed.
            PortError: the database cannot be opened, was made by a newer version, or
                is to be there and is not.
        """
        self._engine = open_store(url, _COMPONENT, create=create)

    @contextmanager
    def session(self) -> Iterator["SqlStatusSession"]:
        """Open a transaction; see `idwallet.ports.StatusStore.session`.

        Raises:
            PortError: the database failed, or another held what is needed for too
                long; nothing of the transaction lasts.
        """
        with port(_WHAT), writing(self._engine) as connection:
            yield SqlStatusSession(connection)

    @contextmanager
    def view(self) -> Iterator["SqlStatusSession"]:
        """Open a transaction that only reads.

        Raises:
            PortError: the database failed.
        """
        with port(_WHAT), reading(self._engine) as connection:
            yield SqlStatusSession(connection)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        """Name the kind of database only: a URL may hold a password."""
        return f"<SqlStatusStore {self._engine.dialect.name}>"


class SqlStatusSession:
    """`idwallet.ports.StatusSession` over one connection; methods raise `PortError`."""

    def __init__(self, connection: "Connection") -> None:
        """Work within the connection's transaction."""
        self._connection = connection

    def alone(self) -> None:
        """See `idwallet.ports.StatusSession.alone`."""
        self._do(sql.select(_turn).with_for_update())

    def shards(self) -> list[ShardRecord]:
        """See `idwallet.ports.StatusSession.shards`."""
        found = self._do(_whole.order_by(_shards.c.uri))
        return [ShardRecord(**row) for row in found.mappings()]

    def find(self, uri: str) -> ShardRecord | None:
        """See `idwallet.ports.StatusSession.find`."""
        row = self._do(_whole.where(_shards.c.uri == uri)).mappings().one_or_none()
        return None if row is None else ShardRecord(**row)

    def vacant(self) -> list[ShardRecord]:
        """See `idwallet.ports.StatusSession.vacant`."""
        return self._locked(_shards.c.free > 0)

    def lock(self, uris: Collection[str]) -> list[ShardRecord]:
        """See `idwallet.ports.StatusSession.lock`."""
        return self._locked(_shards.c.uri.in_(uris))

    def _locked(self, wanted: sql.ColumnElement[bool]) -> list[ShardRecord]:
        # Always in one order, so that no two wait for each other.
        query = sql.select(_shards).where(wanted).order_by(_shards.c.uri)
        found = self._do(query.with_for_update())
        return [ShardRecord(**row) for row in found.mappings()]

    def add(self, shard: ShardRecord, pages: Sequence[PageRecord]) -> None:
        """See `idwallet.ports.StatusSession.add`."""
        row = asdict(shard)
        mark = {"published": row.pop("published"), "name": shard.name}
        mark["published_at"] = row.pop("published_at")
        self._do(sql.insert(_shards).values(row))
        self._do(sql.insert(_published).values(mark))
        self._many(sql.insert(_pages), [asdict(each) for each in pages])

    def update(self, shard: ShardRecord) -> None:
        """See `idwallet.ports.StatusSession.update`."""
        values = {
            "free": shard.free,
            "until": shard.until,
            "revision": shard.revision,
            "changes": shard.changes,
            "head": shard.head,
        }
        this = _shards.c.name == shard.name
        self._do(sql.update(_shards).where(this).values(values))

    def occupancy(self, shard: str) -> list[int]:
        """See `idwallet.ports.StatusSession.occupancy`."""
        query = sql.select(_pages.c.free).where(_pages.c.shard == shard)
        return list(self._do(query.order_by(_pages.c.number)).scalars())

    def page(self, shard: str, number: int) -> PageRecord:
        """See `idwallet.ports.StatusSession.page`."""
        this = sql.and_(_pages.c.shard == shard, _pages.c.number == number)
        row = self._do(sql.select(_pages).where(this)).mappings().one_or_none()
        if row is None:
            raise PortError("the status store lacks a page of a list")
        return PageRecord(**row)

    def pages(self, shard: str) -> Iterator[PageRecord]:
        """See `idwallet.ports.StatusSession.pages`."""
        query = sql.select(_pages).where(_pages.c.shard == shard)
        found = self._do(query.order_by(_pages.c.number))
        yield from (PageRecord(**row) for row in found.mappings())

    def put(self, pages: Sequence[PageRecord]) -> None:
        """See `idwallet.ports.StatusSession.put`."""
        this = sql.and_(
            _pages.c.shard == sql.bindparam("in_shard"),
            _pages.c.number == sql.bindparam("of_number"),
        )
        change = sql.update(_pages).where(this)
        rows = [
            {
                "in_shard": each.shard,
                "of_number": each.number,
                "free": each.free,
                "taken": each.taken,
                "statuses": each.statuses,
            }
            for each in pages
        ]
        self._many(change, rows)

    def append(self, records: Sequence[HistoryRecord]) -> None:
        """See `idwallet.ports.StatusSession.append`."""
        self._many(sql.insert(_history), [asdict(each) for each in records])

    def history(self, shard: str, place: int | None = None) -> Iterator[HistoryRecord]:
        """See `idwallet.ports.StatusSession.history`."""
        query = sql.select(_history).where(_history.c.shard == shard)
        if place is not None:
            query = query.where(_history.c.place == place)
        query = query.order_by(_history.c.number).limit(_AT_ONCE)
        after = -1
        # Some at a time, so that nobody who stops reading leaves a cursor open.
        while True:
            rows = self._do(query.where(_history.c.number > after)).mappings().all()
            yield from (HistoryRecord(**row) for row in rows)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1]["number"]

    def publish(self, name: str) -> ShardRecord | None:
        """See `idwallet.ports.StatusSession.publish`."""
        mark = sql.select(_published.c.published, _published.c.published_at)
        wanted = mark.where(_published.c.name == name).with_for_update()
        found = self._do(wanted).mappings().one_or_none()
        this = sql.select(_shards).where(_shards.c.name == name)
        shard = self._do(this).mappings().one_or_none()
        if found is None or shard is None:
            return None
        return ShardRecord(**shard, **found)

    def published(self, name: str, *, revision: int, at: int) -> None:
        """See `idwallet.ports.StatusSession.published`."""
        values = {"published": revision, "published_at": at}
        this = _published.c.name == name
        self._do(sql.update(_published).where(this).values(values))

    # The database's rows are of no type that is known before it answers.
    def _do(self, statement: sql.Executable) -> sql.CursorResult[Any]:
        with port(_WHAT):
            return self._connection.execute(statement)

    def _many(self, statement: sql.Executable, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            with port(_WHAT):
                self._connection.execute(statement, rows)
