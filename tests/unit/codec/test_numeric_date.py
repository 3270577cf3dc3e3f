from datetime import UTC, datetime, timedelta

import pytest

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.codec.numeric_date import numeric_date, numeric_seconds


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (0.0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1.5, datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)),
        (1795521600, datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (limits.NUMERIC_DATE_MAXIMUM, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_seconds_since_1970_are_a_moment(value: JsonValue, moment: datetime) -> None:
    found = numeric_date(value)
    assert found == moment
    assert found.utcoffset() == timedelta(0)
    assert numeric_seconds(value) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "1795521600",
        "2026-11-24T12:00:00Z",
        [],
        {},
        -1,
        -0.001,
        limits.NUMERIC_DATE_MAXIMUM + 1,
        limits.NUMERIC_DATE_MAXIMUM + 0.5,
        10**400,
        1e300,
        float("nan"),
        float("inf"),
    ],
)
def test_anything_else_is_no_moment(value: JsonValue) -> None:
    assert numeric_date(value) is None
    assert numeric_seconds(value) is None
