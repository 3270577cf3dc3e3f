from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from idwallet.codec.moment import require_aware
from idwallet.errors import UsageError
from tests.conftest import AT


class NoOffset(tzinfo):
    """A zone that does not know how far it is from UTC."""

    def utcoffset(self, at: datetime | None, /) -> None:
        return None

    def dst(self, at: datetime | None, /) -> None:
        return None


def test_moments_with_a_zone_are_taken_whatever_the_zone() -> None:
    require_aware(
        AT, AT.astimezone(timezone(timedelta(hours=-3))), AT.replace(tzinfo=UTC)
    )


@pytest.mark.parametrize("zone", [None, NoOffset()])
def test_one_moment_without_an_offset_among_others_is_refused(
    zone: tzinfo | None,
) -> None:
    with pytest.raises(UsageError, match="time zone"):
        require_aware(AT, AT.replace(tzinfo=zone))
