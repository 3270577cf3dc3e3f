"""The one place where the time is read."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """Return the current time, aware and in UTC; what every `at` argument takes."""
    return datetime.now(UTC)


def steady() -> Callable[[], datetime]:
    """Return a clock like `now` that never runs backwards, whoever sets the machine's.

    From here on it goes on at least as fast as time does; where the machine's own is
    set forward, or the machine slept, it goes with that.
    """
    began, mark = now(), time.monotonic()

    def tell() -> datetime:
        return max(now(), began + timedelta(seconds=time.monotonic() - mark))

    return tell
