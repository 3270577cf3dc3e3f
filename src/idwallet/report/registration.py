"""The rows of the table about registrations of relying parties."""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason
_VP: Final = "OpenID4VP 1.0"
_RP: Final = "ETSI TS 119 475"
_PKIX: Final = "RFC 5280"
_TSL: Final = "Token Status List draft 21"
_HOUSE: Final = "idwallet policy"
_FORMAT, _TRUST = _C.REGISTRATION_FORMAT, _C.REGISTRATION_TRUST
_SIGNATURE, _VALIDITY = _C.REGISTRATION_SIGNATURE, _C.REGISTRATION_VALIDITY
_SUBJECT, _STATUS = _C.REGISTRATION_SUBJECT, _C.REGISTRATION_STATUS
_ATTESTATION, _AUTHORISED = _C.READER_ATTESTATION, _C.READER_AUTHORISED
_REVOCATION, _REGISTERED = _C.READER_REVOCATION, _C.READER_REGISTERED

REGISTRATION: Final = {
    (_C.REQUEST_SIGNATURE, _R.ABSENT_ACCEPTED): Row(_P, f"{_VP} §5.9.3"),
    (_C.REQUEST_VALIDITY, _R.NO_EXPIRY_ACCEPTED): Row(_P, _HOUSE),
    (_ATTESTATION, _R.VALID): Row(_P, f"{_VP} §12", ("name", "until")),
    (_ATTESTATION, _R.MALFORMED): Row(_F, f"{_VP} §12", ("what", "at")),
    (_ATTESTATION, _R.LIMIT_EXCEEDED): Row(_F, _HOUSE, ("what", "at")),
    (_ATTESTATION, _R.UNSUPPORTED): Row(_F, f"{_VP} §12", ("what", "at")),
    (_ATTESTATION, _R.INVALID): Row(_F, f"{_VP} §5.9.3"),
    (_ATTESTATION, _R.ALGORITHM_NOT_ALLOWED): Row(_F, "RFC 8725 §3.1", ("found",)),
    (_ATTESTATION, _R.KEY_UNUSABLE): Row(_F, "RFC 7517 §4.2", ("what",)),
    (_ATTESTATION, _R.EXPIRED): Row(_F, f"{_VP} §12", ("until",)),
    (_ATTESTATION, _R.NOT_YET_VALID): Row(_F, f"{_VP} §12", ("since",)),
    (_ATTESTATION, _R.WAITING): Row(_I, f"{_VP} §12", ("waits_for",)),
    (_AUTHORISED, _R.ATTESTED): Row(_P, f"{_VP} §5.9.3", ("name", "by")),
    (_AUTHORISED, _R.NAME_NOT_REGISTERED): Row(_F, f"{_VP} §5.9.3", ("found", "name")),
    (_AUTHORISED, _R.ANONYMOUS): Row(_F, f"{_VP} §5.9.3", ("found",)),
    (_AUTHORISED, _R.ADMITTED_ACCEPTED): Row(_P, _HOUSE, ("found",)),
    (_AUTHORISED, _R.CLAIM_NOT_ADMITTED): Row(_F, _HOUSE, ("found", "paths")),
    (_AUTHORISED, _R.ORIGIN_MISMATCH): Row(_F, f"{_VP} §A.2", ("found", "name")),
    (_AUTHORISED, _R.IDENTIFIER_KNOWN): Row(_P, f"{_VP} §5.9.3", ("name", "found")),
    (_AUTHORISED, _R.KEY_NOT_IN_IDENTIFIER): Row(_F, f"{_VP} §5.9.3", ("found",)),
    (_AUTHORISED, _R.KEY_UNUSABLE): Row(_F, f"{_VP} §5.9.3", ("what",)),
    (_AUTHORISED, _R.DID_DOCUMENT_NEEDED): Row(_I, f"{_VP} §5.9.3", ("found",)),
    (_AUTHORISED, _R.DID_DOCUMENT_REFUSED): Row(
        _I, "W3C DID Core 1.0 §5", ("found", "what")
    ),
    (_REVOCATION, _R.NOT_REVOKED): Row(
        _P, f"{_PKIX} §6.3", ("name", "signed", "until")
    ),
    (_REVOCATION, _R.KEY_PINNED): Row(_P, f"{_VP} §5.9.2", ("name",)),
    (_REVOCATION, _R.REVOKED): Row(
        _F, f"{_PKIX} §5.3.1", ("name", "since", "signed", "what")
    ),
    (_REVOCATION, _R.ON_HOLD): Row(_I, f"{_PKIX} §5.3.1", ("name", "since", "signed")),
    (_REVOCATION, _R.STALE): Row(_I, f"{_PKIX} §6.3.3(a)", ("name", "what")),
    (_REVOCATION, _R.CLOCK_BEFORE_EVIDENCE): Row(
        _I, f"{_PKIX} §5.1.2.4", ("name", "what")
    ),
    (_REVOCATION, _R.UNKNOWN): Row(_I, f"{_PKIX} §6.3", ("name", "what")),
    (_REVOCATION, _R.UNKNOWN_ACCEPTED): Row(_P, _HOUSE, ("name", "what")),
    (_REVOCATION, _R.NOT_REQUIRED_ACCEPTED): Row(_P, _HOUSE, ("name",)),
    (_REVOCATION, _R.ABSENT_ACCEPTED): Row(_P, _HOUSE),
    (_REVOCATION, _R.WAITING): Row(_I, f"{_PKIX} §6.3", ("waits_for",)),
    (_REGISTERED, _R.REGISTERED): Row(_P, f"{_RP} §5.1.1", ("name",)),
    (_REGISTERED, _R.ABSENT): Row(_F, f"{_RP} §5.1.1"),
    (_REGISTERED, _R.ABSENT_ACCEPTED): Row(_P, _HOUSE),
    (_REGISTERED, _R.REGISTRARS_UNKNOWN_ACCEPTED): Row(_P, _HOUSE),
    (_REGISTERED, _R.REGISTRATION_REPEATED): Row(_F, "ETSI TS 119 472-2 §6.3.2.2"),
    (_REGISTERED, _R.CERTIFICATE_PROFILE): Row(
        _F, "ETSI TS 119 411-8 §5.3", ("name", "what")
    ),
    (_REGISTERED, _R.WAITING): Row(_I, f"{_RP} §5.1.1", ("waits_for",)),
    (_FORMAT, _R.WELL_FORMED): Row(_P, f"{_RP} §5.2.4"),
    (_FORMAT, _R.MALFORMED): Row(_F, f"{_RP} §5.2.4", ("what", "at")),
    (_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, _HOUSE, ("what", "at")),
    (_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_RP} §5.2.2", ("what", "at")),
    (_FORMAT, _R.TYP_MISMATCH): Row(_F, f"{_RP} §5.2.2", ("found",)),
    (_TRUST, _R.TRUSTED): Row(_P, f"{_RP} §5.2.1", ("name", "until")),
    (_TRUST, _R.NO_TRUSTED_PATH): Row(_F, f"{_PKIX} §6.1", ("name",)),
    (_TRUST, _R.NO_KEY_MATERIAL): Row(_F, f"{_RP} §5.2.2"),
    (_TRUST, _R.CERTIFICATE_EXPIRED): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "until")
    ),
    (_TRUST, _R.CERTIFICATE_NOT_YET_VALID): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "since")
    ),
    (_TRUST, _R.CERTIFICATE_PROFILE): Row(_F, f"{_PKIX} §6.1.4", ("name", "what")),
    (_TRUST, _R.ANCHORS_FROM_THE_FUTURE): Row(_I, _HOUSE, ("name", "since")),
    (_TRUST, _R.ANCHORS_STALE): Row(_I, _HOUSE, ("name", "signed", "until")),
    (_TRUST, _R.ANCHORS_STALE_ACCEPTED): Row(_P, _HOUSE, ("name", "signed", "until")),
    (_TRUST, _R.BUDGET_EXCEEDED): Row(_F, _HOUSE, ("name",)),
    (_TRUST, _R.WAITING): Row(_I, f"{_RP} §5.2.1", ("waits_for",)),
    (_SIGNATURE, _R.VALID): Row(_P, f"{_RP} §5.2.1"),
    (_SIGNATURE, _R.INVALID): Row(_F, f"{_RP} §5.2.1"),
    (_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(_F, f"{_RP} §5.2.1", ("found",)),
    (_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, f"{_RP} §5.2.1", ("what",)),
    (_SIGNATURE, _R.MISMATCH): Row(_F, f"{_RP} §5.2.1"),
    (_SIGNATURE, _R.WAITING): Row(_I, f"{_RP} §5.2.1", ("waits_for",)),
    (_VALIDITY, _R.CURRENT): Row(_P, f"{_RP} §5.2.4", ("signed",)),
    (_VALIDITY, _R.EXPIRED): Row(_F, f"{_RP} §5.2.4", ("until",)),
    (_VALIDITY, _R.TOO_OLD): Row(_F, f"{_RP} §5.2.4", ("signed", "window")),
    (_VALIDITY, _R.FROM_THE_FUTURE): Row(_F, f"{_RP} §5.2.4", ("signed",)),
    (_VALIDITY, _R.WAITING): Row(_I, f"{_RP} §5.2.4", ("waits_for",)),
    (_SUBJECT, _R.MATCHES): Row(_P, f"{_RP} §5.1.1", ("name",)),
    (_SUBJECT, _R.MISMATCH): Row(_F, f"{_RP} §5.1.1", ("found", "name")),
    (_SUBJECT, _R.WAITING): Row(_I, f"{_RP} §5.1.1", ("waits_for",)),
    (_STATUS, _R.NOT_REVOKED): Row(_P, f"{_TSL} §8.3", ("found", "signed")),
    (_STATUS, _R.NOT_REVOKED_STALE_ACCEPTED): Row(
        _P, f"{_TSL} §8.3", ("found", "signed")
    ),
    (_STATUS, _R.REVOKED): Row(_F, f"{_TSL} §7.1", ("found", "signed")),
    (_STATUS, _R.SUSPENDED): Row(_F, f"{_TSL} §7.1", ("found", "signed")),
    (_STATUS, _R.INDEX_OUT_OF_BOUNDS): Row(_F, f"{_TSL} §8.3", ("found", "signed")),
    (_STATUS, _R.STATUS_LIST_NEEDED): Row(_I, f"{_TSL} §8.3", ("found",)),
    (_STATUS, _R.LIST_REFUSED): Row(_I, f"{_TSL} §8.3", ("found", "what")),
    (_STATUS, _R.NO_STATUS): Row(_F, f"{_RP} §5.2.4"),
    (_STATUS, _R.NO_STATUS_ACCEPTED): Row(_P, _HOUSE),
    (_STATUS, _R.NOT_AT_HAND_ACCEPTED): Row(_P, _HOUSE, ("found",)),
    (_STATUS, _R.STATUS_NOT_REQUIRED_ACCEPTED): Row(_P, _HOUSE, ("found",)),
    (_STATUS, _R.WAITING): Row(_I, f"{_TSL} §8.3", ("waits_for",)),
}
"""What each reason means for a registration; `idwallet.report.table` has it."""
