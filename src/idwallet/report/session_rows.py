"""The rows of the table on signing sessions (docs/reference/signing-session.md)."""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason

_SES = "idwallet signing session 1"
SESSION: Final = {
    (_C.SESSION_FORMAT, _R.WELL_FORMED): Row(_P, f"{_SES} §2"),
    (_C.SESSION_FORMAT, _R.MALFORMED): Row(_F, f"{_SES} §2", ("what", "at")),
    (_C.SESSION_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_SES} §2", ("what", "at")),
    (_C.SESSION_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_SES} §2", ("what", "at")),
    (_C.SESSION_SEAL, _R.VALID): Row(_P, f"{_SES} §3"),
    (_C.SESSION_SEAL, _R.INVALID): Row(_F, f"{_SES} §3"),
    (_C.SESSION_SEAL, _R.WAITING): Row(_I, f"{_SES} §3", ("waits_for",)),
    (_C.SESSION_VALIDITY, _R.CURRENT): Row(_P, f"{_SES} §4"),
    (_C.SESSION_VALIDITY, _R.EXPIRED): Row(_F, f"{_SES} §4", ("until",)),
    (_C.SESSION_VALIDITY, _R.NOT_YET_VALID): Row(_F, f"{_SES} §4", ("since",)),
    (_C.SESSION_VALIDITY, _R.WAITING): Row(_I, f"{_SES} §4", ("waits_for",)),
    (_C.SESSION_DOCUMENT, _R.MATCHES): Row(_P, f"{_SES} §5"),
    (_C.SESSION_DOCUMENT, _R.MISMATCH): Row(_F, f"{_SES} §5"),
    (_C.SESSION_DOCUMENT, _R.SUPERSEDED): Row(_F, f"{_SES} §5"),
    (_C.SESSION_DOCUMENT, _R.WAITING): Row(_I, f"{_SES} §5", ("waits_for",)),
    (_C.SESSION_SIGNATURE, _R.VALID): Row(_P, f"{_SES} §6"),
    (_C.SESSION_SIGNATURE, _R.INVALID): Row(_F, f"{_SES} §6"),
    (_C.SESSION_SIGNATURE, _R.MISMATCH): Row(_F, f"{_SES} §6"),
    (_C.SESSION_SIGNATURE, _R.WAITING): Row(_I, f"{_SES} §6", ("waits_for",)),
    (_C.SESSION_REPLAY, _R.FIRST_USE): Row(_P, f"{_SES} §7"),
    (_C.SESSION_REPLAY, _R.SAME_RESPONSE_AGAIN): Row(_P, f"{_SES} §7"),
    (_C.SESSION_REPLAY, _R.ALREADY_USED): Row(_F, f"{_SES} §7"),
    (_C.SESSION_REPLAY, _R.WAITING): Row(_I, f"{_SES} §7", ("waits_for",)),
}
