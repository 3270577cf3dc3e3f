"""A document signed as XAdES, valid as it starts, with every part open to a fault.

scene = DocumentScene()
made = xades_draft(scene)
made.bend = lambda signed: signed.replace(b"honest", b"hostile")
made.report()                                   # document.integrity failed

Whatever is changed before the signature is signed as it then is: only `bend` comes
after it. Every key is a test key.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.documents.model import (
    Documents,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
    XAdES,
)
from idwallet.documents.policy import DOCUMENTS, DocumentPolicy
from idwallet.documents.xades.properties import (
    PropertyWriter,
    counter_signature,
    qualifying,
    signed_id,
    timestamp,
)
from idwallet.documents.xades.targets import Target, target_of
from idwallet.envelope.xmldsig import (
    COUNTERSIGNED,
    PART,
    SIGNED_PROPERTIES,
    NewReference,
    XmlWriter,
    signature_value,
    value_id,
)
from idwallet.report import Report
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestIdentity
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand

PAPER: Final = (
    b'<p:paper xmlns:p="urn:example:paper" xmlns:q="urn:example:kind" Id="paper">'
    b'<p:text Id="text" q:kind="q:loan">an honest paper of invented people</p:text>'
    b"</p:paper>"
)
"""What is signed from within."""

Bend = Callable[[bytes], bytes]
Stamp = Callable[[TimestampDraft], None]


def unbent(octets: bytes) -> bytes:
    """Change nothing."""
    return octets


@dataclass
class XadesDraft:
    """A signature on `document`, and how it is judged.

    `references` may alter what is referred to, `bend_properties` and `bend_info` the
    parts that are signed, `bend_unsigned` the properties that are not, and `bend` the
    octets at the very end. `counter` may alter a signature on this one, `beside` a
    second person's that is put beside it; `stamps` has one entry for each timestamp.
    `brought` is what the verifier has.
    """

    scene: DocumentScene
    who: TestIdentity
    document: Documents = PAPER
    profile: XAdES = field(default_factory=XAdES)
    identifier: str = "id-first"
    at: datetime = MOMENT
    references: Callable[[tuple[NewReference, ...]], tuple[NewReference, ...]] = tuple
    has_properties: bool = True
    bend_properties: Bend = unbent
    bend_info: Bend = unbent
    bend_unsigned: Bend = unbent
    bend_stamps: Bend = unbent
    bend: Bend = unbent
    stamps: list[Stamp] = field(default_factory=list)
    counter: Callable[["XadesDraft"], None] | None = None
    counter_target: bytes | None = None
    beside: Callable[["XadesDraft"], None] | None = None
    wrap: Callable[[bytes, bytes], bytes] | None = None
    crls: tuple[CrlAtHand, ...] = ()
    policy: DocumentPolicy = DOCUMENTS
    brought: Documents | None = None

    def to_bytes(self) -> bytes:
        """Sign, put the signature where it belongs, and bend what came of it."""
        target = self._target()
        element = self.element(target)
        if target.document is not None:
            made = target.document.with_octets([(target.document.root, element)])
        else:
            made = element
        if self.beside is not None:
            made = self._beside(made)
        return self.bend(made)

    def _target(self) -> Target:
        return target_of(
            self.document,
            self.profile,
            name=lambda _: self.identifier,
            digest=self._writer().digest,
        )

    def _writer(self) -> XmlWriter:
        return XmlWriter(
            self.who.signer.public_key,
            algorithm=self.who.signer.algorithm,
            certificates=self.who.chain,
        )

    def _beside(self, made: bytes) -> bytes:
        second = XadesDraft(
            self.scene,
            self.scene.second,
            document=self.document,
            profile=self.profile,
            identifier="id-second",
            at=self.at,
        )
        if self.beside is not None:
            self.beside(second)
        if self.wrap is not None:
            return self.wrap(made, second.to_bytes())
        second.document = made
        return second.to_bytes()

    def element(self, target: Target) -> bytes:
        """Return the signature as an element."""
        writer = self._writer()
        own = self.identifier
        properties = self.bend_properties(
            PropertyWriter(
                self.profile, certificate=self.who.chain[0], digest=writer.digest
            ).write(own, signing_time=self.at, described=target.described)
        )
        references = self.references(target.references)
        if self.has_properties:
            digest = hashlib.new(writer.digest, properties).digest()
            uri = f"#{signed_id(own)}"
            kind = SIGNED_PROPERTIES
            held = NewReference(uri, digest, PART, type=kind)
            references = (*references, held)
        to_sign = self.bend_info(writer.prepare(references))
        signature = self.who.signer.sign(to_sign)
        unsigned = self.bend_unsigned(self._unsigned(signature))
        objects = [target.held] if target.held else []
        if self.has_properties:
            objects.append(qualifying(own, properties, unsigned=unsigned))
        return writer.finish(to_sign, signature, identifier=own, objects=objects)

    def _unsigned(self, signature: bytes) -> bytes:
        octets = signature_value(signature, identifier=self.identifier)
        held = b""
        for n, change in enumerate(self.stamps):
            digest = hashlib.sha256(octets).digest()
            draft = TimestampDraft(self.scene.authority, digest=digest, moment=self.at)
            change(draft)
            held += timestamp(draft.to_bytes(), identifier=f"{self.identifier}-{n}")
        held = self.bend_stamps(held)
        if self.counter is not None:
            held += counter_signature(self._counter(octets))
        return held

    def _counter(self, octets: bytes) -> bytes:
        """Return a second person's signature on the value of this one."""
        made = XadesDraft(
            self.scene,
            self.scene.second,
            identifier=f"{self.identifier}-counter",
            at=self.at,
        )
        covered = self.counter_target or octets
        reference = NewReference(
            f"#{value_id(self.identifier)}",
            hashlib.sha256(covered).digest(),
            PART,
            type=COUNTERSIGNED,
        )
        if self.counter is not None:
            self.counter(made)
        return made.element(Target("", (reference,), ()))

    def trust(self) -> TrustStore:
        """Return the store of the scene, with the CRLs at hand."""
        return self.scene.pki.store().with_evidence(EvidenceAtHand(crls=self.crls))

    def judged(self) -> VerifiedDocument | UnverifiedDocument:
        """Judge the document."""
        return evaluate_document(
            self.to_bytes(),
            document=self.brought,
            trust=self.trust(),
            policy=self.policy,
            at=self.at,
        )

    def report(self) -> Report:
        """Judge the document, and return the report."""
        return self.judged().report


