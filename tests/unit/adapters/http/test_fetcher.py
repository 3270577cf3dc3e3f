"""What is fetched, from where, and how little of anything else is."""

import asyncio
import gc
import gzip
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet import limits
from idwallet.adapters.http import HttpFetcher
from idwallet.errors import PortError, UsageError
from idwallet.ports import Fetched, Wanted
from tests.conftest import AT
from tests.loopback.server import Server, answer, says, serving

pytestmark = pytest.mark.loopback

LIST: Final = "application/statuslist+jwt"
HERE: Final = "127.0.0.1"
SHORT: Final = timedelta(seconds=0.5)
AHEAD: Final = timedelta(minutes=10)


def wanted(server: Server, path: str = "/list", **change: object) -> Wanted:
    made = Wanted(
        uri=server.uri(path),
        origins=frozenset({server.origin}),
        accept=(LIST,),
        max_bytes=1_000,
    )
    return replace(made, **change)  # type: ignore[arg-type]  # as named there


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def fetching(**change: object) -> Iterator[HttpFetcher]:
    given = {"private_hosts": [HERE], "clock": lambda: AT, **change}
    with HttpFetcher(**given) as fetcher:  # type: ignore[arg-type]  # as named there
        yield fetcher


def head(server: Server, number: int = 0) -> dict[str, str]:
    """The header fields of a request that came, by their names in lower case."""
    lines = server.requests[number].partition(b"\r\n\r\n")[0].decode().split("\r\n")
    pairs = (each.partition(": ") for each in lines[1:])
    return {name.lower(): value for name, _, value in pairs}


def refused(fetcher: HttpFetcher, order: Wanted, match: str) -> PortError:
    with pytest.raises(PortError, match=match) as caught:
        fetcher.fetch(order)
    assert order.uri not in str(caught.value)  # which list it is may say who is checked
    return caught.value


# --- what comes --------------------------------------------------------------------


def test_what_is_named_is_fetched_with_its_type_and_moment() -> None:
    with serving(says(answer(b"token"))) as server, fetching() as fetcher:
        found = fetcher.fetch(wanted(server))
        assert found == Fetched(body=b"token", media_type=LIST, taken=AT)
        assert server.requests[0].startswith(b"GET /list HTTP/1.1\r\n")
        said = head(server)
    assert said.pop("host") == f"{HERE}:{server.port}"
    assert said == {
        "accept": LIST,
        "accept-encoding": "identity",
        "user-agent": "idwallet",
        "connection": "close",
    }
    assert repr(fetcher) == "HttpFetcher()"
    assert "token" not in repr(found)


def test_a_question_is_posted_as_it_is() -> None:
    kind = "application/ocsp-response"
    with serving(says(answer(b"answer", kind=kind))) as server, fetching() as fetcher:
        order = wanted(
            server,
            accept=(kind,),
            post=b"\x30\x00",
            post_type="application/ocsp-request",
            signed=True,
        )
        assert fetcher.fetch(order).body == b"answer"
        assert server.requests[0].startswith(b"POST /list HTTP/1.1\r\n")
        assert server.requests[0].endswith(b"\r\n\r\n\x30\x00")
        assert head(server)["content-type"] == "application/ocsp-request"


def test_nothing_of_the_environment_is_heeded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HERE} login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    with serving(says(answer(b"token", set_cookie="a=b"))) as server:
        with fetching() as fetcher:
            for path in ("/one", "/two"):
                assert fetcher.fetch(wanted(server, path)).body == b"token"
        for number in (0, 1):
            assert not {"authorization", "cookie"} & head(server, number).keys()


# --- whom it asks ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"origins": frozenset()},
        {"origins": frozenset({"https://127.0.0.1"})},
        {"origins": frozenset({"http://127.0.0.1"})},
        {"origins": frozenset({"http://localhost"})},
    ],
)
def test_nobody_is_asked_whom_no_anchor_names(change: dict[str, object]) -> None:
    with serving(says(answer(b"token"))) as server, fetching() as fetcher:
        refused(fetcher, wanted(server, **change), "no trust anchor names")
        assert server.connections == 0
        assert fetcher.fetch(wanted(server)).body == b"token"


