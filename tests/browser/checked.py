"""What every page is held to: usable by everybody, silent, at home on this machine.

`visiting` makes the factory that tests open pages with: at its end a test fails if a
page wrote an error or a warning to its console, threw, had a request fail, or asked for
anything that is not on this machine. `require_accessible` runs axe-core on a page as it
stands. What a test does on purpose (a service that is killed) it says before, by
`Visit.excuse`.
"""

import functools
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageChops

from tests.conftest import AXE_ABSENT, BROWSER_ABSENT

AXE: Final = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
WIDE: Final = {"width": 1280, "height": 900}
PICTURE_BYTES: Final = 150_000
PHONE: Final = {"width": 375, "height": 740}

# WCAG 2.0, 2.1 and 2.2, levels A and AA, and what axe-core's authors advise besides.
_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN: Final = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
  });
  return { passed: found.passes.length, broken: found.violations.map((each) => ({
    rule: each.id, impact: each.impact, help: each.help,
    nodes: each.nodes.map((node) => ({
      where: node.target.join(" "), html: node.html, why: node.failureSummary })),
  })) };
}"""
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_INSIDE: Final = frozenset({"data", "blob", "about"})


def is_at_home(url: str) -> bool:
    """Say whether a request stays on this machine, or in the page itself."""
    parts = urlsplit(url)
    return parts.scheme in _INSIDE or parts.hostname in _LOCAL


# --- usable by everybody ------------------------------------------------------------


@functools.cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@dataclass
class _Missed:
    """Whether a page could not be judged, for axe-core is not installed."""

    any: bool = False


_missed: Final = _Missed()


def broken_rules(page: Any) -> list[str]:
    """Judge a page as it stands by axe-core; return what it breaks, rule by rule."""
    page.wait_for_load_state("load")  # one that has just come has no document yet
    for frame in page.frames:
        if not frame.evaluate("typeof axe === 'object'"):
            frame.evaluate(_axe())
    found = page.evaluate(_RUN, list(_TAGS))
    assert found["passed"] > 0, "axe-core has judged nothing"
    return [
        f"{each['rule']} ({each['impact']}): {each['help']}\n"
        f"  {node['where']}\n  {node['html'][:200]}\n"
        + re.sub(r"^", "  ", node["why"], flags=re.MULTILINE)
        for each in found["broken"]
        for node in each["nodes"]
    ]


def require_accessible(page: Any) -> None:
    """Fail with rule, element and help if the page as it stands breaks WCAG 2.2 AA.

    Without axe-core, on a user's machine, the story goes on, and the test is counted as
    skipped when it has ended (`visiting`).
    """
    if not AXE.is_file():
        _missed.any = True
        return
    broken = broken_rules(page)
    if broken:
        pytest.fail(f"{page.url} is not for everybody:\n" + "\n".join(broken))


# --- pictures for the documentation -------------------------------------------------


def picture_for_docs(page: Any, name: str, *, whole: bool = False) -> None:
    """Keep what the page shows as ``NAME.png`` where ``IDWALLET_PICTURES`` says.

    That is ``docs/pictures``, whose pictures are committed; without it nothing is done.
    `whole` takes what is below the screen's edge, too.
    """
    folder = os.environ.get("IDWALLET_PICTURES")
    if not folder:
        return
    shot = Image.open(BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    # Below what is on the page there is nothing to see.
    empty = Image.new("RGB", shot.size, shot.getpixel((0, shot.height - 1)))
    _, _, _, end = ImageChops.difference(shot, empty).getbbox() or (0, 0, 0, 0)
    shot = shot.crop((0, 0, shot.width, min(shot.height, end + 24)))
    out = BytesIO()
    # A page has few colours: 256 of them are enough, and a third of the octets.
    shot.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) <= PICTURE_BYTES, f"{name}: {len(out.getvalue())} octets"
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    place.joinpath(f"{name}.png").write_bytes(out.getvalue())


# --- silent, and at home ------------------------------------------------------------


@dataclass
class Visit:
    """A page in the browser, what it complained of, and what it wanted elsewhere."""

    page: Any
    errors: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)

    @property
    def context(self) -> Any:
        """The browser's context, with its cookies."""
        return self.page.context

    def excuse(self, *texts: str) -> None:
        """Expect complaints with these words in them: the test makes them itself."""
        self.excused.extend(texts)

    def complaints(self) -> list[str]:
        """Return what nobody excused."""
        return [e for e in self.errors if not any(t in e for t in self.excused)]