def xades_draft(scene: DocumentScene) -> XadesDraft:
    """Return a valid signature inside of `PAPER`, with everybody's CRLs at hand."""
    everybody = (scene.signer, scene.second, scene.authority)
    found = {
        each.der if isinstance(each.der, bytes) else b"": each
        for identity in everybody
        for each in crls(identity, at=scene.at)
    }
    return XadesDraft(scene, scene.signer, at=scene.at, crls=tuple(found.values()))


def around(made: XadesDraft) -> None:
    """Put the document into the signature."""
    made.profile = XAdES(packaging=Packaging.ENVELOPING)


def apart(made: XadesDraft) -> None:
    """Sign two documents apart, and bring them."""
    made.profile = XAdES(packaging=Packaging.DETACHED)
    made.document = {"one.txt": b"one", "two.txt": b"two"}
    made.brought = {"one.txt": b"one", "two.txt": b"two"}


def countered(made: XadesDraft) -> None:
    """Have a second person sign the signature."""
    made.counter = lambda _: None


def side_by_side(made: XadesDraft) -> None:
    """Have a second person sign the document too."""
    made.beside = lambda _: None


def stamped(made: XadesDraft) -> None:
    """Put one valid timestamp on the signature."""
    made.stamps = [lambda _: None]


def wrapped(first: bytes, second: bytes) -> bytes:
    """Return two signatures that are in no document as one file."""
    return b"".join(
        (
            b'<a:XAdESSignatures xmlns:a="http://uri.etsi.org/02918/v1.2.1#">',
            first,
            second,
            b"</a:XAdESSignatures>",
        )
    )


def both_around(made: XadesDraft) -> None:
    """Have two people sign around the same document."""
    around(made)
    made.beside, made.wrap = (lambda _: None), wrapped


def spelled(octets: bytes) -> bytes:
    """Return octets in base64."""
    return b64encode(octets)


Forger = Callable[[XadesDraft], None]
"""What puts a fault into a draft."""


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Return what replaces the first of one thing, which has to be there."""

    def bend(octets: bytes) -> bytes:
        if old not in octets:
            raise LookupError(old)
        return octets.replace(old, new, 1)

    return bend


def bent(old: bytes, new: bytes) -> Forger:
    """Return what replaces one thing after the signature is made."""
    return lambda made: setattr(made, "bend", replacing(old, new))


def info_bent(old: bytes, new: bytes) -> Forger:
    """Return what replaces one thing in SignedInfo before it is signed."""
    return lambda made: setattr(made, "bend_info", replacing(old, new))
