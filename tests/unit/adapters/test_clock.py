"""The clock."""

from datetime import UTC, datetime, timedelta

import pytest

from idwallet.adapters import clock
from idwallet.adapters.clock import now, steady


def test_now_is_aware_in_utc_and_now():
    before = datetime.now(UTC)
    read = now()
    assert read.tzinfo is UTC
    assert before <= read <= before + timedelta(minutes=1)


def test_a_steady_clock_goes_on_while_somebody_sets_the_machines_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began = datetime(2026, 11, 26, 12, tzinfo=UTC)
    told, passed = [began], [100.0]
    monkeypatch.setattr(clock, "now", lambda: told[0])
    monkeypatch.setattr(clock.time, "monotonic", lambda: passed[0])
    tell = steady()
    assert tell() == began
    told[0], passed[0] = began - timedelta(hours=2), 130.0
    assert tell() == began + timedelta(seconds=30)
    # Set forward, or after a sleep in which the other one stood still, it goes along.
    told[0] = began + timedelta(hours=1)
    assert tell() == began + timedelta(hours=1)
