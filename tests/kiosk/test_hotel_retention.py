"""What is kept of a guest is gone when the purpose says so, from every file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from examples.kiosk.__main__ import HOUR, each_hour
from examples.kiosk.hotel import ROOM
from examples.kiosk.hotel.register import card_of, cards, depart, purge, register

from idwallet.consent import PurposeProfile, read_purpose
from tests.hostile.test_canary import _spellings
from tests.kiosk.scene import Guest, Hotel

DAY = timedelta(days=1)
NEEDED = ("family_name", "given_name", "birth_date", "nationality", "document_number")


def rules(days: int, counted: str) -> PurposeProfile:
    """Return invented rules of a house that may keep the card for so long."""
    title = {"en": "House rules (invented)", "ru": "Правила дома (вымысел)"}
    source = {"title": title, "basis": "practice", "read": "2026-11-26", "note": "No."}
    file: dict[str, Any] = {
        "format": "idwallet-purpose/1",
        "name": ROOM.purpose,
        "version": 2,
        "supersedes": 1,
        "display": title,
        "sources": [source],
        "credentials": {"national-id": {"needed": list(NEEDED)}},
        "retention": {"days": days, "counted": counted, "basis": title},
    }
    return read_purpose(json.dumps(file).encode(), at="rules")


def keeping(profile: PurposeProfile, folder: Path) -> Hotel:
    room = replace(ROOM, taken=partial(register, profile=profile))
    return Hotel(folder / "k", room=room)


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made = Hotel(tmp_path / "k")
    yield made
    made.store.close()


def sealed(hotel: Hotel, number: int) -> bytes:
    """Return the octets of a card as they lie in the file."""
    query = "SELECT sealed FROM hotel_card WHERE number = ?"
    ((found,),) = hotel.store.rows(query, number)
    return bytes(found)


def is_anywhere(octets: bytes, hotel: Hotel, *, window: int = 24) -> bool:
    """Tell whether a piece of it is left in a file: pages part what is long."""
    pieces = {octets[n : n + window] for n in range(0, len(octets) - window, window)}
    files = [each.read_bytes() for each in hotel.files]
    return any(piece in data for piece in pieces for data in files)


def names_anywhere(guest: Guest, hotel: Hotel) -> list[bytes]:
    spellings = [e for text in guest.secrets for e in _spellings(text)]
    files = [each.read_bytes() for each in hotel.files]
    return [each for each in spellings if any(each in data for data in files)]


def test_what_is_kept_is_in_no_file_once_its_time_is_over(hotel: Hotel) -> None:
    guests = [Guest(hotel, number) for number in (1, 2, 3)]
    kept = [hotel.check_in(e, nights=n) for n, e in enumerate(guests, 1)]
    lying = [sealed(hotel, each.number) for each in kept]
    receipt = kept[0].receipt
    assert receipt is not None
    hotel.desk.end()
    # The search finds what is there, and nobody's name is there even now.
    assert [is_anywhere(each, hotel) for each in lying] == [True] * 3
    for each in guests:
        assert names_anywhere(each, hotel) == []
    hotel.clock.at += DAY - timedelta(seconds=1)
    assert purge(hotel.desk) == 0
    hotel.clock.at += timedelta(seconds=1)
    assert purge(hotel.desk) == 1
    assert [is_anywhere(each, hotel) for each in lying] == [False, True, True]
    assert not is_anywhere(receipt.encode(), hotel)
    assert [number for number, _ in cards(hotel.desk)] == [2, 3]
    assert card_of(hotel.desk, 1) is None
    second = card_of(hotel.desk, 2)
    assert second is not None
    assert second.card.guest["family_name"] == guests[1].claims["family_name"]
    # What the operator reads says that it was done, and to how many.
    assert ("erased", "1") in [
        tuple(each) for each in hotel.store.rows("SELECT event, outcome FROM log")
    ]


def test_it_is_erased_when_the_kiosk_starts_again(hotel: Hotel) -> None:
    hotel.check_in(Guest(hotel), nights=2)
    lying = sealed(hotel, 1)
    hotel.world.let_pass(1)
    again = hotel.opened_again()
    assert is_anywhere(lying, again)
    again.world.let_pass(2)
    once_more = again.opened_again()
    assert cards(once_more.desk) == []
    assert not is_anywhere(lying, once_more)
    once_more.store.close()


def test_it_is_erased_each_hour_while_the_kiosk_runs() -> None:
    done: list[float] = []

    class OverError(Exception):
        pass

    def wait(seconds: float) -> None:
        if len(done) == 3:
            raise OverError
        done.append(seconds)

    times: list[int] = []
    with pytest.raises(OverError):
        each_hour(lambda: times.append(len(done)), wait=wait)
    assert done == [HOUR] * 3 == [3600] * 3
    assert times == [1, 2, 3]


@pytest.mark.parametrize(
    ("days", "counted", "left"),
    [(30, "presentation", 30), (30, "end", 32), (0, "end", 2)],
)
def test_the_promise_of_the_receipt_is_kept_to_the_second(
    days: int, counted: str, left: int, tmp_path: Path
) -> None:
    hotel = keeping(rules(days, counted), tmp_path)
    guest = Guest(hotel)
    kept = hotel.check_in(guest, nights=2)
    assert kept.receipt is not None
    promise = guest.wallet.keep_receipt(kept.receipt, at=hotel.clock()).receipt
    hotel.desk.end()
    until = promise.retention.until
    assert until == hotel.clock().replace(microsecond=0) + left * DAY
    assert promise.retention.basis == "House rules (invented)"
    assert set(kept.card.guest) == set(NEEDED)  # asked for more, and wrote down this
    hotel.clock.at = until - timedelta(seconds=1)
    purge(hotel.desk)
    assert card_of(hotel.desk, 1) is not None
    hotel.clock.at = until
    purge(hotel.desk)
    assert card_of(hotel.desk, 1) is None
    hotel.store.close()


def test_where_nothing_may_be_kept_it_is_gone_with_the_guest(tmp_path: Path) -> None:
    hotel = keeping(rules(0, "presentation"), tmp_path)
    guest = Guest(hotel)
    kept = hotel.check_in(guest)
    assert kept.receipt is not None
    promise = guest.wallet.keep_receipt(kept.receipt, at=hotel.clock()).receipt
    assert promise.retention.kept is False
    lying = sealed(hotel, 1)
    hotel.desk.end()
    assert cards(hotel.desk) == []
    purge(hotel.desk)
    assert not is_anywhere(lying, hotel)
    hotel.store.close()


def test_a_visit_that_nobody_ended_ends_by_itself(tmp_path: Path) -> None:
    hotel = keeping(rules(0, "presentation"), tmp_path)
    hotel.check_in(Guest(hotel))
    hotel.clock.at += 2 * ROOM.stays + timedelta(seconds=1)
    hotel.room.chores(hotel.desk)
    assert hotel.desk.visit() is None
    assert cards(hotel.desk) == []
    hotel.store.close()


def test_a_guest_who_departs_early_is_forgotten_early(hotel: Hotel) -> None:
    kept = hotel.check_in(Guest(hotel), nights=20)
    lying = sealed(hotel, kept.number)
    hotel.clock.at += DAY
    assert depart(hotel.desk, kept.number)
    assert cards(hotel.desk) == []
    assert not is_anywhere(lying, hotel)
    assert not depart(hotel.desk, kept.number)


def test_an_early_departure_shortens_what_counts_from_it_and_nothing_else(
    tmp_path: Path,
) -> None:
    for counted, days in (("end", 11), ("presentation", 10)):
        profile = rules(10, counted)
        hotel = keeping(profile, tmp_path / counted)
        kept = hotel.check_in(Guest(hotel), nights=20)
        checked = hotel.clock()
        hotel.clock.at += DAY
        assert depart(hotel.desk, kept.number, profile=profile)
        ((_, until),) = cards(hotel.desk)
        assert until == checked.replace(microsecond=0) + days * DAY
        hotel.store.close()
