from datetime import UTC, datetime

import pytest

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.codec.numeric_date import numeric_date


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1763985600, datetime(2025, 11, 24, 12, 0, tzinfo=UTC)),
        (1763985600.5, datetime(2025, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_seconds_since_1970_are_a_moment(value: JsonValue, moment: datetime) -> None:
    assert numeric_date(value) == moment


@pytest.mark.parametrize(
    "value",
    [None, True, False, "1763985600", [], {}, -1, -0.5, 10**30, 1e300, float("nan")],
)
def test_anything_else_is_no_moment(value: JsonValue) -> None:
    assert numeric_date(value) is None


def test_the_last_moment_is_the_limit() -> None:
    last = limits.NUMERIC_DATE_MAXIMUM
    assert numeric_date(last) is not None
    assert numeric_date(last + 1) is None
