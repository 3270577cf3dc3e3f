"""The one place where the time is read."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware and in UTC; what every `at` argument takes."""
    return datetime.now(UTC)
