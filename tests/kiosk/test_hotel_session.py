"""The desk takes part in a session of ISO/IEC 18013-5 over TCP, on loopback."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
from examples.kiosk.handset import answer
from examples.kiosk.hotel.register import card_at, cards
from examples.kiosk.invented.phone import PEOPLE, Phone
from examples.kiosk.invented.world import World
from examples.web.identity import identity_in

from idwallet.adapters.tcp import TcpListener
from idwallet.protocols import DeviceSession
from tests.docs.pages import ROOT, python_path
from tests.kiosk.scene import Hotel

pytestmark = pytest.mark.loopback
WAIT: Final = 20.0


@dataclass
class Meeting:
    """A desk, a phone that waits, and what became of both."""

    hotel: Hotel
    phone: Phone

    def held(self, *, agrees: bool = True, before: Any = None) -> str | None:
        """Have the phone's code read; return the desk's hint when both are done."""
        desk = self.hotel.desk
        with TcpListener() as listener:
            desk.nearby = listener.address
            session = DeviceSession.by_qr(at=self.hotel.clock())

            def agree() -> bool:
                if before is not None:
                    before()
                return agrees

            def run() -> None:
                answer(self.phone, session, listener=listener, agrees=agree)

            phone = Thread(target=run)
            phone.start()
            desk.take(session.engagement.to_uri())
            phone.join(WAIT)
            assert not phone.is_alive()
        until = time.monotonic() + WAIT
        while desk.hint == "phone-asked" and time.monotonic() < until:
            time.sleep(0.01)
        return desk.hint

    def ask(self) -> Any:
        """Begin a visit and return it."""
        self.hotel.desk.ask("question", {"nights": "4"})
        return self.hotel.desk.visit()


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("hotel") / "k"
    identity = identity_in(folder)
    world = World(folder / "world", identity)
    # Whose cards are not in the list yet has to wait for the next bundle.
    phones = {
        name: Phone(name, world, folder=folder / "phones" / name, seal=identity.seal)
        for name in PEOPLE
    }
    hotel = Hotel(folder)
    phone = phones["anna"]
    phone.clock = hotel.clock
    yield Meeting(hotel, phone)
    hotel.store.close()


def test_a_document_fills_the_same_card_as_a_code(meeting: Meeting) -> None:
    visit = meeting.ask()
    assert meeting.held() is None
    kept = card_at(meeting.hotel.desk, visit)
    assert kept is not None
    person = meeting.phone.person
    assert kept.card.guest["family_name"] == person.family_name
    assert kept.card.guest["nationality"] == ["XX"]
    assert kept.card.guest["birth_place"] == {"locality": "Примерск"}
    assert len(kept.card.guest) == 11
    assert kept.card.nights == 4
    now = meeting.hotel.desk.visit()
    assert now is not None
    assert now.told is not None
    assert now.told.outcome == "passed"


def test_the_guest_of_a_session_has_a_receipt_too(meeting: Meeting) -> None:
    visit = meeting.ask()
    meeting.held()
    kept = card_at(meeting.hotel.desk, visit)
    assert kept is not None
    assert kept.receipt is not None
    found = meeting.phone.wallet.keep_receipt(kept.receipt, at=meeting.hotel.clock())
    assert found.receipt.retention.until == kept.erase_at
    assert found.receipt.disclosed is not None
    assert len(found.receipt.disclosed[0].paths) == 11


def test_a_guest_who_says_no_is_registered_nowhere(meeting: Meeting) -> None:
    visit = meeting.ask()
    meeting.held(agrees=False)
    assert card_at(meeting.hotel.desk, visit) is None
    now = meeting.hotel.desk.visit()
    assert now is not None
    assert now.told is None or now.told.outcome != "passed"


def test_an_answer_for_somebody_who_left_is_taken_by_nobody(meeting: Meeting) -> None:
    meeting.ask()
    before = cards(meeting.hotel.desk)
    meeting.held(before=lambda: meeting.hotel.desk.ask("question"))
    assert cards(meeting.hotel.desk) == before
    now = meeting.hotel.desk.visit()
    assert now is not None
    assert now.told is None


def test_a_code_of_a_phone_held_up_twice_begins_one_session(meeting: Meeting) -> None:
    desk = meeting.hotel.desk
    visit = meeting.ask()
    begun: list[tuple[int, Thread] | None] = []
    link = DeviceSession.by_qr(at=meeting.hotel.clock()).engagement.to_uri()
    with TcpListener() as listener:
        desk.nearby = listener.address
        for _ in range(2):
            desk.take(link)
            begun.append(desk.meeting)
            assert desk.hint == "phone-asked"
        first, second = begun
        assert first is not None
        assert first == second
        assert first[0] == visit.id
        listener.accept(wait=timedelta(seconds=WAIT)).close()
        first[1].join(WAIT)
    assert not first[1].is_alive()


def test_a_second_phone_makes_no_second_card(meeting: Meeting) -> None:
    meeting.ask()
    meeting.held()
    before = cards(meeting.hotel.desk)
    meeting.hotel.desk.take(
        DeviceSession.by_qr(at=meeting.hotel.clock()).engagement.to_uri()
    )
    assert meeting.hotel.desk.hint == "decided"
    assert cards(meeting.hotel.desk) == before


def test_a_desk_that_reaches_nobody_says_so(meeting: Meeting) -> None:
    desk = meeting.hotel.desk
    meeting.ask()
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    for nearby, link, hint in (
        (None, "mdoc:", "phone-unreachable"),
        (address, None, "phone-unreachable"),
        (address, "mdoc:noise", "phone-unreadable"),
    ):
        desk.nearby = nearby
        real = DeviceSession.by_qr(at=meeting.hotel.clock()).engagement.to_uri()
        desk.take(link or real)
        until = time.monotonic() + WAIT
        while desk.hint != hint and time.monotonic() < until:
            time.sleep(0.01)
        assert desk.hint == hint


def test_noise_on_the_line_ends_in_no_card(meeting: Meeting) -> None:
    desk = meeting.hotel.desk
    visit = meeting.ask()
    with TcpListener() as listener:
        desk.nearby = listener.address
        session = DeviceSession.by_qr(at=meeting.hotel.clock())
        desk.take(session.engagement.to_uri())
        with listener.accept(wait=timedelta(seconds=10)) as transport:
            assert transport.receive(wait=timedelta(seconds=10))
            transport.send(b"\xa1\x64data\x41\x00")
        until = time.monotonic() + WAIT
        while desk.hint == "phone-asked" and time.monotonic() < until:
            time.sleep(0.01)
    assert desk.hint == "phone-gone"
    assert card_at(desk, visit) is None


def test_the_phone_is_a_command_of_its_own(meeting: Meeting, tmp_path: Path) -> None:
    visit = meeting.ask()
    picture = tmp_path / "code.svg"
    command = ("-m", "examples.kiosk.handset", "--folder", str(meeting.hotel.folder))
    told = ("--port", "0", "--yes", "--person", "timur", "--picture", str(picture))
    with subprocess.Popen(
        [sys.executable, "-W", "error", *command, *told],
        cwd=ROOT,
        env={**os.environ, **python_path()},
        stdout=subprocess.PIPE,
        text=True,
    ) as phone:
        assert phone.stdout is not None
        said = iter(phone.stdout.readline, "")
        link = next(each.strip() for each in said if each.startswith("mdoc:"))
        port = int(next(said).rpartition(",")[2].strip(" )\n"))
        meeting.hotel.desk.nearby = ("127.0.0.1", port)
        meeting.hotel.desk.take(link)
        rest = phone.stdout.read()
        assert phone.wait(WAIT) == 0
    assert "hotel.example" in rest
    assert "document_number" in rest
    assert "They say that they keep it" in rest
    assert picture.read_text().startswith("<")
    until = time.monotonic() + WAIT
    while card_at(meeting.hotel.desk, visit) is None and time.monotonic() < until:
        time.sleep(0.01)
    kept = card_at(meeting.hotel.desk, visit)
    assert kept is not None
    assert kept.card.guest["family_name"] == "Примеров"
