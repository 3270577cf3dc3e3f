"""What is fetched for an open verdict, kept, and judged with again."""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import NamedTuple, TypeVar

from idwallet import limits
from idwallet.adapters.clock import now
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.ports import AsyncFetcher, Fetched, Fetcher, Wanted
from idwallet.report import Need, Report
from idwallet.roles.needed import Gathered, Order, orders_of
from idwallet.trust.anchors import TrustStore

_Tried = set[tuple[str, bytes | None]]
Ends = TypeVar("Ends")
Steps = Generator[tuple[Order, ...], list["_Came"], Ends]
Judge = Callable[[TrustStore], tuple[Ends, Report | None]]
"""What judges under a trust store: what it comes to, and the report if that is open."""


class _Came(NamedTuple):
    """What an order brought: from which way, or why nothing."""

    order: Order
    way: Wanted | None = None
    fetched: Fetched | None = None
    failure: PortError | None = None


class Fetching:
    """Trust while there is a network: what a verdict lacks is fetched.

    Safe between threads.
    """

    def __init__(
        self,
        trust: TrustStore,
        *,
        fetcher: Fetcher | AsyncFetcher,
        failed: Callable[[Need, PortError], None] = lambda _need, _error: None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Take what is at hand anyway, and what fetches."""
        self._base = trust
        self._fetcher = fetcher
        self._failed = failed
        self._clock = clock
        self._lock = Lock()
        self._gathered = Gathered()
        self._trust = trust

    def __repr__(self) -> str:
        """Show what it believes."""
        return f"Online({self.trust!r})"

    @property
    def trust(self) -> TrustStore:
        """The trust store with all that was fetched so far."""
        return self._trust

    def types(self, base: TypeMetadataSet = NO_TYPES) -> TypeMetadataSet:
        """Return the type metadata in `base`, and beside it all that was fetched."""
        with self._lock:
            return self._gathered.types(base)

    def resolve(self, report: Report) -> bool:
        """Fetch what an open verdict lacks; True where something new is at hand.

        It is for verdicts made elsewhere, as a wallet's: take `trust` and judge again.
        """
        return self._hold(self._carry_out(self._todo(report, set())))

    async def resolve_async(self, report: Report) -> bool:
        """Do as `resolve` does, in an event loop."""
        return self._hold(await self._carry_out_async(self._todo(report, set())))

    def steps(self, judge: Judge[Ends]) -> Steps[Ends]:
        """Judge, hand out orders, take what came, and judge again."""
        tried = _Tried()
        for _ in range(limits.FETCH_ROUNDS):
            trust = self._trust
            judged, report = judge(trust)
            if report is None:
                return judged
            came = yield from self._settling(report, tried)
            # What somebody else fetched meanwhile is as good.
            if not came and self._trust is trust:
                return judged
        return judge(self._trust)[0]

    def driven(self, judge: Judge[Ends]) -> Ends:
        """Go through the steps; the calling thread waits."""
        steps = self.steps(judge)
        ended, orders = _advance(steps, None)
        while ended is None:
            ended, orders = _advance(steps, self._carry_out(orders))
        return ended[0]

    async def driven_async(self, judge: Judge[Ends]) -> Ends:
        """Do as `driven` does, in an event loop.

        Judging runs in a thread of its own: it may wait for a disk, or for an
        authority.
        """
        steps = self.steps(judge)
        ended, orders = await asyncio.to_thread(_advance, steps, None)
        while ended is None:
            came = await self._carry_out_async(orders)
            ended, orders = await asyncio.to_thread(_advance, steps, came)
        return ended[0]

    def _settling(self, report: Report, tried: _Tried) -> Steps[bool]:
        """Hand out orders until something came; False where there are none left."""
        while orders := self._todo(report, tried):
            if self._hold((yield orders)):
                return True
        return False

    def _todo(self, report: Report, tried: _Tried) -> tuple[Order, ...]:
        """Return the orders that were not carried out yet, and mark them."""
        moment = self._clock()
        with self._lock:
            left = [
                self._anew(each, moment=moment, tried=tried)
                for each in orders_of(report)
            ]
        todo = [each for each in left if each.ways]
        first = tuple(each for each in todo if not each.reveals) or tuple(todo)
        tried.update((way.uri, way.post) for each in first for way in each.ways)
        return first

    def _anew(self, order: Order, *, moment: datetime, tried: _Tried) -> Order:
        """Leave out what was tried, and what came a moment ago and did not help."""
        ways = []
        for way in order.ways:
            taken = self._gathered.taken(way)
            just_now = taken is not None and moment - taken < limits.FETCH_RETRY_AFTER
            if not just_now and (way.uri, way.post) not in tried:
                ways.append(replace(way, newer_than=taken))
        return order._replace(ways=tuple(ways))

    def _hold(self, came: list[_Came]) -> bool:
        """Keep what came; say what did not, and whether anything did."""
        failures = [(each.order.need, each.failure) for each in came if each.failure]
        with self._lock:
            for each in came:
                if each.way is None or each.fetched is None:
                    continue
                try:
                    self._gathered.take(each.order, each.way, came=each.fetched)
                except MalformedError as error:
                    fault = PortError("what came is not what was needed")
                    fault.__cause__ = error
                    failures.append((each.order.need, fault))
            found = len(came) > len(failures)
            if found:
                evidence = self._gathered.evidence(self._base.evidence)
                self._trust = self._base.with_evidence(evidence)
        for need, fault in failures:
            self._failed(need, fault)
        return found

    # Fetching, in threads and in an event loop.

    def _carry_out(self, orders: tuple[Order, ...]) -> list[_Came]:
        if len(orders) < 2:
            return [self._get(each) for each in orders]
        with ThreadPoolExecutor(len(orders), "idwallet-online") as pool:
            return list(pool.map(self._get, orders))

    def _get(self, order: Order) -> _Came:
        fetch = getattr(self._fetcher, "fetch", None)
        if fetch is None:
            raise UsageError("an AsyncFetcher serves the doors that end in _async")
        failure: PortError | None = None
        for way in order.ways:
            try:
                return _Came(order, way, fetch(way))
            except PortError as error:
                failure = error
        return _Came(order, failure=failure)

    async def _carry_out_async(self, orders: tuple[Order, ...]) -> list[_Came]:
        return list(await asyncio.gather(*map(self._get_async, orders)))

    async def _get_async(self, order: Order) -> _Came:
        fetch = getattr(self._fetcher, "fetch_async", None)
        if fetch is None:
            return await asyncio.to_thread(self._get, order)
        failure: PortError | None = None
        for way in order.ways:
            try:
                return _Came(order, way, await fetch(way))
            except PortError as error:
                failure = error
        return _Came(order, failure=failure)


def _advance(
    steps: Steps[Ends], came: list[_Came] | None
) -> tuple[tuple[Ends] | None, tuple[Order, ...]]:
    """Go on to the end, or to the next orders."""
    try:
        return None, next(steps) if came is None else steps.send(came)
    except StopIteration as end:
        ended: Ends = end.value
        return (ended,), ()
