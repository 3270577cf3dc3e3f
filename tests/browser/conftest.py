"""A browser that reaches this machine only, and the example services as programs."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.checked import browser, visiting
from tests.docs.pages import ROOT, python_path

if TYPE_CHECKING:
    from tests.browser.messenger_words import Reader
    from tests.browser.two_phones import Program


@pytest.fixture(scope="module")
def browser_arguments() -> tuple[str, ...]:
    """What the browser is started with; a module whose pages want a camera says it."""
    return ()


@pytest.fixture(scope="module")
def chromium(browser_arguments: tuple[str, ...]) -> Iterator[Any]:
    """Debian's Chromium, headless."""
    with browser(*browser_arguments) as found:
        yield found


@pytest.fixture
def visits(chromium: Any) -> Iterator[Any]:
    """Opens pages; at the end none of them has complained or strayed."""
    with visiting(chromium) as visit:
        yield visit


@pytest.fixture(scope="module")
def program(
    tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> "Iterator[Program]":
    """The example messenger; its browser is there before it, and goes after it."""
    from tests.browser.messenger_words import messenger_in  # it needs what is here

    with messenger_in(tmp_path_factory.mktemp("messenger") / "m") as found:
        yield found


@pytest.fixture
def hand(
    program: "Program", visits: Any, request: pytest.FixtureRequest
) -> "Callable[..., Reader]":
    """Opens the messenger's page anew; pictures have the name of the test's story."""
    from tests.browser.messenger_words import reader

    story = request.module.__name__.partition("test_messenger_")[2]
    return reader(program, visits, story)


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
