"""Wallets that answer over a bad line, and whether each verdict is the right one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from random import Random
from threading import Lock
from typing import Final

from idwallet import Query, RelyingParty, SealKey, Verifier, policies
from idwallet.adapters.store import MemoryStore
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.ports import ExchangeStore, ReplayGuard
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.inquiry import (
    FetchRequest,
    RequestReady,
    start_inquiry,
)
from idwallet.roles.asked import Asked
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation_service import (
    AnswerState,
    Flow,
    PresentationService,
)
from idwallet.testing.scene import PID, Scene, test_claims
from idwallet.trust.anchors import TrustStore
from tests.soak.line import Line
from tests.soak.moment import now

_SEAL: Final = SealKey(bytes(range(32)))
_WALLET: Final = policies.WALLET
_ABILITIES: Final = WalletAbilities(
    _WALLET.algorithms, _WALLET.profile.request_prefixes
)
_QUERY: Final = Query.claims(PID, "family_name")

EXPECTED: Final = {
    "an honest wallet": AnswerState.PASSED,
    "a card that a stranger issued": AnswerState.FAILED,
    "a person who declines": AnswerState.DECLINED,
}


@dataclass
class AskingSide:
    """The service, whom it trusts, and a stranger who issues cards too."""

    origin: str
    shared: Sequence[tuple[ReplayGuard, ExchangeStore]]
    wrong: list[str]
    scene: Scene = field(default_factory=lambda: Scene(at=now()))
    stranger: Scene = field(default_factory=lambda: Scene(at=now()))
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        identity = self.scene.reader_identity
        self.everybody = TrustStore(
            [*self.scene.trust.anchors, *self.stranger.trust.anchors]
        )
        party = RelyingParty(
            signer=identity.signer,
            certificates=identity.chain,
            answer_to=f"{self.origin}/answer",
        )
        services = [
            PresentationService(
                verifier=Verifier(identity=party, policy=policies.RETAIL, replay=guard),
                trust=lambda: self.scene.trust,  # the tests may change it
                public=self.origin,
                store=store,
                seal=_SEAL,
            )
            for guard, store in self.shared
        ]
        self._turns = cycle(services)

    @property
    def service(self) -> PresentationService:
        """One process of the service after the other: nothing but stores is shared."""
        with self._lock:
            return next(self._turns)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a wallet."""
        return self.service.handle(request, at=now())

    def wallet(self, issuer: Issuer, person: str) -> Holder:
        """Make a wallet that trusts both, with one card."""
        keys = MemoryKeyStore()
        signer = StoredKeySigner(keys.create("ES256", None))
        made = Holder(store=MemoryStore(), seal=_SEAL, keys=keys, trust=self.everybody)
        card = issuer.issue(
            SdJwtVc(vct=PID, claims={**test_claims(), "family_name": person}),
            holder_key=HolderKey.unproven(signer.public_key, reason="a test key"),
            valid_until=now() + timedelta(days=1),
            at=now(),
        )
        made.add(card, at=now())
        return made


@dataclass
class AnsweringSide:
    """One request after another, answered over a bad line."""

    side: AskingSide
    line: Line
    random: Random
    count: Callable[[str], None]

    def one(self, person: str) -> None:
        """Ask, answer, and hold the verdict to what it has to be."""
        kind = self.random.choice([*EXPECTED])
        session, other = f"the session of {person}", f"not the session of {person}"
        service = self.side.service
        started = service.start(
            _QUERY,
            purpose="a soak",
            flow=Flow.CROSS_DEVICE,
            session=session,
            at=now(),
        )
        owner = self.side.stranger if "stranger" in kind else self.side.scene
        wallet = self.side.wallet(owner.issuer, person)
        asked = self._fetched(started.link, wallet)
        if EXPECTED[kind] is AnswerState.DECLINED:
            answer = wallet.decline(asked, at=now())
        else:
            match = wallet.match(asked, at=now())
            answer = wallet.present(asked, match.choose(), at=now())
        self.line.insist(answer.to_http())
        self._hold(started.handle, kind, session, other=other, person=person)
        self.count(kind)

    def _fetched(self, link: str, wallet: Holder) -> Asked:
        inquiry = start_inquiry(link, wallet=_ABILITIES)
        while isinstance(inquiry.step, FetchRequest):
            inquiry = inquiry.receive(self.line.insist(inquiry.step.request))
        assert isinstance(inquiry.step, RequestReady), inquiry.step
        return wallet.read_request(inquiry.step.raw, at=now())

    def _hold(
        self, handle: str, kind: str, session: str, *, other: str, person: str
    ) -> None:
        service, wrong = self.side.service, self.side.wrong
        foreign = service.outcome(handle, session=other, at=now())
        if foreign.state is not AnswerState.FOREIGN:
            wrong.append(f"another session was told {foreign.state.value}")
        found = service.outcome(handle, session=session, at=now())
        if found.state is not EXPECTED[kind]:
            wrong.append(f"{kind}: {found.state.value}")
        if found.presentation is not None:
            (card,) = found.presentation.credentials
            if card.claims["family_name"] != person:
                wrong.append("somebody else's verdict")
            again = service.outcome(handle, session=session, at=now())
            if again.state is not AnswerState.TAKEN:
                wrong.append(f"handed out twice: {again.state.value}")
