"""Presentations a second with the ledger on SQLite, beside a signature and a commit.

Run it from the top of the repository::

    python -m tests.bench.ledger [--rounds 40] [--folder DIR]

Every round does each case once, so that what else the machine does hits all alike.
Times are of the clock, because what a commit waits for is the disk; processor time
stands beside it. The folder should lie on the disk that a wallet would lie on.
"""

import argparse
import secrets
import sqlite3
import statistics
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from idwallet.adapters.sql import SqlStore
from idwallet.adapters.store import MemoryStore
from idwallet.consent import Entry, Evidence, Ledger
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.ports import Shelf
from idwallet.roles.holder import Holder
from idwallet.testing.ledger_draft import REQUEST, LedgerScene
from idwallet.testing.scene import Scene

EACH: Final = 20
"""Operations of a case in one round."""

SCENE: Final = Scene(seed=b"idwallet TEST bench of the ledger")


def _presenting(store: SqlStore | MemoryStore) -> Callable[[], object]:
    wallet = Holder(
        store=store, seal=SealKey(bytes(32)), keys=SCENE.keys, trust=SCENE.trust
    )
    wallet.add(SCENE.issue(), at=SCENE.at)
    asked = wallet.read_request(SCENE.request().message.raw, at=SCENE.at)
    choice = wallet.match(asked, at=SCENE.at).choose()
    return lambda: wallet.present(asked, choice, at=SCENE.at)


def _entering(store: SqlStore) -> Callable[[], object]:
    vault = Vault(store, SealKey(bytes(32)), random=secrets.token_bytes)
    ledger = Ledger(vault, random=secrets.token_bytes)
    entry: Entry = LedgerScene().entries()[0]
    return lambda: ledger.enter(entry, evidence=Evidence(REQUEST))


def _changing(store: SqlStore) -> Callable[[], object]:
    vault = Vault(store, SealKey(bytes(32)), random=secrets.token_bytes)

    def change() -> None:
        name = secrets.token_hex(8)
        vault.change([Edit.adding(Shelf.BATCH, name, plain=bytes(1_000))])

    return change


def _committing(path: Path) -> Callable[[], object]:
    database = sqlite3.connect(path)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=full")
    database.execute("create table t (a blob)")

    def commit() -> None:
        with database:
            database.execute("insert into t values (?)", (bytes(4_000),))

    return commit


def main() -> None:
    """Measure, and print a line for each case with its ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--folder", default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        folder = Path(made)
        with (
            closing(SqlStore(folder / "a.db")) as first,
            closing(SqlStore(folder / "b.db")) as second,
            closing(SqlStore(folder / "c.db")) as third,
        ):
            cases = {
                "raw signature": lambda: SCENE.holder_signer.sign(bytes(300)),
                "bare commit": _committing(folder / "bare.db"),
                "change of a vault": _changing(first),
                "entry of the ledger": _entering(second),
                "presentation, in memory": _presenting(MemoryStore()),
                "presentation, SQLite": _presenting(third),
            }
            _tell(cases, rounds=given.rounds)


def _tell(cases: dict[str, Callable[[], object]], *, rounds: int) -> None:
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            begun, used = perf_counter(), process_time()
            for _ in range(EACH):
                case()
            took[name].append(
                ((perf_counter() - begun) / EACH, (process_time() - used) / EACH)
            )
    medians = {
        name: statistics.median(wall for wall, _ in each) for name, each in took.items()
    }
    sign, commit = medians["raw signature"], medians["bare commit"]
    for name, wall in medians.items():
        used = statistics.median(cpu for _, cpu in took[name])
        print(
            f"{name:24} {1 / wall:9,.0f} a second  {wall * 1e6:8,.0f} us "
            f"(processor {used * 1e6:6,.0f})  {sign / wall:6.3f} of a signature  "
            f"{commit / wall:6.2f} of a commit"
        )


if __name__ == "__main__":
    main()
