"""A till and a hotel desk, used by a person with a phone in their hand."""

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
    code_picture,
    open_counter,
    put_away,
    reached,
    require_fits,
    running,
    shot,
)

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

PASSED = {"en": "18 or over", "ru": "18 лет есть"}
SOLD = {"en": "You may sell.", "ru": "Можно продать."}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def kiosk(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with running(tmp_path_factory.mktemp("kiosk")) as found:
        yield found


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    with visiting(chromium) as found:
        yield found


@pytest.mark.parametrize(("lang", "size"), [("en", KIOSK), ("ru", PHONE)])
def test_a_till_learns_from_a_picture_of_a_phone_that_somebody_is_18(
    lang: str, size: tuple[int, int], kiosk: Kiosk, visit: Any
) -> None:
    page = visit(lang=lang, size=size).page
    name = f"{lang}-{size[0]}"
    page.goto(kiosk.address)
    require_accessible(page)
    shot(page, f"{name}-0-home")
    open_counter(page, kiosk, "till", way="question")
    page.evaluate("document.querySelector('img.qr').decode()")
    shot(page, f"{name}-2-asked")
    if lang == "en":
        picture_for_docs(page, "kiosk-asked")
    require_accessible(page)
    require_fits(page)
    phone = visit(lang=lang, phone=True).page
    agree(phone, kiosk, code_on(page))
    require_accessible(phone)
    picture = code_picture(phone)
    page.locator(".file summary").click()
    page.locator("#picture").set_input_files(
        {"name": "phone.png", "mimeType": "image/png", "buffer": picture}
    )
    reached(page, "passed")
    shot(page, f"{name}-3-passed")
    picture_for_docs(page, f"kiosk-passed-{lang}")
    assert page.get_by_role("heading", level=1).inner_text() == PASSED[lang]
    assert SOLD[lang] in page.locator("#live .do").inner_text()
    assert PASSED[lang] in page.locator("#told").inner_text()
    assert "Образцова" not in page.content()
    require_accessible(page)
    require_fits(page)
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == PASSED[lang]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_somebody_alone_tries_it_with_nothing_but_the_pages(
    lang: str, kiosk: Kiosk, visit: Any
) -> None:
    """Each picture is looked at by the other page, as by a camera; nothing is typed."""
    page = visit(lang=lang, size=KIOSK).page
    open_counter(page, kiosk, "till", way="question")
    page.locator(".alone summary").click()
    page.locator("[data-look*=timur]").click()
    page.locator("#problem").wait_for()
    require_accessible(page)
    with page.expect_popup() as opened:
        page.locator(".alone a[href='/phone/timur']").click()
    phone = opened.value
    put_away(phone, "timur")
    phone.locator("[data-look='/till/question.svg']").click()
    reached(phone, "asks")
    assert phone.locator("form[action$=agree]").count() == 0
    require_accessible(phone)
    phone.goto(f"{kiosk.address}/phone/anna")
    put_away(phone, "anna")
    phone.locator("[data-look='/till/question.svg']").click()
    reached(phone, "asks")
    phone.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    require_fits(phone)
    require_accessible(phone)
    shot(phone, f"{lang}-390-asks")
    button(phone, "/phone/anna/agree").click()
    reached(phone, "code")
    button(phone, "/phone/anna/parts").click()
    phone.locator("p.text").nth(2).wait_for(state="attached")
    shot(phone, f"{lang}-390-code")
    page.locator("[data-look*=anna]").click()
    reached(page, "passed")
    button(phone, "/phone/anna/parts").click()
