"""Somebody asks for something: the consent screen, the answer, or a no."""

from collections.abc import Mapping
from pathlib import Path

from examples.messenger.consent import Consent, chosen
from examples.messenger.handling import Case, Room
from examples.web.elements import Html, element, together

from idwallet import VerificationFailed, VerificationIndeterminate
from idwallet.protocols import ChatKind, ChatMessage
from idwallet.roles import PresentationResponse


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
        return consent.screen(holder.match(asked, at=at))

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Show what was agreed to, or say no."""
        is_request = case.came.kind is ChatKind.REQUEST and not case.is_own
        if not is_request or case.state.get("stage", "open") != "open":
            return
        holder, at = case.phone.holder, case.turn.at
        asked = holder.read_request(case.came.body, at=at)
        match = holder.match(asked, at=at)
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


ROOM = Asking
