"""What a device could decide at a moment with what a bundle holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.bundle.withdrawn import read_withdrawn
from idwallet.trust.evidence import (
    CrlAtHand,
    StatusListAtHand,
    WithdrawnAtHand,
    content_of,
)
from idwallet.trust.freshness import Freshness
from idwallet.trust.policy import DelegationRule, Policy
from idwallet.trust.revocation import Crl
from idwallet.trust.status_list import (
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    evaluate_status_list,
)
from idwallet.trust.status_list.timeliness import freshness


class Use(StrEnum):
    """Whether something may be relied on at the moment, and if not, why."""

    CURRENT = "current"
    STALE_ACCEPTED = "stale_accepted"
    NOT_YET = "not_yet"
    OVER = "over"
    DISTRUSTED = "distrusted"
    BROKEN = "broken"
    """It breaks its form, or who signed it may not speak, by what is known here."""

    @property
    def is_usable(self) -> bool:
        """Whether anything can be decided by it."""
        return self in {Use.CURRENT, Use.STALE_ACCEPTED}


@dataclass(frozen=True, slots=True)
class AnchorOutlook:
    """An anchor, and until when it is believed, None where it has no end."""

    anchor: TrustAnchor
    use: Use
    until: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceOutlook:
    """A status list by its address, or a CRL by its place among those at hand.

    A list of delegations taken back has the name that its operator gave it. `entries`
    counts those of a list that could be read.
    """

    name: str
    use: Use
    as_of: datetime | None = None
    until: datetime | None = None
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that a device could decide by; `responses` counts OCSP responses.

    `withdrawn` are lists of delegations that were taken back; `takes_delegations` says
    whether the policy takes any.
    """

    anchors: tuple[AnchorOutlook, ...]
    lists: tuple[EvidenceOutlook, ...]
    crls: tuple[EvidenceOutlook, ...]
    responses: int
    withdrawn: tuple[EvidenceOutlook, ...] = ()
    takes_delegations: bool = False


def outlook(
    store: TrustStore,
    *,
    policy: Policy,
    at: datetime,
    progress: Callable[[], None] = lambda: None,
) -> Outlook:
    """Read everything in a store, and say what could be decided by it under a policy.

    A list that only names the key of its signer is of use once a credential says who
    issued it; here it counts as broken. `progress` is called after each piece.

    Raises:
        UsageError: `at` has no zone.
        PortError: the source of a piece cannot be read.
    """
    context = ListContext(store, policy, policy.freshness, at)
    return Outlook(
        anchors=tuple(_anchor(each, at=at) for each in store.anchors),
        lists=tuple(_lists(store, context, progress=progress)),
        crls=tuple(_crls(store, context, progress=progress)),
        responses=len(store.evidence.responses),
        withdrawn=tuple(_withdrawn(store, context, progress=progress)),
        takes_delegations=policy.delegation is not DelegationRule.REFUSED,
    )


def _anchor(anchor: TrustAnchor, *, at: datetime) -> AnchorOutlook:
    spans = [] if anchor.validity is None else [anchor.validity]
    since = [each.since for each in spans]
    until = [each.until for each in spans]
    if anchor.certificate is not None:
        since.append(anchor.certificate.not_before)
        until.append(anchor.certificate.not_after)
    end = min(until, default=None)
    if any(at < each for each in since):
        return AnchorOutlook(anchor, Use.NOT_YET, end)
    if end is not None and at > end:
        return AnchorOutlook(anchor, Use.OVER, end)
    use = Use.CURRENT if anchor.distrusted_after is None else Use.DISTRUSTED
    return AnchorOutlook(anchor, use, end)


def _lists(
    store: TrustStore, context: ListContext, *, progress: Callable[[], None]
) -> Iterator[EvidenceOutlook]:
    for each in store.evidence.status_lists:
        yield _list(each, context)
        progress()


def _list(piece: StatusListAtHand, context: ListContext) -> EvidenceOutlook:
    try:
        token = content_of(piece.token)
    except MalformedError:
        return EvidenceOutlook(piece.uri, Use.BROKEN)
    source = ListSource(piece.uri, taken=piece.origin.taken)
    found = evaluate_status_list(token, source, context=context)
    if isinstance(found, ListRefused):
        use = _FAULTS.get(found.fault, Use.BROKEN)
        return EvidenceOutlook(piece.uri, use, found.as_of)
    fresh = freshness(found.times, context)
    use = Use.OVER if isinstance(fresh, ListRefused) else _FRESH[fresh]
    return EvidenceOutlook(piece.uri, use, found.issued, found.expires, found.size)


_FRESH: Final = MappingProxyType(
    {
        Freshness.FRESH: Use.CURRENT,
        Freshness.STALE_ACCEPTED: Use.STALE_ACCEPTED,
    }
)
_FAULTS: Final = MappingProxyType(
    {
        ListFault.EXPIRED: Use.OVER,
        ListFault.STALE: Use.OVER,
        ListFault.NOT_YET_VALID: Use.NOT_YET,
        ListFault.FROM_THE_FUTURE: Use.NOT_YET,
    }
)


def _crls(
    store: TrustStore, context: ListContext, *, progress: Callable[[], None]
) -> Iterator[EvidenceOutlook]:
    for n, each in enumerate(store.evidence.crls):
        yield _crl(each, context, at=f"crls/{n}")
        progress()


def _crl(piece: CrlAtHand, context: ListContext, *, at: str) -> EvidenceOutlook:
    try:
        crl = Crl.from_der(content_of(piece.der), at=at)
    except (MalformedError, UnsupportedError):
        return EvidenceOutlook(at, Use.BROKEN)
    moment, oldest = context.at, context.policy.revocation_age
    use = Use.CURRENT
    if crl.this_update - moment > context.policy.clock_skew:
        use = Use.NOT_YET
    elif moment - crl.this_update > oldest or (
        crl.next_update is not None and moment > crl.next_update
    ):
        use = Use.OVER
    return EvidenceOutlook(at, use, crl.this_update, crl.next_update)


def _withdrawn(
    store: TrustStore, context: ListContext, *, progress: Callable[[], None]
) -> Iterator[EvidenceOutlook]:
    for each in store.evidence.withdrawn:
        yield _ends(each, context)
        progress()


def _ends(piece: WithdrawnAtHand, context: ListContext) -> EvidenceOutlook:
    taken = piece.origin.taken
    try:
        listed = read_withdrawn(content_of(piece.statements), at=piece.name)
    except (MalformedError, UnsupportedError):
        return EvidenceOutlook(piece.name, Use.BROKEN, taken)
    use = Use.CURRENT
    if taken is None or context.at - taken > context.policy.freshness.maximum_age:
        use = Use.OVER
    elif taken - context.at > context.policy.clock_skew:
        use = Use.NOT_YET
    return EvidenceOutlook(piece.name, use, taken, entries=len(listed))
