"""What every test stands on: no network, one moment, counted skips."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import schema_of_its_own

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROOT: Final = Path(__file__).resolve().parents[1]
IN_CI: Final = os.environ.get("CI", "").lower() in {"1", "true"}

VECTORS_ABSENT: Final = "shared vectors absent"
NODE_ABSENT: Final = "Node.js peers absent (npm ci in tests/interop/node)"
MDOC_PYTHON_ABSENT: Final = "Python peers of mobile documents absent (.ci/mdoc-python)"
DSS_ABSENT: Final = "EU DSS absent (.ci/dss, with Java and Maven)"
ISOMDL_ABSENT: Final = "isomdl absent (.ci/isomdl, with cargo)"
MULTIPAZ_ABSENT: Final = "multipaz absent (.ci/multipaz, with Java and Maven)"
EUDI_ABSENT: Final = "EU reference wallet absent (.ci/eudi-kotlin, with Java and Maven)"
SOFTHSM_ABSENT: Final = "SoftHSM absent (Debian package softhsm2)"
POSTGRESQL_ABSENT: Final = "PostgreSQL absent (IDWALLET_POSTGRESQL, .ci/postgresql)"
BROWSER_ABSENT: Final = "a browser absent (Debian package chromium, and playwright)"
SCANNER_ABSENT: Final = "the kiosk's scanner absent (npm ci in examples/kiosk/scanner)"
AXE_ABSENT: Final = "axe-core absent (npm ci in tests/browser)"
OPENSSL_ABSENT: Final = "OpenSSL absent (Debian package openssl)"

_SLOW_IS_FINE: Final = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    print_blob=True,
    database=None,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile(
    "long",
    max_examples=10_000,
    deadline=None,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


# --- no network -------------------------------------------------------------------


class _Door:
    """What sockets may do just now; the audit hook below cannot be taken back."""

    loopback_open = False


_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_ADDRESSED: Final = frozenset({"socket.connect", "socket.sendto", "socket.bind"})
_NAMED: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class NetworkBlocked(RuntimeError):  # noqa: N818 - reads as what happened
    """A test reached for the network."""


def _host(event: str, args: tuple[object, ...]) -> object:
    if event in _NAMED:
        return args[0]
    address = args[1]
    # A path or number is a Unix or netlink address: it does not leave the machine.
    return address[0] if isinstance(address, tuple) else None


def _block_network(event: str, args: tuple[object, ...]) -> None:
    if event not in _ADDRESSED and event not in _NAMED:
        return
    host = _host(event, args)
    if host is None or (_Door.loopback_open and host in _LOOPBACK):
        return
    message = f"tests have no network: {event}"
    raise NetworkBlocked(message)


sys.addaudithook(_block_network)


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    _Door.loopback_open = request.node.get_closest_marker("loopback") is not None
    yield
    _Door.loopback_open = False


# --- what tests ask for -------------------------------------------------------------


@pytest.fixture(scope="session")
def at() -> datetime:
    """The moment that tests judge at."""
    return AT


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of published vectors, which are not part of this repository."""
    folder = Path(os.environ.get("IDWALLET_VECTORS", ROOT.parent / "shared/vectors"))
    if not folder.is_dir():
        pytest.skip(VECTORS_ABSENT)
    return folder


@pytest.fixture(scope="session")
def node_peers() -> Path:
    """The folder whose JavaScript peers are installed."""
    folder = ROOT / "tests/interop/node"
    if shutil.which("node") is None or not (folder / "node_modules").is_dir():
        pytest.skip(NODE_ABSENT)
    return folder


@pytest.fixture(scope="session")
def mdoc_python() -> Path:
    """The interpreter that has the Python peers of mobile documents."""
    interpreter = ROOT / "tests/interop/mdoc_python/.venv/bin/python"
    if not interpreter.is_file():
        pytest.skip(MDOC_PYTHON_ABSENT)
    return interpreter


@pytest.fixture(scope="session")
def dss_peer() -> Path:
    """The folder whose Java program is compiled, with DSS beside it."""
    folder = ROOT / "tests/interop/dss"
    if shutil.which("java") is None or not (folder / "target/classes").is_dir():
        pytest.skip(DSS_ABSENT)
    return folder


@pytest.fixture(scope="session")
def multipaz_peer() -> Path:
    """The folder whose Java program is compiled, with multipaz beside it."""
    folder = ROOT / "tests/interop/multipaz"
    if shutil.which("java") is None or not (folder / "target/classes").is_dir():
        pytest.skip(MULTIPAZ_ABSENT)
    return folder


@pytest.fixture(scope="session")
def isomdl_peer() -> Path:
    """The Rust program that isomdl stands behind."""
    program = ROOT / "tests/interop/isomdl/target/debug/idwallet-isomdl-peer"
    if not program.is_file():
        pytest.skip(ISOMDL_ABSENT)
    return program


@pytest.fixture(scope="session")
def eudi_kotlin() -> Path:
    """The folder whose Kotlin program is compiled, with the EU libraries beside it."""
    folder = ROOT / "tests/interop/eudi_kotlin"
    if shutil.which("java") is None or not (folder / "target/classes").is_dir():
        pytest.skip(EUDI_ABSENT)
    return folder


@pytest.fixture(scope="session")
def softhsm_module() -> Path:
    """The PKCS#11 module of SoftHSM."""
    for place in Path("/usr/lib").glob("**/libsofthsm2.so"):
        if shutil.which("softhsm2-util"):
            return place
    pytest.skip(SOFTHSM_ABSENT)


def require_openssl() -> None:
    """Skip where the program ``openssl`` is not installed."""
    if shutil.which("openssl") is None:
        pytest.skip(OPENSSL_ABSENT)


_PACKAGES: Final = {
    "pdffonts": "poppler-utils",
    "pdfsig": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "xmlsec1": "xmlsec1",
}


def require_program(name: str) -> None:
    """Skip where a program of `_PACKAGES` is not installed, and say how to get it."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} absent (Debian package {_PACKAGES[name]})")


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database of that kind, ``sqlite`` or ``postgresql``."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/test.db"
        return
    server = os.environ.get("IDWALLET_POSTGRESQL", "")
    if not server:
        pytest.skip(POSTGRESQL_ABSENT)
    with schema_of_its_own(server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of either kind."""
    with empty_database(request.param, tmp_path) as url:
        yield url


# --- counted skips ------------------------------------------------------------------


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


def _is_forbidden_skip(report: pytest.TestReport | pytest.CollectReport) -> bool:
    if not report.skipped or hasattr(report, "wasxfail"):
        return False
    # In CI everything is installed, so that only foreign data may be absent.
    return IN_CI and not _skip_reason(report).startswith(VECTORS_ABSENT)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _is_forbidden_skip(report):
        report.longrepr = f"skipped where nothing may be: {_skip_reason(report)}"
        report.outcome = "failed"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _refuse_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(map(_skip_reason, terminalreporter.stats.get("skipped", ())))
    if reasons:
        terminalreporter.section("skipped, by reason")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count:5d}  {reason}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name octets by their number: signed ones differ in every process."""
    if isinstance(val, bytes) and len(val) > 8:
        return f"{argname} of {len(val)} octets"
    return None
