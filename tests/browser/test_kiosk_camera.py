"""The counter's own camera, which sees what a file says: a code, or several in turn."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from tests.browser.checked import (
    browser,
    picture_for_docs,
    require_accessible,
    visiting,
)
from tests.browser.kiosk import (
    KIOSK,
    Kiosk,
    agree,
    button,
    code_on,
    code_picture,
    open_counter,
    reached,
    require_fits,
    running,
    shot,
)
from tests.conftest import ROOT, SCANNER_ABSENT

pytestmark = [pytest.mark.loopback, pytest.mark.browser]

SCANNER: Final = ROOT / "examples/kiosk/scanner/node_modules/zxing-wasm"
SIZE: Final = (640, 480)
REPEATED: Final = 6


def film(file: Path, shots: Sequence[bytes]) -> None:
    """Write a film of a phone that somebody holds up: each picture for a while."""
    parts = [f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F10:1 Ip A1:1 C420jpeg\n".encode()]
    colourless = bytes([128]) * (SIZE[0] * SIZE[1] // 2)
    for each in shots:
        held = Image.new("L", SIZE, 90)
        code = Image.open(BytesIO(each)).convert("L").resize((440, 440))
        # Nobody holds a phone quite straight.
        turned = code.rotate(7, resample=Image.Resampling.BICUBIC, fillcolor=90)
        held.paste(turned, (100, 20))
        parts += [b"FRAME\n" + held.tobytes() + colourless] * REPEATED
    file.write_bytes(b"".join(parts))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film that the camera shows."""
    if not SCANNER.is_dir():
        pytest.skip(SCANNER_ABSENT)
    file = tmp_path_factory.mktemp("camera") / "camera.y4m"
    blank = BytesIO()
    Image.new("L", (440, 440), 200).save(blank, "PNG")
    film(file, [blank.getvalue()])
    return file


@pytest.fixture(scope="module")
def chromium(seen: Path) -> Iterator[Any]:
    with browser(
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ) as found:
        yield found


@pytest.fixture(scope="module")
def kiosk(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with running(tmp_path_factory.mktemp("kiosk")) as found:
        yield found


@pytest.fixture
def visit(chromium: Any, kiosk: Kiosk) -> Iterator[Any]:
    with visiting(chromium) as found:
        yield found


def test_the_camera_reads_a_code_that_is_held_up_and_is_off_afterwards(
    kiosk: Kiosk, visit: Any, seen: Path
) -> None:
    page = visit(lang="ru", size=KIOSK, permissions=["camera"]).page
    open_counter(page, kiosk, "till", way="question")
    phone = visit(lang="ru", phone=True).page
    agree(phone, kiosk, code_on(page))
    film(seen, [code_picture(phone)])
    page.locator("#camera").click()
    page.locator("#view").wait_for()
    reached(page, "passed")
    assert page.evaluate("document.getElementById('video').srcObject") is None
    shot(page, "ru-1024-camera-passed")


def test_the_camera_puts_a_code_in_parts_together_and_counts_them(
    kiosk: Kiosk, visit: Any, seen: Path
) -> None:
    page = visit(size=KIOSK, permissions=["camera"]).page
    open_counter(page, kiosk, "till", way="question")
    phone = visit(phone=True).page
    agree(phone, kiosk, code_on(page))
    button(phone, "/phone/anna/parts").click()
    phone.get_by_text("small codes").wait_for()
    count = phone.locator("p.text").count()
    assert count > 3
    parts = [
        picture_of(phone, f"{kiosk.address}/phone/anna/code.svg?part={n}")
        for n in range(count)
    ]
    film(seen, parts[:2])
    page.locator("#camera").click()
    page.locator("[data-parts='2']").wait_for()
    require_accessible(page)
    require_fits(page)
    shot(page, "en-1024-camera-parts")
    picture_for_docs(page, "kiosk-camera")
    page.locator("#camera").click()
    # One of them is never seen; the spare stands in for it.
    film(seen, [*parts[3:], parts[0]])
    page.locator("#camera").click()
    reached(page, "passed")
    button(phone, "/phone/anna/parts").click()


def test_a_camera_that_nobody_allows_is_told_and_the_scanner_still_serves(
    kiosk: Kiosk, visit: Any
) -> None:
    page = visit(size=KIOSK).page
    open_counter(page, kiosk, "till", way="question")
    page.locator("#camera").click()
    page.locator("#problem").wait_for()
    assert "Allow it in the browser" in page.locator("#problem").inner_text()
    require_accessible(page)
    phone = visit(phone=True).page
    agree(phone, kiosk, code_on(page))
    page.locator("#text").fill(code_on(phone))
    page.keyboard.press("Enter")
    reached(page, "passed")


def picture_of(page: Any, address: str) -> bytes:
    """Return the pixels of a picture, as a screen shows them."""
    another = page.context.new_page()
    another.set_viewport_size({"width": 440, "height": 440})
    another.goto(address)
    data: bytes = another.screenshot()
    another.close()
    return data
