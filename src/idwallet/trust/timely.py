"""Whether an anchor may be relied on at a moment, beyond its own validity."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from idwallet.report import FactValue, Need, Reason
from idwallet.trust.anchor import TrustAnchor
from idwallet.trust.distrust import Standing, standing
from idwallet.trust.freshness import FreshnessRule, StaleRule
from idwallet.trust.policy import Policy

if TYPE_CHECKING:
    from idwallet.trust.anchors import TrustStore


class Untimely(NamedTuple):
    """Why trust in a signer does not simply stand; the facts lack its name."""

    reason: Reason
    facts: dict[str, FactValue]
    needs: tuple[Need, ...] = ()


def untimely(
    anchor: TrustAnchor,
    *,
    signed: datetime | None,
    trust: "TrustStore",
    policy: Policy,
    at: datetime,
    existed: datetime | None = None,
) -> Untimely | None:
    """Say what speaks against an anchor at a moment; None where nothing does.

    `signed` is when what it is asked about says that it was signed, None where it does
    not say. `existed` is when it existed by a proof that is not the signer's, None
    without one. A no comes before what is only open, and that before what is accepted:

    1. what was signed from when on somebody else may have had the anchor's keys;
    2. a clock that stands before the moment at which the anchors were taken;
    3. what was signed before the keys were lost, which nobody proves;
    4. anchors that were to be renewed by now, as the policy's freshness has it;
    5. what was signed before the keys were lost, by proof.
    """
    lost = anchor.distrusted_after
    stands = None if lost is None else standing(lost, signed=signed, existed=existed)
    if lost is not None and stands is Standing.AFTER:
        return Untimely(Reason.SIGNED_AFTER_DISTRUST, {"since": lost})
    early = _early(trust, clock_skew=policy.clock_skew, at=at)
    if early is not None:
        return early
    if lost is not None and stands is not Standing.BEFORE:
        return Untimely(Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN, {"since": lost})
    stale = _stale(trust, policy.freshness, at=at)
    if stale is not None or lost is None or existed is None:
        return stale
    facts: dict[str, FactValue] = {"since": lost, "signed": existed}
    return Untimely(Reason.SIGNED_BEFORE_DISTRUST, facts)


def untimely_anchors(
    trust: "TrustStore",
    freshness: FreshnessRule,
    *,
    clock_skew: timedelta,
    at: datetime,
) -> Untimely | None:
    """Say what speaks against all anchors of a store at a moment.

    A clock that stands before the moment at which they were taken comes before anchors
    that were to be renewed by now.
    """
    early = _early(trust, clock_skew=clock_skew, at=at)
    return _stale(trust, freshness, at=at) if early is None else early


def _early(
    trust: "TrustStore", *, clock_skew: timedelta, at: datetime
) -> Untimely | None:
    taken = trust.evidence.anchors.taken
    if taken is None or taken - at <= clock_skew:
        return None
    return Untimely(Reason.ANCHORS_FROM_THE_FUTURE, {"since": taken})


def _stale(
    trust: "TrustStore", rule: FreshnessRule, *, at: datetime
) -> Untimely | None:
    renewal, taken = trust.evidence.renewal, trust.evidence.anchors.taken
    if renewal is None or taken is None or at <= renewal.due:
        return None
    facts: dict[str, FactValue] = {"signed": taken, "until": renewal.due}
    if rule.stale is StaleRule.ACCEPTED and at - taken <= rule.maximum_age:
        return Untimely(Reason.ANCHORS_STALE_ACCEPTED, facts)
    return Untimely(Reason.ANCHORS_STALE, facts, (renewal.need,))
