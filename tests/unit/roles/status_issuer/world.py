"""Plans, moments and people that the tests of the status issuer share; all invented."""

from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict

import sqlalchemy as sql

from idwallet import limits
from idwallet.roles.status_issuer import StatusPlan

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UNTIL: Final = AT + timedelta(days=90)
SMALL: Final = limits.STATUS_ENTRIES_MINIMUM
PREFIX: Final = "https://issuer.example/status/"
PLAN: Final = StatusPlan(uri=PREFIX, bits=2, entries=SMALL)


class Because(TypedDict):
    actor: str
    reason: str
    at: datetime


LOST: Final = Because(actor="clerk 7", reason="reported lost", at=AT)


def tell(url: str, *statements: str) -> None:
    """Carry out statements behind the store's back."""
    engine = sql.create_engine(url)
    try:
        with engine.begin() as connection:
            for each in statements:
                connection.exec_driver_sql(each)
    finally:
        engine.dispose()
