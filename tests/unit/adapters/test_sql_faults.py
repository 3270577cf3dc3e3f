"""What a database says when it fails: where it is, and what to do."""

import sqlite3

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from idwallet.adapters.sql.faults import telling
from idwallet.errors import PortError


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_FULL", "the disk is full"),
        ("SQLITE_IOERR_SHMSIZE", "the disk is full"),
        ("SQLITE_IOERR_READ", "the disk failed"),
        ("SQLITE_CANTOPEN_ISDIR", "it cannot be opened"),
    ],
)
def test_a_full_disk_is_told_wherever_sqlite_notices_it(name: str, said: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = getattr(sqlite3, name)
    url = make_url("sqlite:////folder/wallet.db")
    with pytest.raises(PortError, match=said) as told, telling(url, "the wallet in"):
        raise OperationalError("PRAGMA synchronous=FULL", {}, error)
    assert "/folder/wallet.db" in str(told.value)
