"""One exchange with one origin at an address that was checked."""

import asyncio
import re
import socket
import ssl
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import urljoin

import httpx

from idwallet import limits
from idwallet.adapters.http.addresses import Resolve, allowed_addresses, is_loopback
from idwallet.codec.web import WebAddress, read_web_address
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.ports import Wanted

_TRIED: Final = "address/uri"
_NO_ROOTS: Final = "the TLS roots cannot be read: certificates as PEM"
_BEARER: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an origin answered: to a condition that still holds, no body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Whom a client may talk to, by which TLS roots, and for how many seconds."""

    private_hosts: frozenset[str]
    tls: Callable[[], ssl.SSLContext] = field(repr=False)
    resolve: Resolve
    seconds: float

    @classmethod
    def of(
        cls,
        *,
        private_hosts: Iterable[str],
        roots: str | None,
        timeout: timedelta,
        resolve: Resolve,
    ) -> "Rules":
        """Take what an application says; nothing is connected to yet.

        Raises:
            UsageError: the time is not positive or passes `limits.FETCH_TIME_MAXIMUM`,
                or `roots` cannot be read.
        """
        if not timedelta(0) < timeout <= limits.FETCH_TIME_MAXIMUM:
            raise UsageError("an exchange has a positive time, a few minutes at most")
        return cls(
            private_hosts=frozenset(each.lower() for each in private_hosts),
            tls=_believed(roots),
            resolve=resolve,
            seconds=timeout.total_seconds(),
        )


def _believed(roots: str | None) -> Callable[[], ssl.SSLContext]:
    """Return what gives the rules for TLS; reading the system's takes its time."""
    if roots is None:
        return cache(ssl.create_default_context)
    if not roots:  # it would stand for those of the system
        raise UsageError(_NO_ROOTS)
    try:
        given = ssl.create_default_context(cadata=roots)
    except (ssl.SSLError, TypeError, ValueError) as error:
        raise UsageError(_NO_ROOTS) from error
    return lambda: given


async def look_up(host: str, port: int) -> Sequence[str]:
    """Look a host up as this machine does."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def permitted(wanted: Wanted, *, private_hosts: frozenset[str]) -> WebAddress:
    """Return the address of what is wanted, if it may be asked at all.

    Raises:
        PortError: it is no web address, its origin is not among those named, or it
            would go without TLS and may not.
    """
    try:
        address = read_web_address(wanted.uri, at=_TRIED)
    except MalformedError as error:
        raise PortError("what is needed names no web address") from error
    if address.origin not in wanted.origins:
        raise PortError(f"no trust anchor names {address.origin} to fetch from")
    plain = address.scheme != "https"
    named = address.host in private_hosts and is_loopback(address.host)
    if plain and not named and (wanted.bearer or not wanted.signed):
        raise PortError(f"{address.origin} would be asked without TLS")
    if wanted.bearer and _BEARER.fullmatch(wanted.bearer) is None:
        # Told here: the client's own error would hold the token.
        raise PortError("the access token has characters that none has (RFC 6750 §2.1)")
    return address


async def exchange(
    wanted: Wanted, *, conditions: Mapping[str, str], rules: Rules
) -> Answer:
    """Ask, follow redirects within the same origin, and return what came.

    Raises:
        PortError: it may not be asked, could not be reached, answered otherwise than
            it must, or more than it may.
    """
    address = permitted(wanted, private_hosts=rules.private_hosts)
    for _ in range(limits.FETCH_REDIRECTS + 1):
        answer = await _ask(wanted, address, conditions=conditions, rules=rules)
        if answer.status not in _REDIRECTS:
            return answer
        address = _redirected(wanted, answer, address=address)
    raise PortError(f"{address.host} redirects too often")


def _redirected(wanted: Wanted, answer: Answer, *, address: WebAddress) -> WebAddress:
    if wanted.post is not None:
        raise PortError(f"{address.host} redirects what was posted")
    here = address.origin + address.target
    try:
        there = read_web_address(
            urljoin(here, answer.headers.get("location", "")), at=_TRIED
        )
    except (MalformedError, ValueError) as error:
        raise PortError(f"{address.host} redirects to no web address") from error
    if there.origin != address.origin:
        raise PortError(f"{address.host} redirects to another origin")
    return there


async def _ask(
    wanted: Wanted,
    address: WebAddress,
    *,
    conditions: Mapping[str, str],
    rules: Rules,
) -> Answer:
    sent = Sent(
        method="GET" if wanted.post is None else "POST",
        address=address,
        headers={**_headers(wanted, address), **conditions},
        body=wanted.post,
    )

    async def read(response: httpx.Response) -> Answer:
        return await _read(response, wanted, host=address.host)

    return await reached(sent, read, rules=rules)


async def reached(
    sent: "Sent", read: Callable[[httpx.Response], Awaitable[_Read]], *, rules: Rules
) -> _Read:
    """Send to the first address of the host that answers, and return what is read.

    Raises:
        PortError: the host is not known, may not be connected to, does not answer, or
            what `read` raises.
    """
    host, port = sent.address.host, sent.address.port
    try:
        found = await rules.resolve(host, port)
    except OSError as error:
        raise PortError(f"{host} cannot be looked up") from error
    unreached: Exception | None = None
    private = host in rules.private_hosts
    for ip in allowed_addresses(found, host=host, private=private):
        try:
            async with stream(sent, ip=ip, tls=rules.tls) as response:
                return await read(response)
        except httpx.ConnectError as error:
            unreached = error
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
            raise PortError(f"the exchange with {host} broke off") from error
    raise PortError(f"{host} cannot be reached") from unreached


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request as it goes out."""

    method: str
    address: WebAddress
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


