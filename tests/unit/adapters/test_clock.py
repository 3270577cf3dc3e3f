"""The clock."""

from datetime import UTC, datetime, timedelta

from idwallet.adapters.clock import now


def test_now_is_aware_in_utc_and_now():
    before = datetime.now(UTC)
    read = now()
    assert read.tzinfo is UTC
    assert before <= read <= before + timedelta(minutes=1)
