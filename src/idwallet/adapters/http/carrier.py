"""Carries the messages of a protocol, one exchange each, and decides nothing."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import CancelledError
from datetime import timedelta
from typing import Final, Self

import httpx

from idwallet import limits
from idwallet.adapters.http.addresses import Resolve
from idwallet.adapters.http.exchange import (
    Rules,
    Sent,
    bounded_body,
    look_up,
    own_headers,
    reached,
)
from idwallet.adapters.http.loop import LoopThread
from idwallet.codec.web import WebAddress, read_web_address
from idwallet.errors import MalformedError, PortError
from idwallet.protocols.http import HttpRequest, HttpResponse

# Of an answer only these are handed on: no protocol here reads another.
_HANDED_ON: Final = (
    "content-type",
    "dpop-nonce",
    "location",
    "oauth-client-attestation-challenge",
    "retry-after",
    "www-authenticate",
)
_NOT_OURS: Final = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "user-agent"}
)
# What nearly every program says, and nothing else: by its software a wallet would be
# known again (OpenID4VP 1.0 section 15.8). Without it many servers answer nobody.
_ANYBODY: Final = {"User-Agent": "Mozilla/5.0"}


class HttpCarrier:
    """Sends what a protocol says, over TLS, and returns what comes.

        with HttpCarrier() as carrier:
            issuance = issuance.receive(carrier.send(step.request), at=now())

    Unlike `HttpFetcher` it sends whatever it is given, to whatever https address, and
    keeps nothing: who is asked is what the person agreed to. No redirect is followed:
    it comes back as it is. Addresses that are not of the public internet are refused,
    but for `private_hosts`; `roots`, `timeout` as for `HttpFetcher`.
    """

    def __init__(
        self,
        *,
        private_hosts: Iterable[str] = (),
        roots: str | None = None,
        timeout: timedelta = limits.FETCH_TIME,
        resolve: Resolve = look_up,
    ) -> None:
        """Take the rules; nothing is connected to yet.

        Raises:
            UsageError: the time is not positive or passes `limits.FETCH_TIME_MAXIMUM`,
                or `roots` cannot be read.
        """
        self._rules = Rules.of(
            private_hosts=private_hosts, roots=roots, timeout=timeout, resolve=resolve
        )
        self._loop = LoopThread()

    def __repr__(self) -> str:
        """Say what it is."""
        return "HttpCarrier()"

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the answer, whatever its status.

        Raises:
            PortError: it may not be sent there, the other side cannot be reached, did
                not answer in time, or with more than `limits.HTTP_BODY_BYTES`.
        """
        try:
            return self._loop.submit(self._bounded(request)).result()
        except CancelledError as error:
            raise PortError("the carrier was closed meanwhile") from error

    async def send_async(self, request: HttpRequest) -> HttpResponse:
        """Do the same; other tasks of the calling loop run meanwhile."""
        return await asyncio.wrap_future(self._loop.submit(self._bounded(request)))

    def close(self) -> None:
        """End its thread; whoever still waits gets a `PortError`."""
        self._loop.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    async def _bounded(self, request: HttpRequest) -> HttpResponse:
        address = _permitted(request)
        try:
            async with asyncio.timeout(self._rules.seconds):
                return await _carry(request, address, rules=self._rules)
        except TimeoutError as error:
            raise PortError(f"{address.host} did not answer in time") from error


def _permitted(request: HttpRequest) -> WebAddress:
    try:
        address = read_web_address(request.url, at="url")
    except MalformedError as error:
        raise PortError("what is to be sent names no web address") from error
    if address.scheme != "https":
        raise PortError(f"{address.origin} would be asked without TLS")
    return address


async def _carry(
    request: HttpRequest, address: WebAddress, *, rules: Rules
) -> HttpResponse:
    sent = Sent(
        method=request.method,
        address=address,
        headers={**_given(request), **own_headers(address), **_ANYBODY},
        body=request.body if request.method == "POST" else None,
    )

    async def read(response: httpx.Response) -> HttpResponse:
        return await _answered(response, host=address.host)

    return await reached(sent, read, rules=rules)


async def _answered(response: httpx.Response, *, host: str) -> HttpResponse:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise PortError(f"{host} compresses what was asked for as it is")
    body = await bounded_body(response, max_bytes=limits.HTTP_BODY_BYTES, host=host)
    headers = tuple(
        (name, value)
        for name, value in response.headers.multi_items()
        if name.lower() in _HANDED_ON
    )
    return HttpResponse(response.status_code, headers, body)


def _given(request: HttpRequest) -> dict[str, str]:
    return {
        name: value for name, value in request.headers if name.lower() not in _NOT_OURS
    }
