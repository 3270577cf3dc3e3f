"""The rows of the table about signed documents (ETSI EN 319 102-1).

What a document lacks leaves it undecided, as 5.1.3 has it: no chain, no knowledge of
revocation, no algorithm that is believed. What is changed fails.
"""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason
_EN: Final = "EN 319 102-1"
_HOUSE: Final = "idwallet policy"

_DOCUMENT: Final = {
    (_C.DOCUMENT_FORMAT, _R.WELL_FORMED): Row(_P, f"{_EN} §5.2.2"),
    (_C.DOCUMENT_FORMAT, _R.MALFORMED): Row(_F, f"{_EN} §5.2.2", ("what", "at")),
    (_C.DOCUMENT_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, _HOUSE, ("what", "at")),
    (_C.DOCUMENT_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_EN} §5.2.2", ("what", "at")),
    (_C.DOCUMENT_FORMAT, _R.ABSENT): Row(_F, f"{_EN} §5.2.2"),
    (_C.DOCUMENT_INTEGRITY, _R.MATCHES): Row(_P, f"{_EN} §5.2.7"),
    (_C.DOCUMENT_INTEGRITY, _R.INTEGRITY_MISMATCH): Row(_F, f"{_EN} §5.2.7"),
    (_C.DOCUMENT_INTEGRITY, _R.NOT_COVERED): Row(_F, _HOUSE, ("what",)),
    (_C.DOCUMENT_INTEGRITY, _R.NOT_AT_HAND): Row(_I, f"{_EN} §5.2.7"),
    (_C.DOCUMENT_INTEGRITY, _R.WAITING): Row(_I, f"{_EN} §5.2.7", ("waits_for",)),
}

_ASIC: Final = "EN 319 162-1"
_CONTAINER: Final = {
    (_C.DOCUMENT_CONTENTS, _R.MATCHES): Row(_P, f"{_ASIC} §4.4.4.2"),
    (_C.DOCUMENT_CONTENTS, _R.INTEGRITY_MISMATCH): Row(
        _F, f"{_ASIC} §4.4.4.2 (d)", ("name",)
    ),
    (_C.DOCUMENT_CONTENTS, _R.NOT_COVERED): Row(_F, f"{_ASIC} §4.4.2 (2)", ("name",)),
    (_C.DOCUMENT_CONTENTS, _R.NOT_AT_HAND): Row(_I, f"{_EN} §5.2.7", ("name",)),
    (_C.DOCUMENT_CONTENTS, _R.SIGNED_BY_OTHERS): Row(_I, _HOUSE, ("name",)),
    (_C.DOCUMENT_CONTENTS, _R.SIGNED_BY_OTHERS_ACCEPTED): Row(_P, _HOUSE, ("name",)),
    (_C.DOCUMENT_CONTENTS, _R.WAITING): Row(_I, f"{_EN} §5.2.7", ("waits_for",)),
}

# ISO 32000-2 says what may change after which signature, and lets a reader decide about
# the rest: what somebody has to look at is left undecided, and never passes.
_PDF: Final = "ISO 32000-2 §12.8"
_REVISIONS: Final = {
    (_C.DOCUMENT_COVERAGE, _R.MATCHES): Row(_P, f"{_PDF}.1"),
    (_C.DOCUMENT_COVERAGE, _R.MISMATCH): Row(_F, f"{_PDF}.1", ("what",)),
    (_C.DOCUMENT_CHANGES, _R.UNCHANGED): Row(_P, f"{_PDF}.1"),
    (_C.DOCUMENT_CHANGES, _R.EXTENDED): Row(_P, f"{_PDF}.2.2", ("changes",)),
    (_C.DOCUMENT_CHANGES, _R.PERMITTED): Row(_P, f"{_PDF}.2.2", ("changes",)),
    (_C.DOCUMENT_CHANGES, _R.FORM_FILLED): Row(_I, _HOUSE, ("changes",)),
    (_C.DOCUMENT_CHANGES, _R.ANNOTATED): Row(_I, f"{_PDF}.2.2", ("changes",)),
    (_C.DOCUMENT_CHANGES, _R.CONTENT_COVERED): Row(_I, _HOUSE, ("changes",)),
    (_C.DOCUMENT_CHANGES, _R.CHANGED): Row(_F, f"{_PDF}.2.2", ("changes",)),
    (_C.DOCUMENT_CHANGES, _R.MALFORMED): Row(_F, f"{_EN} §5.2.2", ("what", "at")),
    (_C.DOCUMENT_CHANGES, _R.LIMIT_EXCEEDED): Row(_F, _HOUSE, ("what", "at")),
    (_C.DOCUMENT_CHANGES, _R.UNSUPPORTED): Row(_F, f"{_EN} §5.2.2", ("what", "at")),
    (_C.DOCUMENT_CHANGES, _R.WAITING): Row(_I, f"{_PDF}.1", ("waits_for",)),
}

