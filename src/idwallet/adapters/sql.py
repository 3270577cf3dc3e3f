"""A replay guard in a database, shared by processes and machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from idwallet import limits
from idwallet.errors import PortError, UnsupportedError, UsageError
from idwallet.ports import Use
from idwallet.trust.replay import require_digests

try:
    import sqlalchemy as sql
    from sqlalchemy.exc import IntegrityError, SQLAlchemyError
    from sqlalchemy.pool import NullPool
    from sqlalchemy.schema import CreateIndex, CreateTable
except ImportError as error:  # pragma: no cover - the tests install the extra
    raise UnsupportedError(
        "SQLAlchemy is not installed: pip install 'idwallet[sql]'"
    ) from error

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_VERSION: Final = 1
_COMPONENT: Final = "replay"
_LOCK_SECONDS: Final = 30

_schema = sql.MetaData()
_versions = sql.Table(
    "idwallet_versions",
    _schema,
    sql.Column("component", sql.String(32), primary_key=True),
    sql.Column("version", sql.Integer, nullable=False),
)
# Moments are microseconds since 1970: databases disagree about zones and fractions.
_answers = sql.Table(
    "idwallet_replay",
    _schema,
    sql.Column("request", sql.LargeBinary(32), primary_key=True),
    sql.Column("response", sql.LargeBinary(32), nullable=False),
    sql.Column("forget_after", sql.BigInteger, nullable=False, index=True),
    sql.Column("settled", sql.Boolean, nullable=False),
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
        self._engine = _engine(url)
        with _port():
            self._create()
            with self._engine.connect() as connection:
                wanted = _versions.c.component == _COMPONENT
                version = connection.scalar(
                    sql.select(_versions.c.version).where(wanted)
                )
        if version != _VERSION:
            raise PortError("the replay store was made by another version")

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request; see `idwallet.ports.ReplayGuard.consume`.

        Raises:
            PortError: the database failed; nothing may pass unremembered.
            UsageError: a digest is not 32 bytes, or a moment has no zone.
        """
        require_digests(request, response, until=until, at=at)
        with _port():
            if self._insert(request, response, until=until, at=at):
                return Use.FIRST
            columns = sql.select(_answers.c.response, _answers.c.settled)
            with self._engine.connect() as connection:
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
        with _port(), self._engine.begin() as connection:
            return connection.execute(change).rowcount == 1

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        """Name the kind of database only: a URL may hold a password."""
        return f"<SqlReplay {self._engine.dialect.name}>"

    def _create(self) -> None:
        with self._engine.begin() as connection:
            for table in _schema.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
            for index in _answers.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
        row = {"component": _COMPONENT, "version": _VERSION}
        _inserted(self._engine, sql.insert(_versions).values(row))

    def _insert(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> bool:
        row = {
            "request": request,
            "response": response,
            "forget_after": _microseconds(until + limits.REPLAY_KEPT_AFTER),
            "settled": False,
        }
        old = sql.and_(
            _answers.c.forget_after < _microseconds(at), _answers.c.request != request
        )
        return _inserted(
            self._engine,
            sql.insert(_answers).values(row),
            sql.delete(_answers).where(old),
        )


def _inserted(engine: "Engine", insert: sql.Insert, *then: sql.Delete) -> bool:
    """Insert unless the key is there; `then` in the same transaction, on success."""
    try:
        with engine.begin() as connection:
            connection.execute(insert)
            for each in then:
                connection.execute(each)
    except IntegrityError:
        return False
    return True


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


@contextmanager
def _port() -> Iterator[None]:
    """Let no exception of SQLAlchemy's out; the cause may name the database."""
    try:
        yield
    except SQLAlchemyError as error:
        raise PortError("the replay store failed") from error


def _engine(url: str) -> "Engine":
    try:
        parsed = sql.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return sql.create_engine(parsed)
    except SQLAlchemyError as error:
        raise UsageError("not the URL of a database") from error
    except ImportError as error:
        raise UnsupportedError("the driver of this database is missing") from error
    name = parsed.database or ":memory:"
    if ":memory:" in name or "mode" in parsed.query:
        raise UsageError("a database in memory is not shared: take MemoryReplay")
    # No pool: a connection of SQLite must not cross a fork, and opening one is cheap.
    return sql.create_engine(
        parsed, poolclass=NullPool, connect_args={"timeout": _LOCK_SECONDS}
    )
