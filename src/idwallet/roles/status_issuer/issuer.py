"""Give out places in status lists, and change what the lists say about them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.errors import UsageError
from idwallet.ports import (
    PageRecord,
    Random,
    ShardRecord,
    StatusSession,
    StatusStore,
)
from idwallet.roles.status_issuer.chain import StatusChange, from_body, records
from idwallet.roles.status_issuer.places import (
    is_taken,
    spread,
    status_bytes,
    status_of,
    take,
)
from idwallet.roles.status_issuer.plan import StatusPlan
from idwallet.roles.status_issuer.uniform import Uniform
from idwallet.trust.status_list.values import (
    STATUS_VALUES,
    StatusReference,
    StatusValue,
)

VALID: Final = 0
INVALID: Final = 1
SUSPENDED: Final = 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE: Final = limits.STATUS_PAGE_ENTRIES


class Why(NamedTuple):
    """Who changes statuses, why, and when: what the history keeps of each change."""

    actor: str
    reason: str
    at: datetime


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
        uniform.shuffle(found)
        return tuple(found)

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
        """Set the status type value of places, all of them or none.

        Returns those that had another value before; each is in the history. What was
        revoked stays so (Token Status List section 7.1). Lists say it from their next
        publication on.

        Raises:
            UsageError: a place is in no list of the store or was given to nobody, a
                revoked one would become anything else, a value does not fit into the
                list's bits, there are none or more than
                `limits.STATUS_CHANGES_AT_ONCE`, actor or reason is empty or too long,
                or the moment has no zone.
            PortError: the store failed.
        """
        wanted = list(dict.fromkeys(places))
        _require(why, len(wanted))
        by_list: dict[str, list[int]] = {}
        for each in wanted:
            by_list.setdefault(each.uri, []).append(each.index)
        with self._store.session() as session:
            shards = session.lock(by_list)
            if len(shards) < len(by_list):
                raise UsageError("an address that is none of a status list here")
            return tuple(
                StatusReference(shard.uri, index)
                for shard in shards
                for index in _change(
                    session, shard, indexes=by_list[shard.uri], to=status, why=why
                )
            )

    def status(self, place: StatusReference) -> StatusValue:
        """Return what the next publication would say about a place.

        Raises:
            UsageError: it is in no list of the store, or was given to nobody.
            PortError: the store failed.
        """
        with self._store.view() as session:
            shard, page = _find(session, place)
        return STATUS_VALUES[status_of(page, place.index % _PAGE, bits=shard.bits)]

    def history(self, place: StatusReference) -> tuple[StatusChange, ...]:
        """Return what happened to a place, oldest first.

        Raises:
            UsageError: it is in no list of the store, or was given to nobody.
            MalformedError: a record is none of ours: see `audit`.
            PortError: the store failed.
        """
        with self._store.view() as session:
            shard, _ = _find(session, place)
            found = list(session.history(shard.name, place.index))
        return tuple(from_body(each.body) for each in found)

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


def _require(why: Why, count: int) -> None:
    require_aware(why.at)
    if not 0 < count <= limits.STATUS_CHANGES_AT_ONCE:
        most = limits.STATUS_CHANGES_AT_ONCE
        raise UsageError(f"1 to {most:,} statuses are changed at once")
    if not 0 < len(why.actor) <= limits.STATUS_ACTOR_CHARACTERS:
        raise UsageError("a change of status says who made it, and briefly")
    if not 0 < len(why.reason) <= limits.STATUS_REASON_CHARACTERS:
        raise UsageError("a change of status says why, and briefly")


def _change(
    session: StatusSession,
    shard: ShardRecord,
    *,
    indexes: Sequence[int],
    to: int,
    why: Why,
) -> list[int]:
    """Change entries of one list that is locked; return those that were another."""
    if type(to) is not int or not 0 <= to < 1 << shard.bits:
        raise UsageError(f"a list of {shard.bits} bits an entry has no status {to}")
    by_page: dict[int, list[int]] = {}
    for index in indexes:
        _require_within(shard, index)
        by_page.setdefault(index // _PAGE, []).append(index)
    changes: list[StatusChange] = []
    pages = []
    for number, within in by_page.items():
        page = session.page(shard.name, number)
        made = list(_changes(page, within, bits=shard.bits, to=to, why=why))
        if made:
            pages.append(_with_changes(page, made, bits=shard.bits))
            changes += made
    if not changes:
        return []
    told = list(
        records(changes, shard=shard.name, number=shard.changes, head=shard.head)
    )
    session.put(pages)
    session.append(told)
    session.update(
        replace(
            shard,
            revision=shard.revision + 1,
            changes=shard.changes + len(told),
            head=told[-1].digest,
        )
    )
    return [each.index for each in changes]


def _changes(
    page: PageRecord, indexes: Iterable[int], *, bits: int, to: int, why: Why
) -> Iterable[StatusChange]:
    for index in indexes:
        within = index % _PAGE
        if not is_taken(page, within):
            raise UsageError("a place in a status list that was given to nobody")
        before = status_of(page, within, bits=bits)
        if before == to:
            continue
        if before == INVALID:
            raise UsageError("what was revoked stays revoked: issue a new credential")
        yield StatusChange(
            index=index,
            before=before,
            after=to,
            at=why.at,
            actor=why.actor,
            reason=why.reason,
        )


def _with_changes(
    page: PageRecord, changes: Iterable[StatusChange], *, bits: int
) -> PageRecord:
    statuses = bytearray(status_bytes(page, bits=bits))
    for each in changes:
        place = each.index % _PAGE * bits
        shift = place & 7
        kept = statuses[place >> 3] & ~(((1 << bits) - 1) << shift)
        statuses[place >> 3] = kept | each.after << shift
    return replace(page, statuses=bytes(statuses))


def _require_within(shard: ShardRecord, index: int) -> None:
    if type(index) is not int or not 0 <= index < shard.entries:
        raise UsageError("an index outside its status list")


def _find(
    session: StatusSession, place: StatusReference
) -> tuple[ShardRecord, PageRecord]:
    """Return the list that a place is in, and its page."""
    shard = session.find(place.uri)
    if shard is None:
        raise UsageError("an address that is none of a status list here")
    _require_within(shard, place.index)
    page = session.page(shard.name, place.index // _PAGE)
    if not is_taken(page, place.index % _PAGE):
        raise UsageError("a place in a status list that was given to nobody")
    return shard, page
