"""A bounded memory of what was judged good, used only while it would be again."""

from collections.abc import Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ValidityCache(Generic[Value]):
    """Values that hold between two moments.

    Only good answers are put here: a bad one may become good with the next anchor
    or minute, and remembering it would let a stranger fill the cache. Reading takes
    no lock; the oldest entry makes room for the newest.
    """

    def __init__(self, *, entries: int) -> None:
        """Keep at most `entries` values."""
        self._entries = entries
        self._held: dict[Hashable, tuple[datetime, datetime, Value]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, *, at: datetime) -> Value | None:
        """Return the value of `key` if it holds at that moment (both ends included)."""
        held = self._held.get(key)
        if held is None or not held[0] <= at <= held[1]:
            return None
        return held[2]

    def put(
        self, key: Hashable, value: Value, *, since: datetime, until: datetime
    ) -> None:
        """Remember that `value` holds from `since` to `until`."""
        with self._lock:
            while len(self._held) >= self._entries and key not in self._held:
                del self._held[next(iter(self._held))]
            self._held[key] = (since, until, value)

    def __len__(self) -> int:
        """Return how many values are held."""
        return len(self._held)
