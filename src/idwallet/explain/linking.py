"""What links a showing to earlier ones, in words, for whoever is about to show it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TypedDict

from idwallet.codec.text import show
from idwallet.consent.linking.visits import VisitLink, VisitLinkKind
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.errors import UsageError
from idwallet.explain.words import LANGUAGES, Language, claim_names


class LinkingWords(TypedDict):
    """One catalogue; templates hold names in braces and nothing else."""

    heading: str
    again: dict[str, str]
    elsewhere: dict[str, str]
    quoted: str
    separator: str


@cache
def linking_words(language: Language) -> LinkingWords:
    """Return the catalogue of that language.

    Raises:
        UsageError: there is no such catalogue.
    """
    if language not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.explain").joinpath("catalogue")
    text = folder.joinpath(f"linking.{language}.json").read_text("utf-8")
    found: LinkingWords = json.loads(text)
    return found


def explain_links(
    links: Sequence[VisitLink], *, lang: Language = "en"
) -> tuple[str, ...]:
    """Say what `Holder.linked` found: a heading and warnings, or nothing.

    Visits of one kind are one warning with their number; no value of a claim is in it.

    Raises:
        UsageError: there is no such language.
    """
    words = linking_words(lang)
    told = tuple(_warnings(links, words, lang=lang))
    return (words["heading"], *told) if told else ()


def _warnings(
    links: Iterable[VisitLink], words: LinkingWords, *, lang: Language
) -> Iterator[str]:
    listed = tuple(links)
    for elsewhere in (False, True):
        texts = words["elsewhere" if elsewhere else "again"]
        for kind in VisitLinkKind:
            same = [e for e in listed if (e.kind, e.elsewhere) == (kind, elsewhere)]
            if same:
                paths = {path for each in same for path in each.paths}
                claims = words["separator"].join(_names(paths, words, lang=lang))
                # Two cards of one visit are one visit.
                visits = {
                    (each.earlier.party, each.earlier.at) if each.earlier else None
                    for each in same
                }
                text = texts[kind.value].format(claims=claims, count=len(visits))
                yield f"- {text}"


def _names(
    paths: Iterable[ClaimPath], words: LinkingWords, *, lang: Language
) -> Iterator[str]:
    names = claim_names(lang)
    found = {
        names.get(show_path(path), show_path(path).removeprefix("/")) for path in paths
    }
    for each in sorted(found):
        yield words["quoted"].format(text=show(each))
