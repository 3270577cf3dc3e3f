"""Several processes at once, and processes that are killed in the midst of it.

``IDWALLET_CRASHES`` sets how many are killed; how many were in the long run stands in
docs/quality.md.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import Any, Final

import pytest

from idwallet.adapters.sql import SqlStatusStore
from idwallet.roles.status_issuer import StatusIssuer, StatusReference, audit
from idwallet.testing.status import StatusScene
from idwallet.trust.status_list import (
    ListSource,
    StatusKind,
    StatusList,
    evaluate_status_list,
)
from tests.unit.roles.status_issuer.worker import PLAN, SEED
from tests.unit.roles.status_issuer.world import AT, PREFIX

CRASHES: Final = int(os.environ.get("IDWALLET_CRASHES", "2"))
FOR_EVER: Final = 1_000_000


class Worker:
    """One process; its lines are read to the end, whenever that comes."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.roles.status_issuer.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == '{"ready": true}\n', self.fault()

    def fault(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def start(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def lines(self) -> list[dict[str, Any]]:
        out, err = self.process.communicate(timeout=120)
        assert "Traceback" not in err, err
        # A line that is cut off was never said.
        return [json.loads(each) for each in out.split("\n")[:-1]]


def places(lines: list[dict[str, Any]], what: str) -> Iterator[StatusReference]:
    for line in lines:
        if what == "given":
            yield from (StatusReference(*each) for each in line.get(what, ()))
        elif what in line:
            yield StatusReference(*line[what])


def test_of_processes_at_once_no_two_are_given_one_place(
    database_url: str, tmp_path: Path
) -> None:
    workers = [Worker(database_url, str(tmp_path), "a", "40") for _ in range(3)]
    for each in workers:
        each.start()
    given = [place for each in workers for place in places(each.lines(), "given")]
    assert all(each.process.returncode == 0 for each in workers)
    assert len(given) == len(set(given)) == 3 * sum(1 + n % 7 for n in range(40))
    # Nor did two of them open a list where one was wanting.
    assert len({place.uri for place in given}) == PLAN.open_lists
    with closing(SqlStatusStore(database_url)) as store:
        assert [each.fault for each in audit(store)] == [None] * PLAN.open_lists


def _killed(worker: Worker, *, after: float) -> list[dict[str, Any]]:
    timer = Timer(after, worker.process.send_signal, [signal.SIGKILL])
    worker.start()
    timer.start()
    try:
        return worker.lines()
    finally:
        timer.cancel()


@pytest.fixture
def moments() -> random.Random:
    return random.Random()


def test_a_process_killed_at_any_moment_loses_nothing(
    database_url: str, tmp_path: Path, moments: random.Random
) -> None:
    folder = tmp_path / "lists"
    given: list[StatusReference] = []
    revoked: set[StatusReference] = set()
    perhaps: set[StatusReference] = set()
    for _ in range(CRASHES):
        # Another goes on beside it, and must not notice.
        other = Worker(database_url, str(folder), "arp", "8")
        doomed = Worker(database_url, str(folder), "arp", str(FOR_EVER))
        other.start()
        told = _killed(doomed, after=moments.uniform(0.05, 0.6))
        assert doomed.process.returncode == -signal.SIGKILL
        calm = other.lines()
        assert other.process.returncode == 0
        for lines in (told, calm):
            given += places(lines, "given")
            revoked.update(places(lines, "revoked"))
            perhaps.update(places(lines, "revoking"))
        _require_whole(folder)
    assert len(given) == len(set(given)) > CRASHES * 8
    with closing(SqlStatusStore(database_url)) as store:
        assert {each.fault for each in audit(store)} == {None}
        issuer = StatusIssuer(store=store, plan=PLAN)
        said = {each: issuer.status(each).kind for each in given}
    invalid = {each for each, kind in said.items() if kind is StatusKind.INVALID}
    assert revoked <= invalid <= perhaps
    assert len(revoked) >= CRASHES * 8
    _require_published(database_url, folder, revoked)


def _require_whole(folder: Path) -> None:
    """Read every file as readers would: none is half of one."""
    scene = StatusScene(at=AT, seed=SEED)
    for path in folder.iterdir():
        if path.suffix in {".jwt", ".cwt"}:
            source = ListSource(PREFIX + path.stem)
            found = evaluate_status_list(
                path.read_bytes(), source, context=scene.context
            )
            assert isinstance(found, StatusList), found
        elif path.suffix == ".json":
            assert json.loads(path.read_bytes())["status_lists"]
        else:
            # What was being written beside the list when the end came.
            assert path.name.startswith(".idwallet-"), path


def _require_published(url: str, folder: Path, revoked: set[StatusReference]) -> None:
    """Publish once more: all that was ever revoked stands in what readers get."""
    last = Worker(url, str(folder), "ap", "1")
    last.start()
    assert [line for line in last.lines() if "published" in line]
    scene = StatusScene(at=AT, seed=SEED)
    for uri in {each.uri for each in revoked}:
        for form in ("jwt", "cwt"):
            token = (folder / f"{uri.removeprefix(PREFIX)}.{form}").read_bytes()
            found = evaluate_status_list(token, ListSource(uri), context=scene.context)
            assert isinstance(found, StatusList), found
            wanted = [each.index for each in revoked if each.uri == uri]
            kinds = {found.status(each).kind for each in wanted}
            assert kinds == {StatusKind.INVALID}
