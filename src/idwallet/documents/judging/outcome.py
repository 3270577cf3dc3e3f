"""What the signatures of a document come to together: the verdict on it."""

from typing import Final, NamedTuple

from idwallet.documents.judging.context import Asked
from idwallet.documents.model import (
    SignedFile,
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
)
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Outcome,
    Reason,
    Report,
    Required,
    check,
    waiting,
)

DOCUMENT: Final = "document"
"""The subject of what is said of the document as a whole."""

ANSWERED: Final = (
    CheckId.SIGNER_TRUST,
    CheckId.SIGNER_SIGNATURE,
    CheckId.DOCUMENT_INTEGRITY,
    CheckId.SIGNATURE_PROFILE,
    CheckId.SIGNER_REVOCATION,
)
"""What is answered of every signature, timestamps apart."""


class Judged(NamedTuple):
    """One signature and those on it: their checks and subjects.

    `subjects` are those of which everything in `ANSWERED` is required. `verified` is
    worth something only where every check passed.
    """

    checks: tuple[Check, ...]
    subjects: tuple[str, ...]
    verified: VerifiedSignature | None
    evidence: tuple[EvidenceUsed, ...] = ()


class Judgement(NamedTuple):
    """Every signature of a document, and what is said of the document as a whole.

    `checks` beside `document.format` are all required. `content` is what was signed
    where it came inside, `files` are those of a container.
    """

    signatures: tuple[Judged, ...]
    checks: tuple[Check, ...] = ()
    content: bytes | None = None
    files: tuple[SignedFile, ...] = ()


def unreadable(error: MalformedError | UnsupportedError) -> Judgement:
    """Return what a document comes to that is no signed one at all."""
    facts = {"what": error.what, "at": error.at}
    return _nothing(
        check(
            CheckId.DOCUMENT_FORMAT, fault_reason(error), subject=DOCUMENT, facts=facts
        )
    )


def unsigned() -> Judgement:
    """Return what a document comes to that has no signature, and could have."""
    return _nothing(check(CheckId.DOCUMENT_FORMAT, Reason.ABSENT, subject=DOCUMENT))


def _nothing(fault: Check) -> Judgement:
    subject = "signature[0]"
    waits = (
        waiting(each, subject=subject, waits_for=CheckId.DOCUMENT_FORMAT)
        for each in ANSWERED
    )
    return Judgement((Judged(tuple(waits), (subject,), None),), (fault,))


def broken_signature(
    error: MalformedError | UnsupportedError, *, subject: str
) -> Judged:
    """Return what one signature comes to that cannot be read: it is never dropped."""
    broken = Checks(subject)
    facts = {"what": error.what, "at": error.at}
    broken.say(CheckId.DOCUMENT_FORMAT, fault_reason(error), facts=facts)
    for each in ANSWERED:
        broken.wait(each, CheckId.DOCUMENT_FORMAT)
    return Judged(broken.made(), (subject,), None)


def concluded(
    judgement: Judgement, asked: Asked
) -> VerifiedDocument | UnverifiedDocument:
    """Return the verdict: a document passes only where everything about it did."""
    signatures = judgement.signatures
    own = judgement.checks
    if not any(each.id is CheckId.DOCUMENT_FORMAT for each in own):
        fine = check(CheckId.DOCUMENT_FORMAT, Reason.WELL_FORMED, subject=DOCUMENT)
        own = (fine, *own)
    required: Required = frozenset(
        {
            *((each.id, each.subject) for each in own),
            *(
                (each, name)
                for judged in signatures
                for name in judged.subjects
                for each in ANSWERED
            ),
        }
    )
    report = Report(
        (*own, *(made for each in signatures for made in each.checks)),
        required,
        asked.at,
        asked.policy.name,
        evidence=tuple(used for each in signatures for used in each.evidence),
        anchors=asked.trust.evidence.anchors,
    )
    # What has no signature is no signed document, whatever else is said of it.
    if report.outcome is not Outcome.PASSED or not signatures:
        return UnverifiedDocument(report)
    verified = [each.verified for each in signatures if each.verified is not None]
    content, files = judgement.content, judgement.files
    return VerifiedDocument(report, tuple(verified), content, files)
