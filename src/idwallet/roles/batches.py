"""Batches in a wallet: many copies of one credential, each for one occasion."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.json import read_object, write_json
from idwallet.consent.linking import LinkKind, batch_links
from idwallet.consent.reuse import (
    BatchState,
    Copy,
    RefillHint,
    ReusePolicy,
    new_batch_state,
    read_batch_state,
)
from idwallet.credentials.model import Credential
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.vault import Edit, Vault, VaultRecord
from idwallet.errors import MalformedError, PortError, SignerError, UsageError
from idwallet.ports import KeyStore, Random, Shelf, StoredKey
from idwallet.roles.record import HeldCredential, added, read_record

_COPY: Final = "idwallet-copy/1"
_CLAUSE: Final = "idwallet copy record 1"
_NAME_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """How a batch stands: by which policy, and how many copies nobody has seen.

    `refill` says when more are to be had, None while they are not due.
    """

    card: str
    policy: ReusePolicy
    unused: int
    copies: int
    spent: int
    refill: RefillHint | None


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """Copies taken for one answer: what of them is shown, and what the vault changes.

    `held` are by card; `again` are the cards of which a copy is shown that somebody
    has seen before.
    """

    held: tuple[HeldCredential, ...]
    edits: tuple[Edit, ...]
    again: frozenset[str]

    def __repr__(self) -> str:
        """Show the number of copies only."""
        return f"Taken(<{len(self.held)} copies>)"


class Batches:
    """The batches of one wallet; every change goes through its vault at once.

    A copy is taken out of its batch before it is signed with, in the same change in
    which the wallet notes that it is shown. Whatever happens then, no other process
    takes it and none takes it again: a crash loses a copy, and shows none twice.
    """

    __slots__ = ("_keys", "_random", "_vault")

    def __init__(self, vault: Vault, *, keys: KeyStore, random: Random) -> None:
        """Take the parts; nothing is read yet."""
        self._vault = vault
        self._keys = keys
        self._random = random

    def add(
        self,
        copies: Sequence[HeldCredential],
        *,
        policy: ReusePolicy,
        replaces: HeldCredential | None = None,
    ) -> HeldCredential:
        """Store copies as one card, in the place of another one if it is given.

        Raises:
            UsageError: the other card is of another type, format or issuer, or a copy
                is bound to a key that something in the wallet is bound to.
            PortError: the store failed, or the other card was changed meanwhile.
        """
        self.require_apart(copies)
        self._require_alone(copies)
        card, edits = self._adding(copies, policy=policy)
        gone = Removal([], [])
        if replaces is not None:
            gone = self._replaced(replaces, by=card)
        if not self._vault.change([*edits, *gone.edits]):
            raise PortError("the wallet changed meanwhile: add the batch again")
        for each in gone.keys:
            self._destroyed(each)
        return card

    def _adding(
        self, copies: Sequence[HeldCredential], *, policy: ReusePolicy
    ) -> tuple[HeldCredential, list[Edit]]:
        """Return the card that stands for all of them, and what stores them.

        The card is bound to no key: nothing can be shown but one of its copies.
        """
        named = [(self._name(), each) for each in copies]
        ends = [each.valid_until for each in copies if each.valid_until is not None]
        card = replace(
            copies[0],
            name=self._name(),
            thumbprint="",
            valid_until=min(ends, default=None),
        )
        state = new_batch_state(
            card.name,
            [Copy(name, each.thumbprint) for name, each in named],
            policy=policy,
            valid_until=card.valid_until,
            random=self._random,
        )
        edits = [Edit.adding(Shelf.BATCH, name, plain=_written(e)) for name, e in named]
        edits.append(Edit.adding(Shelf.BATCH, card.name, plain=state.to_bytes()))
        return card, [*edits, added(card)]

    def require_apart(self, held: Iterable[HeldCredential]) -> None:
        """Refuse what is a copy of a batch already: it would be shown beside it.

        Copies that were shown count as well, as long as their keys are not destroyed.

        Raises:
            UsageError: one is bound to the key of such a copy.
            PortError: the store failed.
        """
        keys = frozenset(each.thumbprint for each in held)
        for record in self._vault.readable(Shelf.BATCH):
            # Copies lie beside the states, and are not worth to be read for this.
            if any(each.encode() in record.plain for each in keys):
                raise UsageError("it is a copy of a batch that the wallet has already")

    def _require_alone(self, copies: Iterable[HeldCredential]) -> None:
        """Refuse a copy that the wallet holds as a card: it shows that every time."""
        keys = frozenset(each.thumbprint for each in copies)
        for each in self._vault.readable(Shelf.CREDENTIAL):
            if read_record(each).thumbprint in keys:
                raise UsageError("the wallet has a copy of this batch as a card")

    def _name(self) -> str:
        return self._random(_NAME_BYTES).hex()

    def copies(self, card: HeldCredential) -> tuple[HeldCredential, ...]:
        """Return every copy that can still be shown; a card that is no batch itself.

        Each has its own key and status: they are what is revoked when a device is lost.
        """
        if card.thumbprint:
            return (card,)
        found = self._state(card.name)
        copies = () if found is None else found[1].copies
        read = (self._copy(card, each) for each in copies)
        return tuple(each for each in read if each is not None)

    def standing(self, card: str, *, at: datetime) -> BatchStanding | None:
        """Return how the batch of a card stands; None where it is no batch."""
        found = self._state(card)
        if found is None:
            return None
        state = found[1]
        return BatchStanding(
            card,
            state.policy,
            unused=state.unused,
            copies=len(state.copies),
            spent=state.spent,
            refill=state.refill(at=at),
        )

    def _state(self, card: str) -> tuple[VaultRecord, BatchState] | None:
        record = self._vault.get(Shelf.BATCH, card)
        return (
            None if record is None else (record, read_batch_state(card, record.plain))
        )

    def take(self, cards: Iterable[HeldCredential], *, party: str) -> Taken:
        """Choose a copy of each card that is a batch; nothing is changed yet.

        A card that is none is returned as it is. The caller makes the `edits` of what
        is returned in one change, and where that is refused, because another process
        took one of them, calls this again.

        Raises:
            BatchEmpty: a card has no copy left that its policy would show.
            MalformedError: a record is missing or broken.
            PortError: other processes take copies all the time.
        """
        listed = tuple(cards)
        for _ in range(limits.WALLET_RETRIES):
            taken = self._take(listed, party=party)
            if taken is not None:
                return taken
        raise PortError("the wallet is too busy: others change it all the time")

    def _take(self, cards: Iterable[HeldCredential], *, party: str) -> Taken | None:
        """Choose copies as of one moment; None where another process was faster."""
        held: list[HeldCredential] = []
        edits: list[Edit] = []
        again: set[str] = set()
        begun: dict[str, tuple[VaultRecord, BatchState]] = {}
        for each in cards:
            if each.thumbprint:
                held.append(each)
                continue
            record, state = begun.get(each.name) or self._begun(each.name)
            pick = state.pick(party, random=self._random)
            copy = self._copy(each, pick.copy)
            if copy is None:
                if self._require(each.name)[0].sealed == record.sealed:
                    raise MalformedError("a copy is gone", at="wallet", clause=_CLAUSE)
                return None
            held.append(copy)
            if pick.again:
                again.add(each.name)
            edits += self._removed(state.gone_after(pick, party))
            begun[each.name] = record, state.after(pick, party)
        edits += [Edit.replacing(r, s.to_bytes()) for r, s in begun.values()]
        return Taken(tuple(held), tuple(edits), frozenset(again))

    def preview(self, card: HeldCredential, *, party: str) -> str | None:
        """Return the key of the copy that `party` would see; None: one nobody has seen.

        Raises:
            BatchEmpty: the card has no copy left that its policy would show.
        """
        if card.thumbprint:
            return card.thumbprint
        pick = self._require(card.name)[1].pick(party, random=self._random)
        return pick.copy.key if pick.again else None

    def _require(self, card: str) -> tuple[VaultRecord, BatchState]:
        found = self._state(card)
        if found is None:
            raise MalformedError("a batch is missing", at="wallet", clause=_CLAUSE)
        return found

    def _begun(self, card: str) -> tuple[VaultRecord, BatchState]:
        record, state = self._require(card)
        # Destroyed after the last showing; this change need not remember them.
        done = [each for each in state.orphans if self._keys.get(each) is None]
        return record, state.without_orphans(done)

    def _copy(self, card: HeldCredential, copy: Copy) -> HeldCredential | None:
        record = self._vault.get(Shelf.BATCH, copy.name)
        if record is None:
            return None
        return replace(card, raw=_read(record), thumbprint=copy.key)

    def _removed(self, gone: Iterable[Copy]) -> Iterator[Edit]:
        for each in gone:
            record = self._vault.get(Shelf.BATCH, each.name)
            if record is not None:
                yield Edit.removing(record)

    def tidy(
        self, cards: Iterable[HeldCredential], *, shown: Iterable[StoredKey]
    ) -> None:
        """Destroy the keys of copies that will never be shown again.

        Those are the keys that were just `shown`, and what is left of crashes: the
        newest orphans may be another process's, which has yet to sign with them. What
        fails is tried at the next occasion: what was signed is not lost for it.
        """
        own = {StoredKeySigner(each).public_key.thumbprint for each in shown}
        for card in {each.name for each in cards if not each.thumbprint}:
            found = self._state(card)
            orphans = () if found is None else found[1].orphans
            left = orphans[: -limits.BATCH_IN_FLIGHT]
            for each in orphans:
                if each in own or each in left:
                    self._destroyed(each)

    def _destroyed(self, key: str) -> bool:
        try:
            self._keys.delete(key)
        except (SignerError, PortError):
            return False
        return True

    def _replaced(self, card: HeldCredential, *, by: HeldCredential) -> "Removal":
        """Return what removes a card and its copies; nothing where it is gone."""
        if (card.format, card.types, card.issuer) != (by.format, by.types, by.issuer):
            raise UsageError("a batch replaces a card of its own type and issuer")
        record = self._vault.get(Shelf.CREDENTIAL, card.name)
        if record is None:
            return Removal([], [])
        found = self._removal(card.name)
        own = [card.thumbprint] if self._is_alone(card) else []
        return Removal([*own, *found.keys], [Edit.removing(record), *found.edits])

    def _is_alone(self, card: HeldCredential) -> bool:
        """Say whether the card is bound to a key, and no other one to the same."""
        return bool(card.thumbprint) and not any(
            each.name != card.name and read_record(each).thumbprint == card.thumbprint
            for each in self._vault.readable(Shelf.CREDENTIAL)
        )

    def _removal(self, card: str) -> "Removal":
        found = self._state(card)
        if found is None:
            return Removal([], [])
        record, state = found
        keys = [*state.orphans, *(each.key for each in state.copies)]
        return Removal(keys, [*self._removed(state.copies), Edit.removing(record)])

    def delete(self, record: VaultRecord) -> None:
        """Remove a card, its copies and their keys; the keys go first.

        Raises:
            SignerError: a key could not be destroyed; the card is still there.
            PortError: a store failed.
        """
        found = self._removal(record.name)
        for each in found.keys:
            self._keys.delete(each)
        self._vault.change([Edit.removing(record), *found.edits])


class Removal(NamedTuple):
    """The keys of copies that go, and the edits that remove what is stored of them."""

    keys: list[str]
    edits: list[Edit]


def require_same(copies: Sequence[HeldCredential]) -> None:
    """Refuse what is no batch: copies that say the same, each to a key of its own.

    Raises:
        MalformedError: other formats, types, issuers or claims; or one key twice.
    """
    first = copies[0]
    if not all(says_the_same(first, each) for each in copies[1:]):
        raise _no_batch("its copies do not say the same", "ARF 3.0.0 ISSU_43")
    if len({each.thumbprint for each in copies}) != len(copies):
        raise _no_batch("two copies are bound to one key", "ARF 3.0.0 ISSU_35")


def require_unlinked(
    copies: Sequence[Credential], *, accepted: frozenset[LinkKind]
) -> None:
    """Refuse copies that would be known as one person's, whatever is shown of them.

    Raises:
        MalformedError: they have something in common that is not among `accepted`.
    """
    found = sorted(batch_links(copies) - accepted)
    if found:
        raise _no_batch(f"its copies share: {', '.join(found)}", _UNIQUE)


def _no_batch(what: str, clause: str) -> MalformedError:
    return MalformedError(what, at="batch", clause=clause)


_UNIQUE: Final = "ARF 3.0.0 ISSU_35, ISSU_36"
_OWN: Final = frozenset({"cnf", "status", "iat", "nbf", "exp"})


def says_the_same(one: HeldCredential, other: HeldCredential) -> bool:
    """Whether two credentials differ in nothing but key, status and times."""
    claims = [
        {name: value for name, value in each.claims.items() if name not in _OWN}
        for each in (one, other)
    ]
    return (
        one.format is other.format
        and one.types == other.types
        and one.issuer == other.issuer
        and claims[0] == claims[1]
    )


def _written(copy: HeldCredential) -> bytes:
    return write_json({"format": _COPY, "raw": copy.raw})


def _read(record: VaultRecord) -> str:
    read = read_object(record.plain, at="copy record", clause=_CLAUSE)
    raw = read.get("raw")
    if read.get("format") != _COPY or not isinstance(raw, str):
        raise MalformedError("unknown version", at="copy record", clause=_CLAUSE)
    return raw
