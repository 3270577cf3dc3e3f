"""Endpoints answer in any ASGI application, under the address that the world knows."""

import asyncio
from collections.abc import MutableMapping, Sequence
from threading import Event
from typing import Any

import pytest

from idwallet import limits
from idwallet.adapters.asgi import AsgiEndpoints, offloaded
from idwallet.errors import MalformedError
from idwallet.protocols.http import HttpRequest, HttpResponse

PUBLIC = "https://issuer.example/tenant"


class Endpoints:
    """Remembers what came, and says what it is told."""

    def __init__(self, response: HttpResponse | None = None) -> None:
        self.came: list[HttpRequest] = []
        self.response = response or HttpResponse(200, (("X-A", "1"),), b"yes")

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        self.came.append(request)
        return self.response


def scope(**changes: object) -> MutableMapping[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": "/token",
        "raw_path": b"/token",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"text/plain"), (b"host", b"evil.example")],
    } | changes


def ask(
    endpoints: Endpoints,
    asked: MutableMapping[str, Any],
    parts: Sequence[MutableMapping[str, Any]] = (
        {"type": "http.request", "body": b"hello"},
    ),
) -> list[MutableMapping[str, Any]]:
    """Run the application over one request, and return what it sends."""
    sent: list[MutableMapping[str, Any]] = []
    waiting = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(AsgiEndpoints(endpoints, public=PUBLIC)(asked, receive, send))
    return sent


def test_a_request_comes_under_the_public_address_and_its_answer_goes_back() -> None:
    endpoints = Endpoints()
    start, body = ask(endpoints, scope(query_string=b"a=1"))
    (request,) = endpoints.came
    assert request.url == "https://issuer.example/tenant/token?a=1"
    assert (request.method, request.body) == ("POST", b"hello")
    assert request.header("Content-Type") == "text/plain"
    assert start["status"] == 200
    assert (b"x-a", b"1") in start["headers"]
    assert (b"content-length", b"3") in start["headers"]
    assert body["body"] == b"yes"


def test_the_host_that_a_client_names_does_not_decide() -> None:
    endpoints = Endpoints()
    ask(endpoints, scope(headers=[(b"host", b"evil.example")]))
    assert endpoints.came[0].url.startswith("https://issuer.example/")


def test_where_it_is_mounted_is_part_of_the_public_address() -> None:
    endpoints = Endpoints()
    ask(endpoints, scope(raw_path=b"/api/token", path="/api/token", root_path="/api"))
    assert endpoints.came[0].url == "https://issuer.example/tenant/token"


def test_a_body_in_parts_is_put_together() -> None:
    endpoints = Endpoints()
    ask(
        endpoints,
        scope(),
        (
            {"type": "http.request", "body": b"a", "more_body": True},
            {"type": "http.request", "body": b"b"},
        ),
    )
    assert endpoints.came[0].body == b"ab"


def test_a_body_past_its_bound_is_refused_before_it_has_come() -> None:
    part = {
        "type": "http.request",
        "body": b"a" * (limits.HTTP_BODY_BYTES // 2 + 1),
        "more_body": True,
    }
    endpoints = Endpoints()
    start, _ = ask(endpoints, scope(), (part, part))
    assert start["status"] == 413
    assert endpoints.came == []


def test_a_client_that_leaves_is_answered_by_nothing_that_was_done() -> None:
    endpoints = Endpoints()
    ask(endpoints, scope(), ({"type": "http.disconnect"},))
    assert endpoints.came == []


@pytest.mark.parametrize(
    "change",
    [
        {"raw_path": "/tökén".encode()},
        {"query_string": b"\xff"},
    ],
)
def test_what_is_no_ascii_is_refused(change: dict[str, object]) -> None:
    endpoints = Endpoints()
    start, _ = ask(endpoints, scope(**change))
    assert start["status"] == 400
    assert endpoints.came == []


def test_a_field_that_is_no_ascii_is_no_field_of_ours() -> None:
    endpoints = Endpoints()
    fields = [(b"cookie", b"\xff"), (b"x-\xff", b"a"), (b"accept", b"a/b")]
    start, _ = ask(endpoints, scope(headers=fields))
    assert start["status"] == 200
    (came,) = endpoints.came
    assert came.headers == (("accept", "a/b"),)


def test_other_protocols_are_left_alone() -> None:
    assert ask(Endpoints(), {"type": "lifespan"}) == []


def test_what_blocks_answers_in_a_thread_while_the_loop_goes_on() -> None:
    asked, ended = Event(), Event()

    def handle(request: HttpRequest) -> HttpResponse:
        asked.set()
        assert ended.wait(10)
        return HttpResponse(200, (), request.body)

    async def both() -> HttpResponse:
        answer = asyncio.ensure_future(
            offloaded(handle)(HttpRequest("POST", f"{PUBLIC}/token", (), b"hello"))
        )
        assert await asyncio.to_thread(asked.wait, 10)
        ended.set()  # nobody could say so, if the loop stood still
        return await answer

    assert asyncio.run(both()).body == b"hello"


def test_a_public_address_that_is_none_is_refused() -> None:
    for public in ("issuer.example", "https://issuer.example/?a=1"):
        with pytest.raises(MalformedError):
            AsgiEndpoints(Endpoints(), public=public)
