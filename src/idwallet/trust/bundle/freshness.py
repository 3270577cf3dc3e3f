"""Whether a bundle may be relied on at a moment (bundle.md §7)."""

from datetime import datetime, timedelta
from typing import Final

from idwallet.report import BundleNeeded, Check, CheckId, Facts, Reason, check
from idwallet.trust.bundle.structures import Manifest
from idwallet.trust.freshness import FreshnessRule, StaleRule

SUBJECT: Final = "bundle"
"""What the checks of bundles are about."""


def freshness_reason(
    manifest: Manifest, *, rule: FreshnessRule, at: datetime, skew: timedelta
) -> Reason:
    """Say how a bundle stands to the moment judged.

    It is fresh until the next update that it announces, for its operator promises no
    other before. After that it is stale, and accepted only where the rule says so and
    only up to the rule's maximum age, counted from its issue. A clock that stands
    before the issue is wrong, and nothing that depends on time can be said by it.

    Returns:
        FRESH, STALE_ACCEPTED, STALE or CLOCK_BEHIND.
    """
    if manifest.issued - at > skew:
        return Reason.CLOCK_BEHIND
    if at <= manifest.next_update:
        return Reason.FRESH
    is_accepted = rule.stale is StaleRule.ACCEPTED
    if is_accepted and at - manifest.issued <= rule.maximum_age:
        return Reason.STALE_ACCEPTED
    return Reason.STALE


def freshness_check(
    manifest: Manifest, *, rule: FreshnessRule, at: datetime, skew: timedelta
) -> Check:
    """Return the check on the freshness of a bundle, and what would settle it."""
    reason = freshness_reason(manifest, rule=rule, at=at, skew=skew)
    facts: Facts = {"signed": manifest.issued, "until": manifest.next_update}
    if reason is Reason.CLOCK_BEHIND:
        facts = {"signed": manifest.issued}
    is_old = reason is Reason.STALE
    needs = (BundleNeeded(manifest.series, manifest.sequence),) if is_old else ()
    return check(
        CheckId.BUNDLE_FRESHNESS, reason, subject=SUBJECT, needs=needs, facts=facts
    )
