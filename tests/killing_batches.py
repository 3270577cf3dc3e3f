"""Kill wallets in the midst of showing one-time credentials, as often as wanted.

Run it from the top of the repository::

    python -m tests.killing_batches KILLS [SEED [URL]]

Two processes at a time show copies out of one batch, each of them until it is killed
with ``SIGKILL`` at a moment drawn at random; then two others go on, and a new batch
takes the place of an empty one. It fails where a copy was told twice, or where more
copies are gone than were told or can have been under way. It prints what it did as
JSON.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from idwallet.errors import BatchEmpty
from tests.unit.roles.wallet_batches.worker import BATCH, Pocket, issued

AT_ONCE: Final = 2
LONGEST: Final = 0.6
READY: Final = b"ready\n"


@dataclass
class Tally:
    """What happened so far."""

    kills: int = 0
    shown: int = 0
    lost: int = 0
    batches: int = 0


def child(url: str, folder: Path, told: int) -> None:
    """Show copies until there are none, or somebody kills us; never returns."""
    status = 1
    try:
        pocket = Pocket(url, folder)
        os.write(told, READY)
        while True:
            os.write(told, pocket.show().encode() + b"\n")
    except BatchEmpty:
        status = 0
    finally:
        os._exit(status)


def begin(url: str, folder: Path) -> tuple[int, int]:
    """Start a process that shows copies; return its number and what it tells."""
    told, telling = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(told)
        child(url, folder, telling)
    os.close(telling)
    # What is to be killed is showing, and not opening its wallet.
    assert os.read(told, len(READY)) == READY
    return number, told


def read_all(told: int) -> list[str]:
    """Return the lines that were told whole; one that is cut off never was."""
    with os.fdopen(told, "rb") as stream:
        lines = stream.read().split(b"\n")[:-1]
    return [each.decode() for each in lines]


def round_of(url: str, folder: Path, drawn: random.Random) -> tuple[list[str], int]:
    """Let two processes show copies, and kill each; return what was told, and kills."""
    started = [begin(url, folder) for _ in range(AT_ONCE)]
    kills = 0
    for number, _ in started:
        time.sleep(drawn.uniform(0, LONGEST))
        os.kill(number, signal.SIGKILL)
    for number, _ in started:
        _, status = os.waitpid(number, 0)
        kills += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return [line for _, told in started for line in read_all(told)], kills


def standing(url: str, folder: Path) -> tuple[int, int]:
    """Return how many copies are unused, and how many are spent."""
    pocket = Pocket(url, folder)
    try:
        (card,) = pocket.holder.credentials()
        found = pocket.holder.batch(card, at=pocket.scene.at)
        assert found is not None
        return found.unused, found.spent
    finally:
        pocket.close()


def refill(url: str, folder: Path) -> None:
    """Put a new batch in the place of the one that is there, if one is."""
    pocket = Pocket(url, folder)
    held = pocket.holder.credentials()
    pocket.holder.add_batch(
        issued(pocket.scene, pocket.keys, BATCH),
        at=pocket.scene.at,
        replaces=held[0] if held else None,
    )
    pocket.close()


def run(kills: int, seed: int, *, url: str, folder: Path) -> Tally:
    """Kill as often as that; raises where a copy was shown twice or came back."""
    drawn, tally = random.Random(seed), Tally()
    seen: set[str] = set()
    unused = 0
    while tally.kills < kills:
        if not unused:
            refill(url, folder)
            unused, tally.batches = BATCH, tally.batches + 1
        told, killed = round_of(url, folder, drawn)
        assert len(set(told)) == len(told), "a copy was shown twice at once"
        assert not seen & set(told), "a copy was shown again"
        seen |= set(told)
        left, spent = standing(url, folder)
        assert left + spent == BATCH, "a copy is neither there nor spent"
        gone = unused - left
        assert len(told) <= gone <= len(told) + AT_ONCE, "copies are gone untold"
        unused = left
        tally.kills += killed
        tally.shown += len(told)
        tally.lost += gone - len(told)
    return tally


def main() -> None:
    """Kill as the command line says."""
    _, kills, seed, url, *_ = [*sys.argv, *("0", "")[len(sys.argv) - 2 :], ""]
    with tempfile.TemporaryDirectory() as folder:
        where = url or f"sqlite:///{folder}/wallet.db"
        done = run(int(kills), int(seed), url=where, folder=Path(folder))
    sys.stdout.write(json.dumps(asdict(done)) + "\n")


if __name__ == "__main__":
    main()
