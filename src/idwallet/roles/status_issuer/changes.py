"""Change what status lists say about places, and say what happened to each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.errors import UsageError
from idwallet.ports import PageRecord, ShardRecord, StatusSession, StatusStore
from idwallet.roles.status_issuer.chain import StatusChange, from_body, records
from idwallet.roles.status_issuer.places import is_taken, status_bytes, status_of
from idwallet.trust.status_list.values import (
    STATUS_VALUES,
    StatusReference,
    StatusValue,
)

VALID: Final = 0
INVALID: Final = 1
SUSPENDED: Final = 2
_PAGE: Final = limits.STATUS_PAGE_ENTRIES


class Why(NamedTuple):
    """Who changes statuses, why, and when: what the history keeps of each change."""

    actor: str
    reason: str
    at: datetime


def set_status(
    store: StatusStore, places: Iterable[StatusReference], *, to: int, why: Why
) -> tuple[StatusReference, ...]:
    """Set the status type value of places, all of them or none.

    Returns those that had another value before; each is in the history. What was
    revoked stays so (Token Status List section 7.1). Lists say it from their next
    publication on.

    Raises:
        UsageError: a place is in no list of the store or was given to nobody, a revoked
            one would become anything else, a value does not fit into the list's bits,
            there are none or more than `limits.STATUS_CHANGES_AT_ONCE`, actor or reason
            is empty or too long, or the moment has no zone.
        PortError: the store failed.
    """
    wanted = list(dict.fromkeys(places))
    _require(why, len(wanted))
    by_list: dict[str, list[int]] = {}
    for each in wanted:
        by_list.setdefault(each.uri, []).append(each.index)
    with store.session() as session:
        shards = session.lock(by_list)
        if len(shards) < len(by_list):
            raise UsageError("an address that is none of a status list here")
        return tuple(
            StatusReference(shard.uri, index)
            for shard in shards
            for index in _change(
                session, shard, indexes=by_list[shard.uri], to=to, why=why
            )
        )


def status_now(store: StatusStore, place: StatusReference) -> StatusValue:
    """Return what the next publication would say; see `StatusIssuer.status`."""
    with store.view() as session:
        shard, page = _find(session, place)
    return STATUS_VALUES[status_of(page, place.index % _PAGE, bits=shard.bits)]


def history_of(store: StatusStore, place: StatusReference) -> tuple[StatusChange, ...]:
    """Return what happened to a place; see `StatusIssuer.history`."""
    with store.view() as session:
        shard, _ = _find(session, place)
        found = list(session.history(shard.name, place.index))
    return tuple(from_body(each.body) for each in found)


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
