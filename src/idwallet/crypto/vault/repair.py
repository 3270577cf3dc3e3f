"""What can be saved of a vault that was damaged or went back."""

from typing import NamedTuple

from idwallet.crypto.vault.opening import all_records
from idwallet.crypto.vault.records import Place
from idwallet.crypto.vault.sealing import Seals
from idwallet.errors import MalformedError
from idwallet.ports import Change, Shelf, WalletStore


class Repaired(NamedTuple):
    """What a repair removed: records that did not open, and one-time credentials."""

    broken: tuple[Place, ...]
    one_time: int


class Left(NamedTuple):
    """What is kept, what did not open, and what may have been shown already."""

    kept: list[tuple[Place, bytes]]
    broken: list[tuple[Place, bytes]]
    one_time: list[tuple[Place, bytes]]

    def __repr__(self) -> str:
        """Show the numbers only."""
        return f"Left({', '.join(map(str, map(len, self)))})"

    def removals(self) -> list[Change]:
        """Return the changes that remove what is not kept."""
        gone = [*self.broken, *self.one_time]
        return [Change(*place, sealed, None) for place, sealed in gone]

    def told(self) -> Repaired:
        """Return what was removed, for whoever it belonged to."""
        return Repaired(tuple(place for place, _ in self.broken), len(self.one_time))


def sort_out(store: WalletStore, seals: Seals) -> Left:
    """Look at every record of a vault that is not whole.

    Raises:
        PortError: the store failed.
    """
    left = Left([], [], [])
    for place, sealed in all_records(store):
        if not _opens(seals, place, sealed=sealed):
            left.broken.append((place, sealed))
        elif place.shelf is Shelf.BATCH:
            left.one_time.append((place, sealed))
        else:
            left.kept.append((place, sealed))
    return left


def _opens(seals: Seals, place: Place, *, sealed: bytes) -> bool:
    try:
        seals.unseal(place, sealed)
    except MalformedError:
        return False
    return True
