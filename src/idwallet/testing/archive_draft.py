"""An archived signature, valid as it starts, with every part open to a fault.

scene = ArchiveScene()
made = archive_draft(scene)
made.rounds[0].index = lambda index: index.certificates.append(bytes(32))
made.report()                                   # timestamp.trust failed
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.codec.der import OCTETS, OID, SET, Fields, integer, sequence, set_of, tlv
from idwallet.documents.cades.index import archive_imprint
from idwallet.documents.model import CAdES, UnverifiedDocument, VerifiedDocument
from idwallet.documents.policy import DOCUMENTS, DocumentPolicy
from idwallet.envelope.cms import (
    SignedData,
    attribute,
    digest_identifier,
    names,
    read_signed_data,
    with_material,
    with_unsigned,
)
from idwallet.report import Report
from idwallet.roles.document_signer import evaluate_document, sign_document
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand

_AT: Final = "draft"
_UNSIGNED: Final = 0xA1

Stamp = Callable[[TimestampDraft], None]
Alter = Callable[[bytes], bytes]


def _nothing(_: object) -> None:
    """Change nothing."""


def unaltered(message: bytes) -> bytes:
    """Return the message as it is."""
    return message


@dataclass
class IndexDraft:
    """What an archive timestamp says that it is on: digests, by a name of hashlib.

    `bend` alters its octets before it is stamped, `shown` after. `count` is how many of
    the attribute there are, `values` how many values it has.
    """

    certificates: list[bytes]
    revocations: list[bytes]
    attributes: list[bytes]
    hashed: str = "sha256"
    bend: Alter = unaltered
    shown: Alter = unaltered
    count: int = 1
    values: int = 1

    @staticmethod
    def of(message: SignedData) -> "IndexDraft":
        """Return the index of all that is there."""
        unsigned = message.signers[0].unsigned
        return IndexDraft(
            [_digest(each) for each in message.parts.certificates],
            [_digest(each) for each in message.parts.revocations],
            [_digest(tlv(OID, e.oid) + one) for e in unsigned for one in e.values],
        )

    def to_der(self) -> bytes:
        """Return the ATSHashIndexV3 (EN 319 122-1 5.5.2)."""
        listed = (self.certificates, self.revocations, self.attributes)
        made = sequence(
            digest_identifier(self.hashed),
            *(sequence(*(tlv(OCTETS, each) for each in found)) for found in listed),
        )
        return self.bend(made)


def _digest(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


@dataclass
class Round:
    """One archive timestamp, `by` somebody at a moment.

    `known` and `certificates` are put into the message before. `document` is what it
    says that was signed.
    """

    by: TestIdentity
    moment: datetime
    known: tuple[CrlAtHand, ...] = ()
    certificates: tuple[bytes, ...] = ()
    index: Callable[[IndexDraft], None] = _nothing
    stamp: Stamp = _nothing
    document: bytes = CONTRACT

    def added(self, message: bytes) -> bytes:
        """Return the message with the material and the timestamp."""
        filled = read_signed_data(
            with_material(
                read_signed_data(message, at=_AT),
                certificates=self.certificates,
                crls=[each.der for each in self.known if isinstance(each.der, bytes)],
            ),
            at=_AT,
        )
        return with_unsigned(filled, 0, attributes=[self._attribute(filled)])

    def _attribute(self, message: SignedData) -> bytes:
        draft = IndexDraft.of(message)
        self.index(draft)
        index = draft.to_der()
        digest = archive_imprint(
            message.signers[0],
            message,
            content=_digest(self.document),
            index=index,
            hashed="sha256",
        )
        stamp = TimestampDraft(self.by, digest=digest, moment=self.moment)
        self.stamp(stamp)
        made = stamp.to_bytes()
        if draft.count == 0 or stamp.content_type != names.TIMESTAMP_INFO:
            return attribute(names.ARCHIVE_TIMESTAMP, made)
        # Values of a SET OF differ here, so that none is dropped for being the same.
        shown = [draft.shown(index), *(integer(n) for n in range(1, draft.values))]
        held = attribute(names.HASH_INDEX, *shown)
        token = read_signed_data(made, at=_AT)
        with_index = with_unsigned(token, 0, attributes=[held] * draft.count)
        return attribute(names.ARCHIVE_TIMESTAMP, with_index)


@dataclass
class ArchiveDraft:
    """A signature on `CONTRACT`, stamped and archived, and how it is judged.

    `stamps` has one entry for each signature timestamp, made by `authority`; `more` are
    further unsigned attributes. `rounds` has one for each archive timestamp. `after`
    alters the message at the very end. `known` is the evidence at hand at the moment
    judged, `at`.
    """

    scene: ArchiveScene
    signer: TestIdentity
    authority: TestIdentity
    rounds: list[Round]
    at: datetime
    known: tuple[CrlAtHand, ...]
    stamps: list[Stamp] = field(default_factory=lambda: [_nothing])
    more: tuple[bytes, ...] = ()
    after: Alter = unaltered
    document: bytes | None = CONTRACT
    policy: DocumentPolicy = DOCUMENTS

    def to_bytes(self) -> bytes:
        """Sign, stamp and archive, and return the message."""
        message = sign_document(
            CONTRACT,
            CAdES(),
            signer=self.signer.signer,
            certificates=self.signer.chain,
            signing_time=self.scene.at,
        )
        for each in self.stamps:
            message = self._stamped(message, each)
        if self.more:
            read = read_signed_data(message, at=_AT)
            message = with_unsigned(read, 0, attributes=self.more)
        for one in self.rounds:
            message = one.added(message)
        return self.after(message)

    def _stamped(self, message: bytes, change: Stamp) -> bytes:
        read = read_signed_data(message, at=_AT)
        digest = _digest(read.signers[0].signature)
        draft = TimestampDraft(self.authority, digest=digest, moment=self.scene.at)
        change(draft)
        held = attribute(names.SIGNATURE_TIMESTAMP, draft.to_bytes())
        return with_unsigned(read, 0, attributes=[held])

    def judged(self) -> VerifiedDocument | UnverifiedDocument:
        """Judge the message."""
        return evaluate_document(
            self.to_bytes(),
            document=self.document,
            trust=self.scene.bare().with_evidence(EvidenceAtHand(crls=self.known)),
            policy=self.policy,
            at=self.at,
        )

    def report(self) -> Report:
        """Judge the message, and return the report."""
        return self.judged().report


def archive_draft(scene: ArchiveScene) -> ArchiveDraft:
    """Return a valid archive of one round, everybody's CRLs in it and at hand."""
    known = lists_about(scene, *scene.everybody)
    one = Round(scene.authorities[1], scene.at, known)
    return ArchiveDraft(
        scene, scene.signer, scene.authorities[0], [one], scene.at, known
    )


