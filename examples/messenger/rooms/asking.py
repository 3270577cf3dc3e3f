"""Somebody asks for something: the consent screen, the answer, or a no."""

from collections.abc import Mapping
from pathlib import Path

from examples.messenger.consent import Consent, chosen
from examples.messenger.handling import Case, Room
from examples.messenger.wards import refused_note
from examples.web.elements import Html, element, together

from idwallet import VerificationFailed, VerificationIndeterminate
from idwallet.protocols import ChatKind, ChatMessage
from idwallet.roles import Asked, Match, PresentationResponse, Ward


class Asking(Room):
    """Requests, and the answers to them."""

    kinds = frozenset({ChatKind.REQUEST, ChatKind.ANSWER})
    sentences = Path(__file__).with_suffix(".json")

    def bubble(self, case: Case) -> Html:
        """Say that something is asked or was answered."""
        words = case.words
        if case.came.kind is ChatKind.ANSWER:
            return element("p", None, words("answer"))
        stage = case.state.get("stage", "open")
        told = element("p", None, words(f"stage.{stage}"))
        if stage != "open" or case.is_own:
            return told
        return together(
            told,
            element("a", {"class": "button", "href": case.place}, words("look")),
        )

    def screen(self, case: Case) -> Html | None:
        """Return the consent screen."""
        if case.is_own or case.came.kind is not ChatKind.REQUEST:
            return None
        stage = case.state.get("stage", "open")
        if stage != "open":
            return element("p", {"class": "note"}, case.words(f"stage.{stage}"))
        holder, at = case.phone.holder, case.turn.at
        consent = Consent(holder, case.lang, case.place)
        try:
            asked = holder.read_request(case.came.body, at=at)
        except (VerificationFailed, VerificationIndeterminate) as error:
            return consent.distrusted(error)
        match = holder.match(asked, at=at)
        theirs, why = _for_children(case, asked)
        told = [consent.screen(found, ward=ward) for ward, found in theirs]
        if not told:
            told = [consent.screen(match)]
        elif match.found.is_satisfiable():
            told.append(consent.screen(match, is_own=True))
        # Each apart: what is pressed for one must not lie over what another says.
        return together(
            *why, *(element("section", {"class": "answer"}, e) for e in told)
        )

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Show what was agreed to, or say no."""
        is_request = case.came.kind is ChatKind.REQUEST and not case.is_own
        if not is_request or case.state.get("stage", "open") != "open":
            return
        holder, at = case.phone.holder, case.turn.at
        asked = holder.read_request(case.came.body, at=at)
        match = _matched(case, asked, name=form.get("for"))
        if match is None:
            return
        if form.get("do") == "decline":
            made = holder.decline(asked, at=at, judgement=match.judgement)
            self._send(case, made, stage="declined")
        elif form.get("do") == "show":
            choice = chosen(match, more=form.get("more") == "yes")
            made = holder.present(asked, choice, at=at)
            self._send(case, made, stage="answered")

    def _send(self, case: Case, made: PresentationResponse, *, stage: str) -> None:
        answer = ChatMessage(
            kind=ChatKind.ANSWER, body=made.json, answers=case.came.name
        )
        case.turn.say(answer.to_text())
        case.remember(stage=stage, entry=made.entry)
        if case.came.name is not None:
            case.turn.keep(f"answered:{case.came.name}", str(made.entry))
        # It is on its way once this turn is written, and not before.
        holder, at = case.phone.holder, case.turn.at
        case.turn.after(lambda: holder.record_sent(made.entry, at=at))


def _matched(case: Case, asked: Asked, *, name: str | None) -> Match | None:
    """Match the wallet's own cards, or those of the child that was named."""
    holder, at = case.phone.holder, case.turn.at
    if name is None:
        return holder.match(asked, at=at)
    for ward in holder.wards():
        if ward.name == name:
            return holder.match_ward(asked, ward, at=at)
    return None


def _for_children(
    case: Case, asked: Asked
) -> tuple[list[tuple[Ward, Match]], list[Html]]:
    """Return what can be answered for children, and why it cannot be for others."""
    theirs, why = [], []
    for ward in case.phone.holder.wards():
        try:
            found = case.phone.holder.match_ward(asked, ward, at=case.turn.at)
        except (VerificationFailed, VerificationIndeterminate) as error:
            why.append(refused_note(ward, error, lang=case.lang))
        else:
            if found.found.is_satisfiable():
                theirs.append((ward, found))
    return theirs, why


ROOM = Asking
