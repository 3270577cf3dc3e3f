"""A guest checks in at the hotel desk, in two languages, with a phone in their hand."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.checked import (
    browser,
    picture_for_docs,
    require_accessible,
    visiting,
)
from tests.browser.kiosk import (
    KIOSK,
    PHONE,
    Kiosk,
    agree,
    button,
    code_on,
    code_picture,
    put_away,
    reached,
    require_fits,
    running,
    shot,
    type_code,
)
from tests.docs.pages import ROOT, python_path
from tests.hostile.test_canary import _spellings

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

GUEST = ("Образцова", "Анна", "0000 000017", "Образцовая")
SPELT = 6  # octets: a shorter spelling stands somewhere in what is signed by luck
KEPT = {"en": "Cards that are kept", "ru": "Хранимые анкеты"}


@dataclass(frozen=True)
class Hotel:
    """A kiosk, and where a phone holds a session with it."""

    kiosk: Kiosk
    port: int

    @property
    def address(self) -> str:
        return self.kiosk.address

    def holds(self, *texts: str) -> list[str]:
        """Return which of these are in a file that the counters keep."""
        files = [
            each.read_bytes()
            for each in (self.kiosk.folder / "counters").rglob("*")
            if each.is_file()
        ]
        return [
            text
            for text in texts
            for spelt in _spellings(text)
            if len(spelt) >= SPELT and any(spelt in data for data in files)
        ]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def hotel(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotel]:
    # Below what the system gives out by itself, and another one in each worker.
    port = 21_000 + os.getpid() % 9_000
    with running(tmp_path_factory.mktemp("hotel"), "--phone-port", str(port)) as found:
        yield Hotel(found, port)


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    with visiting(chromium) as found:
        yield found


def ask(page: Any, hotel: Hotel, *, nights: int = 3) -> None:
    """Begin a check-in."""
    page.goto(f"{hotel.address}/hotel")
    if page.locator("body").get_attribute("data-stage") != "idle":
        page.request.post(
            f"{hotel.address}/hotel/next", headers={"Origin": hotel.address}
        )
        reached(page, "idle")
    page.locator("#nights").fill(str(nights))
    button(page, "/hotel/ask").click()
    reached(page, "question")


def hold_up(page: Any, picture: bytes) -> None:
    """Let the desk see a picture of a phone."""
    page.locator(".file summary").click()
    page.locator("#picture").set_input_files(
        {"name": "phone.png", "mimeType": "image/png", "buffer": picture}
    )


@pytest.mark.parametrize(
    ("lang", "size"), [("en", KIOSK), ("ru", PHONE), ("ru", KIOSK)]
)
def test_a_guest_is_registered_and_leaves_with_a_receipt(
    lang: str, size: tuple[int, int], hotel: Hotel, visit: Any, tmp_path: Path
) -> None:
    page = visit(lang=lang, size=size).page
    name = f"{lang}-{size[0]}"
    page.goto(f"{hotel.address}/hotel")
    require_accessible(page)
    shot(page, f"hotel-{name}-0-idle")
    ask(page, hotel)
    require_accessible(page)
    phone = visit(lang=lang, phone=True).page
    agree(phone, hotel.kiosk, code_on(page))
    hold_up(page, code_picture(phone))
    reached(page, "passed")
    page.locator(".papers img.qr").wait_for()
    page.evaluate("document.querySelector('.papers img.qr').decode()")
    assert page.locator(".facts > div").count() == 11 + 3
    for each in GUEST:
        assert each in page.locator(".facts").inner_text()
    require_accessible(page)
    require_fits(page)
    page.locator(".papers").scroll_into_view_if_needed()
    shot(page, f"hotel-{name}-1-card")
    if lang == "en":
        picture_for_docs(page, "kiosk-hotel-en-1024")
    _papers(page, tmp_path)
    receipt = code_on(page)
    phone.goto(f"{hotel.address}/phone/anna")
    put_away(phone, "anna")
    phone.locator("summary").last.click()
    phone.locator("#read").fill(receipt)
    button(phone, "/phone/anna/read").click()
    reached(phone, "receipt")
    assert "11" in phone.locator(".phone").inner_text()
    require_accessible(phone)
    require_fits(phone)
    shot(phone, f"hotel-{name}-2-receipt")
    if lang == "en":
        picture_for_docs(phone, "kiosk-receipt-en")
    # Whoever reloads, or finds the power back, sees the same card.
    page.reload()
    assert page.locator(".facts > div").count() == 11 + 3
    _goes(page, hotel, lang=lang)


def _papers(page: Any, folder: Path) -> None:
    """Take both papers away, and look into them."""
    taken: dict[str, bytes] = {}
    for kind in ("json", "pdf"):
        with page.expect_download() as found:
            page.locator(f"a[href$='.{kind}']").click()
        path = folder / f"card.{kind}"
        found.value.save_as(path)
        taken[kind] = path.read_bytes()
    card = json.loads(taken["json"])
    assert len(card["guest"]) == 11
    assert card["guest"]["family_name"] == GUEST[0]
    assert card["nights"] == 3
    assert taken["pdf"].startswith(b"%PDF-1.7")
    assert b"/ETSI.CAdES.detached" in taken["pdf"]


def _goes(page: Any, hotel: Hotel, *, lang: str) -> None:
    """End the visit; the guest departs, and nothing is left."""
    (number,) = re.findall(r"/hotel/card/(\d+)\.json", page.content())
    button(page, "/hotel/next").click()
    reached(page, "idle")
    assert GUEST[0] not in page.content()
    gone = page.request.get(f"{hotel.address}/hotel/card/{number}/receipt.jwt")
    assert gone.status == 404
    page.goto(f"{hotel.address}/hotel/cards")
    assert page.get_by_role("heading", level=1).inner_text() == KEPT[lang]
    assert GUEST[0] not in page.content()
    require_accessible(page)
    require_fits(page)
    shot(page, f"hotel-{lang}-{page.viewport_size['width']}-3-kept")
    departs = f"form[action='/hotel/card/{number}/depart']"
    page.locator(f"{departs} button").click()
    page.locator(departs).wait_for(state="detached")
    require_accessible(page)
    for kind in ("json", "pdf"):
        gone = page.request.get(f"{hotel.address}/hotel/card/{number}.{kind}")
        assert gone.status == 404
    assert hotel.holds(*GUEST) == []


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_scanner_types_eleven_fields_in_cyrillic(
    lang: str, hotel: Hotel, visit: Any
) -> None:
    page = visit(lang=lang, size=KIOSK).page
    ask(page, hotel, nights=1)
    phone = visit(lang=lang, phone=True).page
    agree(phone, hotel.kiosk, code_on(page))
    phone.locator("details summary").click()
    shown = phone.locator("p.text")
    typed = shown.inner_text()
    assert typed.isascii()
    # Two spaces in a code are two on the screen, and in what is copied from it.
    shown.evaluate("each => { each.textContent = 'IDW1  X ' }")
    assert shown.inner_text() == "IDW1  X "
    type_code(page, typed)
    reached(page, "passed")
    assert "Примерск, Образцовая, 1-17" in page.locator(".facts").inner_text()
    button(page, "/hotel/next").click()
    reached(page, "idle")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_phone_of_a_program_of_its_own_is_met_in_a_session(
    lang: str, hotel: Hotel, visit: Any, tmp_path: Path
) -> None:
    page = visit(lang=lang, size=KIOSK).page
    drawn = tmp_path / "code.svg"
    command = ("-m", "examples.kiosk.handset", "--folder", str(hotel.kiosk.folder))
    told = ("--port", str(hotel.port), "--yes", "--picture", str(drawn))
    ask(page, hotel)
    handset = subprocess.Popen(
        [sys.executable, "-W", "error", *command, *told],
        cwd=ROOT,
        env={**os.environ, **python_path()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert handset.stdout is not None
        next(each for each in iter(handset.stdout.readline, "") if "waiting" in each)
        screen = visit(lang=lang, phone=True).page
        code = base64.b64encode(drawn.read_bytes()).decode()
        source = f"data:image/svg+xml;base64,{code}"
        screen.set_content(f"<img src='{source}' alt='' width='340'>")
        screen.evaluate("document.querySelector('img').decode()")
        hold_up(page, screen.screenshot())
        reached(page, "passed")
        assert handset.wait(30) == 0
    finally:
        handset.kill()
        handset.communicate()
    assert page.locator(".facts > div").count() == 11 + 3
    require_accessible(page)
    shot(page, f"hotel-{lang}-session")
    button(page, "/hotel/next").click()
    reached(page, "idle")
