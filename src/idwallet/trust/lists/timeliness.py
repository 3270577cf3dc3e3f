"""Whether a list may be relied on at a moment, and whether it is older than another."""

from datetime import datetime

from idwallet import limits
from idwallet.report import Facts, Reason
from idwallet.trust.freshness import StaleRule
from idwallet.trust.lists.structures import ListContent, ListRules, ListSeen


def relied_until(content: ListContent, *, rules: ListRules) -> datetime:
    """Return until when what the list says is relied on.

    That is its next update, or where it promises none, as old as the rule lets it get;
    a stale one that is accepted, as old as the rule lets it get too. No list is relied
    on longer than `limits.TRUSTED_LIST_AGE_MAXIMUM` after its issue, whatever it says
    (six months, ETSI TS 119 612 section 5.3.15).
    """
    oldest = content.issued + rules.freshness.maximum_age
    last = content.next_update or oldest
    if rules.freshness.stale is StaleRule.ACCEPTED:
        last = max(last, oldest)
    return min(last, content.issued + limits.TRUSTED_LIST_AGE_MAXIMUM)


def freshness(content: ListContent, *, rules: ListRules) -> tuple[Reason, Facts]:
    """Say how a list stands to the moment judged.

    Returns:
        FRESH, STALE_ACCEPTED, STALE or FROM_THE_FUTURE, with its facts.
    """
    issued, at = content.issued, rules.at
    if issued - at > rules.policy.clock_skew:
        return Reason.FROM_THE_FUTURE, {"signed": issued}
    until = relied_until(content, rules=rules)
    if at > until:
        return Reason.STALE, {"signed": issued, "until": until}
    promised = content.next_update
    if promised is not None and at > promised:
        return Reason.STALE_ACCEPTED, {"signed": issued, "until": promised}
    return Reason.FRESH, {"signed": issued}


def sequence_reason(content: ListContent, seen: ListSeen | None) -> Reason:
    """Say whether the list is older than what was seen before.

    Where either has no number (a VICAL need not), the moments of issue decide.

    Returns:
        FIRST_USE, CURRENT or ROLLED_BACK.
    """
    if seen is None:
        return Reason.FIRST_USE
    if content.sequence is None or seen.sequence is None:
        is_older = content.issued < seen.issued
    else:
        is_older = (content.sequence, content.issued) < (seen.sequence, seen.issued)
    return Reason.ROLLED_BACK if is_older else Reason.CURRENT
