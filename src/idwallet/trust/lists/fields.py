"""Checks on what stands in a list, whichever form it came in."""

from datetime import UTC, datetime
from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError


def bounded_text(value: object, *, at: str, clause: str) -> str:
    """Return a text that is neither empty nor too long.

    Raises:
        LimitError: it passes `limits.LISTED_CHARACTERS`.
        MalformedError: it is no text, or an empty one.
    """
    if not isinstance(value, str) or not value.strip():
        raise MalformedError("no text", at=at, clause=clause)
    if len(value) > limits.LISTED_CHARACTERS:
        raise LimitError("a text is too long", at=at, clause=clause)
    return value.strip()


def require_count(count: int, bound: int, *, at: str, clause: str) -> None:
    """Return only if there are no more than so many.

    Raises:
        LimitError: there are more.
    """
    if count > bound:
        raise LimitError("too many entries", at=at, clause=clause)


def whole_number(value: object, *, at: str, clause: str) -> int:
    """Return an integer that is not negative; a truth value is none.

    Raises:
        MalformedError: it is no such number.
    """
    if type(value) is not int or not 0 <= value < _NUMBERS:
        raise MalformedError("no number", at=at, clause=clause)
    return value


_NUMBERS: Final = 1 << 63


def utc_moment(value: object, *, at: str, clause: str) -> datetime:
    """Return a moment written as ``2026-11-24T12:00:00Z``, with a fraction or without.

    Raises:
        MalformedError: it is none, or in another zone than UTC.
    """
    if isinstance(value, str) and value.isascii() and value.endswith("Z"):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is not None and len(value) >= _SHORTEST and value[10] == "T":
            return moment.astimezone(UTC)
    raise MalformedError("no moment in UTC", at=at, clause=clause)


_SHORTEST: Final = len("2026-11-24T12:00:00Z")
