"""A schema of a PostgreSQL server for each test: cheaper than a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4


@contextmanager
def schema_of_its_own(server: str) -> Iterator[str]:
    """Make a schema, yield the URL that leads to it alone, and drop it again."""
    import sqlalchemy as sql

    name = f"test_{uuid4().hex}"
    engine = sql.create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
            yield f"{server}&options=-csearch_path%3D{name}"
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    finally:
        engine.dispose()
