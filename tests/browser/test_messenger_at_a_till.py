"""Two programs and two screens: the phone of the messenger at the till of the kiosk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from examples.messenger.talking import World, found_bots
from examples.web.identity import identity_in

from tests.browser.checked import require_accessible
from tests.browser.kiosk import Kiosk, code_picture, open_counter, reached, running
from tests.browser.two_phones import Hand, Program

pytestmark = [pytest.mark.loopback, pytest.mark.browser]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("both")


@pytest.fixture(scope="module")
def both(folder: Path, chromium: Any) -> Iterator[tuple[Program, Kiosk]]:
    """A kiosk that believes the messenger's government, and phones that know it."""
    kiosk_folder, phones = folder / "kiosk", folder / "messenger"
    found_bots(World(identity_in(phones)))  # the government writes its certificate
    issuer = phones / "government.example.pem"
    with running(kiosk_folder, "--issuer", str(issuer)) as kiosk:
        reader = str(kiosk_folder / "root.pem")
        program = Program(phones).start("--reader", reader)
        yield program, kiosk
        program.stop()


def hold_up(page: Any, picture: bytes) -> None:
    """Give the phone a picture, and wait until it has looked at it."""
    given = {"name": "till.png", "mimeType": "image/png", "buffer": picture}
    with page.expect_response("**/scan/picture"):
        page.locator("#picture").set_input_files(given)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_phone_reads_the_tills_code_from_a_picture_and_the_till_reads_the_phones(
    lang: str, both: tuple[Program, Kiosk], visits: Any
) -> None:
    program, kiosk = both
    till = visits(lang=lang, phone=True).page  # a fine screen, as cameras are
    me = Hand(visits(lang=lang, phone=True).page, program, lang, "messenger-till")
    me.begin()
    me.get_an_identity()
    me.get_an_identity(buttons=("till",))
    open_counter(till, kiosk, "till", way="question")
    shown = code_picture(till)
    me.page.goto(f"{program.page}anna/scan")
    require_accessible(me.page)
    hold_up(me.page, shown)
    me.page.get_by_text("supermarket.example").wait_for()
    me.picture("1-asked")
    me.press("show")
    me.page.locator("img.qr").wait_for()
    me.picture("2-code")
    answer = code_picture(me.page)
    till.locator("#picture").set_input_files(
        {"name": "phone.png", "mimeType": "image/png", "buffer": answer}
    )
    reached(till, "passed")
    # The wallet's own history has it, with who asked.
    me.page.goto(f"{program.page}anna/wallet")
    me.page.locator(".history").get_by_text("supermarket.example").wait_for()


def test_a_picture_without_a_code_and_a_text_that_is_none_are_told(
    both: tuple[Program, Kiosk], visits: Any
) -> None:
    program, _ = both
    me = Hand(visits().page, program, "en", "messenger-till")
    me.begin()
    me.page.goto(f"{program.page}anna/scan")
    hold_up(me.page, me.page.screenshot())
    me.page.get_by_text("There is no code in that picture").wait_for()
    me.page.get_by_label("Or its text").fill("https://example.com/")
    me.page.get_by_role("button", name="Read it").click()
    me.page.get_by_text("Your wallet does not trust this request").wait_for()
