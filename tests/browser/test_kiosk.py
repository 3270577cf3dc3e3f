"""A till and a hotel desk, used by a person with a phone in their hand."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.checked import browser, require_accessible, visiting
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


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("size", [KIOSK, PHONE], ids=["kiosk", "phone"])
def test_a_till_learns_from_a_picture_of_a_phone_that_somebody_is_18(
    lang: str, size: tuple[int, int], kiosk: Kiosk, visit: Any
) -> None:
    page = visit(lang=lang, size=size).page
    name = f"{lang}-{size[0]}"
    page.goto(kiosk.address)
    require_accessible(page)
    shot(page, f"{name}-0-home")
    open_counter(page, kiosk, "till", way="question")
    shot(page, f"{name}-2-asked")
    require_accessible(page)
    require_fits(page)
    phone = visit(lang=lang, phone=True).page
    agree(phone, kiosk, code_on(page))
    require_accessible(phone)
    picture = phone.locator("img.qr").screenshot()
    page.locator("#picture").set_input_files(
        {"name": "phone.png", "mimeType": "image/png", "buffer": picture}
    )
    reached(page, "passed")
    shot(page, f"{name}-3-passed")
    assert page.get_by_role("heading", level=1).inner_text() == PASSED[lang]
    assert SOLD[lang] in page.locator(".do").inner_text()
    assert PASSED[lang] in page.locator("#told").inner_text()
    assert "Образцова" not in page.content()
    require_accessible(page)
    require_fits(page)
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == PASSED[lang]
