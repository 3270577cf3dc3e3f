"""A signed container, valid as it starts, with every entry open to a fault.

made = container_draft(DocumentScene(), ASiCKind.E)
made.entry("contract.txt").data = b"something else"
made.report()                                   # document.contents failed
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.codec.zip import ZipArchive
from idwallet.documents.asic.manifest import Listed, Manifest, write_manifest
from idwallet.documents.asic.profile import ASiC, ASiCKind
from idwallet.documents.model import CAdES, UnverifiedDocument, VerifiedDocument
from idwallet.documents.policy import DOCUMENTS, DocumentPolicy
from idwallet.envelope.cms import digest_content
from idwallet.report import Report
from idwallet.roles.document_signer import DocumentSigner, evaluate_document
from idwallet.testing.document_draft import CONTRACT, DocumentScene, document_draft
from idwallet.testing.pki import MOMENT, TestIdentity
from idwallet.testing.zip_draft import Archive, Entry
from idwallet.trust.anchors import TrustStore

ANNEX: Final = "Приложение: перечень вымышленных вещей".encode()
"""A second document: "an annex: a list of invented things"."""

SIMPLE: Final = {"contract.txt": CONTRACT}
EXTENDED: Final = {"contract.txt": CONTRACT, "annex/перечень.txt": ANNEX}
_P7S: Final = "application/pkcs7-signature"


@dataclass
class ContainerDraft:
    """A container of `CONTRACT`, and how it is judged.

    `entries` are written as they stand, one after the other; `archive` says what else
    is in the file. `signers` signed one after the other.
    """

    scene: DocumentScene
    kind: ASiCKind
    trust: TrustStore
    signers: list[TestIdentity]
    entries: list[Entry] = field(default_factory=list)
    archive: Archive = field(default_factory=lambda: Archive([]))
    policy: DocumentPolicy = DOCUMENTS
    at: datetime = MOMENT

    def entry(self, name: str) -> Entry:
        """Return the entry of that name."""
        return next(each for each in self.entries if each.name == name.encode())

    def remove(self, name: str) -> Entry:
        """Take the entry of that name out, and return it."""
        found = self.entry(name)
        self.entries.remove(found)
        return found

    def add(self, name: str, data: bytes) -> Entry:
        """Put another entry behind the others, and return it."""
        flags = 0 if name.isascii() else 1 << 11
        made = Entry(name=name.encode(), data=data, flags=flags)
        self.entries.append(made)
        return made

    def sign(self, files: Mapping[str, bytes] | None = None) -> None:
        """Have every signer sign these files, each on a manifest, and begin anew."""
        made: bytes | None = None
        for who in self.signers:
            signer = _signer(self.kind, who)
            documents = files or (SIMPLE if self.kind is ASiCKind.S else EXTENDED)
            given = documents if made is None else None
            made = signer.sign(given, signing_time=self.at, beside=made)
        archive = ZipArchive(made or b"", at="draft")
        self.entries = []
        for each in archive.entries:
            self.add(each.name, archive.content(each, max_bytes=1 << 20))

    def sign_manifest(self, number: int, manifest: bytes) -> None:
        """Put another manifest in place of one, with a signature on it."""
        who = self.signers[number - 1]
        signer = DocumentSigner(CAdES(), signer=who.signer, certificates=who.chain)
        made = signer.sign(manifest, signing_time=self.at)
        self.entry(manifest_name(number)).data = manifest
        self.entry(signature_name(number)).data = made

    def to_bytes(self) -> bytes:
        """Put the container together."""
        self.archive.entries = self.entries
        return self.archive.to_bytes()

    def judged(self) -> VerifiedDocument | UnverifiedDocument:
        """Judge the container."""
        return evaluate_document(
            self.to_bytes(), trust=self.trust, policy=self.policy, at=self.at
        )

    def report(self) -> Report:
        """Judge the container, and return the report."""
        return self.judged().report


def _signer(kind: ASiCKind, who: TestIdentity) -> DocumentSigner:
    return DocumentSigner(
        ASiC(kind=kind, signature=CAdES), signer=who.signer, certificates=who.chain
    )


def manifest_name(number: int) -> str:
    """Return how the manifest of a signature is called, counted from 1."""
    return f"META-INF/ASiCManifest{number:03}.xml"


def signature_name(number: int) -> str:
    """Return how the file of a signature is called, counted from 1."""
    return f"META-INF/signature{number:03}.p7s"


def manifest_of(
    files: Mapping[str, bytes], *, signature: str = signature_name(1)
) -> bytes:
    """Return a manifest of these files."""
    listed = tuple(
        Listed(name, "sha256", digest_content([data], ["sha256"])["sha256"])
        for name, data in files.items()
    )
    return write_manifest(Manifest(signature, listed), signature_type=_P7S)


def container_draft(
    scene: DocumentScene, kind: ASiCKind, *, signers: int = 1
) -> ContainerDraft:
    """Return a valid container with so many signatures, of level B-B."""
    trust = document_draft(scene).trust()
    who = [scene.signer, scene.second][:signers]
    made = ContainerDraft(scene, kind, trust, who, at=scene.at)
    made.sign()
    return made
