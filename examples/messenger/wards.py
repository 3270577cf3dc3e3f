"""The children for whom a wallet answers: apart from its own cards, by name."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from examples.messenger.frame import Frame
from examples.messenger.phone import Phone
from examples.messenger.talking import words_of
from examples.web.elements import Html, element
from examples.web.language import Language

from idwallet import VerificationFailed, VerificationIndeterminate, explain, now
from idwallet.explain import explain_card, show
from idwallet.roles import Ward

SENTENCES: Final = Path(__file__).with_suffix(".json")


def called(ward: Ward) -> str:
    """Return the child's name, as its card has it; else by what reports name it."""
    names = (ward.claims.get(each) for each in ("given_name", "family_name"))
    found = " ".join(show(each) for each in names if isinstance(each, str))
    return found or ward.pseudonym


def acting_note(ward: Ward, *, lang: Language) -> Html:
    """Say on a consent screen for whom the parent acts, and what is told of it."""
    words = words_of(SENTENCES, lang)
    return element(
        "section",
        {"class": "acting"},
        element("h2", None, words("acting", child=called(ward))),
        element("p", None, words("acting.what")),
        element("p", None, words("acting.until", until=_clock(ward.until))),
    )


def own_note(*, lang: Language) -> Html:
    """Say that this one, beside those for children, is about the wallet's owner."""
    heading = element("h2", None, words_of(SENTENCES, lang)("own"))
    return element("section", {"class": "acting own"}, heading)


def refused_note(
    ward: Ward, error: VerificationFailed | VerificationIndeterminate, *, lang: Language
) -> Html:
    """Say why nobody answers for that child now."""
    told = explain(error.report, lang=lang, reader="holder")
    return element(
        "section",
        {"class": "beware"},
        element("p", None, words_of(SENTENCES, lang)("not.for", child=called(ward))),
        *(element("p", None, each.text) for each in told.lines),
    )


def wards(frame: Frame, phone: Phone) -> Iterator[Html]:
    """Yield the part of a wallet that is about children; nothing where it has none."""
    found, words = phone.holder.wards(), words_of(SENTENCES, frame.lang)
    if not found:
        return
    yield element("h3", None, words("wards"))
    yield element("p", {"class": "soft"}, words("wards.apart"))
    for ward in found:
        at = now()
        told = explain_card(ward, at=at, lang=frame.lang)
        over = at >= ward.until
        until = "ward.over" if over else "ward.until"
        yield element(
            "section",
            {"class": "card ward over" if over else "card ward"},
            element("h3", None, called(ward)),
            element("p", None, f"{told.title} · {told.issuer}"),
            element("p", None, words(until, until=_clock(ward.until))),
            element(
                "ul",
                None,
                *(element("li", None, words(f"act.{e}")) for e in sorted(ward.acts)),
            ),
        )


def _clock(moment: datetime) -> str:
    """Return the time of day where this machine is, with the day if it is another."""
    here, today = (each.astimezone(UTC).astimezone() for each in (moment, now()))
    return f"{here:%H:%M}" if here.date() == today.date() else f"{here:%d.%m.%Y, %H:%M}"
