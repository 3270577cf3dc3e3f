"""Where credentials are kept, and what remembers the requests that were answered."""

from collections.abc import Iterator, Sequence
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


class ExchangeStore(Protocol):
    """Keep what a service has to remember between two messages, each by a name.

    It sees ciphertext only. A name has 1 to `limits.RECORD_NAME_CHARACTERS` of the
    characters ``A-Z a-z 0-9 - _``.
    """

    def put(self, name: str, sealed: bytes, *, until: datetime, at: datetime) -> bool:
        """Keep a new record at least until the moment; False where the name is taken.

        What is older than its own `until` by `limits.EXCHANGE_KEPT_AFTER` at `at` may
        be forgotten.
        """
        ...

    def get(self, name: str) -> bytes | None:
        """Return the record of that name, None where there is none."""
        ...

    def swap(self, name: str, *, expected: bytes, sealed: bytes) -> bool:
        """Put another record in the place of one, durably and at once.

        False, and nothing is done, where the record is not the one expected, to the
        octet. Of two callers at once, in any process, one alone succeeds.
        """
        ...


class Shelf(StrEnum):
    """What kind of record it is: beside opaque names all that a store may know."""

    CREDENTIAL = "credential"
    BATCH = "batch"
    LEDGER = "ledger"
    RECEIPT = "receipt"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One sealed record of a `WalletStore`: an opaque name and ciphertext.

    A name has 1 to `limits.RECORD_NAME_CHARACTERS` of the characters ``a-z 0-9 - _``
    and is unique on its shelf.
    """

    name: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """One record's part of a change: what must be stored there, and what shall be.

    `expected` is what the store must hold under that name now, to the octet; None:
    nothing may be there. `sealed` is what it holds afterwards; None removes it.
    """

    shelf: Shelf
    name: str
    expected: bytes | None
    sealed: bytes | None


class WalletStore(Protocol):
    """Keep sealed records. It sees ciphertext only: sealing happens above it."""

    def get(self, shelf: Shelf, name: str, /) -> bytes | None:
        """Return what is stored under that name, or None."""
        ...

    def records(self, shelf: Shelf, /) -> Iterator[StoredRecord]:
        """Yield every record of the shelf as of one moment, ordered by name."""
        ...

    def change(self, changes: Sequence[Change], /) -> bool:
        """Make all of the changes durably and at once, or none of them.

        False, and nothing is done, where a record is not as `expected`. No record is
        named twice. Of two callers at once, in any process, that expect the same
        record one alone succeeds. When it returns True, power may fail.
        """
        ...


class MonotonicCounter(Protocol):
    """Count upwards where nobody can make it go back, a restored disk included.

    A secure element, a TPM or a server has one. It stands outside of what is copied
    when a wallet's file is.
    """

    def read(self) -> int:
        """Return the present value; a new one starts at 0."""
        ...

    def advance(self, to: int, /) -> None:
        """Raise the value durably to at least `to`; it never goes down."""
        ...
