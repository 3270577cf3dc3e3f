"""A counter holds: through a reload, a power cut, a full disk, and with a keyboard."""

import re
import sqlite3
from collections.abc import Iterator
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
    code_on,
    open_counter,
    reached,
    require_fits,
    running,
    shot,
    start,
    stop,
    type_code,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

FULL = {"en": "The disk is full", "ru": "Диск заполнен"}
# What a page says while the kiosk is not there.
AWAY = ("ERR_CONNECTION", "ERR_EMPTY", "ERR_SOCKET", "Failed to fetch")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    with visiting(chromium) as found:
        yield found


def again(kiosk: Kiosk, *more: str) -> Kiosk:
    """Start the kiosk once more, where its page is open."""
    port = int(kiosk.address.rpartition(":")[2])
    return start(kiosk.folder, *more, port=port)


def test_after_a_power_cut_the_open_page_goes_on_and_no_proof_counts_twice(
    tmp_path: Path, visit: Any
) -> None:
    kiosk = start(tmp_path)
    opened = visit(lang="ru", size=KIOSK)
    opened.excuse(*AWAY)
    page, other = opened.page, visit(lang="ru", phone=True)
    other.excuse(*AWAY)
    phone = other.page
    try:
        open_counter(page, kiosk, "till", way="question")
        asked = code_on(page)
        kiosk.kill()
        page.locator("#away").wait_for()
        assert not page.locator("#live").is_visible()
        assert "запускается заново" in page.locator("#away").inner_text()
        require_accessible(page)
        shot(page, "ru-1024-away")
        kiosk = again(kiosk)
        page.locator("#away").wait_for(state="hidden")
        assert code_on(page) == asked
        agree(phone, kiosk, asked)
        type_code(page, code_on(phone))
        reached(page, "passed")
        kiosk.kill()
        page.locator("#away").wait_for()
        kiosk = again(kiosk)
        page.reload()
        reached(page, "passed")
        open_counter(page, kiosk, "till", way="printed")
        agree(phone, kiosk, code_on(page))
        code = code_on(phone)
        type_code(page, code)
        reached(page, "passed")
        kiosk.kill()
        kiosk = again(kiosk)
        open_counter(page, kiosk, "till", way="printed")
        type_code(page, code)
        reached(page, "second-use")
        stop(kiosk)
    finally:
        kiosk.process.kill()


def test_a_full_disk_is_told_gives_no_verdict_and_uses_nothing_up(
    tmp_path: Path, visit: Any
) -> None:
    kiosk = start(tmp_path)
    page, phone = visit(size=KIOSK).page, visit(phone=True).page
    try:
        open_counter(page, kiosk, "till", way="question")
        agree(phone, kiosk, code_on(page))
        code = code_on(phone)
        page.goto("about:blank")
        phone.goto("about:blank")
        stop(kiosk)
        database = sqlite3.connect(tmp_path / "counters" / "kiosk.db")
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.close()
        # The file's limit stands for that of the disk: SQLite's error is the same.
        kiosk = again(kiosk, "--megabytes", str((pages * 4096 + 1) / 1_000_000))
        page.goto(f"{kiosk.address}/till")
        reached(page, "question")
        type_code(page, code)
        for lang in ("en", "ru"):
            page.goto(f"{kiosk.address}/till?lang={lang}")
            reached(page, "trouble")
            assert page.get_by_role("heading", level=1).inner_text() == FULL[lang]
            require_accessible(page)
            for width, height in (KIOSK, PHONE):
                page.set_viewport_size({"width": width, "height": height})
                require_fits(page)
                shot(page, f"{lang}-{width}-full")
                if (lang, width) == ("en", KIOSK[0]):
                    picture_for_docs(page, "kiosk-full")
        page.goto("about:blank")
        stop(kiosk)
        kiosk = again(kiosk)
        page.goto(f"{kiosk.address}/till")
        reached(page, "question")
        type_code(page, code)
        reached(page, "passed")
        page.goto("about:blank")
        stop(kiosk)
    finally:
        kiosk.process.kill()


def test_a_clerk_needs_no_mouse_and_a_russian_keyboard_does_not_matter(
    tmp_path: Path, visit: Any
) -> None:
    with running(tmp_path) as kiosk:
        page = visit(lang="ru", size=KIOSK).page
        page.goto(f"{kiosk.address}/till")
        press_until(page, "form[action='/till/ask'] button")
        page.keyboard.press("Enter")
        reached(page, "question")
        phone = visit(lang="ru", phone=True).page
        agree(phone, kiosk, code_on(page))
        on_a_russian_keyboard(page, code_on(phone))
        reached(page, "passed")
        press_until(page, "form[action='/till/next'] button")
        focus = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert focus == "solid"
        page.keyboard.press("Enter")
        reached(page, "idle")
        # A page that is left asks nothing of a kiosk that ends.
        page.goto("about:blank")
        phone.goto("about:blank")


def press_until(page: Any, selector: str) -> None:
    """Press Tab until that has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("(e) => document.activeElement.matches(e)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def on_a_russian_keyboard(page: Any, code: str) -> None:
    """Press the keys that a scanner presses, where they make Russian letters."""
    latin, russian = "QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"
    shifted = {"$": ("Digit4", ";"), "%": ("Digit5", "%"), "*": ("Digit8", "*")}
    shifted |= {"+": ("Equal", "+"), ":": ("Semicolon", "Ж")}
    plain = {"/": ("Slash", "."), ".": ("Period", "ю"), "-": ("Minus", "-")}
    keys = []
    for letter in code:
        if re.fullmatch("[A-Z]", letter):
            key = (f"Key{letter}", russian[latin.index(letter)], True)
        elif letter.isdigit():
            key = (f"Digit{letter}", letter, False)
        elif letter == " ":
            key = ("Space", " ", False)
        else:
            key = (*(shifted | plain)[letter], letter in shifted)
        keys.append(key)
    page.evaluate(
        """(keys) => {
          for (const [code, key, shiftKey] of [...keys, ["Enter", "Enter", false]]) {
            const told = { code, key, shiftKey, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new KeyboardEvent("keydown", told));
          }
        }""",
        keys,
    )
