"""Serve a protocol's endpoints in any ASGI application (ASGI 3.0, HTTP).

It needs no framework: mount it in Starlette, FastAPI or Django, or run it by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from idwallet import limits
from idwallet.codec.web import read_web_address
from idwallet.errors import MalformedError
from idwallet.protocols.http import HttpRequest, HttpResponse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handle = Callable[[HttpRequest], Awaitable[HttpResponse]]
"""What answers a request; `offloaded` makes one of what would block a loop."""

_TOO_LARGE: Final = HttpResponse(413)
_BAD: Final = HttpResponse(400)
_METHODS: Final = frozenset({"GET", "POST"})


def offloaded(handle: Callable[[HttpRequest], HttpResponse]) -> Handle:
    """Return what answers by `handle` in a thread, so that the loop goes on meanwhile.

    Services wait for databases and keys, and are safe between threads.
    """

    async def answer(request: HttpRequest) -> HttpResponse:
        return await asyncio.to_thread(handle, request)

    return answer


class AsgiEndpoints:
    """An ASGI application around what answers `HttpRequest` values.

    `public` is the address that the world knows it by, ``https://`` with host and no
    path beyond where it is mounted: proofs name the address that a wallet wrote, which
    a server behind a proxy cannot see, and a header that anybody can set does not
    decide. Bodies past `limits.HTTP_BODY_BYTES` are refused as they come.
    """

    __slots__ = ("_handle", "_root")

    def __init__(self, handle: Handle, *, public: str) -> None:
        """Take what answers, and the public address.

        Raises:
            MalformedError: `public` is no web address, or has a query.
        """
        address = read_web_address(public, at="public")
        if "?" in address.target:
            raise MalformedError("an address with a query", at="public", clause="ASGI")
        self._root = f"{address.origin}{address.target.rstrip('/')}"
        self._handle = handle

    async def __call__(  # noqa: PLR0917 - the form that ASGI gives it
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request; of other protocols it takes no part."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if body is None:
            await _answer(send, _TOO_LARGE)
            return
        request = self._request(scope, body)
        await _answer(send, _BAD if request is None else await self._handle(request))

    def _request(self, scope: Scope, body: bytes) -> HttpRequest | None:
        raw = scope.get("raw_path") or str(scope["path"]).encode()
        mounted = str(scope.get("root_path", "")).encode()
        path = raw.removeprefix(mounted) if mounted else raw
        query = b"?" + scope["query_string"] if scope.get("query_string") else b""
        try:
            target = (path + query).decode("ascii")
        except UnicodeDecodeError:
            return None
        # No protocol here reads a field that is not ASCII: a proxy's, or a cookie.
        headers = tuple(
            (name.decode("ascii"), value.decode("ascii"))
            for name, value in scope["headers"]
            if name.isascii() and value.isascii()
        )
        if scope["method"] not in _METHODS:
            return HttpRequest(str(scope["method"]), f"{self._root}{target}", headers)
        return HttpRequest(scope["method"], f"{self._root}{target}", headers, body)


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body, None where it is longer than it may be, or broke off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > limits.HTTP_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _answer(send: Send, response: HttpResponse) -> None:
    headers = [
        (name.lower().encode(), value.encode()) for name, value in response.headers
    ]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": headers,
        }
    )
    await send({"type": "http.response.body", "body": response.body})