def lists_about(
    scene: ArchiveScene, *who: TestIdentity, year: float = 0
) -> tuple[CrlAtHand, ...]:
    """Return CRLs of a year about somebody."""
    at = scene.years(year)
    found = {each.der: each for one in who for each in crls(one, at=at)}
    return tuple(found.values())


def rebuilt(
    message: bytes,
    *,
    certificates: Callable[[tuple[bytes, ...]], tuple[bytes, ...]] | None = None,
    revocations: Callable[[tuple[bytes, ...]], tuple[bytes, ...]] | None = None,
    unsigned: Callable[[tuple[bytes, ...]], tuple[bytes, ...]] | None = None,
) -> bytes:
    """Return a message with other sets in it, and all else as it was."""
    read = read_signed_data(message, at=_AT)
    certified, revoked = read.parts.certificates, read.parts.revocations
    if certificates is not None:
        certified = certificates(certified)
    if revocations is not None:
        revoked = revocations(revoked)
    info = read.signers[0].der
    if unsigned is not None:
        fields = [e for e in Fields(info).rest() if e.tag != _UNSIGNED]
        kept = unsigned(tuple(each.der for each in read.signers[0].unsigned))
        own = (info[each.start : each.end] for each in fields)
        info = sequence(*own, tlv(_UNSIGNED, *kept))
    signed = sequence(
        integer(read.parts.version),
        set_of(*read.parts.digests),
        read.parts.encapsulated,
        tlv(0xA0, *certified) if certified else b"",
        tlv(0xA1, *revoked) if revoked else b"",
        tlv(SET, info),
    )
    return sequence(tlv(OID, names.SIGNED_DATA), tlv(0xA0, signed))
