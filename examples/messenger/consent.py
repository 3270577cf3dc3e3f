"""The consent screen: who asks for what and why, what is too much, and what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from examples.messenger.talking import words_of
from examples.messenger.wards import acting_note, own_note
from examples.web.elements import Html, element, together
from examples.web.language import Language, Words

from idwallet import Holder, VerificationFailed, VerificationIndeterminate, explain
from idwallet.explain import (
    ExplainedChoice,
    ExplainedClaim,
    ExplainedShown,
    explain_asker,
    explain_choice,
)
from idwallet.roles import Asked, Choice, Match, Ward

SENTENCES: Final = Path(__file__).with_name("consent.json")


def chosen(match: Match, *, more: bool) -> Choice:
    """Return the answer that tells least, or with all that may be left out."""
    if not more:
        return match.choose()
    return match.choose({each: match.offers(each)[0] for each in _optional(match)})


def _optional(match: Match) -> tuple[str, ...]:
    """Return the queries that may be left out, and that the wallet can answer."""
    sets = match.asked.query.sets
    needed = {q for each in sets if each.required for o in each.options for q in o}
    found = {each.id for each in match.found.credentials if each.matches}
    wanted = [q for each in sets for o in each.options for q in o]
    return tuple(dict.fromkeys(q for q in wanted if q in found and q not in needed))


@dataclass(frozen=True)
class Consent:
    """The screen of one request. `place` is where the answer to it is sent."""

    holder: Holder
    lang: Language
    place: str

    @property
    def words(self) -> Words:
        """The sentences of the screen."""
        return words_of(SENTENCES, self.lang)

    def screen(
        self, match: Match, *, ward: Ward | None = None, is_own: bool = False
    ) -> Html:
        """Return the screen; nothing is signed and nothing leaves.

        With `ward` it is about that child, whom `match` is about, too. With `is_own`
        it stands beside such a one, and says that it is about the wallet's owner.
        """
        if not match.found.is_satisfiable():
            return self._nothing(match.asked)
        least, optional = chosen(match, more=False), _optional(match)
        whole = chosen(match, more=True) if optional else least
        told = self._told(least)
        extra = [e for e in self._told(whole).cards if e.query_id in optional]
        words = self.words
        return together(
            _who(told),
            None if ward is None else acting_note(ward, lang=self.lang),
            own_note(lang=self.lang) if is_own else None,
            self._beware(told, is_measured=match.judgement.profile is not None),
            *(self._agreed(told)),
            *(self._card(each, title=words("shows")) for each in told.cards),
            *(self._card(each, title=words("may"), extra=True) for each in extra),
            self._links(told),
            self._why(told),
            self._form(
                "show.own" if is_own else _pressed(told, extra=bool(extra), ward=ward),
                extra=bool(extra),
                ward=ward,
            ),
        )

    def distrusted(self, error: VerificationFailed | VerificationIndeterminate) -> Html:
        """Say why a request is not believed."""
        told = explain(error.report, lang=self.lang, reader="holder")
        return together(
            element("h2", None, self.words("distrusted")),
            element("p", {"class": "beware"}, told.headline),
            *(element("p", None, each.text) for each in told.lines),
            *(element("p", None, e.next_action) for e in told.lines if e.next_action),
        )

    def _told(self, choice: Choice) -> ExplainedChoice:
        links = self.holder.linked(choice)
        return explain_choice(choice, lang=self.lang, links=links)

    def _beware(self, told: ExplainedChoice, *, is_measured: bool) -> Html | None:
        if not told.warnings:
            fine = element("p", {"class": "fine"}, self.words("fine"))
            return fine if is_measured else None
        return element(
            "section",
            {"class": "beware"},
            element("h2", None, self.words("beware")),
            element("ul", None, *(element("li", None, each) for each in told.warnings)),
        )

    def _agreed(self, told: ExplainedChoice) -> Iterator[Html]:
        """Yield what is agreed to beside showing, every line of it."""
        for each in told.transactions:
            yield element(
                "section",
                {"class": "showing agreed"},
                element("h2", None, each.heading),
                *(element("p", None, line.text) for line in each.lines),
                *(
                    element("p", {"class": "beware"}, warning)
                    for line in each.lines
                    for warning in line.warnings
                ),
            )

    def _card(self, card: ExplainedShown, *, title: str, extra: bool = False) -> Html:
        return element(
            "section",
            {"class": "showing extra" if extra else "showing"},
            element("h2", None, title),
            element("p", {"class": "soft"}, f"{card.title} · {card.issuer}"),
            claim_list(card.claims),
            *self._more(card.along, name="along"),
            *self._more(card.always, name="always"),
        )

    def _more(self, claims: Sequence[ExplainedClaim], *, name: str) -> Iterator[Html]:
        if claims:
            yield element("p", {"class": "soft"}, self.words(name))
            yield claim_list(claims)

    def _links(self, told: ExplainedChoice) -> Html | None:
        """Say by what earlier visits this one would be known."""
        if not told.links:
            return element("p", {"class": "fine"}, self.words("unlinked"))
        heading, *lines = told.links
        return element(
            "section",
            {"class": "links"},
            element("h2", None, heading),
            element(
                "ul",
                None,
                *(element("li", None, each.removeprefix("- ")) for each in lines),
            ),
        )

    def _why(self, told: ExplainedChoice) -> Html:
        lines = [*told.purpose, told.retention, told.besides]
        return element(
            "details",
            {"class": "why", "data-key": "why"},
            element("summary", None, self.words("why")),
            *(element("p", None, each) for each in lines if each),
        )

    def _form(self, pressed: str, *, extra: bool, ward: Ward | None) -> Html:
        show = {"do": "show"} if ward is None else {"do": "show", "for": ward.name}
        return element(
            "div",
            {"class": "actions"},
            self._button(pressed, show, look="main"),
            self._button("show.all", {**show, "more": "yes"}, look="quiet")
            if extra
            else None,
            self._button("decline", {"do": "decline"}, look="quiet"),
        )

    def _button(self, name: str, values: Mapping[str, str], *, look: str) -> Html:
        hidden = [
            element("input", {"type": "hidden", "name": key, "value": value})
            for key, value in values.items()
        ]
        return element(
            "form",
            {"method": "post", "action": self.place},
            *hidden,
            element("button", {"class": look}, self.words(name)),
        )

    def _nothing(self, asked: Asked) -> Html:
        asker = explain_asker(asked, lang=self.lang)
        return together(
            element("h2", None, asker.name),
            element("p", None, asker.known_by),
            element("p", {"class": "beware"}, self.words("nothing")),
            element("p", None, self.words("nothing.next")),
            element(
                "div",
                {"class": "actions"},
                self._button("decline", {"do": "decline"}, look="quiet"),
            ),
        )


def _pressed(told: ExplainedChoice, *, extra: bool, ward: Ward | None) -> str:
    """Return what is pressed: whoever agrees to something is told so by it."""
    if ward is not None:
        return "show.for"
    if extra:
        return "show.least"
    return "agree" if told.transactions else "show"


def _who(told: ExplainedChoice) -> Html:
    return element(
        "section",
        {"class": "asker"},
        element("h2", None, told.asker.name),
        element("p", None, told.asker.known_by),
        *(element("p", None, each) for each in told.asker.registered),
    )


def claim_list(claims: Sequence[ExplainedClaim]) -> Html:
    """Return claims with what each is to the purpose."""
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
