"""The holder's side: which credentials answer a query, and what the others lack.

Pure: nothing is signed and nothing leaves (OpenID4VP 1.0 §6.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query.fit import Fit, Fitting, serves
from idwallet.credentials.query.query import Query
from idwallet.credentials.query.structures import Candidate, CredentialQuery


class Lack(StrEnum):
    """What keeps a credential of the right type from answering."""

    HOLDER_KEY = "holder_key"
    """The query wants proof of the holder's key, and the credential has none."""
    ALGORITHM = "algorithm"
    """Its holder's key signs with nothing that whoever asks accepts."""
    AUTHORITY = "authority"
    """None of the trusted authorities matches, or none can be judged offline."""
    CLAIM = "claim"
    """A claim that is asked for is not in the credential."""
    VALUE = "value"
    """A claim is there with another value than those asked for."""
    EXPIRED = "expired"
    """It is valid no more."""
    NOT_YET_VALID = "not_yet_valid"
    """It is not valid yet."""


_OF_THE_WHOLE: Final = frozenset(Lack) - {Lack.CLAIM, Lack.VALUE}


class CandidateMatch(NamedTuple):
    """A credential that answers: its index, and the claims to disclose.

    `paths` are concrete. `claim_set` is the index of the verifier's best liked claim
    set that it can serve, None for a query without claim sets; `others` are the indexes
    of those that it serves beside, in the verifier's order (`claim_set_paths`).
    """

    candidate: int
    paths: tuple[ClaimPath, ...]
    claim_set: int | None
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NearestMiss:
    """A credential of the right type that does not answer, and why not.

    `missing` and `differing` are pointers of the query; with claim sets, those of
    the set that lacks least. No value is in it.
    """

    credential: str
    candidate: int
    lacks: tuple[Lack, ...]
    missing: tuple[ClaimPath, ...] = ()
    differing: tuple[ClaimPath, ...] = ()

    def distance(self) -> int:
        """Return how many things would have to be otherwise."""
        whole = _OF_THE_WHOLE.intersection(self.lacks)
        return len(whole) + len(self.missing) + len(self.differing)


@dataclass(frozen=True, slots=True)
class CredentialMatch:
    """How one credential query fares: what answers it, and what nearly would.

    `misses` stand nearest first. Both are empty when no credential of the type is
    held.
    """

    id: str
    matches: tuple[CandidateMatch, ...]
    misses: tuple[NearestMiss, ...]


@dataclass(frozen=True, slots=True)
class SetMatch:
    """Which options of a credential set can be served, in the verifier's order."""

    options: tuple[tuple[str, ...], ...]
    required: bool


@dataclass(frozen=True, slots=True)
class QueryMatch:
    """What the holder can answer.

    `sets` follows the query's credential sets; a query without any has one required
    set of everything (§6.4.2).
    """

    credentials: tuple[CredentialMatch, ...]
    sets: tuple[SetMatch, ...]

    def is_satisfiable(self) -> bool:
        """Return whether every required set has an option that can be served.

        If not, nothing at all may be returned (§6.4.2).
        """
        return all(each.options for each in self.sets if each.required)

    def credential(self, credential_id: str) -> CredentialMatch | None:
        """Return how the credential query of that identifier fares, or None."""
        found = (each for each in self.credentials if each.id == credential_id)
        return next(found, None)

    def nearest_misses(self) -> tuple[NearestMiss, ...]:
        """Return the nearest miss of each credential query that nothing answers."""
        return tuple(
            each.misses[0]
            for each in self.credentials
            if each.misses and not each.matches
        )


