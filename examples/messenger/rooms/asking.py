"""Somebody asks for something: the consent screen, the answer, or a no."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from examples.messenger.handling import Case, Room
from examples.web.elements import Html, element, together

from idwallet import VerificationFailed, VerificationIndeterminate, explain
from idwallet.explain import (
    ExplainedChoice,
    ExplainedClaim,
    ExplainedShown,
    explain_asker,
    explain_choice,
)
from idwallet.protocols import ChatKind, ChatMessage
from idwallet.roles import Asked, Choice, Match, PresentationResponse


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
        if stage != "open":
            return told
        return together(
            told,
            element("a", {"class": "button", "href": case.place}, words("look")),
        )

    def screen(self, case: Case) -> Html | None:
        """Return the consent screen."""
        if case.is_own or case.came.kind is not ChatKind.REQUEST:
            return None
        if case.state.get("stage", "open") != "open":
            return element(
                "p", {"class": "note"}, case.words(f"stage.{case.state['stage']}")
            )
        try:
            asked = case.phone.holder.read_request(case.came.body, at=case.turn.at)
        except (VerificationFailed, VerificationIndeterminate) as error:
            return _distrusted(case, error)
        match = case.phone.holder.match(asked, at=case.turn.at)
        if not match.found.is_satisfiable():
            return _nothing(case, asked)
        return _consent(case, match)

    def press(self, case: Case, form: Mapping[str, str]) -> None:
        """Show what was agreed to, or say no."""
        if case.is_own or case.state.get("stage", "open") != "open":
            return
        holder, at = case.phone.holder, case.turn.at
        asked = holder.read_request(case.came.body, at=at)
        match = holder.match(asked, at=at)
        if form.get("do") == "decline":
            made = holder.decline(asked, at=at, judgement=match.judgement)
            self._send(case, made, stage="declined")
        elif form.get("do") == "show":
            choice = _choice(match, more=form.get("more") == "yes")
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


def _optional(match: Match) -> tuple[str, ...]:
    """Return the queries that may be left out, and that the wallet can answer."""
    sets = match.asked.query.sets
    needed = {q for each in sets if each.required for o in each.options for q in o}
    found = {each.id for each in match.found.credentials if each.matches}
    wanted = [q for each in sets for o in each.options for q in o]
    return tuple(dict.fromkeys(q for q in wanted if q in found and q not in needed))


def _choice(match: Match, *, more: bool) -> Choice:
    """Return the answer that tells least, or with all that may be left out."""
    if not more:
        return match.choose()
    return match.choose({each: match.offers(each)[0] for each in _optional(match)})


def _consent(case: Case, match: Match) -> Html:
    holder = case.phone.holder
    least, optional = _choice(match, more=False), _optional(match)
    told = explain_choice(least, lang=case.lang, links=holder.linked(least))
    whole = _choice(match, more=True) if optional else least
    extra = explain_choice(whole, lang=case.lang, links=holder.linked(whole))
    extra_cards = [each for each in extra.cards if each.query_id in optional]
    words = case.words
    return together(
        _who(told),
        _beware(case, told),
        *(_card(case, each, title=words("shows")) for each in told.cards),
        *(_card(case, each, title=words("may"), extra=True) for each in extra_cards),
        _why(case, told),
        _form(case, extra=bool(extra_cards)),
    )


def _who(told: ExplainedChoice) -> Html:
    return element(
        "section",
        {"class": "asker"},
        element("h2", None, told.asker.name),
        element("p", None, told.asker.known_by),
        *(element("p", None, each) for each in told.asker.registered),
    )


def _beware(case: Case, told: ExplainedChoice) -> Html | None:
    if not told.warnings:
        return element("p", {"class": "fine"}, case.words("fine"))
    return element(
        "section",
        {"class": "beware", "role": "note"},
        element("h2", None, case.words("beware")),
        element("ul", None, *(element("li", None, each) for each in told.warnings)),
    )


def _card(case: Case, card: ExplainedShown, *, title: str, extra: bool = False) -> Html:
    return element(
        "section",
        {"class": "showing extra" if extra else "showing"},
        element("h2", None, title),
        element("p", {"class": "soft"}, f"{card.title} · {card.issuer}"),
        _claims(card.claims),
        *_more(case, card.along, name="along"),
        *_more(case, card.always, name="always"),
    )


def _more(case: Case, claims: Sequence[ExplainedClaim], *, name: str) -> Iterator[Html]:
    if claims:
        yield element("p", {"class": "soft"}, case.words(name))
        yield _claims(claims)


def _claims(claims: Sequence[ExplainedClaim]) -> Html:
    rows = [
        element(
            "div",
            {"class": "much" if each.is_excessive else None},
            element("dt", None, each.name),
            element("dd", None, each.value),
            element("dd", {"class": "standing"}, each.standing)
            if each.standing
            else None,
        )
        for each in claims
    ]
    return element("dl", {"class": "claims"}, *rows)


def _why(case: Case, told: ExplainedChoice) -> Html:
    lines = [*told.purpose, told.retention, told.besides]
    return element(
        "details",
        {"class": "why"},
        element("summary", None, case.words("why")),
        *(element("p", None, each) for each in lines if each),
        *(element("p", None, each) for each in told.links),
    )


def _form(case: Case, *, extra: bool) -> Html:
    words = case.words

    def button(name: str, values: Mapping[str, str], *, look: str) -> Html:
        hidden = [
            element("input", {"type": "hidden", "name": key, "value": value})
            for key, value in values.items()
        ]
        return element(
            "form",
            {"method": "post", "action": case.place},
            *hidden,
            element("button", {"class": look}, words(name)),
        )

    return element(
        "div",
        {"class": "actions"},
        button("show.least" if extra else "show", {"do": "show"}, look="main"),
        button("show.all", {"do": "show", "more": "yes"}, look="quiet")
        if extra
        else None,
        button("decline", {"do": "decline"}, look="quiet"),
    )


def _nothing(case: Case, asked: Asked) -> Html:
    asker = explain_asker(asked, lang=case.lang)
    return together(
        element("h2", None, asker.name),
        element("p", None, asker.known_by),
        element("p", {"class": "beware"}, case.words("nothing")),
        element("p", None, case.words("nothing.next")),
        element(
            "div",
            {"class": "actions"},
            element(
                "form",
                {"method": "post", "action": case.place},
                element("input", {"type": "hidden", "name": "do", "value": "decline"}),
                element("button", {"class": "quiet"}, case.words("decline")),
            ),
        ),
    )


def _distrusted(
    case: Case, error: VerificationFailed | VerificationIndeterminate
) -> Html:
    told = explain(error.report, lang=case.lang, reader="holder")
    return together(
        element("h2", None, case.words("distrusted")),
        element("p", {"class": "beware"}, told.headline),
        *(element("p", None, each.text) for each in told.lines),
    )


ROOM = Asking
