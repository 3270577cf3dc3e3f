"""The office: makes offers, says what credentials say, and follows each offer."""

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from examples.issuer_service.invented import CONTENT, PEOPLE, SLOW, configurations
from examples.issuer_service.records import OfferRecord, Records
from examples.web.identity import Identity, issuer_of

from idwallet import Issuer, SqlReplay, now
from idwallet.errors import MalformedError
from idwallet.protocols import (
    Display,
    HttpRequest,
    HttpResponse,
    NotificationEvent,
    offer_reference,
)
from idwallet.roles import (
    AuthorizationAsked,
    CredentialService,
    Denied,
    IssuanceRules,
    Notification,
    Order,
    Pending,
    Supplied,
    service_metadata,
)

_LIFE: Final = timedelta(days=14)
_OFFER_LIFE: Final = timedelta(minutes=10)
_CLERK_SECONDS: Final = 5
_PLACE: Final = "/offers/"


class Office:
    """Everything but the page. The account of an offer is the offer's own name."""

    def __init__(self, origin: str, *, identity: Identity, records: Records) -> None:
        """Take who it is, and where wallets find it."""
        self.origin = origin
        self.records = records
        who = issuer_of(identity, origin)
        self.service = CredentialService(
            issuer=Issuer(signer=who.signer, certificates=who.chain),
            metadata=service_metadata(
                origin,
                configurations(),
                batch_size=10,
                display=(
                    Display(name="Office of invented people", locale="en"),
                    Display(name="Бюро вымышленных людей", locale="ru"),
                ),
            ),
            seal=identity.seal,
            replay=SqlReplay(f"sqlite:///{identity.root.parent / 'used.db'}"),
            supply=self._supply,
            notified=self._notified,
            # Who waits for a clerk asks again, for as long as something is put off.
            rules=IssuanceRules(
                offer_lifetime=_OFFER_LIFE, refresh_lifetime=timedelta(days=30)
            ),
        )

    # --- what the page asks -----------------------------------------------------------

    def offer(self, person: str, credential: str) -> str:
        """Make an offer to somebody who is signed in; return its name, a secret."""
        at, name = now(), secrets.token_urlsafe(16)
        expires = int((at + _OFFER_LIFE).timestamp())
        self.records.add(name, person=person, credential=credential, expires=expires)
        made = self.service.offer(subject=name, configurations=[credential], at=at)
        grant = made.offer.pre_authorized
        self.records.made(
            name,
            document=json.dumps(made.offer.to_json()),
            code=made.transaction_code or "",
            granted=_digest("" if grant is None else grant.code),
        )
        return name

    def link(self, name: str) -> str:
        """Return the link of an offer: short, so that its QR code is easily read."""
        return offer_reference(f"{self.origin}{_PLACE}{name}")

    def standing(self, name: str) -> OfferRecord | None:
        """Return how an offer stands at this moment."""
        found = self.records.offer(name)
        if found is None:
            return None
        over = found.stage == "offered" and found.expires <= now().timestamp()
        return replace(found, stage="expired") if over else found

    # --- what wallets ask -------------------------------------------------------------

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a wallet."""
        target = request.url.removeprefix(self.origin)
        if request.method == "GET" and target.startswith(_PLACE):
            return self._document(target.removeprefix(_PLACE))
        response = self.service.handle(request, at=now())
        if isinstance(response, AuthorizationAsked):
            return self.service.refuse(response)
        if target == "/token":
            self._let_in(request, response)
        return response

    def _document(self, name: str) -> HttpResponse:
        found = self.standing(name)
        if found is None or not found.document or found.stage != "offered":
            return HttpResponse(404)
        kind = ("Content-Type", "application/json")
        body = found.document.encode()
        return HttpResponse(200, (kind, ("Cache-Control", "no-store")), body)

    def _let_in(self, request: HttpRequest, response: HttpResponse) -> None:
        """Note that a code was taken, or mistyped; whose offer it is the form says."""
        try:
            code = request.form().get("pre-authorized_code", "")
            said = response.json()
        except MalformedError:
            return
        name = self.records.offered_by(_digest(code))
        if name is None:
            return
        if "access_token" in said:
            self.records.reached(name, "taken")
        elif said.get("error") == "invalid_grant":
            self.records.mistyped(name)

    def _supply(self, order: Order) -> Supplied | Pending | Denied:
        found = self.records.offer(order.subject)
        if found is None or found.clerk == "refuse":
            self.records.reached(order.subject, "denied")
            return Denied()
        if order.configuration in SLOW and found.clerk != "confirm":
            self.records.reached(order.subject, "waiting")
            return Pending(_CLERK_SECONDS)
        at: datetime = now()
        content = CONTENT[order.configuration](PEOPLE[found.person], at)
        self.records.issued(order.subject, copies=order.count)
        return Supplied(content, at + _LIFE)

    def _notified(self, told: Notification) -> None:
        accepted = told.event is NotificationEvent.ACCEPTED
        self.records.reached(told.subject, "accepted" if accepted else "refused")


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
