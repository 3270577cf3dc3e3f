"""The kiosk as a program, its pages, and a phone that is held up to it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.codes import codes_in
from tests.docs.pages import ROOT, python_path

KIOSK: Final = (1024, 600)
PHONE: Final = (390, 844)
_PICTURES: Final = os.environ.get("IDWALLET_SCREENSHOTS", "")


@dataclass
class Kiosk:
    """A kiosk that runs: where it is, and its folder."""

    address: str
    folder: Path
    process: "subprocess.Popen[str]"

    def kill(self) -> None:
        """Cut its power."""
        self.process.kill()
        self.process.communicate()


def start(folder: Path, *more: str, port: int = 0) -> Kiosk:
    """Start it, and wait until it says where it is."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-W", "error", "-m", "examples.kiosk"),
            *("--folder", str(folder), "--port", str(port), *more),
        ],
        cwd=ROOT,
        env={**os.environ, **python_path()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://localhost:\d+", said)
    assert found is not None, process.communicate()[1]
    return Kiosk(found.group(), folder, process)


def stop(kiosk: Kiosk) -> None:
    """End it as a person does; it has nothing to complain of."""
    kiosk.process.send_signal(signal.SIGINT)
    _, err = kiosk.process.communicate(timeout=30)
    assert err == ""
    assert kiosk.process.returncode == 0


@contextmanager
def running(folder: Path, *more: str) -> Iterator[Kiosk]:
    """Yield a kiosk, and end it."""
    kiosk = start(folder, *more)
    try:
        yield kiosk
        stop(kiosk)
    finally:
        if kiosk.process.poll() is None:
            kiosk.kill()


def shot(page: Any, name: str) -> bytes:
    """Take a picture of the screen; keep it where a folder is named."""
    data: bytes = page.screenshot()
    if _PICTURES:
        Path(_PICTURES, f"kiosk-{name}.png").write_bytes(data)
    return data


def code_picture(page: Any) -> bytes:
    """Take a picture of the one QR code on the screen, once it is there to be read.

    What is on the screen comes anew each second, and a picture some time after the
    words around it: on a machine that is busy a camera would look again.
    """
    place, data = page.locator("img.qr"), b""
    for _ in range(100):
        place.scroll_into_view_if_needed()
        data = place.screenshot()
        if len(codes_in(data)) == 1:
            return data
        page.wait_for_timeout(100)
    raise AssertionError(f"no code in a picture of {len(data)} octets")


def code_on(page: Any) -> str:
    """Read the one QR code on the screen, as a camera would, from its pixels."""
    (text,) = codes_in(code_picture(page))
    return text


def reached(page: Any, stage: str) -> None:
    """Wait until the page says so; where it does not, tell what it says."""
    try:
        page.locator(f"body[data-stage='{stage}']").wait_for()
    except Exception as error:
        said = page.locator("body").get_attribute("data-stage")
        told = page.locator("main").inner_text()
        raise AssertionError(f"{said}, not {stage}: {told}") from error


def button(page: Any, address: str) -> Any:
    """Return the button that sends to an address, in whichever language it speaks."""
    return page.locator(f"form[action='{address}'] button").first


def open_counter(page: Any, kiosk: Kiosk, room: str, *, way: str) -> None:
    """Begin a visit at a counter."""
    page.goto(f"{kiosk.address}/{room}")
    if page.locator("body").get_attribute("data-stage") != "idle":
        page.request.post(
            f"{kiosk.address}/{room}/next", headers={"Origin": kiosk.address}
        )
        reached(page, "idle")
    form = page.locator(f"form[action='/{room}/ask']")
    form.filter(has=page.locator(f"input[value='{way}']")).locator("button").click()
    reached(page, way)


def put_away(phone: Any, person: str) -> None:
    """Have the phone show nothing of what it showed before."""
    if phone.locator(f"form[action='/phone/{person}/away']").count():
        button(phone, f"/phone/{person}/away").click()
        reached(phone, "idle")


def agree(phone: Any, kiosk: Kiosk, text: str, *, person: str = "anna") -> None:
    """Read a code with somebody's phone, and agree to what it asks."""
    phone.goto(f"{kiosk.address}/phone/{person}")
    put_away(phone, person)
    phone.locator("summary").click()
    phone.locator("#read").fill(text)
    button(phone, f"/phone/{person}/read").click()
    reached(phone, "asks")
    button(phone, f"/phone/{person}/agree").click()
    reached(phone, "code")


def require_fits(page: Any) -> None:
    """Nothing is wider than the screen, and no text is cut off by what it stands in."""
    page.wait_for_load_state("load")  # one that has just come has no form yet
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((each) => {
          const own = each.getBoundingClientRect();
          const inside = !each.closest(".wide, .said");
          const wider = each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1
            && !["INPUT", "VIDEO"].includes(each.tagName);
          return inside && own.width > 1 && (own.right > innerWidth + 1 || wider);
        }).map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert cut == []


def do(page: Any, kiosk: Kiosk, act: str) -> None:
    """Have something happen in the world around."""
    done = page.request.post(
        f"{kiosk.address}/world/{act}", headers={"Origin": kiosk.address}
    )
    assert done.ok


def placard(page: Any, kiosk: Kiosk, name: str, *, counter: str = "") -> str:
    """Read a code of the till from its picture, wherever it is put up."""
    address = f"{kiosk.address}/till/{name}.svg"
    another = page.context.new_page()
    another.goto(f"{address}?counter={counter}" if counter else address)
    another.set_viewport_size({"width": 1000, "height": 1000})
    (text,) = codes_in(another.screenshot())
    another.close()
    return text


def type_code(page: Any, code: str) -> None:
    """Read a code with a scanner that types, into nothing in particular."""
    page.locator("#live h1").click()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
