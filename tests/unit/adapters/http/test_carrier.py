"""Messages of a protocol go where they are addressed, by TLS, and come back whole."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from idwallet import limits
from idwallet.adapters.http import HttpCarrier
from idwallet.errors import PortError, UsageError
from idwallet.protocols.http import (
    HttpRequest,
    HttpResponse,
    form_request,
)
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    ProveKeys,
    Send,
    start_issuance,
)
from tests.loopback.server import Handler, Server, answer, says, serving
from tests.unit.adapters.http.test_fetcher import identity, to_here
from tests.unit.roles.credential_service_world import AT, World

pytestmark = pytest.mark.loopback

HOST: Final = "issuer.example"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def carrying(
    handle: Handler, *, private: bool = True
) -> Iterator[tuple[Server, HttpCarrier]]:
    """A server of that name by TLS, and a carrier that believes it."""
    pem, tls = identity(HOST)
    names = [HOST] if private else []
    with (
        serving(handle, tls=tls, host=HOST) as server,
        HttpCarrier(roots=pem, resolve=to_here, private_hosts=names) as carrier,
    ):
        yield server, carrier


def test_a_form_is_sent_as_it_is_and_its_answer_comes_whole() -> None:
    with carrying(says(answer(b'{"a":1}', kind="application/json"))) as (server, it):
        response = it.send(form_request(server.uri("/token"), {"code": "a b"}))
        assert response.json() == {"a": 1}
        (request,) = server.requests
        assert request.startswith(b"POST /token HTTP/1.1\r\n")
        assert request.endswith(b"\r\n\r\ncode=a%20b")
        assert b"content-type: application/x-www-form-urlencoded" in request.lower()


def test_every_status_comes_back_and_no_redirect_is_followed() -> None:
    moved = answer(status="302 Found", kind=None, Location="https://evil.example/")
    refused = answer(b"{}", status="400 Bad Request", kind="application/json")
    with carrying(says(moved, refused)) as (server, it):
        first = it.send(HttpRequest("GET", server.uri("/a")))
        assert (first.status, first.header("Location")) == (
            302,
            "https://evil.example/",
        )
        assert it.send(HttpRequest("GET", server.uri("/b"))).status == 400
        assert len(server.requests) == 2


def test_only_what_a_protocol_reads_is_handed_on() -> None:
    told = answer(b"", kind="application/json", Set_Cookie="a=b", DPoP_Nonce="n")
    with carrying(says(told)) as (server, it):
        response = it.send(HttpRequest("GET", server.uri()))
        assert response.header("DPoP-Nonce") == "n"
        assert response.header("Set-Cookie") is None


def test_what_says_when_to_come_again_and_what_to_prove_is_handed_on() -> None:
    told = answer(b"", Retry_After="120", OAuth_Client_Attestation_Challenge="c")
    with carrying(says(told)) as (server, it):
        response = it.send(HttpRequest("GET", server.uri()))
        assert response.header("Retry-After") == "120"
        assert response.header("OAuth-Client-Attestation-Challenge") == "c"


def test_a_message_cannot_name_another_host() -> None:
    with carrying(says(answer(b""))) as (server, it):
        it.send(HttpRequest("GET", server.uri(), (("Host", "evil.example"),)))
        assert f"host: {HOST}:{server.port}" in server.requests[0].decode().lower()


def test_no_word_of_the_software_goes_along() -> None:
    with carrying(says(answer(b""))) as (server, it):
        named = (("User-Agent", "a wallet/1"), ("Accept", "a/b"))
        it.send(HttpRequest("GET", server.uri(), named))
        fields = server.requests[0].decode().lower().split("\r\n")
    names = sorted(each.partition(":")[0] for each in fields[1:] if each)
    assert names == ["accept", "accept-encoding", "connection", "host", "user-agent"]
    assert "user-agent: mozilla/5.0" in fields


def test_without_tls_nothing_is_sent() -> None:
    with HttpCarrier(private_hosts=["127.0.0.1"]) as carrier:
        for url in ("http://127.0.0.1:9/", "ftp://a.example/", "nothing"):
            with pytest.raises(PortError):
                carrier.send(HttpRequest("GET", url))


def test_a_name_that_stands_for_this_machine_is_not_asked_unless_named() -> None:
    with carrying(says(answer(b"")), private=False) as (server, it):
        with pytest.raises(PortError, match="no public address"):
            it.send(HttpRequest("GET", server.uri()))
        assert server.connections == 0


def test_more_than_a_message_may_be_is_refused() -> None:
    long = answer(b"", content_length=str(limits.HTTP_BODY_BYTES + 1))
    with carrying(says(long)) as (server, it), pytest.raises(PortError, match="more"):
        it.send(HttpRequest("GET", server.uri()))


def test_who_does_not_answer_is_waited_for_no_longer_than_said() -> None:
    def silent(_: bytes, line: socket.socket) -> None:
        line.settimeout(5)
        line.recv(1)

    pem, tls = identity(HOST)
    with (
        serving(silent, tls=tls, host=HOST) as server,
        HttpCarrier(
            roots=pem,
            resolve=to_here,
            private_hosts=[HOST],
            timeout=timedelta(seconds=0.3),
        ) as carrier,
        pytest.raises(PortError, match="in time"),
    ):
        carrier.send(HttpRequest("GET", server.uri()))


def test_it_works_inside_of_a_running_loop() -> None:
    async def ask(carrier: HttpCarrier, url: str) -> HttpResponse:
        return await carrier.send_async(HttpRequest("GET", url))

    with carrying(says(answer(b"yes"))) as (server, it):
        assert asyncio.run(ask(it, server.uri())).body == b"yes"


def test_a_carrier_that_was_closed_says_so() -> None:
    carrier = HttpCarrier()
    carrier.close()
    with pytest.raises(PortError):
        carrier.send(HttpRequest("GET", "https://issuer.example/"))


def test_a_time_that_is_none_is_refused() -> None:
    for wrong in (timedelta(0), limits.FETCH_TIME_MAXIMUM + timedelta(seconds=1)):
        with pytest.raises(UsageError):
            HttpCarrier(timeout=wrong)


def test_a_credential_is_issued_over_tls() -> None:
    """The wallet and the service, with nothing but a wire between."""
    world = World()

    def serve(raw: bytes, line: socket.socket) -> None:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *fields = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (each.partition(": ") for each in fields)
        headers = tuple((name, value) for name, _, value in pairs)
        request = HttpRequest(method, f"https://{HOST}{target}", headers, body)
        told = world.ask(request)
        kept = {n.replace("-", "_"): v for n, v in told.headers if n != "Content-Type"}
        line.sendall(
            answer(
                told.body,
                status=f"{told.status} X",
                kind=told.header("Content-Type"),
                **kept,
            )
        )

    with carrying(serve) as (server, it):

        def carry(request: HttpRequest) -> HttpResponse:
            # The port of a test stands for the usual one.
            url = request.url.replace(f"https://{HOST}", server.origin)
            return it.send(replace(request, url=url))

        offer, code = world.offer(code=True)
        issuance = start_issuance(offer.to_uri(), world.client, at=AT)
        while not isinstance(issuance.step, Done):
            step = issuance.step
            if isinstance(step, Send):
                issuance = issuance.receive(carry(step.request), at=AT)
            elif isinstance(step, ConfirmOffer):
                issuance = issuance.accept(transaction_code=code, at=AT)
            elif isinstance(step, ProveKeys):
                proofs, signers = world.proofs(step)
                keys = [each.public_key.thumbprint for each in signers]
                issuance = issuance.prove(proofs, thumbprints=keys, at=AT)
            else:
                assert isinstance(step, ConfirmCredentials)
                issuance = issuance.store(at=AT)
    assert issuance.step == Done(stored=True)
    assert len(world.orders) == len(world.told) == 1
