"""The one HTTP client: for threads and event loops alike, each thing fetched once."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Self

from idwallet import limits
from idwallet.adapters.clock import now
from idwallet.adapters.http.addresses import Resolve
from idwallet.adapters.http.cache import Cache, Kept, Key, kept_from, may_keep
from idwallet.adapters.http.exchange import (
    Rules,
    exchange,
    look_up,
    media_type,
    permitted,
)
from idwallet.adapters.http.loop import LoopThread
from idwallet.errors import PortError
from idwallet.ports import Fetched, Wanted

_OK: Final = frozenset({200})
_CLOSED: Final = "the fetcher was closed meanwhile"


class HttpFetcher:
    """Fetches over HTTPS what a trust anchor names, within bounds of size and time.

        with HttpFetcher() as fetcher:
            online = Online(trust, fetcher=fetcher)

    It is a `Fetcher` and an `AsyncFetcher`: threads and event loops share one exchange
    for what they all wait for, and what was fetched before is asked for again with its
    validators. Addresses that are not of the public internet are refused, whatever a
    name resolves to, but for `private_hosts`: name those of your own network there.
    `roots` are the certificates (PEM) that TLS servers are believed by, left out those
    of the system. `timeout` bounds each exchange as a whole.

    Nothing of the environment is heeded: no proxy, no password, no cookie. It works in
    a thread of its own that begins with the first fetch and ends with `close`.
    """

    def __init__(
        self,
        *,
        private_hosts: Iterable[str] = (),
        roots: str | None = None,
        timeout: timedelta = limits.FETCH_TIME,
        clock: Callable[[], datetime] = now,
        resolve: Resolve = look_up,
    ) -> None:
        """Take the rules; nothing is connected to yet.

        Raises:
            UsageError: the time is not positive or passes `limits.FETCH_TIME_MAXIMUM`,
                or `roots` cannot be read.
        """
        self._rules = Rules.of(
            private_hosts=private_hosts, roots=roots, timeout=timeout, resolve=resolve
        )
        self._clock = clock
        self._loop = LoopThread()
        self._desk: _Desk | None = None

    def __repr__(self) -> str:
        """Say what it is."""
        return "HttpFetcher()"

    def fetch(self, wanted: Wanted, /) -> Fetched:
        """Return what is wanted; the calling thread waits.

        Raises:
            PortError: it may not be fetched, or did not come as it must.
        """
        permitted(wanted, private_hosts=self._rules.private_hosts)
        try:
            return self._loop.submit(self._shared(wanted)).result()
        except CancelledError as error:
            raise PortError(_CLOSED) from error

    async def fetch_async(self, wanted: Wanted, /) -> Fetched:
        """Return what is wanted; other tasks of the calling loop run meanwhile.

        Raises:
            PortError: it may not be fetched, or did not come as it must.
        """
        permitted(wanted, private_hosts=self._rules.private_hosts)
        try:
            return await asyncio.wrap_future(self._loop.submit(self._shared(wanted)))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # the caller's own end
                raise
            raise PortError(_CLOSED) from error

    def close(self) -> None:
        """End its thread; whoever still waits gets a `PortError`."""
        self._loop.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    async def _shared(self, wanted: Wanted) -> Fetched:
        loop = asyncio.get_running_loop()
        # A process that was forked begins anew: what it copied waits for another loop.
        if self._desk is None or self._desk.loop is not loop:
            self._desk = _Desk(
                loop, self._rules, clock=self._clock, seconds=self._rules.seconds
            )
        return await self._desk.fetch(wanted)


class _Desk:
    """What is under way and what is kept, all in one event loop, so without a lock."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        rules: Rules,
        /,
        *,
        clock: Callable[[], datetime],
        seconds: float,
    ) -> None:
        self.loop = loop
        self._rules = rules
        self._clock = clock
        self._seconds = seconds
        self._cache = Cache()
        self._flights: dict[Key, asyncio.Task[Fetched]] = {}
        self._failed: dict[Key, float] = {}
        self._slots = asyncio.Semaphore(limits.FETCHES_AT_ONCE)

    async def fetch(self, wanted: Wanted) -> Fetched:
        """Join the exchange that is under way for this, or begin it."""
        if wanted.alone or wanted.bearer or wanted.statuses != _OK:
            return await self._alone(wanted)
        key = (wanted.uri, wanted.accept, wanted.post, wanted.max_bytes)
        flight = self._flights.get(key)
        if flight is None:
            flight = self.loop.create_task(self._fetch(wanted, key))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        # Who gives up waiting does not take it away from the others.
        return await asyncio.shield(flight)

    async def _alone(self, wanted: Wanted) -> Fetched:
        """Make an exchange of its own: nothing of it, no secret above all, is kept."""
        try:
            async with self._slots, asyncio.timeout(self._seconds):
                answer = await exchange(wanted, conditions={}, rules=self._rules)
        except TimeoutError as error:
            raise PortError(self._too_long()) from error
        if answer.status not in wanted.statuses:
            raise PortError("what was asked for the first time is said to be unchanged")
        return Fetched(
            body=answer.body,
            media_type=media_type(answer.headers.get("content-type", "")),
            taken=self._clock(),
            status=answer.status,
        )

    def _too_long(self) -> str:
        return f"the exchange took longer than {self._seconds:g} s"

    def _landed(self, key: Key, flight: asyncio.Task[Fetched]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # it was heard, also where nobody waits any more

    async def _fetch(self, wanted: Wanted, key: Key) -> Fetched:
        kept = self._cache.get(key)
        if kept is not None and kept.serves(wanted, at=self._clock()):
            return kept.fetched
        self._require_not_tried(key)
        try:
            async with self._slots, asyncio.timeout(self._seconds):
                return await self._exchange(wanted, key, kept=kept)
        except PortError:
            self._remember_failure(key)
            raise
        except TimeoutError as error:
            self._remember_failure(key)
            raise PortError(self._too_long()) from error

    async def _exchange(
        self, wanted: Wanted, key: Key, *, kept: Kept | None
    ) -> Fetched:
        conditions = {} if kept is None else kept.conditions()
        answer = await exchange(wanted, conditions=conditions, rules=self._rules)
        at, headers = self._clock(), answer.headers
        if answer.status != HTTPStatus.NOT_MODIFIED:
            kind = media_type(headers.get("content-type", ""))
            kept = kept_from(answer.body, kind, headers=headers, at=at)
        elif kept is not None and conditions:
            kept = kept.confirmed(headers, at=at)
        else:
            raise PortError("what was asked for the first time is said to be unchanged")
        if may_keep(headers):
            self._cache.put(key, kept)
        else:
            self._cache.drop(key)
        return kept.fetched

    def _require_not_tried(self, key: Key) -> None:
        until = self._failed.get(key)
        if until is None:
            return
        if self.loop.time() < until:
            raise PortError("it failed a moment ago, and is not tried again yet")
        del self._failed[key]

    def _remember_failure(self, key: Key) -> None:
        while len(self._failed) >= limits.FETCH_CACHE_ENTRIES:
            del self._failed[next(iter(self._failed))]
        retry = limits.FETCH_RETRY_AFTER.total_seconds()
        self._failed[key] = self.loop.time() + retry
