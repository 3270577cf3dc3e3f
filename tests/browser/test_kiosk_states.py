"""What a counter says when it is no plain yes, in both languages, to everybody."""

from collections.abc import Iterator
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
    do,
    open_counter,
    placard,
    reached,
    require_fits,
    running,
    shot,
    type_code,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

SAID = {
    "stale-accepted": ("18 or over", "18 лет есть"),
    "cannot-check": ("Cannot check now", "Сейчас не проверить"),
    "second-use": ("Second use", "Код уже использован"),
    "wrong-till": ("Wrong till", "Чужая касса"),
}
AGED = "Принято по старым сведениям"
NOT_A_NO = "Это не отказ. Позовите старшего."


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def kiosk(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with running(tmp_path_factory.mktemp("kiosk")) as found:
        yield found


@pytest.fixture
def visit(chromium: Any, kiosk: Kiosk) -> Iterator[Any]:
    with visiting(chromium) as found:
        yield found


def told(page: Any, stage: str, *, tone: str) -> None:
    """The verdict is there, in both languages and on both screens, for everybody."""
    reached(page, stage)
    for lang, words in zip(("en", "ru"), SAID[stage], strict=True):
        page.goto(f"{page.url.partition('?')[0]}?lang={lang}")
        reached(page, stage)
        assert page.locator("html").get_attribute("lang") == lang
        assert page.get_by_role("heading", level=1).inner_text() == words
        assert page.locator(f"#live .band.{tone} .do").inner_text() != ""
        # What a report says of times is told in words, too.
        assert "UTC" in page.locator(".because").inner_text()
        for width, height in (KIOSK, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            require_fits(page)
            shot(page, f"{lang}-{width}-{stage}")
            if (lang, width) == ("en", KIOSK[0]):
                picture_for_docs(page, f"kiosk-{stage}")
        require_accessible(page)
        page.set_viewport_size({"width": KIOSK[0], "height": KIOSK[1]})


def test_stale_news_are_accepted_and_the_screen_says_so(
    kiosk: Kiosk, visit: Any
) -> None:
    page, phone = visit(size=KIOSK).page, visit(phone=True).page
    do(page, kiosk, "bundle")
    do(page, kiosk, "days")
    open_counter(page, kiosk, "till", way="question")
    agree(phone, kiosk, placard(page, kiosk, "question"))
    type_code(page, code_on(phone))
    told(page, "stale-accepted", tone="aged")
    assert page.locator("#live .outcome").text_content() == AGED


def test_without_news_nothing_is_decided_until_news_are_brought(
    kiosk: Kiosk, visit: Any
) -> None:
    page, phone = visit(size=KIOSK).page, visit(phone=True).page
    do(page, kiosk, "week")
    do(page, kiosk, "days")
    open_counter(page, kiosk, "till", way="question")
    agree(phone, kiosk, placard(page, kiosk, "question"))
    code = code_on(phone)
    type_code(page, code)
    told(page, "cannot-check", tone="wait")
    assert page.locator("#live .do").inner_text() == NOT_A_NO
    do(page, kiosk, "bundle")
    page.goto(f"{kiosk.address}/till")
    page.wait_for_timeout(3000)  # the same code at once is a trigger held down
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    reached(page, "passed")


def answered(kiosk: Kiosk, visit: Any) -> tuple[Any, str]:
    """Ask at the till; return its page, and the code that a phone shows for it."""
    page, phone = visit(size=KIOSK).page, visit(phone=True).page
    do(page, kiosk, "bundle")
    open_counter(page, kiosk, "till", way="question")
    agree(phone, kiosk, placard(page, kiosk, "question"))
    return page, code_on(phone)


@pytest.mark.parametrize("is_given_up", [False, True])
def test_a_scanner_that_falters_in_a_code_is_heard_to_the_end(
    is_given_up: bool, kiosk: Kiosk, visit: Any
) -> None:
    page, code = answered(kiosk, visit)
    page.locator("#live h1").click()
    page.keyboard.type(code[:40])
    page.wait_for_timeout(1500)  # longer than anybody's pause between two words
    page.keyboard.type(code if is_given_up else code[40:])
    page.keyboard.press("Enter")
    reached(page, "passed")


def test_a_key_that_is_pressed_after_a_scan_that_broke_off_sends_no_code(
    kiosk: Kiosk, visit: Any
) -> None:
    page, code = answered(kiosk, visit)
    page.locator("#live h1").click()
    page.keyboard.type(code[:40])
    page.wait_for_timeout(1500)
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)  # longer than the page takes to ask how it stands
    assert page.locator("body").get_attribute("data-stage") == "question"
    type_code(page, code)
    reached(page, "passed")


def test_a_space_after_a_scanner_faltered_presses_no_button(
    kiosk: Kiosk, visit: Any
) -> None:
    page, code = answered(kiosk, visit)
    while " " not in code[8:-8]:  # four in five have one
        page, code = answered(kiosk, visit)
    place = code.index(" ", 8)
    button(page, "/till/next").focus()
    page.keyboard.type(code[:place])
    page.wait_for_timeout(1500)
    page.keyboard.type(code[place:])
    page.keyboard.press("Enter")
    reached(page, "passed")


def test_what_somebody_typed_before_is_no_part_of_a_code(
    kiosk: Kiosk, visit: Any
) -> None:
    page, code = answered(kiosk, visit)
    page.keyboard.type("hello")
    page.wait_for_timeout(1500)
    type_code(page, code)
    reached(page, "passed")


def test_a_second_use_is_refused_whoever_comes(kiosk: Kiosk, visit: Any) -> None:
    page, phone = visit(size=KIOSK).page, visit(phone=True).page
    do(page, kiosk, "bundle")
    open_counter(page, kiosk, "till", way="printed")
    agree(phone, kiosk, placard(page, kiosk, "printed"))
    code = code_on(phone)
    type_code(page, code)
    reached(page, "passed")
    # The next person, who has a photograph of it.
    button(page, "/till/ask").click()
    reached(page, "printed")
    type_code(page, code)
    told(page, "second-use", tone="bad")


def test_a_code_for_the_next_till_is_refused(kiosk: Kiosk, visit: Any) -> None:
    page, phone = visit(size=KIOSK).page, visit(phone=True).page
    do(page, kiosk, "bundle")
    open_counter(page, kiosk, "till", way="printed")
    agree(phone, kiosk, placard(page, kiosk, "printed", counter="till-4"))
    type_code(page, code_on(phone))
    told(page, "wrong-till", tone="bad")


def test_the_log_and_the_world_are_for_everybody_too(kiosk: Kiosk, visit: Any) -> None:
    for lang in ("en", "ru"):
        page = visit(lang=lang, size=PHONE, dark=lang == "ru").page
        for address in ("log", "world", "phone", "phone/timur", "till", "hotel"):
            page.goto(f"{kiosk.address}/{address}")
            require_accessible(page)
            require_fits(page)
            shot(page, f"{lang}-{PHONE[0]}-{address.replace('/', '-')}")
