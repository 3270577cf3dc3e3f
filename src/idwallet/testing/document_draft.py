"""A signed document, valid as it starts, with every part open to a fault.

scene = DocumentScene()
made = document_draft(scene)
made.cms.signer.covered = b"something else"
made.report()                                   # signer.signature failed
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents.model import UnverifiedDocument, VerifiedDocument
from idwallet.documents.policy import DOCUMENTS, DocumentPolicy
from idwallet.envelope.cms import attribute, names, read_signed_data
from idwallet.envelope.cms.signer_info import read_signer_info
from idwallet.report import GIVEN, Origin, Report
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.authorities import document_signer, timestamp_authority
from idwallet.testing.cms_draft import CmsDraft, SignerDraft, unbent
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, Renewal

CONTRACT: Final = "Договор между двумя вымышленными людьми".encode()
"""What is signed: "a contract between two invented people"."""


class DocumentScene:
    """An infrastructure with a signer, another one, and an authority for timestamps."""

    def __init__(self, *, seed: bytes | None = None, at: datetime = MOMENT) -> None:
        """Certify everybody; with a `seed` they are the same on every run."""
        self.at = at
        self.pki = TestPki(at=at, seed=seed)
        self.signer = document_signer(self.pki)
        self.second = document_signer(self.pki, "https://second.example")
        self.authority = timestamp_authority(self.pki)


Stamp = Callable[[TimestampDraft], None]


def _nothing(_: TimestampDraft) -> None:
    """Change nothing."""


@dataclass
class DocumentDraft:
    """A signature on `CONTRACT`, and how it is judged.

    `stamps` has one entry for each timestamp, which may alter it; they are made by
    `authority`. `counter` may alter a signature on the first one, and `depth` says how
    many stand on each other; `repeated` is how often the same signers stand in the
    message. `bend` alters the octets at the very end. `anchors` says when the anchors
    were taken, `renewal` when they are due; `document` is what the verifier brings,
    None for nothing.
    """

    scene: DocumentScene
    cms: CmsDraft
    authority: TestIdentity
    crls: tuple[CrlAtHand, ...]
    stamps: list[Stamp] = field(default_factory=list)
    stamped: datetime | None = None
    counter: Callable[[SignerDraft], None] | None = None
    depth: int = 1
    policy: DocumentPolicy = DOCUMENTS
    document: bytes | None = CONTRACT
    at: datetime = MOMENT
    bend: Callable[[bytes], bytes] = unbent
    raw_stamps: tuple[bytes, ...] = ()
    repeated: int = 1
    anchors: Origin = GIVEN
    renewal: Renewal | None = None

    def to_bytes(self) -> bytes:
        """Sign, stamp and counter-sign, and return the message."""
        first = self.cms.signers[0] if self.cms.signers else None
        if first is not None and (self.stamps or self.raw_stamps or self.counter):
            self._add_unsigned(first)
        self.cms.signers = self.cms.signers * self.repeated
        return self.bend(self.cms.to_bytes())

    def _add_unsigned(self, first: SignerDraft) -> None:
        made = read_signed_data(self.cms.to_bytes(), at="draft")
        signature = made.signers[0].signature
        first.bend_signature = lambda _: signature
        added = [
            attribute(names.SIGNATURE_TIMESTAMP, self._stamp(signature, each))
            for each in self.stamps
        ]
        added += [attribute(names.SIGNATURE_TIMESTAMP, e) for e in self.raw_stamps]
        if self.counter is not None:
            info = self._counter(signature, depth=self.depth)
            added.append(attribute(names.COUNTER_SIGNATURE, info))
            more = (*self.cms.certificates, *self.scene.second.chain)
            self.cms.certificates = tuple(dict.fromkeys(more))
        first.unsigned = (*first.unsigned, *added)

    def _counter(self, signature: bytes, *, depth: int) -> bytes:
        """Return a signature on one, and so many on each other in all."""
        own = SignerDraft.of(
            self.scene.second, content=signature, at=self.at, content_type=None
        )
        if self.counter is not None:
            self.counter(own)
        if depth > 1:
            mine = read_signer_info(own.to_bytes(), at="draft").signature
            own.bend_signature = lambda _: mine
            above = self._counter(mine, depth=depth - 1)
            own.unsigned = (attribute(names.COUNTER_SIGNATURE, above),)
        return own.to_bytes()

    def _stamp(self, signature: bytes, change: Stamp) -> bytes:
        digest = hashlib.sha256(signature).digest()
        moment = self.stamped or self.scene.at
        draft = TimestampDraft(self.authority, digest=digest, moment=moment)
        change(draft)
        return draft.to_bytes()

    def trust(self) -> TrustStore:
        """Return the store of the scene, with the CRLs at hand."""
        store = self.scene.pki.store()
        return store.with_evidence(
            EvidenceAtHand(crls=self.crls, anchors=self.anchors, renewal=self.renewal)
        )

    def judged(self) -> VerifiedDocument | UnverifiedDocument:
        """Judge the message."""
        return evaluate_document(
            self.to_bytes(),
            document=self.document,
            trust=self.trust(),
            policy=self.policy,
            at=self.at,
        )

    def report(self) -> Report:
        """Judge the message, and return the report."""
        return self.judged().report


def document_draft(
    scene: DocumentScene, *, signer: TestIdentity | None = None
) -> DocumentDraft:
    """Return a valid detached signature of level B-B with everybody's CRLs at hand."""
    who = signer or scene.signer
    cms = CmsDraft.of(who, content=CONTRACT, at=scene.at)
    cms.is_detached = True
    made = DocumentDraft(scene, cms, scene.authority, (), at=scene.at)
    made.crls = crls_of(made, who)
    return made


def crls_of(made: DocumentDraft, who: TestIdentity) -> tuple[CrlAtHand, ...]:
    """Return current CRLs about a signer, the second one and the authority."""
    scene = made.scene
    found = {
        each.der if isinstance(each.der, bytes) else b"": each
        for identity in (who, scene.second, made.authority)
        for each in crls(identity, at=scene.at)
    }
    return tuple(found.values())


def stamped(made: DocumentDraft) -> None:
    """Put one valid timestamp on the signature."""
    made.stamps = [_nothing]


def every_algorithm(made: DocumentDraft) -> None:
    """Judge by a policy that names every algorithm."""
    made.policy = replace(made.policy, algorithms=frozenset(Algorithm))
