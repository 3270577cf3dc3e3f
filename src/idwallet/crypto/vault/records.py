"""Records of a vault as its owner reads and writes them."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.ports import Shelf

_NAME: Final = re.compile(rf"[a-z0-9_-]{{1,{limits.RECORD_NAME_CHARACTERS}}}")


class Place(NamedTuple):
    """Where a record stands in its vault."""

    shelf: Shelf
    name: str

    def to_bytes(self) -> bytes:
        """Return what the record is bound to; no name or shelf holds a space."""
        return f"{self.shelf.value} {self.name}".encode()


@dataclass(frozen=True, slots=True, repr=False)
class VaultRecord:
    """A record as it was read: `plain` is what it says, `sealed` how it is stored."""

    shelf: Shelf
    name: str
    plain: bytes
    sealed: bytes

    def __repr__(self) -> str:
        """Show the place only."""
        return f"VaultRecord({self.shelf.value!r}, {self.name!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Edit:
    """One record's part of a change: what was read there, and what shall be there.

    `was` is the record as it was read, None where there is none; `plain` is what it
    says afterwards, None removes it.
    """

    shelf: Shelf
    name: str
    was: VaultRecord | None
    plain: bytes | None

    @classmethod
    def adding(cls, shelf: Shelf, name: str, *, plain: bytes) -> "Edit":
        """Store a record where there is none."""
        return cls(shelf, name, None, plain)

    @classmethod
    def replacing(cls, record: VaultRecord, plain: bytes) -> "Edit":
        """Store another content in the place of the record."""
        return cls(record.shelf, record.name, record, plain)

    @classmethod
    def removing(cls, record: VaultRecord) -> "Edit":
        """Remove the record."""
        return cls(record.shelf, record.name, record, None)

    def __repr__(self) -> str:
        """Show the place only."""
        return f"Edit({self.shelf.value!r}, {self.name!r})"


def require_name(name: str) -> str:
    """Return the name of a record, which a store may use as it likes.

    Raises:
        UsageError: it is empty, too long, or has other characters than ``a-z 0-9 - _``.
    """
    if _NAME.fullmatch(name) is None:
        raise UsageError("a record's name is 1 to 64 of the characters a-z 0-9 - _")
    return name
