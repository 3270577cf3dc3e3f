"""Exported ledgers as a wallet writes them, or with any one thing wrong.

draft = ledger_draft(LedgerScene())
draft.report()                           # passes
del draft.entries()[1]
draft.report()                           # ledger.chain failed
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.consent.ledger.anchor import AnchoredCheckpoint, stamped
from idwallet.consent.ledger.chain import (
    IDENTITY_BYTES,
    Checkpoint,
    Link,
    entry_digest,
    first_head,
    next_head,
)
from idwallet.consent.ledger.entry import Entry, EntryKind, Sending, write_entry
from idwallet.consent.ledger.evaluate import evaluate_ledger_export
from idwallet.consent.ledger.export import ExportParts, Position, write_export
from idwallet.consent.ledger.position import NO_EVIDENCE, Evidence
from idwallet.consent.occasion import (
    AuthenticatedBy,
    ClaimsAsked,
    ClaimsShown,
    Party,
)
from idwallet.consent.receipt import Promise, Receipt, ReceiptOutcome, sign_receipt
from idwallet.errors import UsageError
from idwallet.report import Report
from idwallet.testing.draft import loose_json
from idwallet.testing.pki import TestPki
from idwallet.testing.tsa import TestTsa
from idwallet.trust.policies import WALLET

REQUEST: Final = b"a test request, signed by the test shop"
IDENTITY: Final = bytes(range(IDENTITY_BYTES))
HOUR: Final = timedelta(hours=1)
SALT: Final = b"idwallet TEST 16"


class LedgerScene:
    """A ledger of four entries, and an authority that stamps the time."""

    def __init__(self, *, seed: bytes | None = None) -> None:
        """Certify the authority and a shop that gives receipts."""
        self.pki = TestPki(seed=seed)
        self.at = self.pki.at + 3 * HOUR
        self.trust = self.pki.store()
        self.authority = TestTsa(self.pki, moment=self.pki.at + HOUR)
        self.shop = self.pki.reader("shop.example")

    def entries(self) -> tuple[Entry, ...]:
        """Return what happened: something was shown, sent, declined, and shown."""
        at = self.pki.at
        party = Party("Test Shop", "x509_hash:test", AuthenticatedBy.CERTIFICATE)
        asked = ClaimsAsked("age", "dc+sd-jwt", ("urn:eudi:pid:1",), (("age",),))
        shown = ClaimsShown("age", "dc+sd-jwt", "urn:eudi:pid:1", (("age",),))
        made = Entry(
            kind=EntryKind.SHOWN,
            time=at,
            party=party,
            purpose="a test",
            asked=(asked,),
            shown=(shown,),
            judgement={"excess": 1, "needed": 2},
            request=sha256(REQUEST).digest(),
        )
        sent = Entry(
            kind=EntryKind.OUTCOME, time=at, about=0, outcome=Sending.SENT.value
        )
        declined = replace(made, kind=EntryKind.DECLINED, shown=())
        return (made, sent, declined, made)

    def positions(self, entries: tuple[Entry, ...]) -> tuple[Position, ...]:
        """Chain entries."""
        head = first_head(IDENTITY)
        made: list[Position] = []
        for index, entry in enumerate(entries):
            octets = write_entry(entry, salt=SALT)
            digest = entry_digest(octets)
            head = next_head(head, index=index, digest=digest)
            has_request = entry.request is not None
            evidence = Evidence(request=REQUEST) if has_request else NO_EVIDENCE
            made.append(Position(index, Link(digest, head), octets, evidence))
        return tuple(made)

    def checkpoint(self, count: int) -> Checkpoint:
        """Return the true checkpoint after that many entries."""
        link = self.positions(self.entries())[count - 1].link
        return Checkpoint(IDENTITY, count, link.head, self.pki.at)

    def stamped(self, checkpoint: Checkpoint) -> AnchoredCheckpoint:
        """Have the test authority stamp a checkpoint."""
        return stamped(checkpoint, authority=self.authority, random=token_bytes)

    def witnessed(
        self,
        checkpoint: Checkpoint,
        *,
        of: bytes | None = None,
        request: bytes = bytes(32),
    ) -> AnchoredCheckpoint:
        """Have the test shop bear witness of a checkpoint in a receipt."""
        receipt = Receipt(
            issuer="x509_hash:test",
            issued=self.pki.at + HOUR,
            identity=bytes(16),
            request=request,
            outcome=ReceiptOutcome.DECLINED,
            retention=Promise(kept=False),
            witnessed=of or checkpoint.digest,
        )
        token = sign_receipt(
            receipt, signer=self.shop.signer, certificates=self.shop.chain
        )
        return AnchoredCheckpoint(checkpoint, receipt=token)


@dataclass
class LedgerDraft:
    """One export in the making: change its members, then judge it.

    `kept` are checkpoints that the judge has from before.
    """

    scene: LedgerScene
    members: JsonObject
    at: datetime
    kept: tuple[Checkpoint, ...] = ()
    bend: Callable[[bytes], bytes] = field(default=lambda data: data)

    def entries(self) -> list[JsonValue]:
        """Return the list of entries, to be changed."""
        return as_list(self.members["entries"])

    def entry(self, index: int) -> JsonObject:
        """Return one entry, to be changed."""
        return as_object(self.entries()[index])

    def checkpoint(self) -> JsonObject:
        """Return the checkpoint with a witness, to be changed."""
        return as_object(as_list(self.members["checkpoints"])[0])

    def to_bytes(self) -> bytes:
        """Return the export as it stands."""
        return self.bend(loose_json(self.members))

    def report(self) -> Report:
        """Judge it."""
        return evaluate_ledger_export(
            self.to_bytes(),
            trust=self.scene.trust,
            policy=WALLET,
            at=self.at,
            kept=self.kept,
        ).report


def as_list(value: JsonValue) -> list[JsonValue]:
    """Return a member that is a list."""
    if not isinstance(value, list):
        raise UsageError("that member is no list")
    return value


def as_object(value: JsonValue) -> JsonObject:
    """Return a member that is an object."""
    if not isinstance(value, dict):
        raise UsageError("that member is no object")
    return value


def ledger_draft(
    scene: LedgerScene,
    *,
    anchored: AnchoredCheckpoint | None = None,
    entries: tuple[Entry, ...] | None = None,
) -> LedgerDraft:
    """Return an export that holds, its first three entries under a timestamp."""
    parts = ExportParts(
        IDENTITY,
        scene.at,
        scene.positions(entries or scene.entries()),
        (anchored or scene.stamped(scene.checkpoint(3)),),
    )
    members = read_object(write_export(parts), at="draft", clause="draft")
    return LedgerDraft(scene, members, scene.at)
