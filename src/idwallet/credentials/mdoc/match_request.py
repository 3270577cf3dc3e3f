"""What of a wallet answers a reader's request (ISO/IEC 18013-5 7.2.5, 8.3.2.1.2).

Elements are answered by their exact name, but for ``age_over_NN``: of these a document
has a few, and the nearest one that settles the question is given. Pure: nothing is
signed and nothing leaves.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeGuard

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.mdoc.request import (
    CLAUSE,
    Asked,
    DeviceRequest,
    DocRequest,
)
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import (
    Candidate,
    CandidateMatch,
    ClaimQuery,
    CredentialMatch,
    CredentialQuery,
    CredentialSet,
    Lack,
    MdocMeta,
    NearestMiss,
    Query,
    QueryMatch,
    SetMatch,
    TrustedAuthority,
    match,
)
from idwallet.credentials.query.structures import AUTHORITY_KEY, MDOC
from idwallet.errors import MalformedError, UsageError

AGES: Final = 2
"""How many ages a reader asks for at most, and how many a wallet states (7.2.5)."""

_AGE: Final = re.compile(r"age_over_([0-9]{2})", re.ASCII)


def age_of(element: str) -> int | None:
    """Return the age that an element ``age_over_NN`` is about, or None."""
    found = _AGE.fullmatch(element)
    return None if found is None else int(found[1])


def nearest_age(asked: int, stated: Mapping[int, bool]) -> int | None:
    """Return which statement answers whether somebody is at least `asked` (7.2.5).

    The very one, where it is there. Else the youngest age at or above it that is
    reached, else the oldest at or below it that is not; either settles the question.
    None where no statement does.
    """
    if asked in stated:
        return asked
    reached = [age for age, is_over in stated.items() if is_over and age > asked]
    if reached:
        return min(reached)
    missed = [age for age, is_over in stated.items() if not is_over and age < asked]
    return max(missed, default=None)


def stated_ages(elements: JsonObject) -> dict[int, bool]:
    """Return what a namespace says of ages; what is no truth value says nothing."""
    return {
        age: value
        for name, value in elements.items()
        if (age := age_of(name)) is not None and isinstance(value, bool)
    }


def answering(name: str, elements: JsonObject) -> str | None:
    """Return the element of a namespace that answers `name`, or None."""
    if name in elements:
        return name
    age = age_of(name)
    if age is None:
        return None
    found = nearest_age(age, stated_ages(elements))
    return None if found is None else f"age_over_{found:02}"


def answers(
    asked: Asked, claims: JsonObject, *, ages: set[ClaimPath]
) -> Iterator[tuple[ClaimPath, ClaimPath]]:
    """Yield each element that is asked for and answered, with what answers it.

    `claims` are by namespace and element. No more than two statements about ages are
    given (7.2.5): with more of them a birthday is found by asking. `ages` are those
    given of the document already in the same answer; what is given now is added.
    """
    for namespace, names in asked.items():
        elements = claims.get(namespace)
        if not _is_map(elements):
            continue
        for name in names:
            found = answering(name, elements)
            if found is None:
                continue
            path: ClaimPath = (namespace, found)
            if age_of(found) is not None:
                if path not in ages and len(ages) == AGES:
                    continue
                ages.add(path)
            yield (namespace, name), path


def _is_map(value: JsonValue) -> TypeGuard[JsonObject]:
    return isinstance(value, dict)


def document_id(number: int) -> str:
    """Return the identifier that the query has for a document of a request."""
    return f"document-{number}"


def query_of(request: DeviceRequest) -> Query:
    """Return a request as a query, so that a person is shown one like any other.

    Raises:
        UsageError: it asks for something that has no name.
    """
    sets = tuple(
        CredentialSet(
            tuple(tuple(map(document_id, each)) for each in use.document_sets),
            use.mandatory,
        )
        for use in request.uses
    )
    return Query(
        tuple(_credential(n, e) for n, e in enumerate(request.documents)), sets
    )


def read_query(request: DeviceRequest, *, at: str) -> Query:
    """Return a request that was received as a query; see `query_of`.

    Raises:
        MalformedError: it asks for something that has no name, or twice for one use.
    """
    try:
        return query_of(request)
    except UsageError as error:
        raise MalformedError("no query says this", at=at, clause=CLAUSE) from error


def _credential(number: int, document: DocRequest) -> CredentialQuery:
    items = document.items
    authorities: tuple[TrustedAuthority, ...] = ()
    if items.issuers:
        key_ids = tuple(map(b64.encode, items.issuers))
        authorities = (TrustedAuthority(AUTHORITY_KEY, key_ids),)
    return CredentialQuery(
        id=document_id(number),
        format=MDOC,
        meta=MdocMeta(items.doc_type),
        claims=tuple(
            ClaimQuery(path=(namespace, name), intent_to_retain=retain)
            for namespace, names in items.elements.items()
            for name, retain in names.items()
        ),
        trusted_authorities=authorities,
    )


def match_request(
    request: DeviceRequest,
    candidates: Sequence[Candidate],
    *,
    at: datetime,
    leeway: timedelta = timedelta(0),
) -> QueryMatch:
    """Return which of `candidates` answer a request, each with what it would show.

    A document answers that has anything of what is asked for; those that have most
    stand first. Every document that can be shown is (8.3.2.1.2.2), unless the request
    says which uses they serve.
    """
    query = query_of(request)
    bare = Query(tuple(replace(each, claims=()) for each in query.credentials))
    found = match(bare, candidates, at=at, leeway=leeway)
    # Of one document over all of the request: else who asks twice is told of four.
    ages: defaultdict[int, set[ClaimPath]] = defaultdict(set)
    matched = tuple(
        _matched(document.items.elements, each, candidates=candidates, ages=ages)
        for document, each in zip(request.documents, found.credentials, strict=True)
    )
    return QueryMatch(matched, _sets(query, matched))


def _matched(
    asked: Asked,
    found: CredentialMatch,
    *,
    candidates: Sequence[Candidate],
    ages: Mapping[int, set[ClaimPath]],
) -> CredentialMatch:
    wanted: tuple[ClaimPath, ...] = tuple(
        (namespace, name) for namespace, names in asked.items() for name in names
    )
    misses = list(found.misses)
    matches: list[tuple[int, CandidateMatch]] = []
    for each in found.matches:
        claims = candidates[each.candidate].claims
        answered = dict(answers(asked, claims, ages=ages[each.candidate]))
        if answered:
            paths = tuple(dict.fromkeys(answered.values()))
            matches.append((len(answered), each._replace(paths=paths)))
        else:
            missing: tuple[ClaimPath, ...] = tuple(wanted)
            misses.append(NearestMiss(found.id, each.candidate, (Lack.CLAIM,), missing))
    matches.sort(key=lambda each: -each[0])
    misses.sort(key=NearestMiss.distance)
    return CredentialMatch(found.id, tuple(e for _, e in matches), tuple(misses))


def _sets(query: Query, matched: Iterable[CredentialMatch]) -> tuple[SetMatch, ...]:
    served = [each.id for each in matched if each.matches]
    if not query.credential_sets:
        single = tuple(SetMatch(((name,),), required=True) for name in served)
        # With nothing at all to show there is no answer.
        return single or (SetMatch((), required=True),)
    return tuple(
        SetMatch(
            tuple(e for e in each.options if set(served).issuperset(e)), each.required
        )
        for each in query.credential_sets
    )
