"""A signed PDF file, valid as it starts, and how it is judged.

made = pdf_draft(DocumentScene())
made.first.covered = lambda _: b"something else"
made.report()                                    # document.integrity failed
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from idwallet.documents.model import UnverifiedDocument, VerifiedDocument
from idwallet.documents.policy import DOCUMENTS, DocumentPolicy
from idwallet.report import GIVEN, Origin, Report
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.cms_draft import Bend, unbent
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.signing import SignStep
from idwallet.testing.pdf.writing import PdfFile
from idwallet.testing.pki import MOMENT, TestIdentity
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand

Step = Callable[[PdfFile], None]
"""One more revision, or what is done to the file that is being written."""


@dataclass
class PdfDraft:
    """A file, what is done to it one after another, and how it is judged.

    `steps` starts with the signature of `scene.signer`; `bend` alters the octets at the
    very end.
    """

    scene: DocumentScene
    contract: Contract = field(default_factory=Contract)
    steps: list[Step] = field(default_factory=list)
    crls: tuple[CrlAtHand, ...] = ()
    policy: DocumentPolicy = DOCUMENTS
    at: datetime = MOMENT
    anchors: Origin = GIVEN
    bend: Bend = unbent

    @property
    def first(self) -> SignStep:
        """The first signature."""
        return next(each for each in self.steps if isinstance(each, SignStep))

    def to_bytes(self) -> bytes:
        """Write the file, revision by revision."""
        file = self.contract.file()
        for each in self.steps:
            each(file)
        return self.bend(bytes(file.data))

    def trust(self) -> TrustStore:
        """Return the store of the scene, with the CRLs at hand."""
        store = self.scene.pki.store()
        return store.with_evidence(EvidenceAtHand(crls=self.crls, anchors=self.anchors))

    def judged(self) -> VerifiedDocument | UnverifiedDocument:
        """Judge the file."""
        return evaluate_document(
            self.to_bytes(), trust=self.trust(), policy=self.policy, at=self.at
        )

    def report(self) -> Report:
        """Judge the file, and return the report."""
        return self.judged().report


def everybodys_crls(*people: TestIdentity, at: datetime) -> tuple[CrlAtHand, ...]:
    """Return current CRLs about these people's certificates, each once."""
    found = {
        each.der if isinstance(each.der, bytes) else b"": each
        for identity in people
        for each in crls(identity, at=at)
    }
    return tuple(found.values())


def pdf_draft(scene: DocumentScene, *, contract: Contract | None = None) -> PdfDraft:
    """Return a contract signed once at level B-B, with everybody's CRLs at hand."""
    made = PdfDraft(scene, contract or Contract(), at=scene.at)
    made.steps.append(SignStep(scene.signer, scene))
    made.crls = everybodys_crls(
        scene.signer, scene.second, scene.authority, at=scene.at
    )
    return made
