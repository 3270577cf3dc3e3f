"""A bot that issues: what every one of them does, whatever it issues.

The issuance is OpenID4VCI 1.0, carried in the chat. What is used up, what is issued and
what is answered stand in one transaction, the turn's.
"""

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from examples.messenger.register import Register, publish_chain
from examples.messenger.talking import Bot, Talk, World

from idwallet import Issuer
from idwallet.protocols import (
    ChatKind,
    ChatMessage,
    CredentialConfiguration,
    Display,
    NotificationEvent,
    ProofType,
    carried_response,
    request_in,
)
from idwallet.roles import (
    AuthorizationAsked,
    CredentialService,
    Denied,
    Notification,
    Order,
    StatusReference,
    Supplied,
    service_metadata,
)

_PLACES: Final = "places"


class IssuingBot(Bot):
    """Issues what `configurations` names, to the person in whose chat it sits."""

    origin: ClassVar[str]
    """Its address as an issuer; nothing is sent there."""
    copies: ClassVar[int] = 5
    """How many copies of each credential go out at once."""
    display: ClassVar[Mapping[str, str]]
    """Its name, by language."""
    configurations: ClassVar[Mapping[str, CredentialConfiguration]]
    """What it issues, by the name that `supplied` gets."""

    unlisted: ClassVar[frozenset[str]] = frozenset()
    """What of it lives too short a time to be revoked, and is in no list."""

    def take(self, talk: Talk, came: ChatMessage) -> bool:
        """Answer a wallet that has something issued, or judge what it shows."""
        if came.kind is not ChatKind.CARRIED_REQUEST:
            return super().take(talk, came)
        self.serve(talk, came)
        return True

    def __init__(self, world: World) -> None:
        """Be the issuer that the test root certified by its origin."""
        super().__init__(world)
        who = self.certified(self.origin, self.display["ru"])
        self.issuer = Issuer(signer=who.signer, certificates=who.chain)
        publish_chain(world.folder, self.origin, chain=who.chain)
        self._register = Register(world.folder, self.origin, by=who)
        self._metadata = service_metadata(
            self.origin,
            self.configurations,
            batch_size=self.copies,
            display=tuple(
                Display(name=name, locale=lang) for lang, name in self.display.items()
            ),
        )

    @abstractmethod
    def supplied(self, talk: Talk, configuration: str) -> Supplied | None:
        """Return what is to be issued in this chat, None where it may not be."""

    @abstractmethod
    def told(self, talk: Talk, configuration: str, *, taken: bool) -> None:
        """Hear what became of it."""

    def offer(self, talk: Talk, configurations: Sequence[str]) -> None:
        """Offer something to the person; an offer is good for ten minutes, once."""
        offered = self._service(talk).offer(
            subject=talk.person,
            configurations=configurations,
            # A code would come by letter, and not through the chat that has the offer.
            transaction_code=False,
            at=talk.turn.at,
        )
        talk.send(ChatMessage(kind=ChatKind.OFFER, body=offered.offer.to_uri()))

    def serve(self, talk: Talk, came: ChatMessage) -> None:
        """Answer what a wallet asks in the chat."""
        service = self._service(talk)
        response = service.handle(request_in(came), at=talk.turn.at)
        if isinstance(response, AuthorizationAsked):
            response = service.refuse(response)
        talk.send(carried_response(response, to=came))

    def _service(self, talk: Talk) -> CredentialService:
        return CredentialService(
            issuer=self.issuer,
            metadata=self._metadata,
            seal=self.world.seal,
            replay=talk.turn,
            supply=partial(self._supply, talk),
            notified=partial(self._notified, talk),
        )

    def _supply(self, talk: Talk, order: Order) -> Supplied | Denied:
        # To nobody but who sits in this very chat.
        found = None
        if order.subject == talk.person:
            found = self.supplied(talk, order.configuration)
        if found is None:
            return Denied()
        if order.configuration in self.unlisted:
            return found
        places = self._register.places(order.count, until=found.valid_until)
        given = [[each.uri, each.index] for each in places]
        talk.turn.keep(_PLACES, json.dumps([*_places(talk), *given]))
        return replace(found, statuses=places)

    def revoke(self, talk: Talk) -> int:
        """Revoke every copy that this chat's person was given; return how many."""
        places = [StatusReference(uri, index) for uri, index in _places(talk)]
        self._register.revoke(places, at=talk.turn.at)
        talk.turn.keep(_PLACES, None)
        return len(places)

    def _notified(self, talk: Talk, told: Notification) -> None:
        taken = told.event is NotificationEvent.ACCEPTED
        self.told(talk, told.configuration, taken=taken)


def _places(talk: Talk) -> list[tuple[str, int]]:
    kept = talk.turn.kept(_PLACES)
    return [] if kept is None else json.loads(kept)


def issued(
    credential_type: str, *, scope: str, en: str, ru: str, form: str = "dc+sd-jwt"
) -> CredentialConfiguration:
    """Describe a credential that is issued in that format, bound to wallets' keys."""
    return CredentialConfiguration(
        format=form,
        credential_type=credential_type,
        scope=scope,
        binding_methods=("jwk",),
        proofs={"jwt": ProofType(algorithms=("ES256",))},
        display=(Display(name=en, locale="en"), Display(name=ru, locale="ru")),
    )
