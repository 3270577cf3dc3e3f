from collections.abc import Iterator
from contextlib import closing

import pytest

from idwallet.adapters.sql import SqlStatusStore
from idwallet.roles.status_issuer import StatusIssuer
from tests.unit.roles.status_issuer.world import PLAN


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStatusStore]:
    with closing(SqlStatusStore(database_url)) as opened:
        yield opened


@pytest.fixture
def issuer(store: SqlStatusStore) -> StatusIssuer:
    return StatusIssuer(store=store, plan=PLAN)
