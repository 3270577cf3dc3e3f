"""What is kept in a database, shared by processes and machines.

SQLite is built in; PostgreSQL comes by its URL and its driver (psycopg).
"""

from idwallet.errors import UnsupportedError

try:
    import sqlalchemy as _sqlalchemy  # noqa: F401 - absent, it is named once and here
except ImportError as error:  # pragma: no cover - the tests install the extra
    raise UnsupportedError(
        "SQLAlchemy is not installed: pip install 'idwallet[sql]'"
    ) from error

from idwallet.adapters.sql.exchanges import SqlExchanges
from idwallet.adapters.sql.replay import SqlReplay
from idwallet.adapters.sql.status import SqlStatusStore
from idwallet.adapters.sql.wallet import SqlStore

__all__ = ["SqlExchanges", "SqlReplay", "SqlStatusStore", "SqlStore"]
