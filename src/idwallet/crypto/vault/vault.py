"""A vault: records sealed above any store, changed all at once or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from threading import RLock
from typing import Final

from idwallet import limits
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.vault.header import (
    CLAUSE,
    HEADER,
    Header,
    header_digest,
    new_header,
    read_header,
    require_empty,
)
from idwallet.crypto.vault.records import Edit, Place, VaultRecord, require_name
from idwallet.crypto.vault.state import STATE, State, new_state, read_state
from idwallet.errors import (
    MalformedError,
    OlderCopy,
    PortError,
    UsageError,
    WrongKey,
)
from idwallet.ports import Change, MonotonicCounter, Random, Shelf, WalletStore

_OWN: Final = frozenset({HEADER, STATE})
_RECORD: Final = b"idwallet vault record/1"
_STATE: Final = b"idwallet vault state/1"
_AT: Final = "wallet"


class _Opened:
    """What is known of an open vault: the state, and how that is stored."""

    __slots__ = ("header", "sealed", "state", "stored_header")

    def __init__(self, stored_header: bytes, sealed: bytes, *, state: State) -> None:
        self.stored_header = stored_header
        self.header: Header = read_header(stored_header)
        self.sealed = sealed
        self.state = state


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
        self._now: _Opened | None = None

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
            OlderCopy: the counter knows of later changes.
            MalformedError: records were changed, removed, added or brought back.
            UnsupportedError: a later version of this library made it.
            PortError: the store or the counter failed.
        """
        with self._lock:
            self._opened()

    def get(self, shelf: Shelf, name: str, /) -> VaultRecord | None:
        """Return the record of that name, or None.

        Raises:
            MalformedError: it was changed, swapped, or is another vault's; and see
                `open`.
            PortError: the store failed.
        """
        with self._lock:
            header = self._opened().header
        place = _require_free(shelf, name)
        sealed = self._store.get(*place)
        return None if sealed is None else self._unsealed(header, place, sealed=sealed)

    def records(self, shelf: Shelf, /) -> Iterator[VaultRecord]:
        """Yield the records of a shelf, ordered by name.

        Raises:
            MalformedError, PortError: see `get`.
        """
        with self._lock:
            header = self._opened().header
        for place, sealed in self._on(shelf):
            yield self._unsealed(header, place, sealed=sealed)

    def readable(self, shelf: Shelf, /) -> Iterator[VaultRecord]:
        """Yield the records of a shelf that open, and pass over any that does not.

        Raises:
            PortError: see `get`.
        """
        with self._lock:
            header = self._opened().header
        for place, sealed in self._on(shelf):
            with suppress(MalformedError):
                yield self._unsealed(header, place, sealed=sealed)

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
            for _ in range(limits.WALLET_RETRIES):
                now = self._opened()
                after = now.state.after(changes)
                sealed = self._sealed_state(now.stored_header, after)
                mark = Change(Shelf.SETTING, STATE, now.sealed, sealed)
                if self._store.change([*changes, mark]):
                    self._now = _Opened(now.stored_header, sealed, state=after)
                    self._count(after.generation)
                    return True
                # Either a record is not as it was read, or another process changed
                # anything at all meanwhile: the state tells which.
                if not self._overtaken(now):
                    return False
        raise PortError("the wallet is too busy: others change it all the time")

    def discard(self, shelf: Shelf, name: str, /) -> None:
        """Remove a record that does not open, and accept what else is there.

        What was removed or brought back of other records beside it is not noticed any
        more; whoever calls this knows that the store was damaged. One that is not there
        is no error, one that opens is removed as any other.

        Raises:
            PortError: the store failed.
            MalformedError: see `open`.
        """
        with self._lock:
            for _ in range(limits.WALLET_RETRIES):
                now = self._opened()
                place = _require_free(shelf, name)
                broken = self._store.get(*place)
                if broken is None:
                    return
                kept = [each for each in self._all() if each[0] != place]
                after = now.state.over(kept)
                sealed = self._sealed_state(now.stored_header, after)
                mark = Change(Shelf.SETTING, STATE, now.sealed, sealed)
                if self._store.change([Change(*place, broken, None), mark]):
                    self._now = _Opened(now.stored_header, sealed, state=after)
                    self._count(after.generation)
                    return
                self._overtaken(now)
        raise PortError("the wallet is too busy: others change it all the time")

    # --- opening -------------------------------------------------------------------

    def _opened(self) -> _Opened:
        if self._now is None:
            self._now = self._open()
        return self._now

    def _open(self) -> _Opened:
        # The counter first: it never knows of more than the store, unless the store
        # went back.
        floor = 0 if self._counter is None else self._counter.read()
        for _ in range(limits.WALLET_RETRIES):
            found = self._read() or self._begin(floor)
            if found is None:
                continue
            after = found.state.over(self._all())
            if self._store.get(Shelf.SETTING, STATE) != found.sealed:
                continue  # changed while it was read
            if after.total != found.state.total:
                raise MalformedError(
                    "records were removed, added or brought back: restore a backup",
                    at=_AT,
                    clause=CLAUSE,
                )
            self._require_present(found.state, floor)
            self._count(found.state.generation)
            return found
        raise PortError("the wallet is too busy: others change it all the time")

    def _read(self) -> _Opened | None:
        """Return what is stored, unless it is a vault that was never used."""
        header = self._store.get(Shelf.SETTING, HEADER)
        sealed = self._store.get(Shelf.SETTING, STATE)
        if header is None or sealed is None:
            return None
        read_header(header)
        try:
            plain = unseal(
                sealed, key=self._key, context=_state_context(header), at=_AT
            )
        except MalformedError as error:
            raise WrongKey(
                "this key or passphrase does not open the wallet", at=_AT, clause=CLAUSE
            ) from error
        return _Opened(header, sealed, state=read_state(plain))

    def _begin(self, floor: int) -> _Opened | None:
        """Make the state of an empty vault; None where another process did."""
        found = self._store.get(Shelf.SETTING, HEADER)
        if found is None:
            require_empty(self._store)
        filled = next(iter(self._all()), None) is not None
        if self._store.get(Shelf.SETTING, STATE) is not None:
            return None
        if filled:
            raise MalformedError(
                "the wallet's state is missing: restore a backup", at=_AT, clause=CLAUSE
            )
        if floor:
            raise OlderCopy("the wallet is gone", at=_AT, clause=CLAUSE)
        header = found or new_header(self._random).to_bytes()
        state = new_state(self._random, generation=1)
        sealed = self._sealed_state(header, state)
        changes = [
            Change(Shelf.SETTING, HEADER, found, header),
            Change(Shelf.SETTING, STATE, None, sealed),
        ]
        return (
            _Opened(header, sealed, state=state)
            if self._store.change(changes)
            else None
        )

    def _require_present(self, state: State, floor: int) -> None:
        if state.generation < floor:
            raise OlderCopy(
                "an older copy of this wallet was brought back", at=_AT, clause=CLAUSE
            )

    def _overtaken(self, before: _Opened) -> bool:
        """Read the state anew; say whether it is another than before.

        Raises:
            OlderCopy: it went back while the vault was open.
        """
        found = self._read()
        if found is None:
            raise MalformedError("the wallet is gone", at=_AT, clause=CLAUSE)
        self._require_present(found.state, before.state.generation)
        self._now = found
        return found.sealed != before.sealed

    def _count(self, generation: int) -> None:
        if self._counter is not None:
            self._counter.advance(generation)

    def _on(self, shelf: Shelf) -> Iterator[tuple[Place, bytes]]:
        for each in self._store.records(shelf):
            if shelf is not Shelf.SETTING or each.name not in _OWN:
                yield Place(shelf, each.name), each.sealed

    def _all(self) -> Iterator[tuple[Place, bytes]]:
        return chain.from_iterable(map(self._on, Shelf))

    # --- sealing -------------------------------------------------------------------

    def _sealed(self, edits: Sequence[Edit]) -> list[Change]:
        places = {(each.shelf, each.name) for each in edits}
        if not edits or len(places) < len(edits):
            raise UsageError("a change edits at least one record, and each once")
        header = self._opened().header
        return [self._sealed_edit(header, each) for each in edits]

    def _sealed_edit(self, header: Header, edit: Edit) -> Change:
        place = _require_free(edit.shelf, edit.name)
        sealed = None
        if edit.plain is not None:
            sealed = seal(
                edit.plain,
                key=self._key,
                context=_context(header, place),
                random=self._random,
            )
        was = None if edit.was is None else edit.was.sealed
        return Change(*place, was, sealed)

    def _unsealed(self, header: Header, place: Place, *, sealed: bytes) -> VaultRecord:
        at = f"wallet {place.shelf.value} record"
        context = _context(header, place)
        plain = unseal(sealed, key=self._key, context=context, at=at)
        return VaultRecord(*place, plain, sealed)

    def _sealed_state(self, header: bytes, state: State) -> bytes:
        return seal(
            state.to_bytes(),
            key=self._key,
            context=_state_context(header),
            random=self._random,
        )


def _require_free(shelf: Shelf, name: str) -> Place:
    if shelf is Shelf.SETTING and name in _OWN:
        raise UsageError("that setting is the vault's own")
    return Place(shelf, require_name(name))


def _context(header: Header, place: Place) -> bytes:
    # The place is part of what is sealed: a record does not open in any other.
    return b"%s %s %s" % (_RECORD, header.identity, place.to_bytes())


def _state_context(header: bytes) -> bytes:
    return b"%s %s" % (_STATE, header_digest(header))