_SIGNATURE: Final = {
    (_C.SIGNER_SIGNATURE, _R.VALID): Row(_P, f"{_EN} §5.2.7"),
    (_C.SIGNER_SIGNATURE, _R.INVALID): Row(_F, f"{_EN} §5.2.7"),
    (_C.SIGNER_SIGNATURE, _R.ABSENT): Row(_F, "RFC 5652 §5.3"),
    (_C.SIGNER_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, f"{_EN} §5.2.7"),
    (_C.SIGNER_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(
        _I, f"{_EN} §5.2.8", ("found",)
    ),
    (_C.SIGNER_SIGNATURE, _R.WAITING): Row(_I, f"{_EN} §5.2.7", ("waits_for",)),
    (_C.SIGNATURE_PROFILE, _R.MATCHES): Row(_P, f"{_EN} §5.2.8", ("found",)),
    (_C.SIGNATURE_PROFILE, _R.MISMATCH): Row(_I, f"{_EN} §5.2.8", ("what",)),
    (_C.SIGNATURE_PROFILE, _R.WAITING): Row(_I, f"{_EN} §5.2.8", ("waits_for",)),
}

_SIGNER: Final = {
    (_C.SIGNER_TRUST, _R.TRUSTED): Row(_P, f"{_EN} §5.2.6", ("name", "until")),
    (_C.SIGNER_TRUST, _R.NO_TRUSTED_PATH): Row(_I, f"{_EN} §5.2.6", ("name",)),
    (_C.SIGNER_TRUST, _R.NO_KEY_MATERIAL): Row(_I, f"{_EN} §5.2.3"),
    (_C.SIGNER_TRUST, _R.CERTIFICATE_EXPIRED): Row(
        _I, f"{_EN} §5.2.6", ("name", "until")
    ),
    (_C.SIGNER_TRUST, _R.CERTIFICATE_NOT_YET_VALID): Row(
        _I, f"{_EN} §5.2.6", ("name", "since")
    ),
    (_C.SIGNER_TRUST, _R.CERTIFICATE_PROFILE): Row(
        _I, f"{_EN} §5.2.6", ("name", "what")
    ),
    (_C.SIGNER_TRUST, _R.BUDGET_EXCEEDED): Row(_I, _HOUSE, ("name",)),
    (_C.SIGNER_TRUST, _R.ANCHORS_FROM_THE_FUTURE): Row(_I, _HOUSE, ("name", "since")),
    (_C.SIGNER_TRUST, _R.ANCHORS_STALE): Row(_I, _HOUSE, ("name", "signed", "until")),
    (_C.SIGNER_TRUST, _R.ANCHORS_STALE_ACCEPTED): Row(
        _P, _HOUSE, ("name", "signed", "until")
    ),
    (_C.SIGNER_TRUST, _R.WAITING): Row(_I, f"{_EN} §5.2.3", ("waits_for",)),
    (_C.SIGNER_REVOCATION, _R.NOT_REVOKED): Row(
        _P, f"{_EN} §5.2.6", ("name", "signed", "until")
    ),
    (_C.SIGNER_REVOCATION, _R.REVOKED): Row(
        _I, f"{_EN} §5.3.4", ("name", "since", "signed", "what")
    ),
    (_C.SIGNER_REVOCATION, _R.ON_HOLD): Row(
        _I, f"{_EN} §5.2.6", ("name", "since", "signed")
    ),
    (_C.SIGNER_REVOCATION, _R.STALE): Row(_I, f"{_EN} §5.2.5", ("name", "what")),
    (_C.SIGNER_REVOCATION, _R.UNKNOWN): Row(_I, f"{_EN} §5.2.6", ("name", "what")),
    (_C.SIGNER_REVOCATION, _R.CLOCK_BEFORE_EVIDENCE): Row(
        _I, f"{_EN} §5.2.5", ("name", "what")
    ),
    (_C.SIGNER_REVOCATION, _R.UNKNOWN_ACCEPTED): Row(_P, _HOUSE, ("name", "what")),
    (_C.SIGNER_REVOCATION, _R.NOT_REQUIRED_ACCEPTED): Row(_P, _HOUSE, ("name",)),
    (_C.SIGNER_REVOCATION, _R.WAITING): Row(_I, f"{_EN} §5.2.6", ("waits_for",)),
}

_TSA: Final = f"{_EN} §5.4"
_TIMESTAMP: Final = {
    (_C.TIMESTAMP_TRUST, _R.TRUSTED): Row(_P, _TSA, ("name", "signed")),
    (_C.TIMESTAMP_TRUST, _R.MALFORMED): Row(_F, "RFC 3161 §2.4.2", ("what", "at")),
    (_C.TIMESTAMP_TRUST, _R.LIMIT_EXCEEDED): Row(_F, _HOUSE, ("what", "at")),
    (_C.TIMESTAMP_TRUST, _R.UNSUPPORTED): Row(_F, "RFC 3161 §2.4.2", ("what", "at")),
    (_C.TIMESTAMP_TRUST, _R.INTEGRITY_MISMATCH): Row(_F, _TSA),
    (_C.TIMESTAMP_TRUST, _R.INVALID): Row(_F, _TSA),
    (_C.TIMESTAMP_TRUST, _R.MISMATCH): Row(_I, "RFC 3161 §2.4.2", ("name",)),
    (_C.TIMESTAMP_TRUST, _R.ALGORITHM_NOT_ALLOWED): Row(_I, _TSA, ("found",)),
    (_C.TIMESTAMP_TRUST, _R.NO_KEY_MATERIAL): Row(_I, _TSA),
    (_C.TIMESTAMP_TRUST, _R.NO_TRUSTED_PATH): Row(_I, _TSA, ("name",)),
    (_C.TIMESTAMP_TRUST, _R.CERTIFICATE_EXPIRED): Row(_I, _TSA, ("name", "until")),
    (_C.TIMESTAMP_TRUST, _R.CERTIFICATE_NOT_YET_VALID): Row(
        _I, _TSA, ("name", "since")
    ),
    (_C.TIMESTAMP_TRUST, _R.CERTIFICATE_PROFILE): Row(
        _I, "RFC 3161 §2.3", ("name", "what")
    ),
    (_C.TIMESTAMP_TRUST, _R.BUDGET_EXCEEDED): Row(_I, _HOUSE, ("name",)),
    (_C.TIMESTAMP_TRUST, _R.ANCHORS_FROM_THE_FUTURE): Row(
        _I, _HOUSE, ("name", "since")
    ),
    (_C.TIMESTAMP_TRUST, _R.ANCHORS_STALE): Row(
        _I, _HOUSE, ("name", "signed", "until")
    ),
    (_C.TIMESTAMP_TRUST, _R.ANCHORS_STALE_ACCEPTED): Row(
        _P, _HOUSE, ("name", "signed", "until")
    ),
    (_C.TIMESTAMP_TRUST, _R.OUT_OF_ORDER): Row(_I, f"{_EN} §5.5.4", ("name", "signed")),
    (_C.TIMESTAMP_TRUST, _R.FROM_THE_FUTURE): Row(_I, _TSA, ("name", "signed")),
    (_C.TIMESTAMP_TRUST, _R.REVOKED): Row(
        _I, _TSA, ("name", "since", "signed", "what")
    ),
    (_C.TIMESTAMP_TRUST, _R.ON_HOLD): Row(_I, _TSA, ("name", "since", "signed")),
    (_C.TIMESTAMP_TRUST, _R.STALE): Row(_I, _TSA, ("name", "what")),
    (_C.TIMESTAMP_TRUST, _R.UNKNOWN): Row(_I, _TSA, ("name", "what")),
    (_C.TIMESTAMP_TRUST, _R.CLOCK_BEFORE_EVIDENCE): Row(_I, _TSA, ("name", "what")),
    (_C.TIMESTAMP_TRUST, _R.UNKNOWN_ACCEPTED): Row(_P, _HOUSE, ("name", "what")),
    (_C.TIMESTAMP_TRUST, _R.NOT_REQUIRED_ACCEPTED): Row(_P, _HOUSE, ("name",)),
    (_C.TIMESTAMP_TRUST, _R.WAITING): Row(_I, "EN 319 122-1 §5.5.3", ("waits_for",)),
    (_C.TIMESTAMP_TRUST, _R.ABSENT): Row(_I, f"{_EN} §5.5"),
}

DOCUMENTS: Final = {
    **_DOCUMENT,
    **_CONTAINER,
    **_REVISIONS,
    **_SIGNATURE,
    **_SIGNER,
    **_TIMESTAMP,
}
