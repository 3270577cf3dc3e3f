"""What a service remembers between two messages, in a database."""

from datetime import datetime
from typing import Final

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError

from idwallet import limits
from idwallet.adapters.sql.engine import microseconds, port, reading, writing
from idwallet.adapters.sql.versions import Component, open_store
from idwallet.codec.moment import require_aware

_schema = sql.MetaData()
_exchanges = sql.Table(
    "idwallet_exchanges",
    _schema,
    sql.Column("name", sql.String(limits.RECORD_NAME_CHARACTERS), primary_key=True),
    sql.Column("sealed", sql.LargeBinary, nullable=False),
    sql.Column("forget_after", sql.BigInteger, nullable=False, index=True),
)
_COMPONENT: Final = Component("exchanges", _schema)
_WHAT: Final = "the store of exchanges"


class SqlExchanges:
    """`idwallet.ports.ExchangeStore` in a database, shared by processes and machines.

    SQLite is built in (its file must not lie on a network file system); PostgreSQL
    comes by URL and its driver.
    """

    def __init__(self, url: str) -> None:
        """Open the database, and make its table if it has none.

        `url` is SQLAlchemy's, as ``sqlite:///shop.db``.

        Raises:
            UsageError: no such URL, or a database in memory, which forgets what
                another connection put there: take `MemoryExchanges`.
            UnsupportedError: the URL's driver is not installed.
            PortError: the database cannot be opened, or was made by a newer version.
        """
        self._engine = open_store(url, _COMPONENT)

    def put(self, name: str, sealed: bytes, *, until: datetime, at: datetime) -> bool:
        """Keep a new record; see `idwallet.ports.ExchangeStore.put`.

        Raises:
            PortError: the database failed.
            UsageError: a moment has no zone.
        """
        require_aware(until, at)
        row = {
            "name": name,
            "sealed": sealed,
            "forget_after": microseconds(until + limits.EXCHANGE_KEPT_AFTER),
        }
        old = _exchanges.c.forget_after < microseconds(at)
        # Two that forget the same rows at once must not wait for each other.
        free = sql.select(_exchanges.c.name).where(old)
        forgotten = _exchanges.c.name.in_(free.with_for_update(skip_locked=True))
        with port(_WHAT):
            try:
                with writing(self._engine) as connection:
                    connection.execute(sql.delete(_exchanges).where(forgotten))
                    connection.execute(sql.insert(_exchanges).values(row))
            except IntegrityError:
                return False
        return True

    def get(self, name: str) -> bytes | None:
        """Return the record of that name, None where there is none.

        Raises:
            PortError: the database failed.
        """
        wanted = sql.select(_exchanges.c.sealed).where(_exchanges.c.name == name)
        with port(_WHAT), reading(self._engine) as connection:
            found: bytes | None = connection.execute(wanted).scalar_one_or_none()
        return None if found is None else bytes(found)

    def swap(self, name: str, *, expected: bytes, sealed: bytes) -> bool:
        """Put another record in its place; see `idwallet.ports.ExchangeStore.swap`.

        Raises:
            PortError: the database failed; the record is as it was.
        """
        same = sql.and_(_exchanges.c.name == name, _exchanges.c.sealed == expected)
        change = sql.update(_exchanges).where(same).values(sealed=sealed)
        with port(_WHAT), writing(self._engine) as connection:
            return connection.execute(change).rowcount == 1

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        """Name the kind of database only: a URL may hold a password."""
        return f"<SqlExchanges {self._engine.dialect.name}>"
