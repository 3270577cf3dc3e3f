"""Dates of PDF (ISO 32000-2 7.9.4)."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_DATE: Final = re.compile(
    rb"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:(Z)(?:00'?00'?)?|([+-])(\d\d)'?(\d\d)?'?)"
)


def read_date(value: object) -> datetime | None:
    """Return the moment that a date says, None for what is none or has no zone."""
    found = _DATE.fullmatch(value) if isinstance(value, bytes) else None
    if found is None:
        return None
    numbers = [int(each or 0) for each in found.groups()[:6]]
    zone = UTC
    if found[8]:
        apart = timedelta(hours=int(found[9]), minutes=int(found[10] or 0))
        if apart >= timedelta(days=1):
            return None
        zone = timezone(apart if found[8] == b"+" else -apart)
    try:
        year, month, day, hour, minute, second = numbers
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
