"""A ledger in words: what it proves, what was shown, and a request to delete."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

from idwallet.codec.text import show
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.errors import UsageError
from idwallet.explain.words import LANGUAGES, Language, claim_names

if TYPE_CHECKING:
    from idwallet.consent.ledger.deletion import DeletionRequest
    from idwallet.consent.ledger.evaluate import VerifiedLedger
    from idwallet.consent.occasion import ClaimsShown


class LedgerWords(TypedDict):
    """One catalogue; templates hold names in braces and nothing else."""

    date: str
    months: list[str]
    subject: str
    to: str
    answered: str
    answered_for: str
    claims: str
    whole: str
    found_by: str
    who: str
    answer: str
    separator: str
    proves: dict[str, str]
    limits: str
    kinds: dict[str, str]
    sending: dict[str, str]
    authenticated: dict[str, str]
    nobody: str
    acted_for: str


@cache
def ledger_words(language: Language) -> LedgerWords:
    """Return the catalogue of that language.

    Raises:
        UsageError: there is no such catalogue.
    """
    if language not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.explain").joinpath("catalogue")
    text = folder.joinpath(f"ledger.{language}.json").read_text("utf-8")
    found: LedgerWords = json.loads(text)
    return found


@dataclass(frozen=True, slots=True)
class Letter:
    """A request to delete in words, safe to show; the person sends it, or does not."""

    subject: str
    body: str

    def mailto(self, address: str) -> str:
        """Return a ``mailto`` link that drafts the mail (RFC 6068; TS7 section 3.2).

        Only an address of a `Contact` whose way is mail belongs here.
        """
        body = self.body.replace("\n", "\r\n")
        return (
            f"mailto:{quote(address, safe='@')}"
            f"?subject={quote(self.subject)}&body={quote(body)}"
        )


def explain_deletion(request: "DeletionRequest", *, lang: Language = "en") -> Letter:
    """Return the letter of a deletion request, with what TS7 DATA_DLT_08 and 09 ask.

    It names what was shown by what people call it, and no value.

    Raises:
        UsageError: there is no such language.
    """
    words = ledger_words(lang)
    date = _moment(request.shown_at, words)
    if request.purpose:
        purpose = show(request.purpose)
        answered = words["answered_for"].format(date=date, purpose=purpose)
    else:
        answered = words["answered"].format(date=date)
    lines = (
        words["to"].format(party=show(request.party.name)),
        "",
        answered,
        "",
        *(_claims(each, lang) for each in request.shown),
        "",
        words["found_by"].format(digest=request.request.hex()),
        words["who"],
        words["answer"],
    )
    return Letter(words["subject"], "\n".join(lines))


def explain_ledger(ledger: "VerifiedLedger", *, lang: Language = "en") -> str:
    """Return in words what a verified ledger proves, and what none does.

    Raises:
        UsageError: there is no such language.
    """
    return "\n".join(_proven(ledger, ledger_words(lang)))


def _proven(ledger: "VerifiedLedger", words: LedgerWords) -> Iterator[str]:
    said: Mapping[str, str | int] = {
        "name": show(ledger.witness or ""),
        "date": "" if ledger.as_of is None else _moment(ledger.as_of, words),
    }
    for each in ledger.proves:
        count = ledger.concealed if each == "concealed" else ledger.complete_to
        yield words["proves"][each.value].format_map({**said, "count": count})
    yield words["limits"]


def claims_shown(shown: "Iterable[ClaimsShown]", *, lang: Language) -> list[str]:
    """Return one line for each credential: what it is, and what of it was seen."""
    return [_claims(each, lang) for each in shown]


def _claims(shown: "ClaimsShown", lang: Language) -> str:
    words, kind = ledger_words(lang), _kind(shown.credential_type, lang)
    if not shown.paths:
        return words["whole"].format(kind=kind)
    named = dict.fromkeys(show(_claim(each, lang)) for each in shown.paths)
    return words["claims"].format(kind=kind, claims=words["separator"].join(named))


def _claim(path: ClaimPath, lang: Language) -> str:
    """Return what people call a claim: its own name, or that of what it is part of."""
    names = claim_names(lang)
    for size in range(len(path), 0, -1):
        found = names.get(show_path(path[:size]))
        if found is not None:
            return found
    return show_path(path).removeprefix("/")


def _kind(credential_type: str, lang: Language) -> str:
    from idwallet.credentials.catalogue import catalogue

    for each in catalogue().values():
        if credential_type in each.types.values():
            return each.display.ru if lang == "ru" else each.display.en
    return show(credential_type)


def _moment(moment: datetime, words: LedgerWords) -> str:
    utc = moment.astimezone(UTC)
    month = words["months"][utc.month - 1]
    return words["date"].format(
        day=utc.day, month=month, year=utc.year, time=f"{utc:%H:%M}"
    )


def write_moment(moment: datetime, *, lang: Language) -> str:
    """Return a moment in UTC, to the minute."""
    return _moment(moment, ledger_words(lang))
