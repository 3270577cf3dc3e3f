"""Claims of a credential in words: what each is called, and its value on one line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final, TypedDict

from idwallet.codec.json import JsonValue
from idwallet.codec.text import show
from idwallet.credentials.catalogue import ClaimKind, catalogue
from idwallet.credentials.paths import ABSENT, Absent, ClaimPath, look_up, show_path
from idwallet.credentials.sdjwt.present import leaf_places
from idwallet.credentials.sdjwt.unpack import without_holes
from idwallet.errors import UsageError
from idwallet.explain.ledger import ledger_words
from idwallet.explain.words import LANGUAGES, Language, claim_names

_VALUE_CHARACTERS: Final = 80
_DATE_CHARACTERS: Final = len("2026-11-27")


class WalletWords(TypedDict):
    """One catalogue; templates hold names in braces and nothing else."""

    yes: str
    no: str
    image: str
    asks: str
    stranger: str
    known: dict[str, str]
    registered: str
    besides: str
    types: dict[str, str]
    issued_by: str
    valid_until: str
    valid_for_ever: str
    not_yet_valid: str
    expired: str
    copies: dict[str, str]
    single: str
    shown: str
    declined: str
    acted_for: str
    erased: str
    kept_not: str
    kept_until: str
    kept: str
    kept_basis: str
    receipt_accepted: str
    receipt_declined: str
    receipt_not_accepted: str


@cache
def wallet_words(language: Language) -> WalletWords:
    """Return the catalogue of that language.

    Raises:
        UsageError: there is no such catalogue.
    """
    if language not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.explain").joinpath("catalogue")
    text = folder.joinpath(f"wallet.{language}.json").read_text("utf-8")
    found: WalletWords = json.loads(text)
    return found


@dataclass(frozen=True, slots=True)
class ExplainedClaim:
    """One claim on one line, both halves safe to show.

    `name` is what people call it, `value` what it says, shortened where it is long;
    `path` where it stands. `standing` is what it is to the purpose that was stated,
    empty where nothing is known, and `is_excessive` whether it is more than that needs.
    """

    name: str
    value: str = field(repr=False)
    path: ClaimPath
    standing: str = ""
    is_excessive: bool = False


def explained_claims(
    claims: JsonValue,
    *,
    seen: Iterable[ClaimPath] | None = None,
    under: ClaimPath = (),
    lang: Language,
) -> tuple[ExplainedClaim, ...]:
    """Return the claims at `under` whose places are in `seen`; all for None."""
    value = look_up(claims, under) if under else claims
    if value is ABSENT or isinstance(value, Absent):
        return ()
    places = frozenset(leaf_places(value, under) if seen is None else seen)
    return tuple(_lines(value, under, seen=places, lang=lang))


def _lines(
    value: JsonValue, path: ClaimPath, *, seen: frozenset[ClaimPath], lang: Language
) -> Iterator[ExplainedClaim]:
    members: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict) and value:
        # An issuer shuffles what it signs: a person reads it in one order every time.
        members = sorted(value.items(), key=lambda each: _rank((*path, each[0])))
    elif isinstance(value, list) and not seen.issuperset(leaf_places(value, path)):
        members = enumerate(value)
    elif not seen.isdisjoint(leaf_places(value, path)):
        whole = without_holes({"": value})[""]
        name = show(claim_name(path, lang))
        yield ExplainedClaim(name, claim_value(path, whole, lang=lang), path)
    for part, each in members:
        yield from _lines(each, (*path, part), seen=seen, lang=lang)


def claim_name(path: ClaimPath, lang: Language) -> str:
    """Return what people call a claim, or its path."""
    written = show_path(path)
    return claim_names(lang).get(written, written.removeprefix("/"))


def claim_value(path: ClaimPath, value: JsonValue, *, lang: Language) -> str:
    """Return a claim's value on one short line, safe to show."""
    kind = _kinds().get(show_path(path))
    if isinstance(value, str):
        if kind is ClaimKind.IMAGE or value.startswith("data:image/"):
            return wallet_words(lang)["image"].format(count=len(value))
        if kind is ClaimKind.DATE:
            return day_of(value, lang) or show(value, limit=_VALUE_CHARACTERS)
    return _scalar(value, lang)


def _scalar(value: JsonValue, lang: Language) -> str:
    if isinstance(value, bool):
        return wallet_words(lang)["yes" if value else "no"]
    if isinstance(value, str):
        return show(value, limit=_VALUE_CHARACTERS)
    if isinstance(value, dict | list):
        told = outline(value, lambda each: _scalar(each, lang))
        return show(told, limit=_VALUE_CHARACTERS)
    return json.dumps(value)


def outline(value: JsonValue, scalar: Callable[[JsonValue], str]) -> str:
    """Return a value on one line: its members by name, its elements in a row.

    `scalar` says how what holds no other values is written; nothing is made safe here.
    """
    if isinstance(value, dict) and value:
        return ", ".join(f"{k}: {outline(each, scalar)}" for k, each in value.items())
    if isinstance(value, list) and value:
        nested = any(isinstance(each, dict | list) for each in value)
        return ("; " if nested else ", ").join(outline(e, scalar) for e in value)
    return "" if isinstance(value, dict | list) else scalar(value)


def day_of(text: str, lang: Language) -> str | None:
    """Return a full-date as people write it, None where it is none."""
    try:
        day = date.fromisoformat(text) if len(text) == _DATE_CHARACTERS else None
    except ValueError:
        return None
    return None if day is None else write_day(day, lang=lang)


def write_day(day: date, *, lang: Language) -> str:
    """Return a day, as `17 May 1990`."""
    return f"{day.day} {ledger_words(lang)['months'][day.month - 1]} {day.year}"


@cache
def _kinds() -> Mapping[str, ClaimKind]:
    """Return what kind of value stands where, as `show_path` writes it."""
    return {
        show_path(path): claim.kind
        for each in catalogue().values()
        for claim in each.claims.values()
        for path in (*claim.paths.values(), (claim.name,))
    }


@cache
def _order() -> Mapping[str, int]:
    """Return the catalogue's order of claims: a name comes before a number."""
    written = [
        show_path(path)
        for each in catalogue().values()
        for claim in each.claims.values()
        for path in claim.paths.values()
    ]
    return {path: number for number, path in reversed(list(enumerate(written)))}


def _rank(path: ClaimPath) -> tuple[int, str]:
    written = show_path(path)
    return _order().get(written, len(_order()) * 2), written
