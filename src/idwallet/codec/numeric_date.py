"""Moments as JWT writes them (RFC 7519 section 2, NumericDate)."""

from datetime import UTC, datetime

from idwallet import limits
from idwallet.codec.json import JsonValue


def numeric_date(value: JsonValue) -> datetime | None:
    """Return a NumericDate as a moment, or None if it is none.

    Booleans, strings and moments outside years 1970 to 9999 are none.
    """
    seconds = numeric_seconds(value)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def numeric_seconds(value: JsonValue) -> int | float | None:
    """Return a NumericDate as seconds since 1970, or None where `numeric_date` does."""
    if type(value) is not int and type(value) is not float:
        return None
    return value if 0 <= value <= limits.NUMERIC_DATE_MAXIMUM else None
