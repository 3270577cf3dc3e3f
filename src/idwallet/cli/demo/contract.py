"""A contract of two people in the story: signed by both, and then changed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from idwallet.adapters.fonts import default_font
from idwallet.documents.appearance import Box, Stamp
from idwallet.documents.pades.profile import (
    AllowedChanges,
    Appearance,
    PAdES,
    SignatureField,
)
from idwallet.documents.pades.reserve import reserve_fields
from idwallet.documents.policy import DOCUMENTS
from idwallet.errors import PortError
from idwallet.report import Report
from idwallet.roles.document_signer import evaluate_document, sign_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.certificates import CertificatePlan, test_name
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.evidence import EvidenceAtHand

ANNA: Final = "Анна Образцова"
BORIS: Final = "Борис Примеров"
_REASON: Final = "Договор найма квартиры"
_PAGE: Final = (595, 842)
_FIELDS: Final = ("landlord", "tenant")
_BOXES: Final = ((60, 80, 280, 140), (315, 80, 535, 140))


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract as it was, as both signed it, and as somebody changed it."""

    paper: bytes
    signed: bytes
    changed: bytes
    lists: tuple[bytes, ...]
    report: Report
    changed_report: Report


def agree(pki: TestPki, *, at: datetime) -> Contract:
    """Have Anna and Boris, who do not exist, sign a contract one after the other."""
    people = [_certified(pki, name) for name in (ANNA, BORIS)]
    # A place for each of them from the start: a certified page takes no new ones.
    fields = [
        SignatureField(name=field, label=name, box=Box(*box))
        for field, name, box in zip(_FIELDS, (ANNA, BORIS), _BOXES, strict=True)
    ]
    paper = reserve_fields(_paper(), fields)
    signed = paper
    for number, (name, who) in enumerate(zip((ANNA, BORIS), people, strict=True)):
        signed = sign_document(
            signed,
            PAdES(
                reason=_REASON,
                field=_FIELDS[number],
                # Anna signs first, and says that nothing but signing may follow.
                certify=None if number else AllowedChanges.FORMS,
                appearance=_stamp(name, number=number, at=at),
            ),
            signer=who.signer,
            certificates=who.chain,
            signing_time=at,
        )
    changed = signed.replace(b"0 0 1 rg", b"0 1 1 rg", 1)
    at_hand = [each for who in people for each in crls(who, at=at)]
    lists = {each.der: each for each in at_hand if isinstance(each.der, bytes)}
    trust = pki.store().with_evidence(EvidenceAtHand(crls=lists.values()))
    reports = [
        evaluate_document(each, trust=trust, policy=DOCUMENTS, at=at).report
        for each in (signed, changed)
    ]
    return Contract(paper, signed, changed, tuple(lists), reports[0], reports[1])


def _certified(pki: TestPki, name: str) -> TestIdentity:
    def named(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, subject=test_name(name))

    return document_signer(pki, change=named)


def _stamp(name: str, *, number: int, at: datetime) -> Appearance | None:
    """Return what is seen of a signature, where the font for it is installed."""
    try:
        font = default_font()
    except PortError:
        return None
    lines = ("Подписано", name, f"{at:%Y-%m-%d %H:%M} UTC")
    return Stamp(page=0, box=Box(*_BOXES[number]), lines=lines, font=font)


def _paper() -> bytes:
    """Return a page with a blue line on it, as a PDF file."""
    drawn = b"0 0 1 rg 60 700 475 2 re f"
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 %d %d] >>" % _PAGE,
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
    )
    file, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % each for each in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return file + head + rows + end % (len(bodies) + 1, len(file))
