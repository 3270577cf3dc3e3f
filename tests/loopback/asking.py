"""A verifier's service at ``https://localhost`` on a port of its own."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from idwallet import MemoryReplay, Query, RelyingParty, SealKey, TrustStore, Verifier
from idwallet.protocols import HttpRequest, HttpResponse, RequestUriMethod, ResponseMode
from idwallet.roles import (
    AnswerState,
    Flow,
    MemoryExchanges,
    Noticed,
    PresentationService,
    Started,
)
from idwallet.testing.pki import TestPki
from idwallet.trust import policies
from tests.loopback.issuer import HOST, octets_of, request_from
from tests.loopback.server import Server, serving
from tests.unit.adapters.http.test_fetcher import identity

SESSION = "the-cookie-of-one-browser"


@dataclass
class Asking:
    """The service, and what came."""

    pki: TestPki
    at: datetime
    ca_pem: str
    server: Server
    trust: TrustStore
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    method: RequestUriMethod = RequestUriMethod.POST
    meddle: Callable[[HttpRequest, HttpResponse], HttpResponse] | None = None
    asked: list[HttpRequest] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)

    def __post_init__(self) -> None:
        who = self.pki.reader("shop.example")
        self.verifier = Verifier(
            identity=RelyingParty(
                signer=who.signer,
                certificates=who.chain,
                answer_to=f"{self.server.origin}/answer",
            ),
            policy=policies.RETAIL,
            replay=MemoryReplay(),
        )
        self.store = MemoryExchanges()

    @property
    def service(self) -> PresentationService:
        return PresentationService(
            verifier=self.verifier,
            trust=lambda: self.trust,
            public=self.server.origin,
            store=self.store,
            seal=SealKey(bytes(32)),
            return_to=f"{self.server.origin}/done",
            mode=self.mode,
            method=self.method,
            noticed=self.noticed.append,
        )

    def start(self, query: Query, *, flow: Flow = Flow.CROSS_DEVICE) -> Started:
        return self.service.start(
            query,
            purpose="age-restricted-sale",
            flow=flow,
            session=SESSION,
            at=self.at,
        )

    def state(self, started: Started, *, code: str | None = None) -> AnswerState:
        return self.service.outcome(
            started.handle, session=SESSION, at=self.at, response_code=code
        ).state

    def handle(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        response = self.service.handle(request, at=self.at)
        return response if self.meddle is None else self.meddle(request, response)


@contextmanager
def asking(at: datetime, trust: TrustStore) -> Iterator[Asking]:
    """Serve until the block ends; a file of the TLS key is written here and removed."""
    ca_pem, tls = identity(HOST)
    made: list[Asking] = []

    def serve(raw: bytes, line: socket.socket) -> None:
        if raw:
            desk = made[0]
            told = desk.handle(request_from(raw, origin=desk.server.origin))
            line.sendall(octets_of(told))

    with serving(serve, tls=tls, host=HOST) as server:
        made.append(Asking(TestPki(at=at), at, ca_pem, server, trust))
        yield made[0]
