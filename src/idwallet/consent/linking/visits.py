"""What would link a visit to earlier ones, told before anything is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from idwallet.credentials.paths import ClaimPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One showing of one card, as a wallet remembers it; no value is in it.

    `party` is by what the asker is known. `copy` is the thumbprint of the key that was
    shown, None where it is one that nobody has seen. `paths` are the claims shown that
    tell more than a few people apart. `at` is None for a showing that is planned.
    """

    party: str
    copy: str | None
    paths: frozenset[ClaimPath]
    at: datetime | None = None


class VisitLinkKind(StrEnum):
    """By what a party will know that it is the same person."""

    SAME_COPY = "same_copy"
    """The very same copy: its signature, its key, every digest in it."""
    SAME_STATUS = "same_status"
    """Another one, with its status at the very same place of the same list."""
    SAME_CLAIMS = "same_claims"
    """Another copy or card, which says the same of claims that few people share."""


@dataclass(frozen=True, slots=True)
class VisitLink:
    """That a planned showing can be linked to an earlier one.

    `earlier` is that visit, None where it is known only that there was one. `paths` are
    the claims that both tell, where it is they that link. `elsewhere` says that it was
    to somebody else: then two parties who compare notes learn that they met the same
    person.
    """

    kind: VisitLinkKind
    earlier: Visit | None
    elsewhere: bool
    paths: frozenset[ClaimPath] = frozenset()


def linked_visits(planned: Visit, earlier: Iterable[Visit]) -> tuple[VisitLink, ...]:
    """Return what links a planned showing to earlier ones, in their order.

    All of them are one person's, so a claim of the same name says the same, whatever
    card it is on.
    """
    found = (_link(planned, visit) for visit in earlier)
    return tuple(each for each in found if each is not None)


def _link(planned: Visit, visit: Visit) -> VisitLink | None:
    elsewhere = planned.party != visit.party
    if planned.copy is not None and planned.copy == visit.copy:
        return VisitLink(VisitLinkKind.SAME_COPY, visit, elsewhere)
    told = {claim_name(each) for each in visit.paths}
    both = frozenset(each for each in planned.paths if claim_name(each) in told)
    if not both:
        return None
    return VisitLink(VisitLinkKind.SAME_CLAIMS, visit, elsewhere, both)


def claim_name(path: ClaimPath) -> str:
    """Return the name that a claim goes by in every format."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
