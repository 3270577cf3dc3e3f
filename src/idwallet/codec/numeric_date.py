"""Moments as JWT writes them (RFC 7519 section 2, NumericDate)."""

from datetime import UTC, datetime

from idwallet import limits
from idwallet.codec.json import JsonValue


def numeric_date(value: JsonValue) -> datetime | None:
    """Return a NumericDate (RFC 7519 section 2) as a moment, or None if it is none.

    Booleans, strings and moments outside years 1970 to 9999 are none.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not 0 <= value <= limits.NUMERIC_DATE_MAXIMUM:
        return None
    return datetime.fromtimestamp(value, UTC)
