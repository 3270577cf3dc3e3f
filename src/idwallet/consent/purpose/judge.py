"""Judging what is asked: pure, offline, the same for the same request.

Each claim is judged by itself and by the worst answer that shows it, so that neither
the order of a request nor what stands beside a claim makes it look better.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from idwallet.consent.purpose.biometric import is_biometric
from idwallet.consent.purpose.cautions import cautions_of
from idwallet.consent.purpose.circumstances import NEVER_BEFORE, Earlier
from idwallet.consent.purpose.findings import ClaimJudgement, Finding, Judgement
from idwallet.consent.purpose.load import Purposes, shipped_purposes
from idwallet.consent.purpose.registered import is_registered
from idwallet.consent.purpose.structures import (
    CredentialNeeds,
    ProfileClaim,
    PurposeProfile,
    bare,
)
from idwallet.credentials.catalogue import CredentialType, catalogue
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import ClaimQuery, CredentialQuery, Query
from idwallet.trust.relying_party import Registration

Instead = tuple[ProfileClaim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """All that a request is judged by.

    `purpose` is what the request states, in the words of who asks. `registration` is
    what a registrar vouches for, None where nothing was shown; it speaks for the
    queries that `registered` names, for all where it names none. `lineages` says for a
    credential query of which types the credentials are that would answer it, each
    followed by those that it extends; a query that is not in it is judged for every
    type that it names. `earlier` counts what the same party asked before. `unwelcome`
    are the queries whose credential the issuer does not want shown to this party.
    """

    query: Query
    purpose: str | None = None
    registration: Registration | None = None
    registered: tuple[str, ...] = ()
    lineages: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    earlier: Earlier = NEVER_BEFORE
    unwelcome: tuple[str, ...] = ()

    def registration_for(self, query_id: str) -> Registration | None:
        """Return what the party is registered for where it asks that query."""
        if self.registered and query_id not in self.registered:
            return None
        return self.registration


def judge(asking: Asking, *, purposes: Purposes | None = None) -> Judgement:
    """Say of each claim what it is to the purpose that the request states.

    `purposes` are those known, by default what is shipped. A purpose that is not among
    them judges nothing: claims then rest on the registration alone, and the judgement
    says so. What stands in no credential set is not asked for (OpenID4VP 1.0 §6.4.2)
    and is not judged.
    """
    known = shipped_purposes() if purposes is None else purposes
    profile = known.find(asking.purpose)
    claims = tuple(
        claim
        for asked in _asked(asking.query)
        for claim in _Judging(asking, profile, asked).claims()
    )
    return Judgement(
        stated=asking.purpose,
        profile=profile,
        claims=claims,
        cautions=cautions_of(
            claims,
            asked=_asked(asking.query),
            profile=profile,
            circumstances=asking,
        ),
    )


def _asked(query: Query) -> tuple[CredentialQuery, ...]:
    """Return the credential queries that stand in a set, each once."""
    wanted = {name for each in query.sets for option in each.options for name in option}
    return tuple(each for each in query.credentials if each.id in wanted)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One credential query on its way to a judgement."""

    asking: Asking
    profile: PurposeProfile | None
    asked: CredentialQuery

    def claims(self) -> Iterator[ClaimJudgement]:
        if not self.asked.claims:
            # Its type, its issuer and what it always discloses are seen all the same.
            yield self._claim((), self._of_the_whole(), asked=None)
            return
        seen: set[ClaimPath] = set()
        for each in self.asked.claims:
            if each.path not in seen:
                seen.add(each.path)
                yield self._claim(each.path, self._worst(each.path), asked=each)

    def _claim(
        self,
        path: ClaimPath,
        found: tuple[Finding, Instead],
        *,
        asked: ClaimQuery | None,
    ) -> ClaimJudgement:
        listed = self._listed()
        registration = self.asking.registration_for(self.asked.id)
        registered = None
        if registration is not None:
            registered = is_registered(registration, self.asked, claim=asked)
        finding, instead = _with_registration(
            found, registered=registered, profile=self.profile
        )
        lineages = self._lineages()
        first = lineages[0][0] if lineages else self.asked.format
        return ClaimJudgement(
            credential=self.asked.id,
            path=path,
            credential_type=first if listed is None else listed.name,
            claim=_name(listed, self.asked.format, path=path),
            finding=finding,
            instead=instead,
            is_registered=registered,
            is_required=self._is_required(path),
            is_retained=None if asked is None else asked.intent_to_retain,
            is_biometric=is_biometric(self.asked.format, lineages, path=path),
        )

    def _lineages(self) -> tuple[tuple[str, ...], ...]:
        known = self.asking.lineages.get(self.asked.id)
        return known or tuple((each,) for each in sorted(self.asked.types))

    def _listed(self) -> CredentialType | None:
        for lineage in self._lineages():
            for name in lineage:
                for each in catalogue().values():
                    if each.types.get(self.asked.format) == name:
                        return each
        return None

    def _of_the_whole(self) -> tuple[Finding, Instead]:
        if self.profile is None:
            return Finding.UNKNOWN, ()
        found = [
            self.profile.needs(self.asked.format, each) for each in self._lineages()
        ]
        known = found and all(each is not None for each in found)
        return (Finding.NEEDED if known else Finding.EXCESS), ()

    def _worst(self, path: ClaimPath) -> tuple[Finding, Instead]:
        """Judge a claim in each answer that shows it, for each type that answers."""
        if self.profile is None:
            return Finding.UNKNOWN, ()
        beside = self._options(path)
        found = [
            _judged(
                self.profile.needs(self.asked.format, lineage),
                path,
                form=self.asked.format,
                beside=option,
            )
            for lineage in self._lineages()
            for option in beside
        ]
        return max(found, key=_gravity, default=(Finding.EXCESS, ()))

    def _options(self, path: ClaimPath) -> tuple[tuple[ClaimPath, ...], ...]:
        every = tuple(tuple(e.path for e in option) for option in self.asked.options)
        return tuple(option for option in every if path in option) or ((path,),)

    def _is_required(self, path: ClaimPath) -> bool:
        """Whether every answer shows it."""
        name = self.asked.id
        of_a_set = any(
            each.required and all(name in option for option in each.options)
            for each in self.asking.query.sets
        )
        shown = (any(e.path == path for e in option) for option in self.asked.options)
        return of_a_set and (not path or all(shown))


