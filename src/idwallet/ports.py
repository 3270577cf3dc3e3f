"""What the core asks of the outside world, as protocols over bytes.

An application may bring its own implementation of any of them; `idwallet.adapters`
holds ours. A port raises `PortError` (or a `SignerError`) when its input or output
fails, and nothing else. Later work adds ports beside these.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Random(Protocol):
    """A source of unpredictable bytes; `secrets.token_bytes` is one."""

    def __call__(self, size: int, /) -> bytes:
        """Return exactly `size` unpredictable bytes."""
        ...


class AskSecret(Protocol):
    """Ask a person, a file or a service for a PIN or passphrase.

    A secret is never an argument of our functions: it would stand in tracebacks,
    process lists and logs.
    """

    def __call__(self, prompt: str, /) -> str:
        """Return the secret; raise `SigningDeclined` when nobody gives it."""
        ...


class Use(StrEnum):
    """What a `ReplayGuard` knows about a response to a request."""

    FIRST = "first"
    SAME_AGAIN = "same_again"
    USED = "used"


class ReplayGuard(Protocol):
    """Remember which requests were answered, so that each is answered once."""

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request atomically and say whether this is its first response.

        Both arguments are SHA-256 digests. `FIRST`: nobody answered it before, and
        now this response did. `SAME_AGAIN`: the very same response came before and
        its verdict was never settled. `USED`: anything else. What is older than
        `until` may be forgotten: the request has expired by then.
        """
        ...

    def settle(self, request: bytes) -> bool:
        """Note atomically that the verdict is final; every later use is `USED`.

        Returns True for the one caller that settled it, False when it was settled
        already: of two readers of one response only one may let somebody in.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One sealed record of a `CredentialStore`: an opaque name and ciphertext."""

    name: str
    sealed: bytes


class CredentialStore(Protocol):
    """Keep sealed records. It sees ciphertext only: sealing happens above it."""

    def put(self, record: StoredRecord, /) -> None:
        """Store the record durably, replacing one of the same name."""
        ...

    def get(self, name: str, /) -> StoredRecord | None:
        """Return the record of that name, or None."""
        ...

    def records(self) -> Iterator[StoredRecord]:
        """Yield every record, ordered by name."""
        ...

    def delete(self, name: str, /) -> None:
        """Remove the record of that name; a name that is not there is no error."""
        ...


class StoredKey(Protocol):
    """A private key that stays where it is."""

    @property
    def spki(self) -> bytes:
        """The public key as a DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""
        ...

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm that the key signs with, as ``ES256``."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """Sign the message; ECDSA as r||s of fixed length (RFC 7518 3.4)."""
        ...


class KeyStore(Protocol):
    """Make, find and delete private keys that never leave it."""

    def create(self, algorithm: str, attestation_nonce: bytes | None) -> StoredKey:
        """Make a key for the algorithm of that JOSE name.

        `attestation_nonce` goes into the platform's key attestation where there is
        one; a store without attestation ignores it.

        Raises:
            UnsupportedError: the store has no such algorithm.
        """
        ...

    def get(self, thumbprint: str) -> StoredKey | None:
        """Return the key of that RFC 7638 SHA-256 thumbprint (base64url), or None."""
        ...

    def delete(self, thumbprint: str) -> None:
        """Destroy the key; a thumbprint that is not there is no error."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a `Fetcher` is asked to get, from where it may, and what it may be.

    `origins` are those (``https://host``, with a port where it is not the usual one)
    that an anchor names: without its own origin among them nothing is fetched. `accept`
    are the media types that are taken. `newer_than`: what a cache holds is good enough
    only if it was taken later. With `post`, that is sent, as `post_type`, and what
    comes back answers it. `signed` says that what comes is signed and no secret, so
    that it may come without TLS from an ``http`` origin that is named so (RFC 5280
    section 8).
    """

    uri: str
    origins: frozenset[str]
    accept: tuple[str, ...]
    max_bytes: int
    signed: bool = False
    newer_than: datetime | None = None
    post: bytes | None = field(default=None, repr=False)
    post_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came: its bytes, its media type, and when the origin last spoke for it."""

    body: bytes = field(repr=False)
    media_type: str
    taken: datetime


class Fetcher(Protocol):
    """Get what a verified and trusted object names. `adapters.http` holds ours."""

    def fetch(self, wanted: Wanted, /) -> Fetched:
        """Return it, or raise `PortError`: refused, not there, or broken off."""
        ...


class AsyncFetcher(Protocol):
    """The same for an application that runs in an event loop."""

    async def fetch_async(self, wanted: Wanted, /) -> Fetched:
        """Return it, or raise `PortError`; see `Fetcher.fetch`."""
        ...


class BundleSource(Protocol):
    """Where the bytes of a trust bundle are, so that only what is asked for is read.

    What is read must not change while the source is open: an open file keeps its
    content when another one takes its name.
    """

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return these bytes; fewer only where the source ends."""
        ...


@dataclass(frozen=True, slots=True)
class BundleMark:
    """What a device remembers of the last trust bundle that it took.

    `digest` is that of the manifest. `pinned` and `signer` are the SHA-256 digests of
    the operator's key that the device pinned then, and of the key that signed. Where
    the signer has announced the next key, `heir` is the digest of that, and bundles
    of the number `retires` and above must be signed by it.
    """

    series: str
    sequence: int
    digest: bytes
    pinned: bytes
    signer: bytes
    retires: int = 0
    heir: bytes = b""


class BundleState(Protocol):
    """Remember the last trust bundle taken, so that no older one is taken after it.

    One state belongs to one place on a device that holds one bundle. Whoever can
    reset it can roll the device back, so it is kept where settings are.
    """

    def mark(self) -> BundleMark | None:
        """Return what was remembered last, None where nothing ever was."""
        ...

    def advance(self, before: BundleMark | None, mark: BundleMark) -> bool:
        """Put `mark` in the place of `before`, durably and atomically.

        Returns False, and changes nothing, when something else than `before` is
        remembered by now. Of several callers at once, in any process, one advances.
        """
        ...
