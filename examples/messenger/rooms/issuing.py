"""Something is offered to the wallet: asked about, fetched, looked at, stored.

What issuer and wallet say to one another is HTTP, carried as messages. After each of
them the wallet's state is kept, sealed, in the same change as the next message.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from examples.messenger.handling import Case, Room
from examples.web.elements import Html, element, together

from idwallet.errors import MalformedError
from idwallet.explain import explain_card
from idwallet.protocols import (
    ChatKind,
    ConfirmOffer,
    Done,
    Failed,
    Send,
    carried_request,
    read_chat,
    response_in,
)
from idwallet.roles import ConfirmArrived, HeldCredential, Receiving

_CODES: Final = "idwallet-compact"


class Issuing(Room):
    """Offers, and the HTTP messages that follow one."""

    kinds = frozenset(
        {ChatKind.OFFER, ChatKind.CARRIED_REQUEST, ChatKind.CARRIED_RESPONSE}
    )
    sentences = Path(__file__).with_suffix(".json")

    def arrive(self, case: Case) -> None:
        """Take the answer to what this wallet asked; an offer waits for the person."""
        if case.came.kind is not ChatKind.CARRIED_RESPONSE:
            return
        kept = case.turn.kept(f"carried:{case.came.answers}")
        if kept is None:
            return  # nobody asked for it, or it was answered already
        asked = json.loads(kept)
        case.turn.keep(f"carried:{case.came.answers}", None)
        offer = case.turn.message(asked["offer"])
        sent = read_chat(asked["text"])
        if offer is None or sent is None:
            return
        here = case.about(offer)
        try:
            response = response_in(case.came, to=sent)
        except MalformedError:
            here.remember(stage="failed")
            return
        taking = _resumed(here).receive(response, at=case.turn.at)
        _go_on(here, taking)

    def bubble(self, case: Case) -> Html:
        """Say what is offered and how far it is."""
        words = case.words
        if case.came.kind is not ChatKind.OFFER:
            return element("p", {"class": "small"}, words(case.came.kind.value))
        stage = case.state.get("stage", "offered")
        told = element("p", None, words(f"stage.{stage}"))
        if stage == "offered":
            return together(told, _press(case, "open", look="main"))
        if stage in {"confirm", "arrived"}:
            link = element("a", {"class": "button", "href": case.place}, words("look"))
            return together(told, link)
        return told

    def screen(self, case: Case) -> Html | None:
        """Ask whether it is wanted; then, whether what came is theirs."""
        stage = case.state.get("stage")
        if case.is_own or stage not in {"confirm", "arrived"}:
            return None
        taking = _resumed(case)
        if isinstance(taking.step, ConfirmOffer):
            return _offered(case, taking.step)
        if isinstance(taking.step, ConfirmArrived):
            return _arrived(case, taking.step)
        return None

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Do what the person decided; what does not fit the stage does nothing."""
        do, stage, at = form.get("do"), case.state.get("stage", "offered"), case.turn.at
        if case.is_own or case.came.kind is not ChatKind.OFFER:
            return
        if (do, stage) == ("open", "offered"):
            phone = case.phone
            _go_on(case, phone.holder.take_offer(case.came.body, phone.client, at=at))
        elif (do, stage) == ("accept", "confirm"):
            _go_on(case, _resumed(case).accept(at=at))
        elif (do, stage) == ("leave", "confirm"):
            _go_on(case, _resumed(case).decline(at=at))
        elif (do, stage) == ("store", "arrived"):
            _go_on(case, _resumed(case).store(at=at))
        elif (do, stage) == ("reject", "arrived"):
            _go_on(case, _resumed(case).reject(at=at))


def _resumed(case: Case) -> Receiving:
    kept = case.turn.kept(f"taking:{case.message.id}")
    if kept is None:
        raise LookupError("an offer that nobody opened")
    phone = case.phone
    return phone.holder.resume(
        kept,
        phone.client,
        key=phone.seal,
        at=case.turn.at,
        copies=case.state.get("copies"),
    )


def _go_on(case: Case, taking: Receiving) -> None:
    """Keep where it is, and send what is to be sent."""
    step, before = taking.step, case.state.get("stage")
    if isinstance(step, Send):
        asked = carried_request(step.request, name=f"h{secrets.token_hex(6)}")
        number = {"offer": case.message.id, "text": asked.to_text()}
        case.turn.keep(f"carried:{asked.name}", json.dumps(number))
        case.turn.say(asked.to_text(), to=case.message.sender)
        stage = "stored" if taking.stored or before == "stored" else "busy"
    elif isinstance(step, ConfirmOffer):
        stage = "confirm"
        if any(each.format == _CODES for each in step.configurations):
            # It lives for less than a day, to which the times of copies are rounded.
            case.remember(copies=1)
    elif isinstance(step, ConfirmArrived):
        stage = "arrived"
    elif isinstance(step, Failed):
        stage = "failed"
    elif isinstance(step, Done):
        stage = "stored" if step.stored or before == "stored" else "left"
    else:
        stage = "waiting"
    case.turn.keep(f"taking:{case.message.id}", taking.save(case.phone.seal))
    case.remember(stage=stage)


def _press(case: Case, do: str, *, look: str) -> Html:
    return element(
        "form",
        {"method": "post", "action": case.place},
        element("input", {"type": "hidden", "name": "do", "value": do}),
        element("button", {"class": look}, case.words(f"press.{do}")),
    )


def _offered(case: Case, step: ConfirmOffer) -> Html:
    names = [
        next(
            (each.name for each in kind.display if each.locale == case.lang),
            kind.credential_type or "?",
        )
        for kind in step.configurations
    ]
    return together(
        element("h2", None, case.words("offered")),
        element("ul", None, *(element("li", None, each) for each in names)),
        element("p", None, case.words("offered.by", issuer=step.issuer.issuer)),
        element("p", {"class": "soft"}, case.words("offered.word")),
        element(
            "div",
            {"class": "actions"},
            _press(case, "accept", look="main"),
            _press(case, "leave", look="quiet"),
        ),
    )


def _arrived(case: Case, step: ConfirmArrived) -> Html:
    cards = [_card(case, each.card, copies=len(each.copies)) for each in step.arrived]
    return together(
        element("h2", None, case.words("arrived")),
        *cards,
        element("p", {"class": "soft"}, case.words("arrived.why")),
        element(
            "div",
            {"class": "actions"},
            _press(case, "store", look="main"),
            _press(case, "reject", look="quiet"),
        ),
    )


def _card(case: Case, card: HeldCredential, *, copies: int) -> Html:
    told = explain_card(card, at=case.turn.at, lang=case.lang)
    rows = [
        element(
            "div",
            None,
            element("dt", None, each.name),
            element("dd", None, each.value),
        )
        for each in told.claims
    ]
    return element(
        "section",
        {"class": "showing"},
        element("h3", None, told.title),
        element("p", {"class": "soft"}, f"{told.issuer} · {told.validity}"),
        element("p", None, case.words("verified", copies=copies)),
        element("dl", {"class": "claims"}, *rows),
    )


ROOM = Issuing
