"""The catalogues of words, read when first needed."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal, TypedDict, get_args

from idwallet.errors import UsageError

Language = Literal["en", "ru"]
"""A language that there is a catalogue for."""

Reader = Literal["integrator", "clerk", "holder"]
"""Who reads: the one who builds it in, the one who checks, the one who shows."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
READERS: tuple[Reader, ...] = get_args(Reader)


class Phrase(TypedDict):
    """What to say and what to do next; `next` is empty when nothing is to do."""

    text: str
    next: str


class CheckWords(TypedDict):
    """What a check is called, what it asks, and a phrase per reason and reader."""

    name: str
    asks: str
    reasons: dict[str, dict[Reader, Phrase]]


class Words(TypedDict):
    """One catalogue. Templates hold names of facts in braces and nothing else.

    `unasked` has, by check and reason, what is said of a code that was shown unasked
    instead: there is no request that could be made anew.
    """

    date: str
    months: list[str]
    quoted: str
    separator: str
    more: str
    seconds: str
    outcomes: dict[str, str]
    check_title: str
    subjects: dict[str, str]
    credential_subject: str
    signature_subject: str
    signature_number: str
    document: str
    labels: dict[str, str]
    fact: str
    next: dict[Reader, str]
    as_of: dict[Reader, str]
    evidence: dict[str, str]
    as_of_evidence: dict[Reader, dict[str, str]]
    needs: dict[str, str]
    facts: dict[str, str]
    what: dict[str, str]
    changes: dict[str, str]
    findings: dict[str, str]
    described: dict[str, str]
    nowhere: str
    not_run: dict[Reader, Phrase]
    did_not_run: str
    headlines: dict[str, dict[str, dict[Reader, str]]]
    unasked: dict[str, dict[str, dict[Reader, Phrase]]]
    checks: dict[str, CheckWords]


@cache
def words(language: Language) -> Words:
    """Return the catalogue of that language.

    Raises:
        UsageError: there is no such catalogue.
    """
    if language not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    text = files("idwallet.explain").joinpath("catalogue", f"{language}.json")
    found: Words = json.loads(text.read_text("utf-8"))
    return found


@cache
def claim_names(language: Language) -> Mapping[str, str]:
    """Return what people call the claims, by path as `show_path` writes it.

    A path that types of credentials call differently has no name here.
    """
    from idwallet.credentials.catalogue import catalogue
    from idwallet.credentials.paths import show_path

    names: dict[str, set[str]] = {}
    for kind in catalogue().values():
        for claim in kind.claims.values():
            name = claim.display.ru if language == "ru" else claim.display.en
            for path in (*claim.paths.values(), (claim.name,)):
                names.setdefault(show_path(path), set()).add(name)
    return {path: min(called) for path, called in names.items() if len(called) == 1}
