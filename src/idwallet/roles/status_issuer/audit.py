"""Does what the lists say follow from their history, and is that what it was?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.errors import MalformedError
from idwallet.ports import PageRecord, ShardRecord, StatusSession, StatusStore
from idwallet.roles.status_issuer.chain import beginning, follows, from_body
from idwallet.roles.status_issuer.places import count_free, is_taken, status_of


class Seal(NamedTuple):
    """How long a list's history was at a moment, and the digest of all of it.

    Whoever keeps it elsewhere notices later if the history of until then was written
    anew.
    """

    changes: int
    head: bytes


class AuditFault(StrEnum):
    """What is wrong with the history of a list; the first of these that is found."""

    BROKEN = "broken"
    """A record does not follow the one before, or cannot be read."""

    CUT = "cut"
    """There are other records than the list counts."""

    REWRITTEN = "rewritten"
    """What stood there when the seal was taken stands there no more."""

    STATUSES = "statuses"
    """The list says something else than its history."""

    PLACES = "places"
    """A place with a history was given to nobody, or free ones are miscounted."""


@dataclass(frozen=True, slots=True)
class ListAudit:
    """What an audit found of one list: its seal as of now, and what is wrong."""

    uri: str
    seal: Seal
    fault: AuditFault | None


NO_SEALS: Final[Mapping[str, Seal]] = MappingProxyType({})


def audit(
    store: StatusStore, *, seals: Mapping[str, Seal] = NO_SEALS
) -> Iterator[ListAudit]:
    """Yield for each list whether its history stands, ordered by address.

    `seals` are those of an earlier audit, by the list's address: who can write to the
    database could write the whole history anew, and only they would tell. A list that
    has a seal and is there no more is reported as rewritten.

    Raises:
        PortError: the store failed.
    """
    with store.view() as session:
        uris = [each.uri for each in session.shards()]
    for uri in uris:
        # One after another: a long transaction may keep others from writing.
        with store.view() as session:
            shard = session.find(uri)
            if shard is not None:
                fault = _fault(session, shard, seal=seals.get(uri))
                yield ListAudit(uri, Seal(shard.changes, shard.head), fault)
    for uri in sorted(set(seals).difference(uris)):
        yield ListAudit(uri, seals[uri], AuditFault.REWRITTEN)


def _fault(
    session: StatusSession, shard: ShardRecord, *, seal: Seal | None
) -> AuditFault | None:
    head = beginning(shard.uri)
    count = 0
    is_kept = seal is None or seal == (0, head)
    last: dict[int, int] = {}
    for record in session.history(shard.name):
        if not follows(record, number=count, head=head):
            return AuditFault.BROKEN
        try:
            change = from_body(record.body)
        except MalformedError:
            return AuditFault.BROKEN
        if record.place != change.index or last.get(record.place, 0) != change.before:
            return AuditFault.BROKEN
        last[record.place] = change.after
        count, head = count + 1, record.digest
        is_kept = is_kept or seal == (count, head)
    if (count, head) != (shard.changes, shard.head):
        return AuditFault.CUT
    if not is_kept:
        return AuditFault.REWRITTEN
    return _unlike(session, shard, last=last)


def _unlike(
    session: StatusSession, shard: ShardRecord, *, last: Mapping[int, int]
) -> AuditFault | None:
    """Compare the pages with what the history comes to."""
    expected: dict[int, dict[int, int]] = {}
    for place, status in last.items():
        number, within = divmod(place, limits.STATUS_PAGE_ENTRIES)
        expected.setdefault(number, {})[within] = status
    free = 0
    for page in session.pages(shard.name):
        free += page.free
        found = _unlike_page(page, expected.pop(page.number, {}), bits=shard.bits)
        if found is not None:
            return found
    return AuditFault.PLACES if free != shard.free or expected else None


def _unlike_page(
    page: PageRecord, expected: Mapping[int, int], *, bits: int
) -> AuditFault | None:
    said = all(
        status_of(page, each, bits=bits) == status for each, status in expected.items()
    )
    if not said or _set(page.statuses, bits=bits) != sum(map(bool, expected.values())):
        return AuditFault.STATUSES
    if count_free(page) != page.free or not all(
        is_taken(page, each) for each in expected
    ):
        return AuditFault.PLACES
    return None


def _set(statuses: bytes, *, bits: int) -> int:
    """Return how many entries are not nought."""
    number = int.from_bytes(statuses, "big")
    # Each entry's bits are brought together in its lowest.
    for shift in (4, 2, 1):
        if bits > shift:
            number |= number >> shift
    mask = int.from_bytes(bytes([_LOWEST[bits]]) * len(statuses), "big")
    return (number & mask).bit_count()


_LOWEST: Final = {1: 0xFF, 2: 0x55, 4: 0x11, 8: 0x01}
