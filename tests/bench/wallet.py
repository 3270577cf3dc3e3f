"""A wallet: how long opening takes, and what a change costs beside a bare commit.

Run it from the top of the repository::

    python -m tests.bench.wallet [--credentials 1000] [--changes 200]

A bare commit is one row inserted by the driver itself into a file of SQLite's with the
same journal; a change of the vault uses up one record and writes another down. Both
wait for the disk, so times are of the clock, in turns within one run.
"""

import argparse
import json
import secrets
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Final

from idwallet.adapters.sql import SqlStore
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.ports import Shelf
from idwallet.roles.holder import Holder
from idwallet.roles.record import added, read_record
from idwallet.testing.scene import Scene

_KEY: Final = SealKey(bytes(32))
_BLOB: Final = 500
_SEED: Final = b"idwallet TEST bench"


def main() -> None:
    """Measure all of it, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--credentials", type=int, default=1_000)
    parser.add_argument("--changes", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        found = measure(
            Path(folder), credentials=given.credentials, changes=given.changes
        )
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def measure(folder: Path, *, credentials: int, changes: int) -> dict[str, float]:
    """Fill a wallet, open it again and again, then change it beside bare commits."""
    path = folder / "wallet.db"
    fill(path, credentials)
    opened = [_time(lambda: _open(path)) for _ in range(7)]
    read = [_time(lambda: _open(path, reading=True)) for _ in range(3)]
    change, commit = compare(path, folder / "bare.db", changes)
    return {
        "credentials": credentials,
        "open_ms": round(statistics.median(opened) * 1e3, 1),
        "open_and_read_all_ms": round(statistics.median(read) * 1e3, 1),
        "match_ms": round(match(path) * 1e3, 2),
        "change_ms": round(statistics.median(change) * 1e3, 3),
        "commit_ms": round(statistics.median(commit) * 1e3, 3),
        "changes_a_second": round(1 / statistics.median(change)),
        "ratio_to_commit": round(
            statistics.median(commit) / statistics.median(change), 2
        ),
    }


def fill(path: Path, credentials: int) -> None:
    """Put so many credentials into a new wallet, a hundredth of them of one type."""
    scene = Scene(seed=_SEED)
    held = scene.new_wallet().add(scene.issue(), at=scene.at)
    other = replace(held, types=("urn:example:other",))
    edits = [
        added(replace(other if number % 100 else held, name=f"{number:032x}"))
        for number in range(credentials)
    ]
    with closing(SqlStore(path)) as store:
        assert _vault(store).change(edits)


def match(path: Path) -> float:
    """Return what one match takes once the wallet was read."""
    scene = Scene(seed=_SEED)
    asked = scene.request().message.raw
    with closing(SqlStore(path)) as store:
        wallet = Holder(store=store, seal=_KEY, keys=scene.keys, trust=scene.trust)
        request = wallet.read_request(asked, at=scene.at)
        taken = [_time(lambda: wallet.match(request, at=scene.at)) for _ in range(30)]
    return statistics.median(taken)


def _vault(store: SqlStore) -> Vault:
    return Vault(store, _KEY, random=secrets.token_bytes)


def _open(path: Path, *, reading: bool = False) -> None:
    with closing(SqlStore(path)) as store:
        vault = _vault(store)
        vault.open()
        if reading:
            for each in vault.records(Shelf.CREDENTIAL):
                read_record(each)


def compare(path: Path, bare: Path, changes: int) -> tuple[list[float], list[float]]:
    """Change the wallet and commit a bare row, in turns."""
    change: list[float] = []
    commit: list[float] = []
    with (
        closing(SqlStore(path)) as store,
        closing(sqlite3.connect(bare, isolation_level=None)) as connection,
    ):
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE bare (name INTEGER PRIMARY KEY, sealed BLOB)")
        vault = _vault(store)
        batch = [
            Edit.adding(Shelf.BATCH, f"{number:08d}", plain=bytes(_BLOB))
            for number in range(changes)
        ]
        assert vault.change(batch)
        for number, record in enumerate(list(vault.records(Shelf.BATCH))):
            entry = Edit.adding(Shelf.LEDGER, f"{number:012d}", plain=bytes(_BLOB))
            edits = [Edit.removing(record), entry]
            change.append(_time(lambda edits=edits: vault.change(edits)))  # type: ignore[misc]
            row = (number, bytes(_BLOB))
            commit.append(
                _time(
                    lambda row=row: connection.execute(  # type: ignore[misc]
                        "INSERT INTO bare VALUES (?, ?)", row
                    )
                )
            )
    return change, commit


def _time(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
