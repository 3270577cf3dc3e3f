"""Where a status issuer keeps its lists, and puts them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """One status list as a `StatusStore` keeps it, without its entries.

    `name` is opaque. `free` counts the places that nobody was given. `until` is the
    last moment at which a credential with a place in it is valid (microseconds since
    1970). `revision` counts the changes of its statuses, `changes` the records of its
    history, and `head` is the digest of the last of those. `published` is the revision
    that was published last, at `published_at`; -1 and 0 where none was.
    """

    name: str
    uri: str
    bits: int
    entries: int
    free: int
    until: int
    revision: int
    changes: int
    head: bytes
    published: int = -1
    published_at: int = 0


@dataclass(frozen=True, slots=True)
class PageRecord:
    """Some of a list's entries, side by side: which are taken, and their statuses.

    `taken` has one bit for each entry and `statuses` as many as the list says, the
    lowest index in the lowest bits. Either may be empty, which stands for zeros.
    """

    shard: str
    number: int
    free: int
    taken: bytes = b""
    statuses: bytes = b""


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One change of one entry, for ever: the place, what is told, and the chain.

    `number` counts from 0 within the list. `body` is opaque to the store, and
    `digest` covers it and the record before.
    """

    shard: str
    number: int
    place: int
    body: bytes
    digest: bytes


class StatusSession(Protocol):
    """One transaction of a `StatusStore`."""

    def alone(self) -> None:
        """Wait until no other session that called this one is open."""
        ...

    def shards(self) -> Sequence[ShardRecord]:
        """Return every list, ordered by address."""
        ...

    def find(self, uri: str) -> ShardRecord | None:
        """Return the list of that address as it stands, or None."""
        ...

    def vacant(self) -> Sequence[ShardRecord]:
        """Return the lists that have free places, ordered by address, and lock them.

        What is locked changes in no other session until this one ends.
        """
        ...

    def lock(self, uris: Collection[str]) -> Sequence[ShardRecord]:
        """Return the lists of these addresses, ordered by it, and lock them.

        An address that no list has is left out.
        """
        ...

    def add(self, shard: ShardRecord, pages: Sequence[PageRecord]) -> None:
        """Add a list with all of its pages."""
        ...

    def update(self, shard: ShardRecord) -> None:
        """Keep everything but what was published of a list that is locked."""
        ...

    def occupancy(self, shard: str) -> Sequence[int]:
        """Return how many places are free in each page of a list, in order."""
        ...

    def page(self, shard: str, number: int) -> PageRecord:
        """Return one page of a list."""
        ...

    def pages(self, shard: str) -> Iterator[PageRecord]:
        """Yield every page of a list in order, all as of one moment."""
        ...

    def put(self, pages: Sequence[PageRecord]) -> None:
        """Replace pages of lists that are locked."""
        ...

    def append(self, records: Sequence[HistoryRecord]) -> None:
        """Add to the history; what stands there can be neither changed nor removed."""
        ...

    def history(self, shard: str, place: int | None = None) -> Iterator[HistoryRecord]:
        """Yield the history of a list, or of one of its places, oldest first."""
        ...

    def publish(self, name: str) -> ShardRecord | None:
        """Return a list as it stands, and keep other sessions from publishing it.

        None: there is no such list. Changes of it are not kept waiting by this.
        """
        ...

    def published(self, name: str, *, revision: int, at: int) -> None:
        """Note that a list was published as of a revision, at a moment."""
        ...


class StatusStore(Protocol):
    """Keep the status lists of an issuer: which places are taken, and what they say."""

    def session(self) -> AbstractContextManager[StatusSession]:
        """Open a transaction: all of what is done in it lasts, or nothing of it.

        It lasts once the block has ended without an exception, whatever happens to
        the process or the machine then.
        """
        ...

    def view(self) -> AbstractContextManager[StatusSession]:
        """Open a transaction that only reads, all as of one moment."""
        ...


@dataclass(frozen=True, slots=True)
class Publication:
    """One document to be put where readers fetch it; `name` is fit for a file."""

    name: str
    media_type: str
    body: bytes


class Publish(Protocol):
    """Put a document where readers fetch it, whole or not at all."""

    def __call__(self, document: Publication, /) -> None:
        """Return once it is there durably, in place of an earlier one of that name.

        Raises:
            PortError: it is not; what was there before still stands.
        """