def _gravity(found: tuple[Finding, Instead]) -> tuple[int, int, tuple[str, ...]]:
    # Beyond the finding only a tie to break, the same way whatever came first.
    finding, instead = found
    return finding.severity, -len(instead), tuple(each.name for each in instead)


def _judged(
    needs: CredentialNeeds | None,
    path: ClaimPath,
    *,
    form: str,
    beside: Sequence[ClaimPath],
) -> tuple[Finding, Instead]:
    if needs is None:
        return Finding.EXCESS, ()
    found = _needed(needs, path, form=form, beside=beside)
    if found is not None:
        return found
    if any(each.covers(form, path) for each in needs.optional):
        return Finding.OPTIONAL, ()
    held = _cheaper(needs, path, form=form)
    if held:
        return Finding.CHEAPER, held
    inside = tuple(each for each in needs.wanted() if each.is_inside(form, path))
    return (Finding.CHEAPER if inside else Finding.EXCESS), inside


def _cheaper(needs: CredentialNeeds, path: ClaimPath, *, form: str) -> Instead:
    """Return what would do: by the rule that is nearest to what is asked for."""
    over = [each for each in needs.instead if each[0].covers(form, path)]
    rules = (
        [max(over, key=lambda each: len(each[0].path(form) or ()))]
        if over
        else [each for each in needs.instead if each[0].is_inside(form, path)]
    )
    found = {each.name: each for _, these in rules for each in these}
    return tuple(each for each in found.values() if each.path(form) is not None)


def _needed(
    needs: CredentialNeeds, path: ClaimPath, *, form: str, beside: Sequence[ClaimPath]
) -> tuple[Finding, Instead] | None:
    """Judge a claim by the needs: of several that serve one need, one is enough."""
    dearer: Instead = ()
    for group in needs.needed:
        served: ProfileClaim | None = None
        for each in group:
            if each.covers(form, path):
                if served is None:
                    return Finding.NEEDED, ()
                dearer = dearer or (served,)
            if served is None and any(each.covers(form, other) for other in beside):
                served = each
    return (Finding.CHEAPER, dearer) if dearer else None


def _with_registration(
    found: tuple[Finding, Instead],
    *,
    registered: bool | None,
    profile: PurposeProfile | None,
) -> tuple[Finding, Instead]:
    finding, instead = found
    if registered and finding in {Finding.UNKNOWN, Finding.EXCESS}:
        return Finding.REGISTERED, ()
    if registered is False and profile is None:
        return Finding.EXCESS, ()
    return finding, instead


def _name(listed: CredentialType | None, form: str, *, path: ClaimPath) -> str | None:
    if listed is None:
        return None
    for each in listed.claims.values():
        place = each.paths.get(form)
        if place is not None and bare(place) == bare(path):
            return each.name
    return None
