"""Judge signed documents, whatever their format."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.documents.judging.context import Asked
from idwallet.documents.judging.outcome import DOCUMENT, Judgement, concluded
from idwallet.documents.model import (
    Documents,
    UnverifiedDocument,
    VerifiedDocument,
    only,
)
from idwallet.documents.policy import DocumentPolicy
from idwallet.errors import UsageError, VerificationFailed, VerificationIndeterminate
from idwallet.report import CheckId, Outcome, Reason, check
from idwallet.roles.document_signer.recognise import Format, Signed, recognise
from idwallet.trust.anchors import TrustStore


def _asic() -> Callable[..., Judgement]:
    from idwallet.documents.asic.evaluate import evaluate

    return evaluate


def _cades() -> Callable[..., Judgement]:
    from idwallet.documents.cades.evaluate import evaluate

    return evaluate


def _jades() -> Callable[..., Judgement]:
    from idwallet.documents.jades.evaluate import evaluate

    return evaluate


def _pades() -> Callable[..., Judgement]:
    from idwallet.documents.pades.evaluate import evaluate

    return evaluate


def _xades() -> Callable[..., Judgement]:
    from idwallet.documents.xades.evaluate import evaluate

    return evaluate


# Each is loaded when a document of its format comes: a till pays for none. It judges
# every signature of a document, and never raises because of it.
_EVALUATORS: Final[Mapping[Format, Callable[[], Callable[..., Judgement]]]] = {
    Format.ASIC: _asic,
    Format.CMS: _cades,
    Format.JWS: _jades,
    Format.PDF: _pades,
    Format.XML: _xades,
}
_INTEGRITY: Final = CheckId.DOCUMENT_INTEGRITY
NAMED: Final = frozenset({Format.ASIC, Format.JWS, Format.XML})
"""Formats in which one signature is on several documents, each by its name."""


def verify_document(
    signature: Signed,
    *,
    trust: TrustStore,
    policy: DocumentPolicy,
    at: datetime,
    document: Documents | None = None,
) -> VerifiedDocument:
    """Return who signed what, or raise.

    `signature` is the CMS message, the JSON Web Signature, the XML document or the
    container: a stream of one that can go back is never held as a whole. `document` is
    what was signed where it came apart, or, by their names, all that one signature is
    on; where it came inside and is given too, the two must be the same. Nothing that a
    signature names is fetched. `at` is the moment judged.

    Raises:
        VerificationFailed: a check failed; `report` on it says which.
        VerificationIndeterminate: nothing failed, but something could not be decided;
            `report.missing()` names what would settle it.
        UsageError: `at` has no time zone.
    """
    return require_verified(signature, document, asked=_asked(trust, policy, at=at))


def require_verified(
    signature: Signed, document: Documents | None, *, asked: Asked
) -> VerifiedDocument:
    """Return the same by what is asked; what settled it is gathered there.

    Raises:
        VerificationFailed, VerificationIndeterminate: see `verify_document`.
    """
    judged = _judged(signature, document, asked=asked)
    if isinstance(judged, VerifiedDocument):
        return judged
    if judged.report.outcome is Outcome.FAILED:
        raise VerificationFailed(judged.report)
    raise VerificationIndeterminate(judged.report)


def evaluate_document(
    signature: Signed,
    *,
    trust: TrustStore,
    policy: DocumentPolicy,
    at: datetime,
    document: Documents | None = None,
) -> VerifiedDocument | UnverifiedDocument:
    """Judge every signature of a document; never raises because of the bytes judged.

    See `verify_document`.

    Raises:
        UsageError: `at` has no time zone, or `policy` is none.
    """
    return _judged(signature, document, asked=_asked(trust, policy, at=at))


def _asked(trust: TrustStore, policy: DocumentPolicy, *, at: datetime) -> Asked:
    require_aware(at)
    if not isinstance(policy, DocumentPolicy):
        raise UsageError("documents are judged by a DocumentPolicy")
    return Asked(trust, policy, at)


def _judged(
    signature: Signed, document: Documents | None, *, asked: Asked
) -> VerifiedDocument | UnverifiedDocument:
    format_ = recognise(signature)
    judge = _EVALUATORS[format_]()
    if format_ in NAMED or not isinstance(document, Mapping):
        return concluded(judge(signature, document, asked=asked), asked)
    if len(document) == 1:
        return concluded(judge(signature, only(document), asked=asked), asked)
    # The octets decide the format, so that they alone must not make it raise.
    judgement = judge(signature, None, asked=asked)
    facts = {"what": "several documents that were brought"}
    loose = check(_INTEGRITY, Reason.NOT_COVERED, subject=DOCUMENT, facts=facts)
    told = judgement._replace(checks=(*judgement.checks, loose))
    return concluded(told, asked)
