"""The ledger of a wallet, or of a verifier, in its vault."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.json import read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.consent.ledger.anchor import (
    AnchorContext,
    AnchoredCheckpoint,
    read_anchored,
)
from idwallet.consent.ledger.chain import CLAUSE, IDENTITY_BYTES, Checkpoint
from idwallet.consent.ledger.entry import (
    SALT_BYTES,
    Entry,
    read_entry,
    write_entry,
)
from idwallet.consent.ledger.export import ExportParts, Position, write_export
from idwallet.consent.ledger.own import judge_kept
from idwallet.consent.ledger.position import NO_EVIDENCE, Evidence, LedgerEntry
from idwallet.consent.ledger.records import (
    HEAD,
    Head,
    Kept,
    adding,
    evidence_names,
    marks_name,
    name_of,
    read_head,
    read_kept,
)
from idwallet.consent.ledger.standing import Outside
from idwallet.consent.reading import Members
from idwallet.crypto.seal import random_bytes
from idwallet.crypto.vault import Edit, Vault, VaultRecord
from idwallet.errors import LimitError, MalformedError, PortError, UsageError
from idwallet.ports import Random, Shelf
from idwallet.report import Report

_WITNESSED: Final = "checkpoint-"


class Ledger:
    """What happened, entry by entry: sealed, chained, and only ever added to.

    It holds no claim's value. Safe between threads and processes, as its vault is: of
    two that add at once, one comes after the other. A ledger that was never added to
    has no record.
    """

    __slots__ = ("_random", "_vault")

    def __init__(self, vault: Vault, *, random: Random) -> None:
        """Take the vault; nothing is read yet."""
        self._vault = vault
        self._random = random

    def __repr__(self) -> str:
        """Show nothing."""
        return "<Ledger>"

    # --- adding ---------------------------------------------------------------------

    def add(
        self,
        entry: Entry,
        *,
        evidence: Evidence = NO_EVIDENCE,
        beside: Sequence[Edit] = (),
        marks: bytes | None = None,
    ) -> int | None:
        """Add an entry durably, and return its index.

        `evidence` is what its digests are of. The edits of `beside` are made in the
        same change, or nothing is: None says that one of their records is not any more
        as it was read. `marks` go with the entry, or `limits.LINK_ENTRIES` after it.

        Raises:
            UsageError: the evidence is not what the entry has the digests of.
            LimitError: the entry, the evidence or the ledger would be too long.
            MalformedError, PortError: see `Vault.change`.
        """
        _require_own(evidence, entry)
        salt = random_bytes(self._random, SALT_BYTES)
        octets = write_entry(entry, salt=salt)
        for _ in range(limits.WALLET_RETRIES):
            record, now = self._head()
            if now.count >= limits.LEDGER_ENTRIES:
                raise LimitError("too many entries", at="ledger", clause=CLAUSE)
            after, link = now.after(octets)
            kept = Kept(now.count, link, octets)
            edits = [
                Edit(Shelf.LEDGER, HEAD, record, after.to_bytes()),
                *adding(kept, evidence, marks=marks),
                *self._forgetting(kept.index - limits.LINK_ENTRIES),
                *beside,
            ]
            if self._vault.change(edits):
                return kept.index
            again, _ = self._head()
            if _sealed(again) == _sealed(record):
                return None
        raise PortError("the wallet is too busy: others change it all the time")

    def enter(self, entry: Entry, *, evidence: Evidence = NO_EVIDENCE) -> int:
        """Add an entry with nothing beside it, and return its index; see `add`.

        Raises:
            UsageError, LimitError, MalformedError, PortError: see `add`.
        """
        index = self.add(entry, evidence=evidence)
        if index is None:
            raise PortError("the ledger's store contradicts itself")
        return index

    def _head(self) -> tuple[VaultRecord | None, Head]:
        record = self._vault.get(Shelf.LEDGER, HEAD)
        if record is None:
            return None, Head.first(random_bytes(self._random, IDENTITY_BYTES))
        return record, read_head(record.plain)

    def _forgetting(self, last: int) -> list[Edit]:
        return self._without(marks_name(last)) if last >= 0 else []

    def marks(self) -> Iterator[tuple[int, bytes]]:
        """Yield what is remembered of the visits of the last entries, newest first.

        Raises:
            MalformedError, PortError: see `Vault.get`.
        """
        count = len(self)
        for index in range(count - 1, max(count - limits.LINK_ENTRIES, 0) - 1, -1):
            record = self._vault.get(Shelf.RECEIPT, marks_name(index))
            if record is not None:
                yield index, record.plain

    # --- reading --------------------------------------------------------------------

    def __len__(self) -> int:
        """Return how many entries there are, those that were erased included."""
        return self._head()[1].count

    def entry(self, index: int) -> LedgerEntry:
        """Return one entry with its evidence.

        Raises:
            UsageError: there is no such entry.
            MalformedError, PortError: see `Vault.get`.
        """
        return self._with_evidence(read_kept(self._record(index)))

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return every entry, without evidence, in order.

        Raises:
            MalformedError, PortError: see `Vault.records`.
        """
        return tuple(_opened(each, NO_EVIDENCE) for each in self._all())

    def _record(self, index: int) -> VaultRecord:
        record = None
        if 0 <= index < limits.LEDGER_ENTRIES:
            record = self._vault.get(Shelf.LEDGER, name_of(index))
        if record is None:
            raise UsageError("the ledger has no such entry")
        return record

    def _all(self) -> Iterator[Kept]:
        for record in self._vault.records(Shelf.LEDGER):
            if record.name.isdigit():
                yield read_kept(record)

    def _with_evidence(self, kept: Kept) -> LedgerEntry:
        if kept.octets is None:
            return _opened(kept, NO_EVIDENCE)
        pieces = [
            self._vault.get(Shelf.RECEIPT, name) for name in evidence_names(kept.index)
        ]
        request, receipt = (None if each is None else each.plain for each in pieces)
        token = None if receipt is None else receipt.decode("utf-8", "replace")
        return _opened(kept, Evidence(request, token))

    # --- erasing --------------------------------------------------------------------

    def erase(self, index: int) -> tuple[int, ...]:
        """Erase an entry, its evidence, and every later entry about it.

        What stays is that they were there: their digests, which their salts keep from
        being guessed. A checkpoint goes whose witness is a receipt for that entry: it
        says all of it again. Returns the indexes of what was erased; an entry that was
        erased before is no error.

        Raises:
            UsageError: there is no such entry.
            MalformedError, PortError: see `Vault.change`.
        """
        for _ in range(limits.WALLET_RETRIES):
            records = self._about(index)
            edits = [edit for each in records for edit in self._erasing(each)]
            if not edits:
                return ()
            requests = {_request(read_kept(each)) for each in records} - {None}
            edits += map(Edit.removing, self._telling(requests))
            if self._vault.change(edits):
                return tuple(read_kept(each).index for each in records)
        raise PortError("the wallet is too busy: others change it all the time")

    def erase_evidence(self, index: int) -> None:
        """Erase the evidence of an entry; the entry stays, with its digests.

        Raises:
            UsageError: there is no such entry.
            MalformedError, PortError: see `Vault.change`.
        """
        self._record(index)
        edits = self._without_evidence(index)
        if edits:
            self._vault.change(edits)

    def _about(self, index: int) -> list[VaultRecord]:
        found = [self._record(index)]
        for record in self._vault.records(Shelf.LEDGER):
            if record.name.isdigit() and record.name > name_of(index):
                entry = _opened(read_kept(record), NO_EVIDENCE).entry
                if entry is not None and entry.about == index:
                    found.append(record)
        return [each for each in found if read_kept(each).octets is not None]

    def _telling(self, requests: Collection[bytes | None]) -> list[VaultRecord]:
        return [
            each
            for each in self._vault.records(Shelf.LEDGER)
            if each.name.startswith(_WITNESSED) and _checkpoint(each).tells_of(requests)
        ]

    def _erasing(self, record: VaultRecord) -> list[Edit]:
        kept = read_kept(record)
        tomb = Kept(kept.index, kept.link, None)
        return [
            Edit.replacing(record, tomb.to_bytes()),
            *self._without_evidence(kept.index),
            *self._without(marks_name(kept.index)),
        ]

    def _without_evidence(self, index: int) -> list[Edit]:
        return self._without(*evidence_names(index))

    def _without(self, *names: str) -> list[Edit]:
        found = (self._vault.get(Shelf.RECEIPT, each) for each in names)
        return [Edit.removing(each) for each in found if each is not None]

    # --- proving --------------------------------------------------------------------

    def checkpoint(self, *, at: datetime) -> Checkpoint:
        """Return how many entries there are now, and the head of their chain.

        Keep it elsewhere, or have somebody bear witness of it (`keep`).

        Raises:
            UsageError: there is no entry yet, or `at` has no zone.
        """
        require_aware(at)
        record, head = self._head()
        if record is None:
            raise UsageError("a ledger without entries has nothing to prove")
        return Checkpoint(head.identity, head.count, head.head, at)

    def keep(self, anchored: AnchoredCheckpoint) -> None:
        """Keep a checkpoint with its witness, to be exported with the ledger.

        Raises:
            UsageError: it is of another ledger, or says something else than this one.
            LimitError: there are `limits.LEDGER_CHECKPOINTS` of them.
        """
        point, (_, head) = anchored.checkpoint, self._head()
        if point.ledger != head.identity or not 0 < point.count <= head.count:
            raise UsageError("a checkpoint of another ledger")
        if read_kept(self._record(point.count - 1)).link.head != point.head:
            raise UsageError("a checkpoint that contradicts the ledger")
        if len(self.checkpoints()) >= limits.LEDGER_CHECKPOINTS:
            raise LimitError("too many", at="checkpoints", clause="idwallet limits")
        name = f"{_WITNESSED}{name_of(point.count)}"
        plain = write_json(anchored.to_json())
        for _ in range(limits.WALLET_RETRIES):
            was = self._vault.get(Shelf.LEDGER, name)
            if self._vault.change([Edit(Shelf.LEDGER, name, was, plain)]):
                return
        raise PortError("the wallet is too busy: others change it all the time")

    def checkpoints(self) -> tuple[AnchoredCheckpoint, ...]:
        """Return the checkpoints that were kept, the oldest first."""
        return tuple(
            _checkpoint(each)
            for each in self._vault.records(Shelf.LEDGER)
            if each.name.startswith(_WITNESSED)
        )

    def export(
        self,
        *,
        at: datetime,
        show: Collection[int] | None = None,
        evidence: bool = False,
    ) -> bytes:
        """Return the ledger as somebody else can verify it.

        `show` are the entries that are shown, None for all; of any other the digest
        alone stands there. With `evidence` the requests and receipts come along. A
        checkpoint stays behind whose witness is a receipt for an entry not shown.

        Raises:
            UsageError: there is no entry yet, or `at` has no zone.
            MalformedError, PortError: see `Vault.records`.
            LimitError: see `write_export`.
        """
        now = self.checkpoint(at=at)
        positions: list[Position] = []
        hidden: set[bytes | None] = set()
        for each in self._all():
            if show is None or each.index in show:
                positions.append(self._position(each, evidence=evidence))
            else:
                positions.append(Position(each.index, each.link, None))
                hidden.add(_request(each))
        points = (e for e in self.checkpoints() if not e.tells_of(hidden))
        parts = ExportParts(
            now.ledger,
            at,
            tuple(positions[: now.count]),
            (*points, AnchoredCheckpoint(now)),
        )
        return write_export(parts)

    def _position(self, kept: Kept, *, evidence: bool) -> Position:
        found = self._with_evidence(kept).evidence if evidence else NO_EVIDENCE
        return Position(kept.index, kept.link, kept.octets, found)

    def judge(self, outside: Outside, *, context: AnchorContext) -> Report:
        """Judge the ledger itself, as it stands in its vault.

        A vault with a counter bears witness that no tail was cut off; so do checkpoints
        with a believed witness, and those of `outside.kept`. Without any of them the
        verdict says that nobody does.
        """
        record, head = self._head()
        return judge_kept(
            head,
            [] if record is None else list(self._all()),
            outside=replace(
                outside,
                anchored=(*self.checkpoints(), *outside.anchored),
                counted=self._vault.notices_rollback,
            ),
            context=context,
        )


