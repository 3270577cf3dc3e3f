"""A vault is read, or begun, and judged before anything of it is believed."""

from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault.header import (
    CLAUSE,
    HEADER,
    Header,
    new_header,
    read_header,
    require_empty,
)
from idwallet.crypto.vault.records import Edit, Place, require_name
from idwallet.crypto.vault.sealing import Seals, unseal_state
from idwallet.crypto.vault.state import STATE, State, new_state
from idwallet.errors import MalformedError, OlderCopy, UsageError
from idwallet.ports import Change, Random, Shelf, WalletStore

OWN: Final = frozenset({HEADER, STATE})
"""The settings that are the vault's own."""

AT: Final = "wallet"


class Opened(NamedTuple):
    """What is known of an open vault: header and state, and how both are stored."""

    header: Header
    state: State
    stored_header: bytes
    stored_state: bytes

    def __repr__(self) -> str:
        """Show the state only."""
        return f"Opened({self.state!r})"

    def mark(self, sealed: bytes) -> Change:
        """Return the change of the state that every other change comes with."""
        return Change(Shelf.SETTING, STATE, self.stored_state, sealed)

    def after(self, state: State, *, sealed: bytes) -> "Opened":
        """Return what is known after a change."""
        return self._replace(state=state, stored_state=sealed)


def read_opened(store: WalletStore, key: SealKey) -> Opened | None:
    """Return what is stored, or None where a vault was never used.

    Raises:
        WrongKey: the key is not the vault's.
        MalformedError, UnsupportedError: see `read_header`.
        PortError: the store failed.
    """
    header = store.get(Shelf.SETTING, HEADER)
    sealed = store.get(Shelf.SETTING, STATE)
    if header is None or sealed is None:
        return None
    read = read_header(header)
    return Opened(read, unseal_state(header, sealed, key=key), header, sealed)


def begin(
    store: WalletStore, key: SealKey, *, random: Random, floor: int
) -> Opened | None:
    """Make the state of an empty vault; None where another process was faster.

    Raises:
        OlderCopy: there was a vault, by the `floor` of its counter.
        MalformedError: something is stored, but not all that belongs to it.
        PortError: the store failed.
    """
    found = store.get(Shelf.SETTING, HEADER)
    if found is None:
        require_empty(store)
    filled = next(all_records(store), None) is not None
    if store.get(Shelf.SETTING, STATE) is not None:
        return None
    if filled:
        raise MalformedError(
            "the wallet's state is missing: restore a backup", at=AT, clause=CLAUSE
        )
    if floor:
        raise OlderCopy("the wallet is gone", at=AT, clause=CLAUSE)
    header = found or new_header(random).to_bytes()
    state = new_state(random, generation=1)
    read = read_header(header)
    sealed = Seals(key, read.identity, random).seal_state(header, state)
    changes = [
        Change(Shelf.SETTING, HEADER, found, header),
        Change(Shelf.SETTING, STATE, None, sealed),
    ]
    return Opened(read, state, header, sealed) if store.change(changes) else None


def is_whole(store: WalletStore, found: Opened) -> bool | None:
    """Say whether all is there that was put there; None: it changed meanwhile."""
    total = found.state.over(all_records(store)).total
    if store.get(Shelf.SETTING, STATE) != found.stored_state:
        return None
    return total == found.state.total


def require_present(state: State, floor: int) -> None:
    """Refuse a state that is older than what is known.

    Raises:
        OlderCopy: it is.
    """
    if state.generation < floor:
        raise OlderCopy(
            "an older copy of this wallet was brought back", at=AT, clause=CLAUSE
        )


def records_on(store: WalletStore, shelf: Shelf) -> Iterator[tuple[Place, bytes]]:
    """Yield what lies on a shelf, without what is the vault's own."""
    for each in store.records(shelf):
        if shelf is not Shelf.SETTING or each.name not in OWN:
            yield Place(shelf, each.name), each.sealed


def all_records(store: WalletStore) -> Iterator[tuple[Place, bytes]]:
    """Yield what lies on every shelf."""
    return chain.from_iterable(records_on(store, each) for each in Shelf)


def require_free(shelf: Shelf, name: str) -> Place:
    """Return the place of that name, which is not the vault's own.

    Raises:
        UsageError: it is, or no name.
    """
    if shelf is Shelf.SETTING and name in OWN:
        raise UsageError("that setting is the vault's own")
    return Place(shelf, require_name(name))


def change_of(edit: Edit, seals: Seals) -> Change:
    """Return the change of the store that makes the edit.

    Raises:
        UsageError, LimitError: see `require_free` and `Seals.seal`.
    """
    place = require_free(edit.shelf, edit.name)
    sealed = None if edit.plain is None else seals.seal(place, edit.plain)
    return Change(*place, None if edit.was is None else edit.was.sealed, sealed)