def match(
    query: Query,
    candidates: Sequence[Candidate],
    *,
    at: datetime,
    leeway: timedelta = timedelta(0),
) -> QueryMatch:
    """Return which of `candidates` answer `query` at the moment `at`, by their index.

    Each is judged by itself, so that one cannot hide another. A credential chosen
    for a query answers it with exactly `CandidateMatch.paths`; of a claim with
    `values` under a null only the elements with such a value are among them.

    `leeway` is granted to the beginning of a validity, for a credential of a moment
    ago by a clock a little ahead, and not to its end: what has expired is not shown.

    An index counts the elements of the credential, also where elements before it are
    not disclosed: these leave their place empty (`sdjwt.unpack.Unpacked.positioned`).
    """
    held: dict[str, list[_Held]] = {}
    for index, each in enumerate(candidates):
        untimely = _untimely(each, at=at, leeway=leeway)
        held.setdefault(each.format, []).append((index, each, untimely))
    found = tuple(
        _matched(asked, held.get(asked.format, ())) for asked in query.credentials
    )
    served = {each.id for each in found if each.matches}
    sets = tuple(
        SetMatch(
            options=tuple(
                option for option in each.options if served.issuperset(option)
            ),
            required=each.required,
        )
        for each in query.sets
    )
    return QueryMatch(found, sets)


def _untimely(
    candidate: Candidate, *, at: datetime, leeway: timedelta
) -> tuple[Lack, ...]:
    until, since = candidate.valid_until, candidate.valid_from
    if until is not None and at >= until:  # RFC 7519 §4.1.4: "on or after"
        return (Lack.EXPIRED,)
    if since is not None and at < since and since - at > leeway:
        return (Lack.NOT_YET_VALID,)
    return ()


_Held = tuple[int, Candidate, tuple[Lack, ...]]


def _matched(asked: CredentialQuery, held: Sequence[_Held]) -> CredentialMatch:
    matches: list[CandidateMatch] = []
    misses: list[NearestMiss] = []
    plain = _plain_paths(asked)
    types = asked.types
    for index, candidate, untimely in held:
        if types.isdisjoint(candidate.types):
            continue
        lacks = untimely + _lacks(asked, candidate)
        if plain is not None and not lacks and serves(asked, candidate.claims):
            # What nearly every query comes to, and a wallet may hold a thousand.
            matches.append(CandidateMatch(index, plain, None))
            continue
        fitting = Fitting(asked, candidate.claims)
        served = fitting.every_served()
        if not served or lacks:
            missed = _missed(asked.id, index, lacks=lacks, found=fitting.nearest())
            misses.append(missed)
        else:
            matches.append(_match(index, fitting, served=served, asked=asked))
    misses.sort(key=NearestMiss.distance)
    return CredentialMatch(asked.id, tuple(matches), tuple(misses))


def _plain_paths(asked: CredentialQuery) -> tuple[ClaimPath, ...] | None:
    """Return the paths that every answer shows, None where they differ by credential.

    They are the query's own where it has no choice of claims and every path of it
    names one place.
    """
    if asked.claim_sets or not all(each.concrete for each in asked.claims):
        return None
    return tuple(dict.fromkeys(each.path for each in asked.claims))


def _match(
    index: int, fitting: Fitting, *, served: tuple[int, ...], asked: CredentialQuery
) -> CandidateMatch:
    first, *others = served
    return CandidateMatch(
        index,
        fitting.paths(first),
        first if asked.claim_sets else None,
        tuple(others),
    )


def _lacks(asked: CredentialQuery, candidate: Candidate) -> tuple[Lack, ...]:
    lacks: tuple[Lack, ...] = ()
    # §B.3: without a `cnf` it cannot be returned where binding is required.
    if asked.require_cryptographic_holder_binding and not candidate.holder_bound:
        lacks += (Lack.HOLDER_KEY,)
    if candidate.key_refused:
        lacks += (Lack.ALGORITHM,)
    if asked.trusted_authorities and not candidate.is_certified_for(asked):
        lacks += (Lack.AUTHORITY,)
    return lacks


def _missed(
    asked: str, index: int, *, lacks: tuple[Lack, ...], found: Fit
) -> NearestMiss:
    lacks += (Lack.CLAIM,) if found.missing else ()
    lacks += (Lack.VALUE,) if found.differing else ()
    return NearestMiss(asked, index, lacks, found.missing, found.differing)