def _require_own(evidence: Evidence, entry: Entry) -> None:
    if not evidence.is_of(entry):
        raise UsageError("an entry has the digests of its evidence, of bounded length")


def _sealed(record: VaultRecord | None) -> bytes | None:
    return None if record is None else record.sealed


def _opened(kept: Kept, evidence: Evidence) -> LedgerEntry:
    at = f"ledger entry {kept.index}"
    if not kept.is_whole():
        raise MalformedError("its digest is another", at=at, clause=CLAUSE)
    entry = None if kept.octets is None else read_entry(kept.octets, at=at)
    return LedgerEntry(kept.index, entry, kept.link.digest, evidence)


def read_ledger_record(record: VaultRecord) -> LedgerEntry:
    """Read the record of an entry as it stands in a vault, without its evidence.

    Raises:
        MalformedError: it is none, another one's, or was changed.
    """
    return _opened(read_kept(record), NO_EVIDENCE)


def _request(kept: Kept) -> bytes | None:
    """Return the digest of the request that an entry is about, where it has one."""
    entry = _opened(kept, NO_EVIDENCE).entry
    return None if entry is None else entry.request


def _checkpoint(record: VaultRecord) -> AnchoredCheckpoint:
    at = "ledger checkpoint"
    found = read_object(record.plain, at=at, clause=CLAUSE)
    return read_anchored(Members(found, at=at, clause=CLAUSE))
