"""Everything in a vault sealed anew with another key, as one change."""

from idwallet.crypto.vault.header import HEADER, Header, KeyOrigin
from idwallet.crypto.vault.opening import Opened, all_records
from idwallet.crypto.vault.records import Place
from idwallet.crypto.vault.sealing import Seals
from idwallet.crypto.vault.state import new_state
from idwallet.ports import Change, Shelf, WalletStore


def rekeyed(
    store: WalletStore, now: Opened, *, old: Seals, new: Seals, origin: KeyOrigin | None
) -> tuple[list[Change], Opened]:
    """Return the changes, and what is known of the vault once they are made.

    Raises:
        MalformedError: a record does not open.
        PortError: the store failed.
    """
    header = Header(now.header.identity, origin)
    stored = header.to_bytes()
    changes = [
        Change(*place, sealed, new.seal(place, old.unseal(place, sealed).plain))
        for place, sealed in all_records(store)
    ]
    # The key of the sum is new too: the old one is in every old copy.
    fresh = new_state(new.random, generation=now.state.generation)
    state = fresh.over((Place(e.shelf, e.name), e.sealed) for e in changes)
    sealed = new.seal_state(stored, state)
    own = [
        Change(Shelf.SETTING, HEADER, now.stored_header, stored),
        now.mark(sealed),
    ]
    return [*changes, *own], Opened(header, state, stored, sealed)
