"""A browser that reaches this machine only, and the example services as programs."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import BROWSER_ABSENT
from tests.docs.pages import ROOT, python_path

WIDE: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 375, "height": 740}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    program = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        pytest.skip(BROWSER_ABSENT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            # A sandbox needs a user that is not root.
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page in the browser, what it complained of, and what it wanted elsewhere."""

    page: Any
    errors: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)


@pytest.fixture
def visits(chromium: Any) -> Iterator[Any]:
    """Opens pages; at the end none of them has complained or strayed."""
    opened: list[Visit] = []
    contexts: list[Any] = []

    def visit(*, lang: str = "en", phone: bool = False, dark: bool = False) -> Visit:
        context = chromium.new_context(
            locale="ru-RU" if lang == "ru" else "en-GB",
            viewport=PHONE if phone else WIDE,
            device_scale_factor=2 if phone else 1,
            color_scheme="dark" if dark else "light",
            # The root of an example is not that of the browser.
            ignore_https_errors=True,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        context.set_default_timeout(15_000)
        found = Visit(context.new_page())
        opened.append(found)

        def route(route: Any) -> None:
            if route.request.url.startswith(
                ("http://localhost:", "https://localhost:")
            ):
                route.continue_()
            else:
                found.strayed.append(route.request.url)
                route.abort()

        context.route("**/*", route)
        found.page.on(
            "console",
            lambda told: (
                found.errors.append(told.text)
                if told.type in {"error", "warning"}
                else None
            ),
        )
        found.page.on("pageerror", lambda error: found.errors.append(str(error)))
        return found

    yield visit
    for context in contexts:
        context.close()
    assert [each.errors for each in opened] == [[] for _ in opened]
    assert [each.strayed for each in opened] == [[] for _ in opened]


@dataclass(frozen=True)
class Service:
    """A running example: where people and wallets find it, and its folder."""

    page: str
    wallets: str
    folder: Path
    process: "subprocess.Popen[str]"


def started(module: str, folder: Path, *more: str) -> Service:
    """Start an example on ports that are free, and wait until it says where."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-W", "error", "-m", module, "--folder", str(folder)),
            *("--page-port", "0", "--wallet-port", "0", *more),
        ],
        cwd=ROOT,
        env={**os.environ, **python_path()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(2)]
    if not said[1]:
        _, err = process.communicate()
        pytest.fail(f"{module} did not start: {err}")
    page, wallets = (each.split()[2] for each in said)
    return Service(page, wallets.rstrip("/"), folder, process)


def stopped(service: Service) -> None:
    """End it as a person does, with Ctrl-C; it has nothing to complain of."""
    service.process.send_signal(signal.SIGINT)
    _, err = service.process.communicate(timeout=30)
    assert err == ""
    assert service.process.returncode == 0


@pytest.fixture(scope="module")
def issuer_service(
    tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> Iterator[Service]:
    """The example issuer."""
    service = started(
        "examples.issuer_service", tmp_path_factory.mktemp("issuer") / "i"
    )
    yield service
    stopped(service)


@pytest.fixture(scope="module")
def verifier_service(
    tmp_path_factory: pytest.TempPathFactory, issuer_service: Service
) -> Iterator[Service]:
    """The example verifier, which believes the example issuer."""
    folder = tmp_path_factory.mktemp("verifier") / "v"
    trust = str(issuer_service.folder / "root.pem")
    service = started("examples.verifier_service", folder, "--trust", trust)
    yield service
    stopped(service)
