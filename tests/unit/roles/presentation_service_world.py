"""A verifier's service, a wallet that it asks, and a browser; everybody is invented."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.credentials.query import Query
from idwallet.crypto.seal import SealKey
from idwallet.ports import ExchangeStore
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.inquiry import (
    FetchRequest,
    Inquiry,
    RequestReady,
    start_inquiry,
)
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.reference import RequestUriMethod
from idwallet.protocols.openid4vp.reply import VerifierReply, read_reply
from idwallet.roles.asked import Asked, PresentationResponse
from idwallet.roles.holder import Holder
from idwallet.roles.presentation_service import (
    AnswerState,
    Flow,
    MemoryExchanges,
    Noticed,
    PresentationOutcome,
    PresentationService,
    Started,
    response_code_of,
)
from idwallet.roles.presentation_service.exchange import Exchanges
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.testing.scene import PID, Scene
from idwallet.trust.policies import RETAIL, WALLET
from idwallet.trust.policy import Policy
from idwallet.trust.replay import MemoryReplay

PUBLIC: Final = "https://shop.example/verify"
BACK: Final = "https://shop.example/done"
SEAL: Final = SealKey(bytes(range(32)))
SESSION: Final = "the-cookie-of-one-browser"
OTHER: Final = "the-cookie-of-some-other-browser"
ABILITIES: Final = WalletAbilities(WALLET.algorithms, WALLET.profile.request_prefixes)
MINUTE: Final = timedelta(minutes=1)

ASKED: Final[JsonObject] = {
    "credentials": [
        {
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [PID]},
            "claims": [
                {"path": ["family_name"]},
                {"path": ["age_equal_or_over", "18"], "values": [True]},
            ],
        }
    ]
}


@cache
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST presentation service")


def party(answer_to: str = f"{PUBLIC}/answer") -> RelyingParty:
    return RelyingParty(
        signer=scene().reader_identity.signer,
        certificates=scene().reader_identity.chain,
        answer_to=answer_to,
    )


def verifier(
    identity: RelyingParty | None = None, *, policy: Policy = RETAIL
) -> Verifier:
    return Verifier(identity=identity or party(), policy=policy, replay=MemoryReplay())


Bend = Callable[[HttpRequest], HttpRequest]
BendBack = Callable[[HttpResponse], HttpResponse]


def same(request: HttpRequest) -> HttpRequest:
    return request


def same_back(response: HttpResponse) -> HttpResponse:
    return response


@dataclass
class World:
    """One service with a wallet that holds one ID; `between` stands in the line."""

    store: ExchangeStore = field(default_factory=MemoryExchanges)
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    method: RequestUriMethod = RequestUriMethod.POST
    identity: RelyingParty | None = None
    policy: Policy = RETAIL
    noticed: list[Noticed] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: scene().at)
    sent: list[HttpRequest] = field(default_factory=list)

    def service(self) -> PresentationService:
        """A process of the service: each one is made anew."""
        return PresentationService(
            verifier=verifier(self.identity, policy=self.policy),
            trust=lambda: scene().trust,
            public=PUBLIC,
            store=self.store,
            seal=SEAL,
            return_to=BACK,
            mode=self.mode,
            method=self.method,
            noticed=self.noticed.append,
        )

    def start(
        self,
        flow: Flow = Flow.CROSS_DEVICE,
        *,
        session: str = SESSION,
        asked: JsonObject = ASKED,
    ) -> Started:
        return self.service().start(
            Query.from_dcql(asked),
            purpose="a test",
            flow=flow,
            session=session,
            at=self.at,
        )

    def carry(self, request: HttpRequest) -> HttpResponse:
        """To whichever process; nothing but the store is shared."""
        self.sent.append(request)
        return self.service().handle(request, at=self.at)

    def fetch(
        self,
        link: str,
        *,
        bend: Bend = same,
        bend_back: BendBack = same_back,
        encrypted: bool = False,
    ) -> Inquiry:
        inquiry = start_inquiry(link, wallet=ABILITIES, encrypted=encrypted)
        while isinstance(inquiry.step, FetchRequest):
            response = self.carry(bend(inquiry.step.request))
            inquiry = inquiry.receive(bend_back(response))
        return inquiry

    def ask(self, link: str, holder: Holder) -> Asked:
        step = self.fetch(link).step
        assert isinstance(step, RequestReady), step
        return holder.read_request(step.raw, at=self.at)

    def answer(self, link: str) -> PresentationResponse:
        holder = scene().new_wallet()
        holder.add(scene().issue(), at=scene().at)
        asked = self.ask(link, holder)
        choice = holder.match(asked, at=self.at).choose()
        return holder.present(asked, choice, at=self.at)

    def post(self, answer: PresentationResponse, *, bend: Bend = same) -> VerifierReply:
        return read_reply(self.carry(bend(answer.to_http())))

    def outcome(
        self, started: Started, *, session: str = SESSION, url: str | None = None
    ) -> PresentationOutcome:
        return self.service().outcome(
            started.handle,
            session=session,
            at=self.at,
            response_code=None if url is None else response_code_of(url),
        )

    def state(
        self, started: Started, *, session: str = SESSION, url: str | None = None
    ) -> AnswerState:
        return self.outcome(started, session=session, url=url).state


def request_of(world: World, started: Started) -> PresentationRequest:
    """What the service remembers: only a test looks there."""
    assert started.reference is not None
    name = started.reference.request_uri.rpartition("/")[2]
    kept = Exchanges(world.store, SEAL, random=secrets.token_bytes).find(name)
    assert kept is not None
    return verifier(policy=world.policy).restore(kept.exchange.request, SEAL)
