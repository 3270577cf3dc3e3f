"""What a wallet lets somebody ask for whom nobody vouches for."""

from collections.abc import Iterator

from idwallet.credentials.paths import show_path
from idwallet.credentials.query import CredentialQuery, Query
from idwallet.trust.policy import Admission


def beyond_admission(query: Query, admitted: tuple[Admission, ...]) -> tuple[str, ...]:
    """Return what of a query is not admitted: claim paths, or whole credential queries.

    Every type that might answer must be admitted, and of each every claim that is
    asked. A query that names no claim asks for whatever stands open: it is not
    admitted.
    """
    found: dict[str, None] = {}
    for each in query.credentials:
        found |= dict.fromkeys(_beyond(each, admitted))
    return tuple(found)


def _beyond(asked: CredentialQuery, admitted: tuple[Admission, ...]) -> Iterator[str]:
    if not asked.claims or not asked.types:
        yield asked.id
        return
    for kind in sorted(asked.types):
        may = [each for each in admitted if each.credential_type == kind]
        for claim in asked.claims:
            if not any(each.covers(claim.path) for each in may):
                yield show_path(claim.path)
