"""Whatever answers HTTP values, served over TLS on this machine by AsgiEndpoints."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from unittest.mock import patch

import uvicorn

from idwallet.adapters.asgi import AsgiEndpoints, offloaded
from idwallet.adapters.http import HttpCarrier
from idwallet.protocols.http import HttpRequest, HttpResponse
from tests.interop.online.tls import HOST, Authority

Handle = Callable[[HttpRequest], HttpResponse]


def patient_carrier(authority: Authority) -> HttpCarrier:
    """Return what carries to this machine, and waits where it is busy."""
    return HttpCarrier(
        private_hosts=[HOST],
        roots=authority.roots.read_text(),
        timeout=timedelta(minutes=1),
    )


@contextmanager
def port_of_ours() -> Iterator[socket.socket]:
    """Take a port, so that a service can name its address before it answers."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door


def origin_of(door: socket.socket) -> str:
    """Return the address that the world knows it by."""
    return f"https://{HOST}:{door.getsockname()[1]}"


@contextmanager
def served(handle: Handle, door: socket.socket, authority: Authority) -> Iterator[None]:
    """Answer at that port until the block ends."""

    app = AsgiEndpoints(offloaded(handle), public=origin_of(door))
    config = uvicorn.Config(
        app,
        ssl_certfile=str(authority.chain),
        ssl_keyfile=str(authority.key),
        lifespan="off",
        log_level="critical",
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [door]})
    # Java's client never says goodbye, which is waited for half a minute otherwise.
    with patch("asyncio.constants.SSL_SHUTDOWN_TIMEOUT", 0.05):
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.005)
            yield
        finally:
            server.should_exit = True
            thread.join()