def _watch(found: Visit, page: Any) -> None:
    """Note what a page says, throws, and cannot have; and where it wants to go."""

    def told(message: Any) -> None:
        if message.type in {"error", "warning"}:
            found.errors.append(f"console: {message.text}")

    def failed(request: Any) -> None:
        # A page that is left, or that asks anew, breaks off what it was asking.
        if "ERR_ABORTED" not in (request.failure or ""):
            found.errors.append(f"request: {request.url}: {request.failure}")

    page.on("console", told)
    page.on("pageerror", lambda error: found.errors.append(f"thrown: {error}"))
    page.on("requestfailed", failed)


def _keep_home(found: Visit, context: Any) -> None:
    def decide(route: Any) -> None:
        if is_at_home(route.request.url):
            route.continue_()
        else:
            found.strayed.append(route.request.url)
            route.abort()

    def refuse(socket: Any) -> None:
        found.strayed.append(socket.url)
        socket.close()

    context.route("**/*", decide)
    context.route_web_socket(lambda url: not is_at_home(url), refuse)


def _context(chromium: Any, lang: str, **more: Any) -> Any:
    context = chromium.new_context(
        locale="ru-RU" if lang == "ru" else "en-GB",
        reduced_motion="reduce",  # colours are judged when they have settled
        # What a worker asks for is not seen by a route.
        service_workers="block",
        # The root of an example is not that of the browser.
        ignore_https_errors=True,
        **more,
    )
    # What is waited for comes at once; it is late where a machine does much beside it.
    context.set_default_timeout(45_000)
    return context


@contextmanager
def visiting(chromium: Any) -> Iterator[Any]:
    """Yield what opens a page, each in a context (cookies, storage) of its own.

    ``visit(lang="ru", phone=True, dark=True, size=(1024, 600))``, all of it optional,
    as are ``permissions=["camera"]``. At the end no page has complained or strayed.
    """
    opened: list[Visit] = []
    contexts: list[Any] = []
    _missed.any = False

    def visit(
        *,
        lang: str = "en",
        phone: bool = False,
        dark: bool = False,
        size: tuple[int, int] | None = None,
        permissions: Sequence[str] = (),
    ) -> Visit:
        around = PHONE if phone else WIDE
        if size is not None:
            around = {"width": size[0], "height": size[1]}
        context = _context(
            chromium,
            lang,
            viewport=around,
            device_scale_factor=2 if phone else 1,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write", *permissions])
        found = Visit(context.new_page())
        opened.append(found)
        _watch(found, found.page)
        context.on("page", lambda another: _watch(found, another))
        _keep_home(found, context)
        return found

    try:
        yield visit
    finally:
        for context in contexts:
            context.close()
    strayed = [f"strayed: {url}" for each in opened for url in each.strayed]
    complaints = [said for each in opened for said in each.complaints()]
    if strayed or complaints:
        pytest.fail("\n".join(strayed + complaints))
    if _missed.any:
        pytest.skip(AXE_ABSENT)


@contextmanager
def browser(*arguments: str) -> Iterator[Any]:
    """Yield Debian's Chromium, headless, with these arguments besides.

    A module's tests share one, and never two at a time: Playwright has one loop.
    """
    program = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        pytest.skip(BROWSER_ABSENT)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program,
            # A sandbox needs a user that is not root; and what a page names elsewhere
            # is not even looked up.
            args=[
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
                *arguments,
            ],
        )
        yield chromium
        chromium.close()
