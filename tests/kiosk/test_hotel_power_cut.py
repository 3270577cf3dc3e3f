"""The power fails at each step of a check-in: nothing is lost, nothing is done twice.

A child process does a step of the work and kills itself (SIGKILL) before its n-th
statement to the database, for every n there is; then the desk is opened as it is found.
"""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sql
from examples.kiosk.hotel import ROOM
from examples.kiosk.hotel.register import card_at, cards, purge

from tests.kiosk.scene import Guest, Hotel
from tests.kiosk.test_hotel_retention import is_anywhere

MOST: Final = 200


@dataclass
class Counted:
    """How many statements reached the database."""

    number: int = 0


def die_before(hotel: Hotel, number: int | None, counted: Counted) -> None:
    """Have this process end, as by a power cut, before that statement."""

    def next_statement(_: str) -> None:
        counted.number += 1
        if counted.number == number:
            os.kill(os.getpid(), signal.SIGKILL)

    @sql.event.listens_for(hotel.store._engine, "checkout")
    def watch(connection: Any, *_: object) -> None:
        # Each statement as SQLite begins it, COMMIT and what a pragma does included.
        connection.set_trace_callback(next_statement)


Work = Callable[[Hotel], None]


def cut(folder: Path, work: Work, *, before: int) -> bool:
    """Do the work in a process that dies before a statement; False where it did not."""
    child = os.fork()
    if child == 0:
        try:
            hotel = Hotel(folder, room=replace(ROOM, chores=lambda _: None))
            die_before(hotel, before, Counted())
            work(hotel)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def cuts(base: Path, work: Work, *, into: Path, step: int = 1) -> Iterator[Hotel]:
    """Yield the hotel as it is found after a cut before each statement, and after all.

    Each begins with a copy of the same folder. With `step`, only so many-th statements
    are cut.
    """
    is_cut, number = True, 1 - step
    while is_cut:
        number += step
        assert number < MOST, "the work has no end"
        folder = into / str(number)
        shutil.copytree(base, folder)
        is_cut = cut(folder, work, before=number)
        hotel = Hotel(folder)
        with closing(hotel.store):
            yield hotel
        shutil.rmtree(folder)


def one(hotel: Hotel, query: str) -> int:
    ((found,),) = hotel.store.rows(query)
    return int(found)


def passed(hotel: Hotel) -> int:
    """Return how many verdicts the log says were a yes."""
    return one(
        hotel,
        "SELECT count(*) FROM log WHERE event = 'judged:question' "
        "AND outcome = 'passed'",
    )


def used(hotel: Hotel) -> int:
    """Return how many answers the replay guard knows."""
    return one(hotel, "SELECT count(*) FROM idwallet_replay")


@dataclass(frozen=True)
class Asked:
    """A folder in which a guest was asked, and the code that answers."""

    folder: Path
    guest: Guest
    code: str


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("asked") / "k"
    hotel = Hotel(folder)
    guest = Guest(hotel)
    hotel.desk.ask("question", {"nights": "2"})
    visit = hotel.desk.visit()
    assert visit is not None
    code = guest.answer(visit.question)
    hotel.store.close()
    return Asked(folder, guest, code)


def test_a_check_in_that_was_cut_anywhere_is_done_once(
    asked: Asked, tmp_path: Path
) -> None:
    def work(hotel: Hotel) -> None:
        hotel.desk.take(asked.code)
        assert hotel.desk.trouble is None
        hotel.desk.end()

    outcomes = Counter(
        _as_found(hotel, asked) for hotel in cuts(asked.folder, work, into=tmp_path)
    )
    assert outcomes.total() > 10
    # There were cuts on either side of the verdict, and behind the end of the visit.
    assert set(outcomes) == {(0, True), (1, True), (1, False)}


def _as_found(hotel: Hotel, asked: Asked) -> tuple[int, bool]:
    """Check what a cut left, go on as a clerk does, and check again."""
    done, visit = len(cards(hotel.desk)), hotel.desk.visit()
    found = done, visit is not None
    # A card, its verdict and the answer used up are one thing.
    assert passed(hotel) == used(hotel) == done <= 1
    if visit is not None:
        assert (card_at(hotel.desk, visit) is not None) is bool(done)
        hotel.desk.take(asked.code)  # it is still on the guest's phone
        kept = card_at(hotel.desk, visit)
        assert kept is not None
        assert kept.card.nights == 2
        assert kept.receipt is not None
        told = asked.guest.wallet.keep_receipt(kept.receipt, at=hotel.clock())
        assert told.receipt.retention.until == kept.erase_at
        hotel.desk.take(asked.code)
        hotel.desk.end()
    assert (len(cards(hotel.desk)), passed(hotel), used(hotel)) == (1, 1, 1)
    assert one(hotel, "SELECT count(*) FROM hotel_stay") == 0
    # In another visit the same code is worth nothing.
    hotel.desk.ask("question")
    hotel.desk.take(asked.code)
    assert (len(cards(hotel.desk)), passed(hotel)) == (1, 1)
    return found


def test_a_question_that_was_cut_anywhere_is_asked_or_not(
    asked: Asked, tmp_path: Path
) -> None:
    def work(hotel: Hotel) -> None:
        hotel.desk.ask("question", {"nights": "9"})

    found: Counter[int] = Counter()
    for hotel in cuts(asked.folder, work, into=tmp_path, step=2):
        visit = hotel.desk.visit()
        assert visit is not None
        ((nights, whose),) = hotel.store.rows("SELECT nights, visit FROM hotel_stay")
        assert whose == visit.id
        found[nights] += 1
        # The old question is answered by its code, and the new one is not.
        hotel.desk.take(asked.code)
        assert len(cards(hotel.desk)) == (nights == 2)
    assert set(found) == {2, 9}


def test_erasing_that_was_cut_anywhere_is_finished_at_the_next_start(
    tmp_path: Path,
) -> None:
    hotel = Hotel(tmp_path / "k")
    hotel.check_in(Guest(hotel), nights=1)
    hotel.desk.end()
    ((found,),) = hotel.store.rows("SELECT sealed FROM hotel_card")
    hotel.world.let_pass(2)
    hotel.store.close()
    done = 0
    for again in cuts(
        hotel.folder, lambda each: purge(each.desk) and None, into=tmp_path
    ):
        assert cards(again.desk) == []
        assert not is_anywhere(bytes(found), again)
        assert one(again, "SELECT count(*) FROM log WHERE event = 'erased'") == 1
        done += 1
    assert done >= 4
