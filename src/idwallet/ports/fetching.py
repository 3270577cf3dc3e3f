"""Getting what a verified and trusted object names."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


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

    `alone`: it is for this asker and this time, as what a service does on demand is. It
    is shared with nobody, not kept, and may be asked again at once. `bearer` is an
    access token that goes along (RFC 6750 section 2.1), which makes it so too.
    `statuses` are the HTTP statuses that come with an answer.
    """

    uri: str
    origins: frozenset[str]
    accept: tuple[str, ...]
    max_bytes: int
    signed: bool = False
    newer_than: datetime | None = None
    post: bytes | None = field(default=None, repr=False)
    post_type: str = ""
    alone: bool = False
    bearer: str = field(default="", repr=False)
    statuses: frozenset[int] = frozenset({200})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came: its bytes, its media type, and when the origin last spoke for it.

    `status` is the one of HTTP, where more than one was asked for.
    """

    body: bytes = field(repr=False)
    media_type: str
    taken: datetime
    status: int = 200


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
