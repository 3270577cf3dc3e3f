"""The counter: asks, hears wallets, and knows how each request stands."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final, TypeVar

from examples.verifier_service.occasions import OCCASIONS
from examples.verifier_service.records import Records, RequestRecord
from examples.web.identity import Identity

from idwallet import MemoryReplay, RelyingParty, TrustStore, Verifier, now
from idwallet.adapters import SqlExchanges
from idwallet.protocols import HttpRequest, HttpResponse
from idwallet.roles import (
    AnswerState,
    Flow,
    Noticed,
    PresentationOutcome,
    PresentationService,
)

_SHOWN: Final = 1000
_Value = TypeVar("_Value")
_OVER: Final = "the request is over"
_FINAL: Final = frozenset({AnswerState.PASSED, AnswerState.FAILED})
_VERDICTS: Final = _FINAL | {AnswerState.INDETERMINATE}


@dataclass(frozen=True)
class Standing:
    """How a request stands: its record, and what became of it."""

    record: RequestRecord
    outcome: PresentationOutcome
    is_over: bool


class Counter:
    """Everything but the page.

    What was proven stays in the memory of this process, for the page of the session
    that asked, and is nowhere else.
    """

    def __init__(
        self,
        origin: str,
        *,
        identity: Identity,
        trust: TrustStore,
        records: Records,
        lifetime: timedelta,
    ) -> None:
        """Take who asks, where wallets find it, and which issuers are believed."""
        self.records = records
        self._lifetime = lifetime
        self._shown: OrderedDict[str, PresentationOutcome] = OrderedDict()
        self._codes: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()
        who = identity.pki.reader("counter.example")
        store = SqlExchanges(f"sqlite:///{identity.root.parent / 'under-way.db'}")
        self._services = {
            name: PresentationService(
                verifier=Verifier(
                    identity=RelyingParty(
                        signer=who.signer,
                        certificates=who.chain,
                        answer_to=f"{origin}/{name}/answer",
                    ),
                    policy=occasion.policy,
                    # The store of the service is what says which answer was first.
                    replay=MemoryReplay(),
                ),
                trust=lambda: trust,
                public=f"{origin}/{name}",
                store=store,
                seal=identity.seal,
                return_to=f"{origin}/done",
                noticed=self._noticed,
            )
            for name, occasion in OCCASIONS.items()
        }
        self._origin = origin

    # --- what the page asks -----------------------------------------------------------

    def ask(self, occasion: str, *, session: str, same_device: bool) -> str:
        """Ask, on behalf of one browser; return the name of the request's page."""
        asked = OCCASIONS[occasion]
        started = self._services[occasion].start(
            asked.query,
            purpose=asked.purpose,
            flow=Flow.SAME_DEVICE if same_device else Flow.CROSS_DEVICE,
            session=session,
            at=now(),
            lifetime=self._lifetime,
        )
        uri = "" if started.reference is None else started.reference.request_uri
        made = RequestRecord(
            id=secrets.token_urlsafe(12),
            session=session,
            occasion=occasion,
            same_device=same_device,
            handle=started.handle,
            link=started.link,
            name=uri.rpartition("/")[2],
            expires=int(started.expires.timestamp()),
            was_read=False,
            again=0,
        )
        self.records.add(made)
        return made.id

    def standing(
        self, request: str, *, session: str, response_code: str | None = None
    ) -> Standing | None:
        """Say how a request stands; what passed is remembered for this page."""
        record = self.records.request(request, session=session)
        if record is None:
            return None
        over = record.expires <= now().timestamp()
        with self._lock:
            shown = self._shown.get(record.id)
            if shown is None:
                shown = self._services[record.occasion].outcome(
                    record.handle,
                    session=session,
                    at=now(),
                    response_code=response_code or self._codes.get(record.id),
                )
                if shown.state in _FINAL:
                    # What could not be decided is judged again at each look.
                    _remember(self._shown, record.id, value=shown)
                if shown.state in _VERDICTS and response_code is not None:
                    _remember(self._codes, record.id, value=response_code)
        return Standing(record, shown, over)

    def came_back(self, session: str, response_code: str) -> str | None:
        """Take a browser back with the code of an answer; return the page it is for."""
        for request in self.records.on_the_same_device(session):
            found = self.standing(request, session=session, response_code=response_code)
            if found is not None and found.outcome.state in _VERDICTS:
                return request
        return None

    # --- what wallets ask -------------------------------------------------------------

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a wallet."""
        place = request.url.removeprefix(f"{self._origin}/")
        service = self._services.get(place.partition("/")[0])
        if service is None:
            return HttpResponse(404)
        response = service.handle(request, at=now())
        if "/request/" in place and response.status == 200:
            self.records.was_read(place.rpartition("/")[2])
        return response

    def _noticed(self, told: Noticed) -> None:
        if told.request is not None and told.fault == _OVER:
            self.records.answered_again(told.request)


def _remember(kept: OrderedDict[str, _Value], name: str, *, value: _Value) -> None:
    """Keep it, and forget the oldest of too many."""
    kept[name] = value
    while len(kept) > _SHOWN:
        kept.popitem(last=False)
