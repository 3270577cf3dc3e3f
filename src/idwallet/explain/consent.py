"""What was found about a request, in words, for whoever is asked to answer it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TypedDict

from idwallet.codec.text import show
from idwallet.consent.purpose import (
    Caution,
    CautionCode,
    ClaimJudgement,
    Counted,
    Finding,
    Judgement,
    Place,
    PurposeProfile,
    Retention,
)
from idwallet.credentials.catalogue import CatalogueClaim, Display, catalogue
from idwallet.credentials.paths import show_path
from idwallet.errors import UsageError
from idwallet.explain.words import LANGUAGES, Language


class ConsentWords(TypedDict):
    """One catalogue; templates hold names in braces and nothing else."""

    stated: str
    not_stated: str
    profile: str
    no_profile: str
    origins: dict[str, str]
    bases: dict[str, str]
    source: str
    source_separator: str
    quoted: str
    separator: str
    warnings: str
    findings: dict[str, str]
    also: dict[str, str]
    whole: str
    cautions: dict[str, str]
    retention: dict[str, str]


@cache
def consent_words(language: Language) -> ConsentWords:
    """Return the catalogue of that language.

    Raises:
        UsageError: there is no such catalogue.
    """
    if language not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.explain").joinpath("catalogue")
    text = folder.joinpath(f"consent.{language}.json").read_text("utf-8")
    found: ConsentWords = json.loads(text)
    return found


@dataclass(frozen=True, slots=True)
class ExplainedJudgement:
    """A judgement in words, each text one line and safe to show.

    `purpose` says what the request states, what it was judged by, and what is good to
    know of it; `warnings` stand gravest first under `heading`; `claims` is by the place
    of the claim in the request; `retention` says how long what is shown may be kept.
    """

    purpose: tuple[str, ...]
    heading: str
    warnings: tuple[str, ...]
    retention: str
    claims: Mapping[Place, str] = field(repr=False)

    def __str__(self) -> str:
        """Return the whole as one text, warnings first."""
        lines = [*self.warning_lines(), *self.purpose, self.retention]
        return "\n".join(lines)

    def warning_lines(self) -> tuple[str, ...]:
        """Return the warnings under their heading; nothing where there is none."""
        if not self.warnings:
            return ()
        return (self.heading, *(f"- {each}" for each in self.warnings))


def explain_judgement(
    judgement: Judgement, *, lang: Language = "en"
) -> ExplainedJudgement:
    """Say what was found about a request: its purpose, warnings, and each claim.

    What came from outside, the purpose and the texts of a profile, is made safe to
    show. No value of a claim is in it.

    Raises:
        UsageError: there is no such language.
    """
    telling = _Telling(judgement, consent_words(lang), lang)
    return ExplainedJudgement(
        purpose=(*telling.purpose(), *telling.cautions(remarks=True)),
        heading=telling.words["warnings"],
        warnings=tuple(telling.cautions(remarks=False)),
        retention=telling.retention(),
        claims=MappingProxyType(
            {each.place: telling.claim(each) for each in judgement.claims}
        ),
    )


def tell_retention(retention: Retention | None, language: Language) -> str:
    """Say how long what is shown may be kept; None: the profile does not say."""
    words = consent_words(language)["retention"]
    if retention is None:
        return words["unknown"]
    if retention.days == 0:
        name = "none"
    else:
        name = "end" if retention.counted is Counted.END else "days"
    basis = retention.basis.ru if language == "ru" else retention.basis.en
    return words[name].format(days=retention.days, basis=show(basis))


@dataclass(frozen=True, slots=True)
class _Telling:
    judgement: Judgement
    words: ConsentWords
    language: Language

    def purpose(self) -> Iterator[str]:
        stated, profile = self.judgement.stated, self.judgement.profile
        if stated is None:
            yield self.words["not_stated"]
            return
        yield self.words["stated"].format(purpose=self._quoted(stated))
        if profile is None:
            yield self.words["no_profile"]
        else:
            yield self._profile(profile)

    def _profile(self, profile: PurposeProfile) -> str:
        sources = (
            self.words["source"].format(
                title=self._display(each.title),
                basis=self.words["bases"][each.basis.value],
            )
            for each in profile.sources
        )
        return self.words["profile"].format(
            purpose=self._display(profile.display),
            origin=self.words["origins"][profile.origin.value],
            sources=self.words["source_separator"].join(sources),
        )

    def retention(self) -> str:
        profile = self.judgement.profile
        found = None if profile is None else profile.retention
        return tell_retention(found, self.language)

    def claim(self, each: ClaimJudgement) -> str:
        said = self._finding(each)
        also = self.words["also"]
        unjudged = self.judgement.profile is None
        if each.is_registered is False and not unjudged:
            said = also["unregistered"].format(finding=said)
        if not each.is_required and each.finding.is_excessive:
            said = also["avoidable"].format(finding=said)
        if each.is_retained:
            said = also["retained"].format(finding=said)
        return said

    def _finding(self, each: ClaimJudgement) -> str:
        name = each.finding.value
        if each.finding is Finding.EXCESS and self.judgement.profile is None:
            name = "excess_unjudged"
        names = (self._claim_name(each, e.name) for e in each.instead)
        return self.words["findings"][name].format(instead=self._listed(names))

    def cautions(self, *, remarks: bool) -> Iterator[str]:
        for each in self.judgement.cautions:
            if each.code.is_remark is remarks:
                yield self._caution(each)

    def _caution(self, found: Caution) -> str:
        name = found.code.value
        if found.code is CautionCode.OVER_ASKED and self.judgement.profile is None:
            name = "over_asked_unjudged"
        return self.words["cautions"][name].format(
            claims=self._listed(map(self._place, found.places)), count=found.count
        )

    def _place(self, place: Place) -> str:
        if not place.path:
            return self._kind(place.credential)
        for each in self.judgement.claims:
            if each.place == place:
                return self._claim_name(each, each.claim)
        return self._quoted(show_path(place.path))

    def _kind(self, credential: str) -> str:
        """Return what people call the type that a query asks for."""
        for each in self.judgement.claims:
            listed = catalogue().get(each.credential_type)
            if each.credential == credential and listed is not None:
                return self._quoted(self._display(listed.display))
        return self.words["whole"]

    def _claim_name(self, each: ClaimJudgement, name: str | None) -> str:
        listed = catalogue().get(each.credential_type)
        claim: CatalogueClaim | None = None
        if listed is not None and name is not None:
            claim = listed.claims.get(name)
        if claim is not None:
            return self._quoted(self._display(claim.display))
        if not each.path:
            return self._kind(each.credential)
        return self._quoted(name or show_path(each.path))

    def _display(self, display: Display) -> str:
        return show(display.ru if self.language == "ru" else display.en)

    def _quoted(self, text: str) -> str:
        return self.words["quoted"].format(text=show(text))

    def _listed(self, names: Iterable[str]) -> str:
        return self.words["separator"].join(dict.fromkeys(names))