@pytest.mark.parametrize(
    "uri",
    [
        "ftp://127.0.0.1/list",
        "file:///etc/passwd",
        "http://127.0.0.1@192.0.2.1/list",
        "http://127.0.0.1\\@192.0.2.1/list",
        "http://127.0.0.1#@192.0.2.1/list",
        "http://127.0.0.1:0/list",
        "http://127.0.0.1:99999/list",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nHost: x",
        "//127.0.0.1/list",
        "",
    ],
)
def test_what_is_no_web_address_is_not_asked(uri: str) -> None:
    with fetching() as fetcher, pytest.raises(PortError, match="no web address"):
        fetcher.fetch(
            Wanted(uri=uri, origins=frozenset({uri}), accept=(LIST,), max_bytes=9)
        )


def test_without_tls_only_this_machine_is_asked_and_only_if_named() -> None:
    with serving(says(answer(b"token"))) as server:
        with fetching(private_hosts=[]) as fetcher:
            refused(fetcher, wanted(server), "without TLS")
            # What is signed may go without TLS, yet not to a private address.
            refused(fetcher, wanted(server, signed=True), "no public address")
        assert server.connections == 0
        with fetching() as fetcher:
            assert fetcher.fetch(wanted(server)).body == b"token"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:c0a8:101::",
        "2001:0:7f00:1::",
        "nonsense",
    ],
)
def test_no_private_address_is_connected_to_whatever_the_name(address: str) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(f"{host}:{port}")
        return [address]

    order = Wanted(
        uri="https://status.example/list",
        origins=frozenset({"https://status.example"}),
        accept=(LIST,),
        max_bytes=9,
    )
    with fetching(resolve=resolve) as fetcher:
        refused(fetcher, order, "status.example has no public address")
    assert asked == ["status.example:443"]


def test_a_name_without_an_address_is_a_failure() -> None:
    async def nothing(_host: str, _port: int) -> Sequence[str]:
        return []

    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    order = Wanted(
        uri="https://status.example/list",
        origins=frozenset({"https://status.example"}),
        accept=(LIST,),
        max_bytes=9,
    )
    with fetching(resolve=nothing) as fetcher:
        refused(fetcher, order, "resolves to no address")
    with fetching(resolve=unknown) as fetcher:
        assert isinstance(
            refused(fetcher, order, "cannot be looked up").__cause__, OSError
        )


# --- TLS, and the name behind an address -------------------------------------------


