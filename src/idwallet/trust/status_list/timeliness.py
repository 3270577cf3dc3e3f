"""Whether a list may be relied on at a moment (Token Status List section 8.3)."""

from datetime import datetime, timedelta

from idwallet.trust.freshness import Freshness, StaleRule
from idwallet.trust.status_list.structures import (
    ListContext,
    ListFault,
    ListRefused,
    ListTimes,
    refused,
)


def untimely(times: ListTimes, context: ListContext) -> ListRefused | None:
    """Refuse a list that may not be used at the moment, however fresh it is.

    Ages and not moments are compared: no sum passes the last date there is.
    """
    at, skew = context.at, context.policy.clock_skew
    issued = times.issued
    if times.expires is not None and at - times.expires >= skew:
        return refused(ListFault.EXPIRED, as_of=issued, until=times.expires)
    if times.not_before is not None and times.not_before - at > skew:
        return refused(ListFault.NOT_YET_VALID, as_of=issued, since=times.not_before)
    if issued - at > skew:
        return refused(ListFault.FROM_THE_FUTURE, as_of=issued, signed=issued)
    return None


def freshness(times: ListTimes, context: ListContext) -> Freshness | ListRefused:
    """Say how fresh a list is that may be used at the moment, or refuse it."""
    rule = context.freshness
    age = context.at - times.issued
    if age > rule.maximum_age:
        return _stale(times, rule.maximum_age)
    if times.ttl is None or context.at - _begin(times, context) <= times.ttl:
        return Freshness.FRESH
    if rule.stale is StaleRule.ACCEPTED:
        return Freshness.STALE_ACCEPTED
    return _stale(times, times.ttl)


def _stale(times: ListTimes, window: timedelta) -> ListRefused:
    signed = times.issued
    seconds = int(window.total_seconds())
    return refused(ListFault.STALE, as_of=signed, signed=signed, window=seconds)


def _begin(times: ListTimes, context: ListContext) -> datetime:
    """From when the time to live counts; a fetch before the issue, or to come, is none.

    (§8.3 step 4.d counts from when the list was got.) What was got while a credential
    is judged was got after the moment judged, by as much as clocks may differ.
    """
    taken, at = times.taken, context.at
    if taken is None or taken < times.issued or taken - at > context.policy.clock_skew:
        return times.issued
    return min(taken, at)
