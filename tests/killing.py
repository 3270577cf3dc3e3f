"""Kill processes that write a wallet, and see that nothing they had done is lost.

    python -m tests.killing URL --kills 200

Children use up one-time credentials: each is removed and written down in one change,
and only then told. They end by SIGKILL at a random moment, one or two at a time, and
now and then one that seals the whole wallet anew. After each kill the wallet is opened
and counted.
"""

import argparse
import json
import os
import random
import secrets
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Final

from idwallet.adapters.sql import SqlStore
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import WrongKey
from idwallet.ports import Shelf

KEYS: Final = (SealKey(bytes(32)), SealKey(bytes(range(32))))
ROUND: Final = 40
_LONGEST_SECONDS: Final = 0.15
_READY: Final = b"!\n"
_Work = Callable[[Vault, int], None]


def open_vault(store: SqlStore) -> tuple[Vault, int]:
    """Open the wallet with whichever of both keys is its own; exactly one is."""
    opened: list[tuple[Vault, int]] = []
    for number, key in enumerate(KEYS):
        vault = Vault(store, key, random=secrets.token_bytes)
        with suppress(WrongKey):
            vault.open()
            opened.append((vault, number))
    ((vault, number),) = opened
    return vault, number


def fill(store: SqlStore, names: list[str]) -> None:
    """Put credentials in that may be shown once."""
    vault, _ = open_vault(store)
    edits = [Edit.adding(Shelf.BATCH, name, plain=b"once") for name in names]
    assert vault.change(edits)


def show_once(vault: Vault, told: int) -> None:
    """Use up credentials one by one, and tell each that was."""
    batch = list(vault.records(Shelf.BATCH))
    number = sum(1 for _ in vault.records(Shelf.LEDGER))
    os.write(told, _READY)
    while batch:
        chosen = random.choice(batch)
        entry = Edit.adding(Shelf.LEDGER, f"{number:012d}", plain=chosen.name.encode())
        if vault.change([Edit.removing(chosen), entry]):
            os.write(told, f"{chosen.name}\n".encode())
            batch.remove(chosen)
            number += 1
        else:  # another process was faster
            batch = list(vault.records(Shelf.BATCH))
            number = sum(1 for _ in vault.records(Shelf.LEDGER))


def seal_anew(vault: Vault, told: int) -> None:
    """Give the wallet the other key, and the first again, and so on."""
    _, number = open_vault(vault._store)  # type: ignore[arg-type]
    os.write(told, _READY)
    while True:
        number = 1 - number
        vault.rekey(KEYS[number])
        os.write(told, b"rekeyed\n")


def _start(url: str, work: _Work) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        random.seed(os.getpid())
        with closing(SqlStore(url)) as store:
            vault, _ = open_vault(store)
            work(vault, writing)
    finally:
        os._exit(0)


def _end(process: int, reading: int) -> list[str]:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    with os.fdopen(reading, encoding="ascii") as told:
        # The last line may have been cut off: it was not told then.
        return [line.strip() for line in told if line.endswith("\n")]


def run(url: str, *, kills: int, seed: int) -> dict[str, int]:
    """Kill so many processes, checking after each; return what was counted.

    Raises:
        AssertionError: something was lost, shown twice, or the wallet does not open.
    """
    random.seed(seed)
    shown: list[str] = []
    put: list[str] = []
    killed = rekeyed = 0
    while killed < kills:
        if len(put) - len(shown) < ROUND:
            with closing(SqlStore(url)) as store:
                names = [f"n{len(put) + each:06d}" for each in range(ROUND)]
                fill(store, names)
                put += names
        works: list[_Work] = [show_once] * random.choice((1, 2))
        if killed % 7 == 3:
            works = [seal_anew]
        started = [_start(url, each) for each in works]
        for _, reading in started:
            assert os.read(reading, len(_READY)) == _READY
        # Sealing everything anew takes longer, and is cut off in its midst as well.
        longest = _LONGEST_SECONDS * (4 if works == [seal_anew] else 1)
        time.sleep(random.uniform(0, longest))
        told = [line for each in started for line in _end(*each)]
        killed += len(works)
        rekeyed += told.count("rekeyed")
        shown += [line for line in told if line != "rekeyed"]
        _check(url, put=put, shown=shown)
    return {"killed": killed, "shown": len(shown), "rekeyed": rekeyed}


def _check(url: str, *, put: list[str], shown: list[str]) -> None:
    with closing(SqlStore(url)) as store:
        vault, _ = open_vault(store)
        left = [each.name for each in vault.records(Shelf.BATCH)]
        ledger = list(vault.records(Shelf.LEDGER))
    written = [each.plain.decode() for each in ledger]
    assert [each.name for each in ledger] == [f"{n:012d}" for n in range(len(ledger))]
    assert sorted([*left, *written]) == sorted(put), "lost, or there twice"
    assert len(set(shown)) == len(shown), "shown twice"
    assert set(shown) <= set(written), "shown, and not written down"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    asked = parser.parse_args()
    sys.stderr.write(f"seed {asked.seed}\n")
    found = run(asked.url, kills=asked.kills, seed=asked.seed)
    sys.stdout.write(json.dumps(found) + "\n")
