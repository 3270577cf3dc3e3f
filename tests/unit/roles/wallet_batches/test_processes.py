"""Several processes on one wallet, and processes killed in the midst of showing.

``IDWALLET_CRASHES`` sets how many are killed; how many were in the long run stands in
docs/quality.md.
"""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from idwallet.roles.batches import BatchStanding
from tests.unit.roles.wallet_batches.worker import BATCH, Pocket, issued

CRASHES: Final = int(os.environ.get("IDWALLET_CRASHES", "4"))


class Worker:
    """One process; its lines are read to the end, whenever that comes."""

    def __init__(self, url: str, folder: Path, rounds: int) -> None:
        program = "tests.unit.roles.wallet_batches.worker"
        self.process = subprocess.Popen(
            [sys.executable, "-m", program, url, str(folder), str(rounds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        assert line == '{"ready": true}\n', self.process.stderr.read()

    def start(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def shown(self) -> list[str]:
        out, err = self.process.communicate(timeout=120)
        assert "Traceback" not in err, err
        # A line that is cut off was never said.
        lines = [json.loads(each) for each in out.split("\n")[:-1]]
        return [each["shown"] for each in lines if "shown" in each]


def standing(pocket: Pocket) -> BatchStanding:
    (card,) = pocket.holder.credentials()
    found = pocket.holder.batch(card, at=pocket.scene.at)
    assert found is not None
    return found


def test_processes_at_once_never_show_the_same_copy(
    database_url: str, tmp_path: Path
) -> None:
    with closing(Pocket(database_url, tmp_path)) as pocket:
        pocket.holder.add_batch(
            issued(pocket.scene, pocket.keys, BATCH), at=pocket.scene.at
        )
        workers = [Worker(database_url, tmp_path, BATCH) for _ in range(2)]
        for each in workers:
            each.ready()
        for each in workers:
            each.start()
        shown = [name for each in workers for name in each.shown()]
        assert len(shown) == len(set(shown)) == BATCH
        assert standing(pocket).spent == BATCH


def test_whatever_is_killed_no_copy_is_shown_twice_and_none_comes_back(
    database_url: str,
) -> None:
    program = "tests.killing_batches"
    done = subprocess.run(
        [sys.executable, "-m", program, str(CRASHES), "1", database_url],
        check=False,
        capture_output=True,
        text=True,
        timeout=60 + 10 * CRASHES,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kills"] >= CRASHES
