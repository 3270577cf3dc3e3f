"""The ledger as a person looks at it: each occasion with what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from idwallet.consent.ledger.entry import Entry, EntryKind, Sending
from idwallet.consent.ledger.position import LedgerEntry


@dataclass(frozen=True, slots=True)
class Happening:
    """One occasion, and what later entries say about it.

    `entry` is None where it was erased. `sending` is what is known of the answer, None
    where there was none. `receipts` and `deletions` are the indexes of later entries.
    """

    index: int
    entry: Entry | None
    sending: Sending | None
    receipts: tuple[int, ...] = ()
    deletions: tuple[int, ...] = ()


def happenings(entries: Iterable[LedgerEntry]) -> tuple[Happening, ...]:
    """Return the occasions in order; entries about them do not stand alone."""
    later: dict[int, list[tuple[int, Entry]]] = {}
    occasions: list[LedgerEntry] = []
    for each in entries:
        about = None if each.entry is None else each.entry.about
        if each.entry is not None and about is not None:
            later.setdefault(about, []).append((each.index, each.entry))
        else:
            occasions.append(each)
    return tuple(_happening(each, later.get(each.index, [])) for each in occasions)


def _happening(each: LedgerEntry, later: list[tuple[int, Entry]]) -> Happening:
    return Happening(
        each.index,
        each.entry,
        _sending(each.entry, later),
        _of_kind(later, EntryKind.RECEIPT),
        _of_kind(later, EntryKind.DELETION),
    )


def _of_kind(later: list[tuple[int, Entry]], kind: EntryKind) -> tuple[int, ...]:
    return tuple(index for index, entry in later if entry.kind is kind)


def _sending(entry: Entry | None, later: list[tuple[int, Entry]]) -> Sending | None:
    """Return what is known; a receipt proves that the answer arrived."""
    if entry is None or entry.kind not in {EntryKind.SHOWN, EntryKind.DECLINED}:
        return None
    if _of_kind(later, EntryKind.RECEIPT):
        return Sending.SENT
    said = [
        Sending(entry.outcome)
        for _, entry in later
        if entry.kind is EntryKind.OUTCOME and entry.outcome in set(Sending)
    ]
    return said[-1] if said else Sending.NOT_KNOWN
