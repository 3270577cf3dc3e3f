"""An issuer's service at ``https://localhost`` on a port of its own."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idwallet import Issuer, MemoryReplay, SdJwtVc, SealKey
from idwallet.protocols import (
    CredentialConfiguration,
    Display,
    HttpRequest,
    HttpResponse,
    ProofType,
)
from idwallet.roles import (
    AuthorizationAsked,
    Client,
    CredentialService,
    Denied,
    IssuanceRules,
    Notification,
    Order,
    Pending,
    Supplied,
    service_metadata,
)
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import PID, test_claims
from tests.loopback.server import Server, answer, serving
from tests.unit.adapters.http.test_fetcher import identity

HOST = "localhost"
CLIENT = "idwallet"
BACK = "http://127.0.0.1/idwallet"


@dataclass
class Issuing:
    """The service, and what came: orders, notifications, requests."""

    pki: TestPki
    at: datetime
    ca_pem: str
    server: Server
    answer: Supplied | Pending | Denied | None = None
    meddle: Callable[[HttpRequest, HttpResponse], HttpResponse] | None = None
    orders: list[Order] = field(default_factory=list)
    told: list[Notification] = field(default_factory=list)
    asked: list[HttpRequest] = field(default_factory=list)
    offers: dict[str, bytes] = field(default_factory=dict)
    service: CredentialService = field(init=False)

    def __post_init__(self) -> None:
        who = self.pki.issuer("https://issuer.example")
        self.service = CredentialService(
            issuer=Issuer(signer=who.signer, certificates=who.chain),
            metadata=service_metadata(
                self.server.origin,
                {
                    "id": CredentialConfiguration(
                        format="dc+sd-jwt",
                        credential_type=PID,
                        scope="id",
                        binding_methods=("jwk",),
                        proofs={"jwt": ProofType(algorithms=("ES256",))},
                        display=(Display(name="Card of Exampleton", locale="en"),),
                    )
                },
                batch_size=10,
                display=(Display(name="Town of Exampleton"),),
            ),
            seal=SealKey(bytes(32)),
            replay=MemoryReplay(),
            supply=self._supply,
            notified=self.told.append,
            rules=IssuanceRules(clients={CLIENT: Client(frozenset({BACK}))}),
        )

    def _supply(self, order: Order) -> Supplied | Pending | Denied:
        self.orders.append(order)
        content = SdJwtVc(vct=PID, claims=test_claims())
        return self.answer or Supplied(content, self.at + timedelta(days=14))

    def offered(self, *, code: bool = True) -> tuple[str, str | None]:
        """Offer to the invented person; the link and the code."""
        made = self.service.offer(
            subject="anna", configurations=["id"], transaction_code=code, at=self.at
        )
        return made.offer.to_uri(), made.transaction_code

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer as the service does, or hand out an offer that lies ready."""
        self.asked.append(request)
        lying = self.offers.get(request.url)
        if lying is not None:
            return HttpResponse(200, (("Content-Type", "application/json"),), lying)
        response = self.service.handle(request, at=self.at)
        assert not isinstance(response, AuthorizationAsked)
        return response if self.meddle is None else self.meddle(request, response)


def request_from(raw: bytes, *, origin: str) -> HttpRequest:
    """A request as it came over the wire."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (each.partition(": ") for each in fields)
    headers = tuple((name, value) for name, _, value in pairs)
    return HttpRequest(method, f"{origin}{target}", headers, body)


def octets_of(told: HttpResponse) -> bytes:
    """An answer as it goes over the wire."""
    kept: Mapping[str, str] = {
        n.replace("-", "_"): v for n, v in told.headers if n != "Content-Type"
    }
    return answer(
        told.body,
        status=f"{told.status} X",
        kind=told.header("Content-Type"),
        **kept,
    )


@contextmanager
def issuing(
    at: datetime, *, secured: tuple[str, ssl.SSLContext] | None = None
) -> Iterator[Issuing]:
    """Serve until the block ends; a file of the TLS key is written here and removed.

    `secured` is a certificate with its TLS, to share between two servers.
    """
    ca_pem, tls = secured or identity(HOST)
    made: list[Issuing] = []

    def serve(raw: bytes, line: socket.socket) -> None:
        if raw:
            desk = made[0]
            told = desk.handle(request_from(raw, origin=desk.server.origin))
            line.sendall(octets_of(told))

    with serving(serve, tls=tls, host=HOST) as server:
        made.append(Issuing(TestPki(at=at), at, ca_pem, server))
        yield made[0]
