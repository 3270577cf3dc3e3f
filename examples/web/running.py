"""Two doors of one service: a page for people, and addresses that wallets speak to.

The page is plain HTTP on this machine alone, so that a browser shows it without a
question. Wallets come by TLS, as the standards want it, under the root of the example.
"""

import asyncio
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import uvicorn
from examples.web.identity import Identity
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

HOST: Final = "localhost"
HERE: Final = "127.0.0.1"
STATIC: Final = Path(__file__).parent / "static"

# Nothing from elsewhere, nothing inside of the page, no page around it.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class SafeHeaders(BaseHTTPMiddleware):
    """Puts the same rules on every page."""

    async def dispatch(
        self, request: Request, call_next: RequestResponseEndpoint
    ) -> Response:
        """Answer, with the header fields that say what a page may do."""
        response = await call_next(request)
        response.headers.update(_HEADERS)
        return response


def listening(port: int) -> socket.socket:
    """Return a socket of this machine alone; 0 is any port that is free."""
    try:
        return socket.create_server((HERE, port))
    except OSError as error:
        why = (error.strerror or "").partition(" (")[0]
        taken = f"port {port} cannot be had ({why}): name another one (see --help)"
        raise SystemExit(taken) from error


def port_of(door: socket.socket) -> int:
    """Return the port that it has."""
    found: int = door.getsockname()[1]
    return found


def serve(
    people: tuple[Any, socket.socket],
    wallets: tuple[Any, socket.socket],
    *,
    identity: Identity,
) -> None:
    """Serve both applications until somebody ends it."""
    # No access log: the address of an offer is worth the credential.
    quiet: dict[str, Any] = {"log_level": "warning", "access_log": False}
    page = uvicorn.Server(uvicorn.Config(people[0], lifespan="off", **quiet))
    endpoints = uvicorn.Server(
        uvicorn.Config(
            wallets[0],
            lifespan="off",
            ssl_certfile=identity.tls_chain,
            ssl_keyfile=identity.tls_key,
            ssl_keyfile_password=identity.tls_secret,
            **quiet,
        )
    )

    async def both() -> None:
        await asyncio.gather(
            page.serve(sockets=[people[1]]), endpoints.serve(sockets=[wallets[1]])
        )

    try:
        asyncio.run(both())
    except KeyboardInterrupt:
        say([""])


def say(lines: Sequence[str]) -> None:
    """Print at once, also where somebody else reads it."""
    for each in lines:
        print(each)
    sys.stdout.flush()
