"""What a service remembers between two messages, in the memory of one process."""

import heapq
from datetime import datetime
from threading import Lock
from typing import Final

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.errors import PortError, UsageError

_FULL: Final = "the store is full of exchanges under way"


class MemoryExchanges:
    """`idwallet.ports.ExchangeStore` for one process; safe between its threads.

    It forgets when the process ends: a service of several processes, or one that
    restarts, wants `idwallet.adapters.sql.SqlExchanges`.
    """

    def __init__(
        self,
        *,
        entries: int = limits.EXCHANGES,
        octets: int = limits.EXCHANGES_BYTES,
    ) -> None:
        """Keep at most `entries` records at once, and of them at most `octets`.

        Raises:
            UsageError: one is not a positive number.
        """
        if min(entries, octets) < 1:
            raise UsageError("a store keeps at least one record")
        self._entries = entries
        self._octets = octets
        self._held = 0
        self._records: dict[str, bytes] = {}
        self._expiries: list[tuple[datetime, str]] = []
        self._lock = Lock()

    def put(self, name: str, sealed: bytes, *, until: datetime, at: datetime) -> bool:
        """Keep a new record; see `idwallet.ports.ExchangeStore.put`.

        Raises:
            PortError: it is full of records that may not be forgotten yet.
            UsageError: a moment has no zone.
        """
        require_aware(until, at)
        with self._lock:
            self._forget(at)
            if name in self._records:
                return False
            if len(self._records) >= self._entries:
                raise PortError(_FULL)
            self._keep(name, sealed)
            heapq.heappush(self._expiries, (until, name))
            return True

    def get(self, name: str) -> bytes | None:
        """Return the record of that name, None where there is none."""
        return self._records.get(name)

    def swap(self, name: str, *, expected: bytes, sealed: bytes) -> bool:
        """Put another record in its place; see `idwallet.ports.ExchangeStore.swap`.

        Raises:
            PortError: there is no room for it; the record is as it was.
        """
        with self._lock:
            if self._records.get(name) != expected:
                return False
            self._keep(name, sealed)
            return True

    def __repr__(self) -> str:
        """Show the number of records only."""
        return f"MemoryExchanges(<{len(self._records)} records>)"

    def _keep(self, name: str, sealed: bytes) -> None:
        more = len(sealed) - len(self._records.get(name, b""))
        # An answer is a hundred times as long as its request: whoever asked often and
        # answered all of it with chaff would otherwise fill the memory.
        if more > 0 and self._held + more > self._octets:
            raise PortError(_FULL)
        self._held += more
        self._records[name] = sealed

    def _forget(self, at: datetime) -> None:
        kept = limits.EXCHANGE_KEPT_AFTER
        while self._expiries and self._expiries[0][0] < at - kept:
            _, name = heapq.heappop(self._expiries)
            self._held -= len(self._records.pop(name))
