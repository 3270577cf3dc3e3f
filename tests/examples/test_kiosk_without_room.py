"""A kiosk that is started on a full disk says so in one line, and not in a fault.

On a file system of 3 MB that was filled to the last octet the same was seen: what runs
goes on and says that the disk is full; what was stopped does not start, and starts once
there is room.
"""

import sqlite3
import sys
from pathlib import Path

import pytest
from examples.kiosk import __main__ as program
from examples.kiosk.store import Store, StoreError

from idwallet.errors import PortError


def no_room(name: str) -> sqlite3.OperationalError:
    """Return what SQLite says: of its file, or of what stands beside it."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = getattr(sqlite3, name)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("name", "is_full"),
    [
        ("SQLITE_FULL", True),
        ("SQLITE_IOERR_SHMSIZE", True),
        ("SQLITE_IOERR_READ", False),
        ("SQLITE_CORRUPT", False),
    ],
)
def test_what_finds_no_room_beside_its_file_is_told_from_a_disk_that_fails(
    tmp_path: Path, name: str, is_full: bool
) -> None:
    store = Store(tmp_path / "kiosk.db")
    with pytest.raises(StoreError) as told, store.writing():
        raise no_room(name)
    assert told.value.is_full is is_full
    store.close()


@pytest.mark.loopback
@pytest.mark.parametrize(
    "fault",
    [
        StoreError(full=True),
        PortError("the wallet in a folder failed: the disk is full"),
        OSError(28, "No space left on device"),
    ],
)
def test_a_kiosk_that_cannot_open_what_it_keeps_does_not_start_and_says_why(
    fault: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise fault

    asked = ["kiosk", "--folder", str(tmp_path), "--port", "0"]
    monkeypatch.setattr(sys, "argv", asked)
    monkeypatch.setattr(program, "open_kiosk", fails)
    assert program.main() == 1
    said = capsys.readouterr().err
    assert said == f"{tmp_path}: {fault}. Mend that, and start again.\n"
