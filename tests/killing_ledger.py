"""Kill wallets while they present, and see that nothing they showed is unwritten.

    python -m tests.killing_ledger URL --kills 200

Children present, tell the digest of the request only after they have the answer in
hand, and write down now and then that it was sent. They end by SIGKILL at a random
moment, one or two at a time. After each kill the ledger is judged, and held against
what was told.
"""

import argparse
import json
import os
import random
import secrets
import signal
import sys
import time
from contextlib import closing
from hashlib import sha256
from typing import Final

from idwallet.adapters.sql import SqlStore
from idwallet.consent import AnchorContext, Outside, Sending
from idwallet.crypto.seal import SealKey
from idwallet.report import Reason
from idwallet.roles.holder import Holder
from idwallet.testing.scene import Scene
from idwallet.trust.policies import WALLET

KEY: Final = SealKey(bytes(32))
SCENE: Final = Scene(seed=b"idwallet TEST wallets that are killed")
_LONGEST_SECONDS: Final = 0.25


def _wallet(store: SqlStore) -> Holder:
    return Holder(store=store, seal=KEY, keys=SCENE.keys, trust=SCENE.trust)


def _present(wallet: Holder, told: int) -> None:
    at = SCENE.at
    while True:
        raw = SCENE.request().message.raw
        asked = wallet.read_request(raw, at=at)
        made = wallet.present(asked, wallet.match(asked, at=at).choose(), at=at)
        os.write(told, f"{sha256(raw.encode()).hexdigest()}\n".encode())
        if random.random() < 0.5:
            wallet.record_sent(made.entry, at=at)


def _start(url: str) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        with closing(SqlStore(url)) as store:
            _present(_wallet(store), writing)
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
        AssertionError: something was shown and not written down, or the ledger broke.
    """
    random.seed(seed)
    with closing(SqlStore(url)) as store:
        _wallet(store).add(SCENE.issue(), at=SCENE.at)
    shown: list[str] = []
    killed = 0
    while killed < kills:
        started = [_start(url) for _ in range(random.choice((1, 2)))]
        time.sleep(random.uniform(0, _LONGEST_SECONDS))
        shown += [line for each in started for line in _end(*each)]
        killed += len(started)
        entries = _check(url, shown)
    return {"killed": killed, "shown": len(shown), "entries": entries}


def _check(url: str, shown: list[str]) -> int:
    context = AnchorContext(SCENE.trust, WALLET, SCENE.at)
    with closing(SqlStore(url)) as store:
        wallet = _wallet(store)
        report = wallet.ledger.judge(Outside(), context=context)
        found = wallet.history()
        entries = len(wallet.ledger)
    reasons = {each.reason for each in report.checks}
    assert reasons == {Reason.WELL_FORMED, Reason.ALL_MATCH, Reason.SELF_ASSERTED}
    written = [
        each.entry.request.hex()
        for each in found
        if each.entry is not None and each.entry.request is not None
    ]
    assert len(set(written)) == len(written), "written down twice"
    assert set(shown) <= set(written), "shown, and not written down"
    known = {each.sending for each in found}
    assert known <= {Sending.SENT, Sending.NOT_KNOWN}, "said not to have been sent"
    return entries


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    asked = parser.parse_args()
    sys.stderr.write(f"seed {asked.seed}\n")
    found = run(asked.url, kills=asked.kills, seed=asked.seed)
    sys.stdout.write(json.dumps(found) + "\n")
