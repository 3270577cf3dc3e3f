"""The same question asked of compact credentials, by the names of the catalogue."""

from dataclasses import replace

from idwallet.credentials.catalogue import CatalogueClaim, CredentialType, listed_type
from idwallet.credentials.query.query import Query
from idwallet.credentials.query.structures import (
    COMPACT,
    ClaimQuery,
    CompactMeta,
    CredentialQuery,
    CredentialSet,
)
from idwallet.errors import UsageError


def as_compact(query: Query) -> Query:
    """Return what `query` asks, asked of compact credentials alone.

    A query that asks for some already keeps those, and nothing else. Of any other each
    type of the catalogue is asked for once, in whichever encodings it was.

    Raises:
        UsageError: it asks for several credentials together, or for a type or claim
            that the catalogue does not know.
    """
    if any(len(option) != 1 for each in query.sets for option in each.options):
        raise UsageError("one QR code shows one credential: ask for one")
    named = {name for each in query.sets for option in each.options for name in option}
    asked = [each for each in query.credentials if each.id in named]
    own = [each for each in asked if each.format == COMPACT]
    found = {each.id: each for each in (own or map(_translated, asked))}
    options = tuple((name,) for name in found)
    sets = (CredentialSet(options=options),) if len(options) > 1 else ()
    return Query(tuple(found.values()), sets)


def _translated(asked: CredentialQuery) -> CredentialQuery:
    listed = listed_type(asked.format, sorted(asked.types))
    if listed is None:
        raise UsageError(f"{asked.id}: no type of the catalogue; ask for {COMPACT}")
    return CredentialQuery(
        id=listed.query_id(COMPACT),
        format=COMPACT,
        meta=CompactMeta((listed.identifier,)),
        claims=tuple(_claim(each, listed, form=asked.format) for each in asked.claims),
        claim_sets=asked.claim_sets,
        trusted_authorities=asked.trusted_authorities,
    )


def _claim(asked: ClaimQuery, listed: CredentialType, *, form: str) -> ClaimQuery:
    claims: tuple[CatalogueClaim, ...] = tuple(listed.claims.values())
    for each in claims:
        if each.path_in(form) == asked.path:
            return replace(asked, path=(each.name,), intent_to_retain=None)
    raise UsageError(f"{listed.name}: no claim of the catalogue stands there")
