"""Give out places in status lists, and change what the lists say about them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.errors import UsageError
from idwallet.ports import Random, ShardRecord, StatusSession, StatusStore
from idwallet.roles.batch_terms import neighbours
from idwallet.roles.status_issuer.chain import StatusChange
from idwallet.roles.status_issuer.changes import (
    INVALID,
    SUSPENDED,
    VALID,
    Why,
    history_of,
    set_status,
    status_now,
)
from idwallet.roles.status_issuer.places import spread, take
from idwallet.roles.status_issuer.plan import StatusPlan
from idwallet.roles.status_issuer.uniform import Uniform
from idwallet.trust.status_list.values import StatusReference, StatusValue

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE: Final = limits.STATUS_PAGE_ENTRIES


class StatusIssuer:
    """Gives out places in status lists, and revokes, suspends and reinstates.

    It holds no key: lists are signed by a `StatusPublisher`, which may run elsewhere.
    Of any number of processes over one store no two ever give out one place. A place
    is drawn from all that are free in the lists that are open, so that it tells
    nothing about when it was given out, nor does the store. Thread-safe.
    """

    def __init__(
        self,
        *,
        store: StatusStore,
        plan: StatusPlan,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Use the lists of a store, and open more of them as `plan` says."""
        self._store = store
        self._plan = plan
        self._random = random

    def allocate(
        self, count: int = 1, *, valid_until: datetime
    ) -> tuple[StatusReference, ...]:
        """Give out so many places, each to one credential and to no other, ever.

        None of the credentials may be valid longer than `valid_until`: a list is
        published until then. The order tells nothing either. Once this returns they
        are taken for good, whatever happens; where it raises, none is.

        Raises:
            UsageError: `count` is not 1 to `limits.STATUS_PLACES_AT_ONCE`, or the
                moment has no zone.
            PortError: the store failed.
        """
        if not 0 < count <= limits.STATUS_PLACES_AT_ONCE:
            most = limits.STATUS_PLACES_AT_ONCE
            raise UsageError(f"1 to {most:,} places are given out at once")
        require_aware(valid_until)
        until = (valid_until - _EPOCH) // timedelta(microseconds=1)
        uniform = Uniform(self._random)
        with self._store.session() as session:
            # One at a time: two would both find too few places, and open two lists.
            session.alone()
            shards = self._open(session, count, until=until)
            given = _draw(session, shards, count=count, uniform=uniform)
            for shard, indexes in zip(shards, given, strict=True):
                _give(session, shard, count=len(indexes), until=until)
        found = [
            StatusReference(shard.uri, index)
            for shard, indexes in zip(shards, given, strict=True)
            for index in indexes
        ]
        # They come page by page; a list issued in that order would tell it.
        return tuple(uniform.shuffled(found))

    def allocate_apart(
        self, count: int, *, valid_until: datetime
    ) -> tuple[StatusReference, ...]:
        """Give out places for one batch, no two of them neighbours in a list.

        Two places that are drawn side by side are drawn again; what is given back is
        lost, and that is all. See `allocate`.

        Raises:
            UsageError: as `allocate`; or the lists are so full that only neighbours
                are left: open more of them.
            PortError: the store failed.
        """
        found = list(self.allocate(count, valid_until=valid_until))
        for _ in range(limits.BATCH_PLACE_TRIES):
            near = neighbours(found)
            if not near:
                return tuple(found)
            kept = [each for each in found if each not in near]
            found = kept + list(self.allocate(len(near), valid_until=valid_until))
        raise UsageError("the lists are too full for a batch: let the plan open more")

    def _open(
        self, session: StatusSession, count: int, *, until: int
    ) -> list[ShardRecord]:
        """Return the lists to draw from, and open those that are wanting."""
        found = [each for each in session.vacant() if self._plan.fits(each)]
        while (
            len(found) < self._plan.open_lists
            or sum(each.free for each in found) < count
        ):
            shard, pages = self._plan.new_list(self._random, until=until)
            session.add(shard, pages)
            found.append(shard)
        return found

    def revoke(
        self, *places: StatusReference, actor: str, reason: str, at: datetime
    ) -> tuple[StatusReference, ...]:
        """Make credentials invalid for good; see `set_status`."""
        why = Why(actor, reason, at)
        return self.set_status(places, INVALID, why=why)

    def suspend(
        self, *places: StatusReference, actor: str, reason: str, at: datetime
    ) -> tuple[StatusReference, ...]:
        """Make credentials invalid for the present; see `set_status`.

        Raises:
            UsageError: as there, and also where a list has entries of one bit.
        """
        why = Why(actor, reason, at)
        return self.set_status(places, SUSPENDED, why=why)

    def reinstate(
        self, *places: StatusReference, actor: str, reason: str, at: datetime
    ) -> tuple[StatusReference, ...]:
        """Make credentials valid again that were suspended; see `set_status`."""
        why = Why(actor, reason, at)
        return self.set_status(places, VALID, why=why)

    def set_status(
        self, places: Iterable[StatusReference], status: int, *, why: Why
    ) -> tuple[StatusReference, ...]:
        """Set the status of places; see `idwallet.roles.status_issuer.set_status`."""
        return set_status(self._store, places, to=status, why=why)

    def status(self, place: StatusReference) -> StatusValue:
        """Return what the next publication would say about a place.

        Raises:
            UsageError: it is in no list of the store, or was given to nobody.
            PortError: the store failed.
        """
        return status_now(self._store, place)

    def history(self, place: StatusReference) -> tuple[StatusChange, ...]:
        """Return what happened to a place, oldest first.

        Raises:
            UsageError: it is in no list of the store, or was given to nobody.
            MalformedError: a record is none of ours: see `audit`.
            PortError: the store failed.
        """
        return history_of(self._store, place)

    def __repr__(self) -> str:
        """Show where its lists are."""
        return f"StatusIssuer({self._plan.uri!r})"


def _draw(
    session: StatusSession,
    shards: Sequence[ShardRecord],
    *,
    count: int,
    uniform: Uniform,
) -> list[list[int]]:
    """Take places out of the pages of these lists; their indexes, list by list."""
    pages = [
        (which, number, free)
        for which, shard in enumerate(shards)
        for number, free in enumerate(session.occupancy(shard.name))
    ]
    given: list[list[int]] = [[] for _ in shards]
    changed = []
    shares = spread([free for _, _, free in pages], count=count, uniform=uniform)
    for drawn, share in shares.items():
        which, number, _ = pages[drawn]
        page = session.page(shards[which].name, number)
        page, found = take(page, count=share, uniform=uniform)
        given[which] += [number * _PAGE + each for each in found]
        changed.append(page)
    session.put(changed)
    return given


def _give(
    session: StatusSession, shard: ShardRecord, *, count: int, until: int
) -> None:
    """Note on a list that so many of its places were given out."""
    if count:
        free, until = shard.free - count, max(shard.until, until)
        session.update(replace(shard, free=free, until=until))
