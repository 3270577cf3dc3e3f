"""Judging what is asked: pure, offline, the same for the same request.

Each claim is judged by itself and by the worst answer that shows it, so that neither
the order of a request nor what stands beside a claim makes it look better.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from idwallet.consent.occasion import AuthenticatedBy
from idwallet.consent.purpose.against import Against, Found, gravity
from idwallet.consent.purpose.biometric import is_biometric
from idwallet.consent.purpose.cautions import cautions_of
from idwallet.consent.purpose.circumstances import NEVER_BEFORE, Earlier
from idwallet.consent.purpose.findings import ClaimJudgement, Finding, Judgement
from idwallet.consent.purpose.load import Purposes, shipped_purposes
from idwallet.consent.purpose.registered import is_registered
from idwallet.consent.purpose.structures import CredentialNeeds, PurposeProfile, bare
from idwallet.credentials.catalogue import CredentialType, listed_type
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import ClaimQuery, CredentialQuery, Query
from idwallet.trust.relying_party import Registration


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
    `known_by` says how it is known who asks, None where nobody said.
    """

    query: Query
    purpose: str | None = None
    registration: Registration | None = None
    registered: tuple[str, ...] = ()
    lineages: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    earlier: Earlier = NEVER_BEFORE
    unwelcome: tuple[str, ...] = ()
    known_by: AuthenticatedBy | None = None

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
    every = [_Judging(asking, profile, asked=each) for each in _asked(asking.query)]
    claims = tuple(claim for each in every for claim in each.claims())
    cards = {each.asked.id: each.cards() for each in every}
    is_one = profile is None or profile.together or _one_is_enough(asking.query, cards)
    return Judgement(
        stated=asking.purpose,
        profile=profile,
        claims=claims,
        cautions=cautions_of(
            claims,
            asked=_asked(asking.query),
            profile=profile,
            circumstances=asking,
            cards=() if is_one else tuple(cards),
        ),
    )


def _one_is_enough(query: Query, cards: Mapping[str, frozenset[str]]) -> bool:
    """Whether the request can be answered with one kind of card that it needs.

    A card that the purpose does not need at all is excess already, and counts for none.
    """
    kinds = frozenset[str]().union(*cards.values())
    required = [each.options for each in query.sets if each.required]
    return len(kinds) < 2 or any(
        all(
            any(
                all(cards.get(q, frozenset()) <= {kind} for q in option) for option in o
            )
            for o in required
        )
        for kind in kinds
    )


def _asked(query: Query) -> tuple[CredentialQuery, ...]:
    """Return the credential queries that stand in a set, each once."""
    wanted = {name for each in query.sets for option in each.options for name in option}
    return tuple(each for each in query.credentials if each.id in wanted)


class _Judging:
    """One credential query on its way to a judgement."""

    def __init__(
        self, asking: Asking, profile: PurposeProfile | None, *, asked: CredentialQuery
    ) -> None:
        """Work out what holds of all its claims."""
        self._asking = asking
        self._profile = profile
        self.asked = asked
        known = asking.lineages.get(asked.id)
        self._lineages = known or tuple((each,) for each in sorted(asked.types))
        listed = (listed_type(asked.format, each) for each in self._lineages)
        self._listed = next((each for each in listed if each is not None), None)
        self._options = [{each.path for each in option} for option in asked.options]
        self._against = None if profile is None else self._held_against(profile)
        self._is_required = any(
            each.required and all(asked.id in option for option in each.options)
            for each in asking.query.sets
        )

    def _held_against(self, profile: PurposeProfile) -> list[Against | None]:
        found = (profile.needs(self.asked.format, each) for each in self._lineages)
        return [
            None
            if needs is None
            else Against(needs, self.asked.format, options=self._options)
            for needs in found
        ]

    def cards(self) -> frozenset[str]:
        """Return which credentials of the profile it asks for."""
        form = self.asked.format
        found = () if self._profile is None else self._lineages
        needs = (self._needs(each, form) for each in found)
        return frozenset(each.credential for each in needs if each is not None)

    def _needs(self, lineage: tuple[str, ...], form: str) -> CredentialNeeds | None:
        return None if self._profile is None else self._profile.needs(form, lineage)

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
        self, path: ClaimPath, found: Found, *, asked: ClaimQuery | None
    ) -> ClaimJudgement:
        form, listed = self.asked.format, self._listed
        registration = self._asking.registration_for(self.asked.id)
        registered = None
        if registration is not None:
            registered = is_registered(registration, self.asked, claim=asked)
        finding, instead = _with_registration(
            found, registered=registered, profile=self._profile
        )
        first = self._lineages[0][0] if self._lineages else form
        return ClaimJudgement(
            credential=self.asked.id,
            path=path,
            credential_type=first if listed is None else listed.name,
            claim=_name(listed, form, path=path),
            finding=finding,
            instead=instead,
            is_registered=registered,
            is_required=self._is_required and self._is_always_shown(path),
            is_retained=None if asked is None else asked.intent_to_retain,
            is_biometric=is_biometric(form, self._lineages, path=path),
        )

    def _of_the_whole(self) -> Found:
        if self._against is None:
            return Finding.UNKNOWN, ()
        known = self._against and all(each is not None for each in self._against)
        return (Finding.NEEDED if known else Finding.EXCESS), ()

    def _worst(self, path: ClaimPath) -> Found:
        """Judge a claim in each answer that shows it, for each type that answers."""
        if self._against is None:
            return Finding.UNKNOWN, ()
        found = (
            (Finding.EXCESS, ()) if each is None else each.finding(path)
            for each in self._against
        )
        return max(found, key=gravity, default=(Finding.EXCESS, ()))

    def _is_always_shown(self, path: ClaimPath) -> bool:
        return not path or all(path in option for option in self._options)


def _with_registration(
    found: Found,
    *,
    registered: bool | None,
    profile: PurposeProfile | None,
) -> Found:
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
        place = each.path_in(form)
        if place is not None and bare(place) == bare(path):
            return each.name
    return None
