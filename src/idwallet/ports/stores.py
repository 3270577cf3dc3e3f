"""Where credentials are kept, and what remembers the requests that were answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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