@asynccontextmanager
async def stream(
    sent: Sent, *, ip: str, tls: Callable[[], ssl.SSLContext]
) -> AsyncIterator[httpx.Response]:
    """Send the request to this very IP address; certificate and host stay the name's.

    Each exchange has a client of its own. Kept open, a connection would serve another
    host at the same address, whose certificate nobody looked at. No proxy, no cookie
    and no password of the environment is taken.
    """
    address = sent.address
    url = httpx.URL(
        scheme=address.scheme,
        host=ip,
        port=address.port,
        raw_path=address.target.encode("ascii"),
    )
    async with httpx.AsyncClient(
        verify=tls() if address.scheme == "https" else _believes_nobody(),
        trust_env=False,
        follow_redirects=False,
        # Each step's own; the caller bounds the exchange as a whole.
        timeout=limits.FETCH_TIME_MAXIMUM.total_seconds(),
    ) as client:
        request = client.build_request(
            sent.method,
            url,
            headers=sent.headers,
            content=sent.body,
            extensions={"sni_hostname": address.host},
        )
        response = await client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()


def own_headers(address: WebAddress) -> dict[str, str]:
    """Return the header fields that every request of ours has."""
    return {
        "Host": address.authority,
        # A compressed answer could be any size; what is large comes compressed anyway.
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _headers(wanted: Wanted, address: WebAddress) -> dict[str, str]:
    headers = own_headers(address) | {
        "Accept": ", ".join(wanted.accept),
        "User-Agent": "idwallet",
    }
    if wanted.post is not None:
        headers["Content-Type"] = wanted.post_type
    if wanted.bearer:
        headers["Authorization"] = f"Bearer {wanted.bearer}"
    return headers


def _believes_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _read(response: httpx.Response, wanted: Wanted, *, host: str) -> Answer:
    status, headers = response.status_code, response.headers
    if status in _REDIRECTS or status == HTTPStatus.NOT_MODIFIED:
        return Answer(status, headers, b"")
    if status not in wanted.statuses:
        raise PortError(f"{host} answers with HTTP status {status}")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise PortError(f"{host} compresses what was asked for as it is")
    if status == HTTPStatus.OK:
        # A refusal is known by its status; many come with no type or as a web page.
        _require_type(headers.get("content-type", ""), wanted, host=host)
    body = await bounded_body(response, max_bytes=wanted.max_bytes, host=host)
    return Answer(status, headers, body)


def media_type(content_type: str) -> str:
    """Return the media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def _require_type(content_type: str, wanted: Wanted, *, host: str) -> None:
    if media_type(content_type) not in wanted.accept:
        raise PortError(f"{host} answers with another media type than was asked for")


async def bounded_body(response: httpx.Response, *, max_bytes: int, host: str) -> bytes:
    """Return the body as it comes, unless it is longer than it may be.

    Raises:
        PortError: it is.
    """
    said = response.headers.get("content-length", "0")
    too_long = PortError(f"{host} answers with more than {max_bytes} bytes")
    if said.isdecimal() and int(said[:20]) > max_bytes:
        raise too_long
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > max_bytes:
            raise too_long
    return bytes(body)
