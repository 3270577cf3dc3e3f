"""A replay guard in memory, for one process that may forget when it ends."""

import heapq
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.errors import PortError, UsageError
from idwallet.ports import Use


@dataclass(slots=True)
class _Answer:
    response: bytes
    settled: bool = False


def require_digests(
    request: bytes, response: bytes, *, until: datetime, at: datetime
) -> None:
    """Refuse what no replay guard can work with.

    Raises:
        UsageError: a digest is not 32 bytes, or a moment has no zone.
    """
    if len(request) != _DIGEST_BYTES or len(response) != _DIGEST_BYTES:
        raise UsageError("a replay guard takes SHA-256 digests")
    require_aware(until, at)


_DIGEST_BYTES = 32


class MemoryReplay:
    """`idwallet.ports.ReplayGuard` for one process; safe between its threads.

    A request is remembered until it has expired by `limits.REPLAY_KEPT_AFTER`, so that
    one caller's fast clock does not free what another's still accepts. What a restart
    forgets can be replayed while it is valid: a till that restarts wants `SqlReplay`.
    """

    def __init__(self, *, entries: int = limits.REPLAY_ENTRIES) -> None:
        """Remember at most `entries` requests at once.

        Raises:
            UsageError: that is not a positive number.
        """
        if entries < 1:
            raise UsageError("a replay guard remembers at least one request")
        self._entries = entries
        self._answers: dict[bytes, _Answer] = {}
        self._expiries: list[tuple[datetime, bytes]] = []
        self._lock = Lock()

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request; see `idwallet.ports.ReplayGuard.consume`.

        Raises:
            PortError: it is full of requests that have not expired; nothing may pass
                unremembered.
            UsageError: a digest is not 32 bytes, or a moment has no zone.
        """
        require_digests(request, response, until=until, at=at)
        with self._lock:
            known = self._answers.get(request)
            if known is not None:
                same = known.response == response and not known.settled
                return Use.SAME_AGAIN if same else Use.USED
            self._forget(at)
            if len(self._answers) >= self._entries:
                raise PortError("the replay guard is full of requests still valid")
            self._answers[request] = _Answer(response)
            heapq.heappush(self._expiries, (until, request))
            return Use.FIRST

    def settle(self, request: bytes) -> bool:
        """Note that the verdict is final; True for the one caller that settled it.

        A request that nobody consumed, or that is forgotten, cannot be settled: False.
        """
        with self._lock:
            known = self._answers.get(request)
            if known is None or known.settled:
                return False
            known.settled = True
            return True

    def _forget(self, at: datetime) -> None:
        while self._expiries and self._expiries[0][0] < at - limits.REPLAY_KEPT_AFTER:
            _, request = heapq.heappop(self._expiries)
            del self._answers[request]
