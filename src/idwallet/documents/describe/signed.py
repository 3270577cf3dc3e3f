"""The signatures that a PDF file has already, and what changed since each."""

from idwallet.codec.pdf import PdfFile
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import EarlierSignature, Finding
from idwallet.documents.pades.changes.codes import Change, FoundChange
from idwallet.documents.pades.changes.document import find_changes
from idwallet.documents.pades.changes.permission import (
    judge_changes,
    locked,
    permission_after,
    read_level,
)
from idwallet.documents.pades.coverage import find_coverage, octets_behind
from idwallet.documents.pades.found import SignatureObject, find_signatures
from idwallet.documents.pades.padding import unpadded
from idwallet.documents.pades.view import View
from idwallet.envelope.cms import find_certificate, read_signed_data
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason
from idwallet.trust.certificate import Certificate

_F = Finding


def describe_signatures(
    file: PdfFile, findings: Findings
) -> tuple[EarlierSignature, ...]:
    """Tell of every signature, in the order of what they cover.

    Raises:
        MalformedError, LimitError, UnsupportedError: the file cannot be read.
    """
    found = find_signatures(file)
    return tuple(_told(each, file, findings=findings, beside=found) for each in found)


def _told(
    signature: SignatureObject,
    file: PdfFile,
    *,
    findings: Findings,
    beside: tuple[SignatureObject, ...],
) -> EarlierSignature:
    place = f"field {signature.field}" if signature.field is not None else "document"
    findings.say(_F.EARLIER_SIGNATURE, place)
    covered = find_coverage(signature, file)
    changes: tuple[FoundChange, ...] = ()
    is_certification = False
    if covered.updates is None:
        findings.say(_F.CHANGED_SINCE_SIGNATURE, place)
    else:
        view = View(file.as_of(covered.updates), end=signature.end)
        is_certification = read_level(view, signature.entries) is not None
        changes = _changes(view, file, updates=covered.updates, end=signature.end)
        permission = permission_after(view, signature, beside=beside)
        reason = judge_changes(changes, permission)
        if reason is Reason.CHANGED:
            findings.say(_F.CHANGED_SINCE_SIGNATURE, place)
        elif reason is not Reason.EXTENDED:
            findings.say(_F.FILLED_SINCE_SIGNATURE, place)
        changes = locked(changes, permission)
    return EarlierSignature(
        field=signature.field or "",
        signer=_signer(signature),
        is_timestamp=signature.is_timestamp,
        covers_revision=covered.updates is not None,
        is_certification=is_certification,
        changes=changes,
    )


def _changes(
    old: View, file: PdfFile, *, updates: int, end: int
) -> tuple[FoundChange, ...]:
    if not updates:
        behind = octets_behind(file.source, end)
        return (FoundChange(Change.OCTETS_ADDED, "document"),) if behind else ()
    return find_changes(old, View(file), updates=updates)


def _signer(signature: SignatureObject) -> str:
    """Return whom the certificate names, empty where that cannot be told."""
    held = signature.entries.get("Contents")
    try:
        message = read_signed_data(
            unpadded(held if isinstance(held, bytes) else b"", at="signature"),
            at="signature",
        )
        if not message.signers:
            return ""
        der = find_certificate(message.signers[0], message.certificates)
        return "" if der is None else Certificate.from_der(der, at="signature").shown
    except (MalformedError, UnsupportedError):
        return ""
