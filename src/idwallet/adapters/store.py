"""A wallet's sealed records in memory."""

from collections.abc import Iterator, Sequence
from threading import Lock

from idwallet import limits
from idwallet.errors import PortError
from idwallet.ports import Change, Shelf, StoredRecord


class MemoryStore:
    """`idwallet.ports.WalletStore` that forgets when the process ends.

    Safe between threads.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._records: dict[tuple[Shelf, str], bytes] = {}
        self._lock = Lock()

    def get(self, shelf: Shelf, name: str, /) -> bytes | None:
        """Return what is stored under that name, or None."""
        return self._records.get((shelf, name))

    def records(self, shelf: Shelf, /) -> Iterator[StoredRecord]:
        """Yield every record of the shelf, ordered by name."""
        with self._lock:
            found = sorted(
                (name, sealed)
                for (place, name), sealed in self._records.items()
                if place is shelf
            )
        yield from (StoredRecord(*each) for each in found)

    def change(self, changes: Sequence[Change], /) -> bool:
        """Make all changes or none; see `idwallet.ports.WalletStore.change`.

        Raises:
            PortError: it would hold more than `limits.STORED_RECORDS` records.
        """
        with self._lock:
            after = dict(self._records)
            for each in changes:
                if after.get((each.shelf, each.name)) != each.expected:
                    return False
                if each.sealed is None:
                    after.pop((each.shelf, each.name), None)
                else:
                    after[each.shelf, each.name] = each.sealed
            if len(after) > max(len(self._records), limits.STORED_RECORDS):
                raise PortError("the wallet's store is full")
            self._records = after
            return True

    def __repr__(self) -> str:
        """Show the number of records only."""
        return f"MemoryStore(<{len(self._records)} records>)"
