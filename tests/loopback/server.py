"""A server on this machine that answers as it is told, and counts who comes."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Final

Handler = Callable[[bytes, socket.socket], None]
_END: Final = b"\r\n\r\n"


@dataclass
class Server:
    """Where it listens, and every request that came: its head with its body."""

    port: int
    scheme: str = "http"
    host: str = "127.0.0.1"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    closing: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def uri(self, path: str = "/list") -> str:
        return self.origin + path

    def count(self) -> None:
        with self._lock:
            self.connections += 1


def answer(
    body: bytes = b"",
    *,
    status: str = "200 OK",
    kind: str | None = "application/statuslist+jwt",
    **headers: str,
) -> bytes:
    """An HTTP answer as octets; an underscore in a header's name is a hyphen."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    if kind is not None:
        lines.append(f"Content-Type: {kind}")
    headers = {"content_length": str(len(body)), **headers}
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _END + body


def says(*answers: bytes) -> Handler:
    """Give these answers one after the other, the last of them from then on."""
    left = list(answers)
    lock = Lock()

    def handle(_: bytes, line: socket.socket) -> None:
        with lock:
            now = left.pop(0) if len(left) > 1 else left[0]
        line.sendall(now)

    return handle


def _request(line: socket.socket) -> bytes:
    data = b""
    while _END not in data:
        part = line.recv(4096)
        if not part:
            return data
        data += part
    head, _, body = data.partition(_END)
    size = 0
    for each in head.split(b"\r\n"):
        name, _, value = each.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    while len(body) < size:
        body += line.recv(4096)
    return head + _END + body


@contextmanager
def serving(
    handle: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Server]:
    """Serve until the block ends; each connection takes one request."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        scheme = "http" if tls is None else "https"
        server = Server(door.getsockname()[1], scheme, host)
        threads: list[Thread] = []

        def talk(line: socket.socket) -> None:
            with suppress(OSError), line:
                secured = (
                    line if tls is None else tls.wrap_socket(line, server_side=True)
                )
                with secured:
                    request = _request(secured)
                    server.requests.append(request)
                    handle(request, secured)

        def listen() -> None:
            while True:
                line, _ = door.accept()
                if server.closing.is_set():
                    line.close()
                    return
                server.count()
                threads.append(Thread(target=talk, args=(line,)))
                threads[-1].start()

        listener = Thread(target=listen)
        listener.start()
        try:
            yield server
        finally:
            server.closing.set()
            # `accept` wakes for a last visitor only.
            socket.create_connection(door.getsockname()).close()
            for each in (listener, *threads):
                each.join()
