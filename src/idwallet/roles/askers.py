"""How often each party asked this wallet, counted from its ledger."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Lock
from typing import Final, NamedTuple

from idwallet.consent.ledger.entry import EntryKind
from idwallet.consent.ledger.ledger import read_ledger_record
from idwallet.consent.occasion import AuthenticatedBy, Party
from idwallet.consent.purpose import NEVER_BEFORE, Earlier
from idwallet.crypto.vault import Vault, VaultRecord
from idwallet.ports import Shelf

_ASKED: Final = frozenset({EntryKind.SHOWN, EntryKind.DECLINED})

Key = tuple[str, ...]


class _Read(NamedTuple):
    """A record as it was read, without what it says; whose it is, and whether refused.

    `keys` are empty where nobody is known by them: another kind of entry, or erased.
    """

    record: VaultRecord
    keys: tuple[Key, ...]
    refused: bool


class Askers:
    """Who asked before, kept as long as the wallet object lives.

    A thousand entries take a moment to read, and a person waits for the consent screen:
    each is read once, and again only when the vault changed and the entry did. What was
    erased is not known any more, and counts as no request. Safe between threads.
    """

    __slots__ = ("_known", "_lock", "_mark", "_occasions", "_vault")

    def __init__(self, vault: Vault) -> None:
        """Take the vault; nothing is read yet."""
        self._vault = vault
        self._lock = Lock()
        self._mark: bytes | None = None
        self._known: dict[str, _Read] = {}
        self._occasions: dict[Key, set[str]] = {}

    def __repr__(self) -> str:
        """Show nothing of who asked."""
        return "<Askers>"

    def earlier(self, party: Party) -> Earlier:
        """Return how often that party asked, and how often it was refused.

        Raises:
            WrongKey: the ledger was sealed with another key.
            MalformedError: a record was changed, swapped or removed; see `Vault.open`.
            PortError: the store failed.
        """
        keys = tuple(_keys(party))
        if not keys:
            return NEVER_BEFORE
        with self._lock:
            # The mark first: what changes after it is read at the next time.
            mark = self._vault.mark()
            if mark != self._mark:
                self._read()
                self._mark = mark
            found = set[str]().union(*(self._occasions.get(key, set()) for key in keys))
            refused = sum(self._known[name].refused for name in found)
        return Earlier(len(found), refused)

    def _read(self) -> None:
        before = {name: each.record for name, each in self._known.items()}
        known: dict[str, _Read] = {}
        occasions: dict[Key, set[str]] = {}
        for record in self._vault.records(Shelf.LEDGER, known=before):
            if not record.name.isdigit():
                continue
            same = record is before.get(record.name)
            read = self._known[record.name] if same else _read(record)
            known[record.name] = read
            for key in read.keys:
                occasions.setdefault(key, set()).add(record.name)
        self._known, self._occasions = known, occasions


def _read(record: VaultRecord) -> _Read:
    entry = read_ledger_record(record).entry
    bare = replace(record, plain=b"")
    if entry is None or entry.party is None or entry.kind not in _ASKED:
        return _Read(bare, (), refused=False)
    keys = tuple(_keys(entry.party))
    return _Read(bare, keys, refused=entry.kind is EntryKind.DECLINED)


def _keys(party: Party) -> Iterator[Key]:
    """Yield by what a party is known again; nothing where nobody knows who it is.

    The identifier may be the hash of a certificate, and whoever was refused could come
    back with the next one: the same name below the same trust anchor counts, too.
    """
    if party.identifier:
        yield (party.identifier,)
    if party.authenticated is AuthenticatedBy.CERTIFICATE and party.name:
        yield (party.anchor or "", party.name)
