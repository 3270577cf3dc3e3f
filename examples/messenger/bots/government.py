"""A government office: checks who somebody is, which is played, and issues an identity.

The check is a play and says so. The issuance is OpenID4VCI 1.0, carried in the chat.
"""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from examples.messenger.people import CITIZENS, Citizen
from examples.messenger.talking import Bot, Talk, World

from idwallet import SdJwtVc
from idwallet.protocols import (
    ChatKind,
    ChatMessage,
    CredentialConfiguration,
    Display,
    NotificationEvent,
    ProofType,
    carried_response,
    read_chat,
    request_in,
)
from idwallet.roles import (
    AuthorizationAsked,
    CredentialService,
    Denied,
    Notification,
    Order,
    Supplied,
    service_metadata,
)

ORIGIN: Final = "https://government.example"
_CONFIGURATION: Final = "national-id"
_COPIES: Final = 10
_LIFE: Final = timedelta(days=14)
_AGES: Final = (14, 16, 18, 21, 65)


class Government(Bot):
    """Issues identity cards to citizens whom it has checked."""

    name = "government"
    order = 10
    buttons = ("get", "check", "why", "again")
    sentences = Path(__file__).with_suffix(".json")

    def __init__(self, world: World) -> None:
        """Be the office that the test root certified as an issuer."""
        super().__init__(world)
        self._issuer = self.issues_as(ORIGIN, "служба вымышленных граждан")
        self._metadata = service_metadata(
            ORIGIN,
            {_CONFIGURATION: _configuration()},
            batch_size=_COPIES,
            display=(
                Display(name="Office of invented citizens", locale="en"),
                Display(name="Служба вымышленных граждан", locale="ru"),
            ),
        )

    def greet(self, talk: Talk) -> None:
        """Say what is to be had."""
        talk.say("hello", buttons=("get", "why"))

    def hear(self, talk: Talk, text: str) -> None:
        """Answer a wallet, or a person."""
        came = read_chat(text)
        if came is not None and came.kind is ChatKind.CARRIED_REQUEST:
            self._serve(talk, came)
            return
        pressed = talk.pressed(text)
        if pressed in {"get", "again"}:
            talk.say("check", buttons=("check", "why"))
        elif pressed == "check":
            self._offer(talk)
        elif pressed == "why":
            talk.say("why", buttons=("get",))
        else:
            talk.say("lost", buttons=("get",))

    def _service(self, talk: Talk) -> CredentialService:
        return CredentialService(
            issuer=self._issuer,
            metadata=self._metadata,
            seal=self.world.seal,
            # What is used up is written with the answer, or neither is.
            replay=talk.turn,
            supply=partial(_supplied, talk),
            notified=partial(_notified, talk),
        )

    def _offer(self, talk: Talk) -> None:
        # Played: in earnest somebody compares a face with a document here.
        talk.turn.keep("checked", b"1")
        offered = self._service(talk).offer(
            subject=talk.person,
            configurations=[_CONFIGURATION],
            # A code would come by letter, and not through the chat that has the offer.
            transaction_code=False,
            at=talk.turn.at,
        )
        talk.say("offer", copies=_COPIES)
        talk.send(ChatMessage(kind=ChatKind.OFFER, body=offered.offer.to_uri()))

    def _serve(self, talk: Talk, came: ChatMessage) -> None:
        service = self._service(talk)
        response = service.handle(request_in(came), at=talk.turn.at)
        if isinstance(response, AuthorizationAsked):
            response = service.refuse(response)
        talk.send(carried_response(response, to=came))


def _supplied(talk: Talk, order: Order) -> Supplied | Denied:
    """Say what is to be issued: to nobody but who sits in this very chat."""
    citizen = CITIZENS.get(order.subject)
    is_checked = talk.turn.kept("checked") is not None
    if citizen is None or order.subject != talk.person or not is_checked:
        return Denied()
    return Supplied(_content(citizen, talk.turn.at), talk.turn.at + _LIFE)


def _notified(talk: Talk, told: Notification) -> None:
    taken = told.event is NotificationEvent.ACCEPTED
    talk.say("done" if taken else "not.taken", buttons=("again", "why"))


def _content(citizen: Citizen, at: datetime) -> SdJwtVc:
    return SdJwtVc(
        vct="urn:eudi:pid:1",
        claims={
            "family_name": citizen.family_name,
            "given_name": citizen.given_name,
            "birthdate": citizen.born.isoformat(),
            "place_of_birth": {"locality": "Образцово", "country": "XX"},
            "nationalities": ["XX"],
            "age_equal_or_over": {
                str(each): citizen.is_aged(each, at=at) for each in _AGES
            },
            "document_number": citizen.number,
        },
    )


def _configuration() -> CredentialConfiguration:
    return CredentialConfiguration(
        format="dc+sd-jwt",
        credential_type="urn:eudi:pid:1",
        scope=_CONFIGURATION,
        binding_methods=("jwk",),
        proofs={"jwt": ProofType(algorithms=("ES256",))},
        display=(
            Display(name="National identity card", locale="en"),
            Display(name="Удостоверение личности", locale="ru"),
        ),
    )


BOT = Government
