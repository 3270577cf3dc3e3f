"""A verifier's service at ``https://localhost``, mounted in an ASGI application."""

import asyncio
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from idwallet import MemoryReplay, RelyingParty, SealKey, Verifier
from idwallet.adapters.asgi import AsgiEndpoints, offloaded
from idwallet.protocols import HttpRequest, HttpResponse, ResponseMode
from idwallet.roles import MemoryExchanges, Noticed, PresentationService
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL
from tests.loopback.issuer import octets_of, request_from
from tests.loopback.server import Server, serving
from tests.unit.adapters.http.test_fetcher import identity

HOST = "localhost"


@dataclass
class Asking:
    """The service, what came, and what the operator was told."""

    scene: Scene
    at: datetime
    ca_pem: str
    server: Server
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    noticed: list[Noticed] = field(default_factory=list)
    service: PresentationService = field(init=False)

    def __post_init__(self) -> None:
        public = f"{self.server.origin}/verify"
        who = self.scene.reader_identity
        self.service = PresentationService(
            verifier=Verifier(
                identity=RelyingParty(
                    signer=who.signer,
                    certificates=who.chain,
                    answer_to=f"{public}/answer",
                ),
                policy=RETAIL,
                replay=MemoryReplay(),
            ),
            trust=lambda: self.scene.trust,
            public=public,
            store=MemoryExchanges(),
            seal=SealKey(bytes(32)),
            return_to=f"{self.server.origin}/done",
            mode=self.mode,
            noticed=self.noticed.append,
        )

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer as the service does."""
        return self.service.handle(request, at=self.at)

    def mounted(self, request: HttpRequest) -> HttpResponse:
        """Answer through an ASGI application, as a web server drives it."""
        endpoints = AsgiEndpoints(offloaded(self.handle), public=self.server.origin)
        target = request.address().target
        path, _, query = target.partition("?")
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "method": request.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(n.lower().encode(), v.encode()) for n, v in request.headers],
        }
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": request.body}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        asyncio.run(endpoints(scope, receive, send))
        start, body = sent
        kept = tuple(
            (name.decode().title(), value.decode())
            for name, value in start["headers"]
            if name != b"content-length"
        )
        return HttpResponse(start["status"], kept, body["body"])


@contextmanager
def asking(
    scene: Scene, *, mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
) -> Iterator[Asking]:
    """Serve until the block ends; a file of the TLS key is written here and removed."""
    ca_pem, tls = identity(HOST)
    made: list[Asking] = []

    def serve(raw: bytes, line: socket.socket) -> None:
        if raw:
            desk = made[0]
            request = request_from(raw, origin=desk.server.origin)
            line.sendall(octets_of(desk.mounted(request)))

    with serving(serve, tls=tls, host=HOST) as server:
        made.append(Asking(scene, scene.at, ca_pem, server, mode=mode))
        yield made[0]
