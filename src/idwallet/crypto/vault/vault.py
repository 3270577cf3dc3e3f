"""A vault: records sealed above any store, changed all at once or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import RLock
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.crypto.seal import STANDARD_COST, Argon2Cost, SealKey
from idwallet.crypto.vault.header import (
    CLAUSE,
    KeyOrigin,
    new_derivation,
    new_wrapped,
)
from idwallet.crypto.vault.opening import (
    AT,
    Opened,
    all_records,
    begin,
    change_of,
    is_whole,
    read_opened,
    records_on,
    require_free,
    require_present,
)
from idwallet.crypto.vault.records import Edit, Place, VaultRecord
from idwallet.crypto.vault.rekeying import rekeyed
from idwallet.crypto.vault.repair import Repaired, sort_out
from idwallet.crypto.vault.sealing import Seals
from idwallet.crypto.vault.state import STATE, State
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.ports import (
    Change,
    KeyWrap,
    MonotonicCounter,
    Random,
    Shelf,
    WalletStore,
)

NOTHING_KNOWN: Final[Mapping[str, VaultRecord]] = MappingProxyType({})


class Vault:
    """What a wallet keeps, sealed with `key` before it reaches `store`.

    Each record is bound to this vault, its shelf and its name: one that was changed,
    swapped, taken from elsewhere, removed, or replaced by what once stood there is
    noticed. With a `counter`, so is an older copy of the whole; see `notices_rollback`.
    Safe between threads, and between processes where the store is. Nothing is read
    before the first use; an empty store becomes a vault.
    """

    __slots__ = ("_counter", "_key", "_lock", "_now", "_random", "_store")

    def __init__(
        self,
        store: WalletStore,
        key: SealKey,
        *,
        random: Random,
        counter: MonotonicCounter | None = None,
    ) -> None:
        """Take the parts; nothing is read yet."""
        self._store = store
        self._key = key
        self._random = random
        self._counter = counter
        self._lock = RLock()
        self._now: Opened | None = None

    def __repr__(self) -> str:
        """Show the store only."""
        return f"<Vault over {self._store!r}>"

    @property
    def notices_rollback(self) -> bool:
        """Whether an older copy of the whole store is noticed: only with a counter."""
        return self._counter is not None

    def open(self) -> None:
        """Open the vault now, and judge that all is in it that was put there.

        Every method does so at its first use.

        Raises:
            WrongKey: the key or passphrase is another's.
            OlderCopy: the counter knows of later changes; see `repair`.
            MalformedError: records were changed, removed, added or brought back; see
                `repair`.
            UnsupportedError: a later version of this library made it.
            PortError: the store or the counter failed.
        """
        with self._lock:
            self._opened()

    # --- reading -------------------------------------------------------------------

    def get(self, shelf: Shelf, name: str, /) -> VaultRecord | None:
        """Return the record of that name, or None.

        Raises:
            MalformedError: it was changed, swapped, or is another vault's; and see
                `open`.
            PortError: the store failed.
        """
        now, seals = self._reading()
        place = require_free(shelf, name)
        sealed = self._store.get(*place)
        return (
            None
            if sealed is None
            else self._unsealed(now, seals, record=(place, sealed))
        )

    def records(
        self, shelf: Shelf, /, *, known: Mapping[str, VaultRecord] = NOTHING_KNOWN
    ) -> Iterator[VaultRecord]:
        """Yield the records of a shelf, ordered by name.

        Those that are stored as they are `known` by their names are not opened again:
        the very objects that are known are yielded.

        Raises:
            MalformedError, PortError: see `get`.
        """
        now, seals = self._reading()
        for place, sealed in records_on(self._store, shelf):
            before = known.get(place.name)
            if before is not None and before.sealed == sealed:
                yield before
            else:
                yield self._unsealed(now, seals, record=(place, sealed))

    def mark(self) -> bytes:
        """Return what is different after every change, by whomever it was made.

        What was read after one mark, and stands under the same mark now, was not
        changed by anybody who has the key.

        Raises:
            OlderCopy, WrongKey: see `change`.
            PortError: the store failed.
        """
        with self._lock:
            now = self._opened()
            if self._store.get(Shelf.SETTING, STATE) != now.stored_state:
                self._overtaken(now)
            return self._opened().stored_state

    def readable(self, shelf: Shelf, /) -> Iterator[VaultRecord]:
        """Yield the records of a shelf that open, and pass over any that does not.

        Raises:
            PortError: see `get`.
        """
        _, seals = self._reading()
        for place, sealed in records_on(self._store, shelf):
            with suppress(MalformedError):
                yield seals.unseal(place, sealed)

    # --- changing ------------------------------------------------------------------

    def change(self, edits: Sequence[Edit], /) -> bool:
        """Make all of the edits durably and at once, or none of them.

        False, and nothing is done, where a record is not any more as it was read: read
        it again, and decide again.

        Raises:
            UsageError: no edit, two of one record, or a name that is none.
            LimitError: a record of more than `limits.SEALED_BYTES`.
            WrongKey: another process gave the vault another key meanwhile.
            PortError: the store failed, and nothing was done; or the counter did, and
                then the change stands.
        """
        with self._lock:
            changes = self._sealed(edits)
            return self._committed(lambda now: (changes, now.state.after(changes)))

    def discard(self, shelf: Shelf, name: str, /) -> None:
        """Remove a record that does not open, and accept what else is there.

        What was removed or brought back of other records beside it is not noticed any
        more; whoever calls this knows that the store was damaged. One that is not there
        is no error, one that opens is removed as any other.

        Raises:
            PortError: the store failed.
            MalformedError: see `open`.
        """
        place = require_free(shelf, name)

        def without(now: Opened) -> tuple[list[Change], State] | None:
            broken = self._store.get(*place)
            if broken is None:
                return None
            kept = (each for each in all_records(self._store) if each[0] != place)
            return [Change(*place, broken, None)], now.state.over(kept)

        with self._lock:
            self._committed(without)

    def rekey(self, key: SealKey, /) -> None:
        """Seal everything anew with another key, in one change.

        Whoever has the old key and an old copy of the store reads that copy, and
        nothing of what is stored from now on. Other vaults that are open with the old
        key raise `WrongKey` from now on.

        Raises:
            MalformedError: a record does not open; nothing was done. See `open`.
            PortError: the store failed; the old key still holds.
        """
        self._rekey(key, None)

    def change_passphrase(
        self, passphrase: bytes, /, *, cost: Argon2Cost = STANDARD_COST
    ) -> None:
        """Seal everything anew with the key of another passphrase, in one change.

        The salt is new, and `cost` is what a guess costs from now on: this is how it is
        raised, with the same passphrase if need be.

        Raises:
            UsageError: the passphrase is empty.
            MalformedError, PortError: see `rekey`.
        """
        derivation = new_derivation(self._random, cost)
        self._rekey(derivation.key(passphrase), derivation)

    def change_platform_key(self, platform: KeyWrap, /) -> None:
        """Seal everything anew with a new key that this platform wraps, in one change.

        Raises:
            SignerError: the platform's key store is locked or not there.
            MalformedError, PortError: see `rekey`.
        """
        self._rekey(*new_wrapped(platform, self._random))

    def repair(self) -> Repaired:
        """Accept a vault that does not open, as what of it opens; say what was lost.

        For a store that was damaged or went back, where there is no better copy. What
        does not open is removed. So are all one-time credentials: that they were not
        shown yet cannot be known any more. A vault that opens is left as it is.

        Raises:
            WrongKey: the key is another's.
            MalformedError: header or state is missing: nothing can be saved.
            PortError: the store or the counter failed.
        """
        floor = self._floor()
        with self._lock:
            for _ in range(limits.WALLET_RETRIES):
                found = read_opened(self._store, self._key)
                if found is None:
                    raise MalformedError(
                        "header or state is missing", at=AT, clause=CLAUSE
                    )
                whole = is_whole(self._store, found)
                if whole and found.state.generation >= floor:
                    return Repaired((), 0)
                repaired = self._repaired(found, floor)
                if repaired is not None:
                    return repaired
        raise _too_busy()

    def _repaired(self, found: Opened, floor: int) -> Repaired | None:
        left = sort_out(self._store, self._seals(found))
        before = replace(found.state, generation=max(found.state.generation, floor))
        state = before.over(left.kept)
        done = self._commit(found, left.removals(), state=state)
        return left.told() if done else None

    # --- how -----------------------------------------------------------------------

    def _floor(self) -> int:
        return 0 if self._counter is None else self._counter.read()

    def _opened(self) -> Opened:
        if self._now is None:
            self._now = self._open()
        return self._now

    def _open(self) -> Opened:
        # The counter first: it never knows of more than the store, unless the store
        # went back.
        floor = self._floor()
        for _ in range(limits.WALLET_RETRIES):
            found = read_opened(self._store, self._key) or begin(
                self._store, self._key, random=self._random, floor=floor
            )
            whole = None if found is None else is_whole(self._store, found)
            if found is None or whole is None:
                continue
            require_present(found.state, floor)
            if not whole:
                raise MalformedError(
                    "records were removed, added or brought back: bring back a better "
                    "copy, or repair the wallet",
                    at=AT,
                    clause=CLAUSE,
                )
            self._count(found.state)
            return found
        raise _too_busy()

    def _reading(self) -> tuple[Opened, Seals]:
        with self._lock:
            now = self._opened()
            return now, self._seals(now)

    def _seals(self, now: Opened) -> Seals:
        return Seals(self._key, now.header.identity, self._random)

    def _unsealed(
        self, now: Opened, seals: Seals, *, record: tuple[Place, bytes]
    ) -> VaultRecord:
        try:
            return seals.unseal(*record)
        except MalformedError:
            # Where another process gave the vault another key, that is the reason.
            with self._lock:
                self._overtaken(now)
            raise

    def _sealed(self, edits: Sequence[Edit]) -> list[Change]:
        places = {(each.shelf, each.name) for each in edits}
        if not edits or len(places) < len(edits):
            raise UsageError("a change edits at least one record, and each once")
        seals = self._seals(self._opened())
        return [change_of(each, seals) for each in edits]

    def _committed(
        self, plan: Callable[[Opened], tuple[list[Change], State] | None]
    ) -> bool:
        for _ in range(limits.WALLET_RETRIES):
            now = self._opened()
            planned = plan(now)
            if planned is None:
                return False
            changes, state = planned
            if self._commit(now, changes, state=state):
                return True
            # Either a record is not as it was read, or another process changed
            # anything at all meanwhile: the state tells which.
            if not self._overtaken(now):
                return False
        raise _too_busy()

    def _commit(self, now: Opened, changes: list[Change], *, state: State) -> bool:
        sealed = self._seals(now).seal_state(now.stored_header, state)
        if not self._store.change([*changes, now.mark(sealed)]):
            return False
        self._now = now.after(state, sealed=sealed)
        self._count(state)
        return True

    def _rekey(self, key: SealKey, origin: KeyOrigin | None) -> None:
        with self._lock:
            for _ in range(limits.WALLET_RETRIES):
                now = self._opened()
                new = Seals(key, now.header.identity, self._random)
                old = self._seals(now)
                changes, opened = rekeyed(
                    self._store, now, old=old, new=new, origin=origin
                )
                if self._store.change(changes):
                    self._key, self._now = key, opened
                    self._count(opened.state)
                    return
                self._overtaken(now)
        raise _too_busy()

    def _overtaken(self, before: Opened) -> bool:
        """Read the state anew; say whether it is another than before.

        Raises:
            OlderCopy: it went back while the vault was open.
            WrongKey: another process gave the vault another key.
        """
        found = read_opened(self._store, self._key)
        if found is None:
            raise MalformedError("the wallet is gone", at=AT, clause=CLAUSE)
        require_present(found.state, before.state.generation)
        self._now = found
        return found.stored_state != before.stored_state

    def _count(self, state: State) -> None:
        if self._counter is not None:
            self._counter.advance(state.generation)


def _too_busy() -> PortError:
    return PortError("the wallet is too busy: others change it all the time")
