"""Visitors at one kiosk, one after the other, and what is left of them in memory.

    python -m tests.soak.kiosk --visitors 200 --timed
    python -m tests.soak.kiosk --visitors 2000

Every second one buys at the till, the others are checked in at the hotel desk: each
asks, scans, answers, is judged and shown, takes the papers and goes. What an hour
brings (200 people) is played as fast as the machine does it: ``--timed`` follows no
octets of Python's memory, which alone makes everything slower, but the process's own.
"""

import argparse
import asyncio
import gc
import json
import resource
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import httpx
from examples.kiosk.__main__ import kiosk_in
from examples.kiosk.desk import Desk
from examples.kiosk.invented.world import World
from examples.web.identity import identity_in

from tests.kiosk.scene import Guest

_HOME: Final = "http://localhost"
_OWN: Final = {"Origin": _HOME}
_PARTS: Final = 4
_ROUND: Final = 10  # every so many hotel guests print the card


@dataclass(frozen=True)
class Around:
    """What a guest's wallet needs to know of the world."""

    world: World

    def clock(self) -> datetime:
        """Return what every clock shows."""
        return self.world.clock()


@dataclass(frozen=True)
class Played:
    """What was measured.

    `quarters` is how many octets of Python's own memory stayed taken after each quarter
    of the visitors; where nobody followed those, of the memory of the process.
    """

    visitors: int
    seconds: float
    quarters: tuple[int, ...]

    @property
    def grown(self) -> int:
        """How many octets stayed taken after all."""
        return sum(self.quarters)

    @property
    def each(self) -> float:
        """How many octets stayed of each visitor."""
        return self.grown / self.visitors


def play(folder: Path, *, visitors: int, before: int, traced: bool = True) -> Played:
    """Let so many people in, after some who warm the kiosk up; return what it took.

    Raises:
        AssertionError: somebody was not served.
    """
    return asyncio.run(_play(folder, visitors=visitors, before=before, traced=traced))


async def _play(folder: Path, *, visitors: int, before: int, traced: bool) -> Played:
    kiosk = kiosk_in(folder)
    around = Around(World(folder / "world", identity_in(folder)))
    transport = httpx.ASGITransport(kiosk.app())
    async with httpx.AsyncClient(
        transport=transport, base_url=_HOME, headers=_OWN, follow_redirects=True
    ) as pages:
        counter = _Counter(pages, around, kiosk._desks)
        for number in range(before):
            await counter.serve(number)
        if traced:
            tracemalloc.start()
        taken, began = [_taken(traced=traced)], time.monotonic()
        for number in range(before, before + visitors):
            await counter.serve(number)
            if (number - before + 1) * _PARTS // visitors == len(taken):
                taken.append(_taken(traced=traced))
        seconds = time.monotonic() - began
        tracemalloc.stop()
    quarters = tuple(after - first for first, after in pairwise(taken))
    return Played(visitors, seconds, quarters)


def _taken(*, traced: bool) -> int:
    gc.collect()
    if traced:
        return tracemalloc.get_traced_memory()[0]
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


@dataclass(frozen=True)
class _Counter:
    """A clerk at both counters, and a browser."""

    pages: httpx.AsyncClient
    around: Around
    desks: Mapping[str, Desk]

    async def serve(self, number: int) -> None:
        """Serve one person, whom nobody has seen before."""
        room = "hotel" if number % 2 else "till"
        guest = Guest(self.around, number)  # type: ignore[arg-type]
        await self._post(f"/{room}/ask", way="question", nights="1")
        visit = self.desks[room].visit()
        assert visit is not None
        await self._post(f"/{room}/code", text=guest.answer(visit.question))
        shown = await self._get(f"/{room}/live")
        assert 'data-stage="passed"' in shown, shown
        if room == "hotel":
            await self._papers(shown, guest, number=number)
        await self._post(f"/{room}/next")

    async def _papers(self, shown: str, guest: Guest, *, number: int) -> None:
        assert str(guest.claims["family_name"]) in shown
        card = shown.partition("/hotel/card/")[2].partition(".")[0]
        assert str(guest.claims["given_name"]) in await self._get(
            f"/hotel/card/{card}.json"
        )
        await self._get(f"/hotel/card/{card}/receipt.svg")
        if number % _ROUND == 1:
            await self._get(f"/hotel/card/{card}.pdf")

    async def _get(self, address: str) -> str:
        found = await self.pages.get(address)
        assert found.status_code == 200, address
        return found.text

    async def _post(self, address: str, **form: str) -> None:
        found = await self.pages.post(address, data=form)
        assert found.status_code == 200, address


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--before", type=int, default=40)
    parser.add_argument("--timed", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        found = play(
            Path(made) / "k",
            visitors=asked.visitors,
            before=asked.before,
            traced=not asked.timed,
        )
    sys.stdout.write(json.dumps({**asdict(found), "each": round(found.each)}) + "\n")
