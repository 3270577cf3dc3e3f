"""The moment of everything in a soak: the machine's, as in earnest."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)