def identity(*names: str) -> tuple[str, ssl.SSLContext]:
    """A self-signed TLS server of these names: its certificate as PEM, its context."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TEST server")])
    moment = datetime.now(AT.tzinfo)
    entries: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(each))
        if each[0].isdigit()
        else x509.DNSName(each)
        for each in names
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(entries), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return pem, _context(pem + secret)


def _context(pem: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    path = Path(f"{time.monotonic_ns()}.pem")
    path.write_text(pem)
    try:
        context.load_cert_chain(path)
    finally:
        path.unlink()
    return context


async def to_here(_host: str, _port: int) -> Sequence[str]:
    return [HERE]


@pytest.mark.usefixtures("_in_a_folder")
def test_the_certificate_is_that_of_the_name_and_not_of_the_address() -> None:
    names = ("status.example", "other.example")
    pem, tls = identity("status.example")
    given = {"roots": pem, "resolve": to_here, "private_hosts": names}
    with (
        serving(says(answer(b"token")), tls=tls, host="status.example") as server,
        fetching(**given) as fetcher,
    ):
        assert fetcher.fetch(wanted(server)).body == b"token"
        assert head(server)["host"] == f"status.example:{server.port}"
        # The same address, and a connection that has just stood: another name.
        other = replace(server, host="other.example")
        error = refused(fetcher, wanted(other), "other.example cannot be reached")
        assert "certificate" in str(error.__cause__)
    assert len(server.requests) in (1, 2)
    assert all(not each for each in server.requests[1:])


@pytest.mark.usefixtures("_in_a_folder")
def test_a_server_that_no_root_vouches_for_is_not_asked() -> None:
    pem, tls = identity(HERE)
    stranger, _ = identity(HERE)
    with serving(says(answer(b"token")), tls=tls) as server:
        for roots in (stranger, None):
            with fetching(roots=roots) as fetcher:
                refused(fetcher, wanted(server), "cannot be reached")
        assert not any(server.requests)
        with fetching(roots=pem) as fetcher:
            assert fetcher.fetch(wanted(server)).body == b"token"


@pytest.mark.usefixtures("_in_a_folder")
def test_a_name_that_changes_its_address_is_connected_to_at_the_one_checked() -> None:
    """DNS rebinding: the second look-up would say something else."""
    asked: list[str] = []

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        asked.append("")
        return ["192.0.2.1", "10.0.0.1"] if len(asked) == 1 else [HERE]

    pem, tls = identity("status.example")
    with serving(says(answer(b"token")), tls=tls, host="status.example") as server:
        with fetching(roots=pem, resolve=rebinding, private_hosts=[]) as fetcher:
            refused(fetcher, wanted(server), "no public address")
        assert asked == [""]
        assert server.connections == 0
        with fetching(
            roots=pem, resolve=to_here, private_hosts=["status.example"]
        ) as fetcher:
            assert fetcher.fetch(wanted(server)).body == b"token"


@pytest.fixture
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_of_several_addresses_the_first_that_answers_is_taken() -> None:
    async def two(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1", "127.0.0.1", "::1"]

    with serving(says(answer(b"token"))) as server, fetching(resolve=two) as fetcher:
        assert fetcher.fetch(wanted(server)).body == b"token"
    with fetching() as fetcher:
        refused(fetcher, wanted(server), "127.0.0.1 cannot be reached")


# --- what an origin may not do -----------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "match"),
    [
        (answer(b"token", kind="text/html"), "another media type"),
        (answer(b"token", kind=None), "another media type"),
        (answer(b"token", kind=f"{LIST}, text/html"), "another media type"),
        (answer(b"x" * 1_001), "more than 1000 bytes"),
        (answer(b"x", content_length="9" * 15), "more than 1000 bytes"),
        (
            answer(gzip.compress(b"\0" * 900), content_encoding="gzip"),
            "compresses what was asked for as it is",
        ),
        (
            answer(gzip.compress(bytes(10_000_000)), content_encoding="GZIP"),
            "compresses",
        ),
        (answer(b"", status="404 Not Found"), "HTTP status 404"),
        (answer(b"token", status="206 Partial Content"), "HTTP status 206"),
        (answer(b"token", status="500 Oops"), "HTTP status 500"),
        (answer(b"", status="304 Not Modified"), "said to be unchanged"),
        (answer(b"token")[:-2], "broke off"),
        (b"", "broke off"),
        (b"nonsense\r\n\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", "broke off"),
        (answer(b"token", content_length="-1"), "broke off"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_refused(
    reply: bytes, match: str
) -> None:
    with serving(says(reply, answer(b"token"))) as server, fetching() as fetcher:
        refused(fetcher, wanted(server), match)
    with serving(says(answer(b"token"))) as server, fetching() as fetcher:
        assert fetcher.fetch(wanted(server)).body == b"token"


def test_an_answer_without_end_is_cut_at_the_bound() -> None:
    sent: list[int] = []

    def endless(_: bytes, line: socket.socket) -> None:
        line.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {LIST}\r\n\r\n".encode())
        while True:
            line.sendall(b"x" * 1_000)
            sent.append(1_000)
            if sum(sent) > 50_000_000:
                return

    with serving(endless) as server, fetching() as fetcher:
        refused(fetcher, wanted(server), "more than 1000 bytes")
    assert sum(sent) < 50_000_000


def _silent(line: socket.socket, until: threading.Event) -> None:
    until.wait(5)
    line.close()


def _dripping_head(line: socket.socket, until: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not until.wait(0.05):
        line.sendall(b"X: y\r\n")


def _dripping_body(line: socket.socket, until: threading.Event) -> None:
    line.sendall(answer(b"", content_length="999"))
    while not until.wait(0.05):
        line.sendall(b"x")


@pytest.mark.parametrize("slow", [_silent, _dripping_head, _dripping_body])
def test_an_exchange_ends_in_time_however_it_drips(
    slow: Callable[[socket.socket, threading.Event], None],
) -> None:
    over = threading.Event()
    with serving(lambda _, line: slow(line, over)) as server:
        with fetching(timeout=SHORT) as fetcher:
            begun = time.monotonic()
            refused(fetcher, wanted(server), "took longer than 0.5 s")
            assert time.monotonic() - begun < 3
        over.set()


# --- redirects ---------------------------------------------------------------------


def test_a_redirect_within_the_origin_is_followed() -> None:
    moved = answer(status="302 Found", location="/other?page=1")
    with serving(says(moved, answer(b"token"))) as server, fetching() as fetcher:
        assert fetcher.fetch(wanted(server)).body == b"token"
        assert server.requests[1].startswith(b"GET /other?page=1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "location",
    [
        "http://192.0.2.1/list",
        "http://127.0.0.1/list",
        "http://127.0.0.1:1/list",
        "https://127.0.0.1/list",
        "//192.0.2.1/list",
        "file:///etc/passwd",
        "http://127.0.0.1@192.0.2.1/",
        "\\\\192.0.2.1\\list",
        "http://[",
    ],
)
def test_a_redirect_elsewhere_is_not_followed(location: str) -> None:
    moved = answer(status="301 Moved", location=location)
    with serving(says(moved)) as server, fetching() as fetcher:
        refused(fetcher, wanted(server), "redirects to")
        assert server.connections == 1


def test_a_circle_of_redirects_has_an_end() -> None:
    moved = answer(status="307 Again", location="/list")
    with serving(says(moved)) as server, fetching() as fetcher:
        refused(fetcher, wanted(server), "redirects too often")
        assert server.connections == limits.FETCH_REDIRECTS + 1


def test_what_is_posted_is_not_redirected() -> None:
    moved = answer(status="307 Again", location="/other")
    with serving(says(moved)) as server, fetching() as fetcher:
        refused(fetcher, wanted(server, post=b"question"), "redirects what was posted")
        assert server.connections == 1


# --- what was fetched before -------------------------------------------------------


def test_what_is_fresh_is_not_asked_for_again() -> None:
    clock = Clock()
    fresh = answer(b"token", cache_control="private, max-age=60")
    with (
        serving(says(fresh, answer(b"newer"))) as server,
        fetching(clock=clock) as fetcher,
    ):
        assert fetcher.fetch(wanted(server)).body == b"token"
        clock.at += timedelta(seconds=59)
        again = fetcher.fetch(wanted(server))
        assert (again.body, again.taken) == (b"token", AT)
        assert server.connections == 1
        clock.at += timedelta(seconds=1)
        assert fetcher.fetch(wanted(server)).body == b"newer"
        # A clock that was set back makes nothing fresh again.
        clock.at = AT - timedelta(seconds=1)
        assert fetcher.fetch(wanted(server)).body == b"newer"
        assert server.connections == 3


@pytest.mark.parametrize(
    ("validator", "condition", "value"),
    [
        ("etag", "if-none-match", '"v1"'),
        ("last_modified", "if-modified-since", "Tue, 24 Nov 2026 10:00:00 GMT"),
    ],
)
def test_what_is_unchanged_is_not_sent_again(
    validator: str, condition: str, value: str
) -> None:
    clock = Clock()
    first = answer(b"token", **{validator: value})
    unchanged = answer(status="304 Not Modified", kind=None)
    with serving(says(first, unchanged)) as server, fetching(clock=clock) as fetcher:
        assert fetcher.fetch(wanted(server)).body == b"token"
        clock.at += AHEAD
        again = fetcher.fetch(wanted(server))
        assert (again.body, again.taken) == (b"token", AT + AHEAD)
        assert condition not in head(server)
        assert head(server, 1)[condition] == value


def test_a_caller_may_want_what_is_newer() -> None:
    fresh = answer(b"token", cache_control="max-age=600")
    with serving(says(fresh, answer(b"newer"))) as server, fetching() as fetcher:
        assert fetcher.fetch(wanted(server)).body == b"token"
        before = AT - timedelta(seconds=1)
        assert fetcher.fetch(wanted(server, newer_than=before)).body == b"token"
        assert fetcher.fetch(wanted(server, newer_than=AT)).body == b"newer"


def test_what_one_caller_has_room_for_is_not_given_to_one_who_has_less() -> None:
    fresh = answer(b"token", cache_control="max-age=600")
    with serving(says(fresh)) as server, fetching() as fetcher:
        assert fetcher.fetch(wanted(server, max_bytes=5)).body == b"token"
        refused(fetcher, wanted(server, max_bytes=4), "more than 4 bytes")


def test_an_answer_too_long_for_one_caller_is_not_kept_from_another() -> None:
    with serving(says(answer(b"token"))) as server, fetching() as fetcher:
        refused(fetcher, wanted(server, max_bytes=4), "more than 4 bytes")
        assert fetcher.fetch(wanted(server, max_bytes=5)).body == b"token"


@pytest.mark.parametrize("directive", ["no-store, max-age=60", "no-cache, max-age=60"])
def test_what_must_not_be_kept_is_asked_for_again(directive: str) -> None:
    reply = answer(b"token", cache_control=directive, etag='"v1"')
    with serving(says(reply)) as server, fetching() as fetcher:
        for _ in range(2):
            assert fetcher.fetch(wanted(server)).body == b"token"
        assert server.connections == 2
        kept = "no-store" not in directive
        assert ("if-none-match" in head(server, 1)) is kept


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({"cache_control": "max-age=60", "age": "59"}, True),
        ({"cache_control": "max-age=60", "age": "60"}, False),
        ({"cache_control": "max-age=9999999999"}, True),
        ({"cache_control": "max-age=99999999999"}, False),
        ({"cache_control": "max-age=-1"}, False),
        ({"cache_control": 'MAX-AGE="60"'}, True),
        (
            {
                "date": "Tue, 24 Nov 2026 12:00:00 GMT",
                "expires": "Tue, 24 Nov 2026 13:00:00 GMT",
            },
            True,
        ),
        (
            {
                "date": "Tue, 24 Nov 2026 12:00:00 GMT",
                "expires": "Tue, 24 Nov 2026 11:00:00 GMT",
            },
            False,
        ),
        ({"date": "nonsense", "expires": "0"}, False),
        ({"expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, False),
        ({"etag": '"' + "x" * 300 + '"'}, False),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], fresh: bool) -> None:
    with serving(says(answer(b"token", **headers))) as server, fetching() as fetcher:
        for _ in range(2):
            assert fetcher.fetch(wanted(server)).body == b"token"
        assert server.connections == (1 if fresh else 2)


def test_nothing_is_fresh_for_longer_than_a_day() -> None:
    clock = Clock()
    reply = answer(b"token", cache_control="max-age=999999")
    with serving(says(reply)) as server, fetching(clock=clock) as fetcher:
        fetcher.fetch(wanted(server))
        clock.at += limits.FETCH_KEPT_FRESH - timedelta(seconds=1)
        fetcher.fetch(wanted(server))
        assert server.connections == 1
        clock.at += timedelta(seconds=1)
        fetcher.fetch(wanted(server))
        assert server.connections == 2


def test_a_cache_on_the_way_says_how_old_its_answer_is() -> None:
    with serving(says(answer(b"token", age="3600"))) as server, fetching() as fetcher:
        assert fetcher.fetch(wanted(server)).taken == AT - timedelta(hours=1)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FETCH_CACHE_ENTRIES", 2)
    reply = answer(b"token", cache_control="max-age=60")
    with serving(says(reply)) as server, fetching() as fetcher:
        for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
            fetcher.fetch(wanted(server, path))
    asked = [each.split()[1].decode() for each in server.requests]
    assert asked == ["/a", "/b", "/c", "/b"]
    monkeypatch.setattr(limits, "FETCH_CACHE_BYTES", 9)
    with serving(says(reply)) as server, fetching() as fetcher:
        for path in ("/a", "/b", "/b", "/a"):
            fetcher.fetch(wanted(server, path))
        assert server.connections == 3
    monkeypatch.setattr(limits, "FETCH_CACHE_BYTES", 4)
    with serving(says(reply)) as server, fetching() as fetcher:
        for _ in range(2):
            fetcher.fetch(wanted(server))
        assert server.connections == 2


def test_what_failed_is_not_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(says(answer(status="503 Busy"), answer(b"token"))) as server:
        with fetching() as fetcher:
            refused(fetcher, wanted(server), "HTTP status 503")
            refused(fetcher, wanted(server), "failed a moment ago")
            assert server.connections == 1
            assert fetcher.fetch(wanted(server, "/other")).body == b"token"
        monkeypatch.setattr(limits, "FETCH_RETRY_AFTER", timedelta(microseconds=1))
        with fetching() as fetcher:
            assert fetcher.fetch(wanted(server)).body == b"token"


# --- many at once ------------------------------------------------------------------


def _when_told(told: threading.Event) -> Callable[[bytes, socket.socket], None]:
    def handle(_: bytes, line: socket.socket) -> None:
        told.wait(10)
        line.sendall(answer(b"token"))

    return handle


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_threads_and_event_loops_share_one_exchange() -> None:
    told = threading.Event()
    with serving(_when_told(told)) as server, fetching() as fetcher:
        order = wanted(server)

        async def gathered() -> list[Fetched]:
            waiting = [fetcher.fetch_async(order) for _ in range(20)]
            return await asyncio.gather(*waiting)

        with ThreadPoolExecutor(24) as pool:
            threads = [pool.submit(fetcher.fetch, order) for _ in range(20)]
            loops = [pool.submit(asyncio.run, gathered()) for _ in range(2)]
            _until(lambda: server.connections == 1)
            time.sleep(0.1)
            told.set()
            found = [each.result() for each in threads]
            found += [one for each in loops for one in each.result()]
    assert {each.body for each in found} == {b"token"}
    assert len(found) == 60
    assert server.connections == 1


def test_who_gives_up_waiting_takes_it_from_nobody() -> None:
    told = threading.Event()

    async def both(fetcher: HttpFetcher, order: Wanted, server: Server) -> Fetched:
        first = asyncio.create_task(fetcher.fetch_async(order))
        second = asyncio.create_task(fetcher.fetch_async(order))
        await asyncio.to_thread(_until, lambda: server.connections == 1)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        told.set()
        return await second

    with serving(_when_told(told)) as server, fetching() as fetcher:
        found = asyncio.run(both(fetcher, wanted(server), server))
    assert found.body == b"token"
    assert server.connections == 1


def test_a_caller_s_loop_goes_on_while_it_waits() -> None:
    told = threading.Event()

    async def tick(fetcher: HttpFetcher, order: Wanted) -> int:
        task = asyncio.create_task(fetcher.fetch_async(order))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
            if ticks == 10:
                told.set()
        assert (await task).body == b"token"
        return ticks

    with serving(_when_told(told)) as server, fetching() as fetcher:
        assert asyncio.run(tick(fetcher, wanted(server))) >= 10


def test_only_so_many_exchanges_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FETCHES_AT_ONCE", 2)
    told = threading.Event()
    with serving(_when_told(told)) as server, fetching() as fetcher:
        with ThreadPoolExecutor(4) as pool:
            waiting = [
                pool.submit(fetcher.fetch, wanted(server, f"/{n}")) for n in range(4)
            ]
            _until(lambda: server.connections == 2)
            time.sleep(0.1)
            assert server.connections == 2
            told.set()
            assert {each.result().body for each in waiting} == {b"token"}
        assert server.connections == 4


# --- beginning and end -------------------------------------------------------------


def _threads() -> set[str]:
    return {each.name for each in threading.enumerate() if each.name == "idwallet-http"}


def test_it_has_no_thread_before_the_first_fetch_nor_after_the_end() -> None:
    with serving(says(answer(b"token"))) as server:
        with fetching() as fetcher:
            assert not _threads()
            fetcher.fetch(wanted(server))
            assert _threads()
        assert not _threads()
        with pytest.raises(PortError, match="closed"):
            fetcher.fetch(wanted(server))
        fetcher.close()


def test_whoever_still_waits_at_the_end_hears_of_it() -> None:
    told = threading.Event()
    with serving(_when_told(told)) as server, ThreadPoolExecutor(2) as pool:
        fetcher = HttpFetcher(private_hosts=[HERE])
        order = wanted(server)

        async def wait() -> Fetched:
            return await fetcher.fetch_async(order)

        waiting = [pool.submit(fetcher.fetch, order), pool.submit(asyncio.run, wait())]
        _until(lambda: server.connections == 1)
        fetcher.close()
        told.set()
        for each in waiting:
            with pytest.raises(PortError, match="closed"):
                each.result()


def test_a_fetcher_that_is_forgotten_ends_its_thread() -> None:
    with serving(says(answer(b"token"))) as server:
        fetcher = HttpFetcher(private_hosts=[HERE])
        fetcher.fetch(wanted(server))
        assert _threads()
        del fetcher
        gc.collect()
        _until(lambda: not _threads())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)
def test_a_forked_process_fetches_for_itself() -> None:
    reply = answer(b"token", cache_control="max-age=60")
    with serving(says(reply)) as server, fetching() as fetcher:
        assert fetcher.fetch(wanted(server)).body == b"token"
        child = os.fork()
        if child == 0:
            try:
                found = fetcher.fetch(wanted(server)).body
                fetcher.close()
                os._exit(0 if found == b"token" else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert server.connections == 2
        assert fetcher.fetch(wanted(server)).body == b"token"


@pytest.mark.parametrize(
    "timeout", [timedelta(0), -SHORT, limits.FETCH_TIME_MAXIMUM + SHORT]
)
def test_a_time_that_bounds_nothing_is_refused(timeout: timedelta) -> None:
    with pytest.raises(UsageError, match="positive time"):
        HttpFetcher(timeout=timeout)


@pytest.mark.parametrize(
    "roots", ["", "nonsense", "é", "-----BEGIN CERTIFICATE-----\n"]
)
def test_roots_that_cannot_be_read_are_refused(roots: str) -> None:
    with pytest.raises(UsageError, match="TLS roots"):
        HttpFetcher(roots=roots)


# --- what is for one asker and one time ---------------------------------------------


def test_what_is_for_one_time_is_asked_again_each_time():
    kept = answer(b"done", cache_control="max-age=600")
    with serving(says(kept)) as server, fetching() as fetcher:
        for _ in range(2):  # the twin
            fetcher.fetch(wanted(server))
        assert server.connections == 1
        for _ in range(2):
            assert fetcher.fetch(wanted(server, alone=True)).body == b"done"
        assert server.connections == 3
        assert fetcher._desk is not None
        assert len(fetcher._desk._cache._kept) == 1


def test_what_is_for_one_time_and_fails_may_be_asked_again_at_once():
    broken = answer(b"", status="500 Internal Server Error")
    for alone, second in ((True, "status 500"), (False, "a moment ago")):
        with serving(says(broken)) as server, fetching() as fetcher:
            order = wanted(server, alone=alone)
            refused(fetcher, order, "status 500")
            refused(fetcher, order, second)


def test_an_access_token_goes_along_and_with_it_nothing_is_shared():
    kept = answer(b"mine", cache_control="max-age=600")
    with serving(says(kept)) as server, fetching() as fetcher:
        for token in ("one", "two"):
            fetcher.fetch(wanted(server, bearer=token))
        heads = [head(server, each)["authorization"] for each in range(2)]
        assert heads == ["Bearer one", "Bearer two"]
        fetcher.fetch(wanted(server))
        assert "authorization" not in head(server, 2)


def test_an_access_token_does_not_go_without_tls_though_what_comes_is_signed():
    with fetching(private_hosts=()) as fetcher:
        order = Wanted(
            uri="http://tsa.example/stamp",
            origins=frozenset({"http://tsa.example"}),
            accept=(LIST,),
            max_bytes=1_000,
            signed=True,
            bearer="secret",
        )
        refused(fetcher, order, "without TLS")
        assert "secret" not in repr(order)


@pytest.mark.parametrize("token", ["two words", "a\r\nX: 1", "\u00e9", "=", "a=b"])
def test_an_access_token_has_the_characters_of_one(token):
    with serving(says(answer(b"x"))) as server, fetching() as fetcher:
        error = refused(fetcher, wanted(server, bearer=token), "RFC 6750")
        assert token not in str(error)
        assert server.connections == 0
        assert fetcher.fetch(wanted(server, bearer="a-._~+/Z9==")).body == b"x"


def test_a_status_that_was_asked_for_comes_with_its_body():
    no = answer(b'{"error":"no"}', status="400 Bad Request", kind="text/plain")
    with serving(says(no)) as server, fetching() as fetcher:
        both = frozenset({200, 400})
        came = fetcher.fetch(wanted(server, statuses=both))
        assert (came.status, came.body) == (400, b'{"error":"no"}')
        refused(fetcher, wanted(server), "status 400")
        refused(fetcher, wanted(server, statuses=both, max_bytes=3), "more than 3")


def test_nothing_is_unchanged_that_is_asked_for_once():
    with (
        serving(says(answer(status="304 Not Modified"))) as server,
        fetching() as fetcher,
    ):
        refused(fetcher, wanted(server, alone=True), "first time")
