"""The credentials of a vault, each read once and again only when it changed."""

from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

from idwallet.codec.json import write_json
from idwallet.credentials.query import Candidate
from idwallet.crypto.vault import Vault, VaultRecord
from idwallet.ports import Shelf
from idwallet.roles.record import HeldCredential, read_record


class Holding(NamedTuple):
    """Every credential, and what a query is matched against, in the same order."""

    credentials: tuple[HeldCredential, ...]
    candidates: tuple[Candidate, ...]

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Holding(<{len(self.credentials)} credentials>)"


class Cabinet:
    """What a wallet holds, kept open as long as the wallet object lives.

    A thousand credentials take a tenth of a second to read, and a person waits for the
    consent screen. Whatever changes them, here or in another process, changes the
    vault's mark, and then what changed is read again. Safe between threads.
    """

    __slots__ = ("_holding", "_known", "_lock", "_mark", "_vault")

    def __init__(self, vault: Vault) -> None:
        """Take the vault; nothing is read yet."""
        self._vault = vault
        self._lock = Lock()
        self._mark: bytes | None = None
        self._known: dict[str, tuple[VaultRecord, HeldCredential, Candidate]] = {}
        self._holding = Holding((), ())

    def __repr__(self) -> str:
        """Show nothing of what is held."""
        return "<Cabinet>"

    def holding(self) -> Holding:
        """Return what the wallet holds now.

        Raises:
            WrongKey: it was sealed with another key.
            MalformedError: a record was changed, swapped or removed; see `Vault.open`.
            PortError: the store failed.
        """
        with self._lock:
            # The mark first: what changes after it is read at the next time.
            mark = self._vault.mark()
            if mark != self._mark:
                self._read()
                self._mark = mark
            return self._holding

    def same_as(self, held: HeldCredential) -> HeldCredential | None:
        """Return the card of the very same credential, if there is one.

        Raises:
            PortError: the store failed.
        """
        written = write_json({"raw": held.raw})[1:-1]
        for record in self._vault.readable(Shelf.CREDENTIAL):
            if written in record.plain:  # read no record for it that is another's
                return read_record(record)
        return None

    def batch_of(self, copies: Iterable[HeldCredential]) -> HeldCredential | None:
        """Return the card whose batch one of these copies belongs to, if any does.

        Raises:
            PortError: the store failed.
        """
        keys = [each.thumbprint.encode() for each in copies]
        for record in self._vault.readable(Shelf.BATCH):
            # The copies beside the states name no thumbprint.
            if any(each in record.plain for each in keys):
                card = self._vault.get(Shelf.CREDENTIAL, record.name)
                if card is not None:
                    return read_record(card)
        return None

    def _read(self) -> None:
        before = self._known
        known = {name: record for name, (record, _, _) in before.items()}
        found = {}
        for record in self._vault.records(Shelf.CREDENTIAL, known=known):
            if record is known.get(record.name):
                found[record.name] = before[record.name]
            else:
                held = read_record(record)
                found[record.name] = (record, held, held.candidate())
        self._known = found
        self._holding = Holding(
            tuple(held for _, held, _ in found.values()),
            tuple(candidate for _, _, candidate in found.values()),
        )
