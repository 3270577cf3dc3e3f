"""Moments that can be compared with one another."""

from datetime import datetime

from idwallet.errors import UsageError


def require_aware(*moments: datetime) -> None:
    """Return only if every moment carries its time zone.

    Whether it has a `tzinfo` does not say so: one that knows no offset leaves the
    moment naive, and comparing it raises a TypeError later.

    Raises:
        UsageError: a moment is naive.
    """
    if any(each.utcoffset() is None for each in moments):
        raise UsageError("a moment carries its time zone: use an aware datetime")
