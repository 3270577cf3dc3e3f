"""What a choice would let its asker, and others, know of earlier visits."""

from collections.abc import Iterable

from idwallet.codec.json import JsonObject
from idwallet.consent.linking.traces import tells
from idwallet.consent.linking.visits import (
    Visit,
    VisitLink,
    VisitLinkKind,
    linked_visits,
)
from idwallet.credentials.paths import Absent, ClaimPath, look_up
from idwallet.roles.asked import Shown
from idwallet.roles.batches import Batches


def planned_visit(shown: Shown, *, party: str, batches: Batches) -> Visit:
    """Return what showing this would be remembered as.

    Raises:
        BatchEmpty: no copy is left to show.
    """
    claims = shown.credential.positioned
    paths = frozenset(each for each in shown.reveals if _tells(claims, each))
    copy = batches.preview(shown.credential, party=party)
    return Visit(party=party, copy=copy, paths=paths)


def _tells(claims: JsonObject, path: ClaimPath) -> bool:
    value = look_up(claims, path)
    return not isinstance(value, Absent) and tells(value)


def links_of(
    shown: Iterable[Shown], earlier: Iterable[Visit], *, party: str, batches: Batches
) -> tuple[VisitLink, ...]:
    """Return what links what is chosen to earlier visits; see `Holder.linked`."""
    visits = tuple(earlier)
    found: list[VisitLink] = []
    for each in shown:
        planned = planned_visit(each, party=party, batches=batches)
        links = linked_visits(planned, visits)
        found += links
        known = any(link.kind is VisitLinkKind.SAME_COPY for link in links)
        if planned.copy is not None and not each.credential.thumbprint and not known:
            # The batch knows that somebody has seen it, though nobody says who.
            found.append(VisitLink(VisitLinkKind.SAME_COPY, None, elsewhere=True))
    return tuple(found)
