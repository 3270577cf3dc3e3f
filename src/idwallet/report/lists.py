"""The rows of the table about lists of trust."""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason
_PKIX: Final = "RFC 5280"
_HOUSE: Final = "idwallet policy"

_TL: Final = "ETSI TS 119 612"
LISTS: Final = {
    (_C.TRUSTED_LIST_FORMAT, _R.WELL_FORMED): Row(_P, f"{_TL} §5"),
    (_C.TRUSTED_LIST_FORMAT, _R.MALFORMED): Row(_F, f"{_TL} §5", ("what", "at")),
    (_C.TRUSTED_LIST_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, _HOUSE, ("what", "at")),
    (_C.TRUSTED_LIST_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_TL} §5", ("what", "at")),
    (_C.TRUSTED_LIST_FORMAT, _R.WAITING): Row(_I, f"{_TL} §5.7", ("waits_for",)),
    (_C.TRUSTED_LIST_SIGNER, _R.TRUSTED): Row(_P, f"{_TL} §5.7.1", ("name", "until")),
    (_C.TRUSTED_LIST_SIGNER, _R.NO_TRUSTED_PATH): Row(_F, f"{_TL} §5.7.1", ("name",)),
    (_C.TRUSTED_LIST_SIGNER, _R.NO_KEY_MATERIAL): Row(_F, f"{_TL} §5.7.1"),
    (_C.TRUSTED_LIST_SIGNER, _R.CERTIFICATE_EXPIRED): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "until")
    ),
    (_C.TRUSTED_LIST_SIGNER, _R.CERTIFICATE_NOT_YET_VALID): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "since")
    ),
    (_C.TRUSTED_LIST_SIGNER, _R.CERTIFICATE_PROFILE): Row(
        _F, f"{_TL} §5.7.1", ("name", "what")
    ),
    (_C.TRUSTED_LIST_SIGNER, _R.BUDGET_EXCEEDED): Row(_F, _HOUSE, ("name",)),
    (_C.TRUSTED_LIST_SIGNER, _R.WAITING): Row(_I, f"{_TL} §5.7.1", ("waits_for",)),
    (_C.TRUSTED_LIST_SIGNATURE, _R.VALID): Row(_P, f"{_TL} §5.7.1"),
    (_C.TRUSTED_LIST_SIGNATURE, _R.INVALID): Row(_F, f"{_TL} §5.7.1"),
    (_C.TRUSTED_LIST_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(
        _F, f"{_TL} §5.7.1", ("found",)
    ),
    (_C.TRUSTED_LIST_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, f"{_TL} §5.7.1", ("what",)),
    (_C.TRUSTED_LIST_SIGNATURE, _R.INTEGRITY_MISMATCH): Row(_F, "XMLDSig 1.1 §3.2.1"),
    (_C.TRUSTED_LIST_SIGNATURE, _R.NOT_AT_HAND): Row(_F, "XMLDSig 1.1 §4.4.3.1"),
    (_C.TRUSTED_LIST_SIGNATURE, _R.NOT_COVERED): Row(_F, f"{_TL} §5.7.1"),
    (_C.TRUSTED_LIST_SIGNATURE, _R.ABSENT): Row(_F, "EN 319 132-1 §5.2.2", ("what",)),
    (_C.TRUSTED_LIST_SIGNATURE, _R.MISMATCH): Row(_F, "EN 319 132-1 §5.2.2"),
    (_C.TRUSTED_LIST_SIGNATURE, _R.WAITING): Row(_I, f"{_TL} §5.7.1", ("waits_for",)),
    (_C.TRUSTED_LIST_SCHEME, _R.MATCHES): Row(_P, f"{_TL} §5.3.3", ("found",)),
    (_C.TRUSTED_LIST_SCHEME, _R.MISMATCH): Row(_F, f"{_TL} §5.3.3", ("found",)),
    (_C.TRUSTED_LIST_SCHEME, _R.WAITING): Row(_I, f"{_TL} §5.3.3", ("waits_for",)),
    (_C.TRUSTED_LIST_FRESHNESS, _R.FRESH): Row(_P, f"{_TL} §5.3.15", ("signed",)),
    (_C.TRUSTED_LIST_FRESHNESS, _R.STALE_ACCEPTED): Row(
        _P, f"{_TL} §5.3.15", ("signed", "until")
    ),
    (_C.TRUSTED_LIST_FRESHNESS, _R.STALE): Row(
        _I, f"{_TL} §5.3.15", ("signed", "until")
    ),
    (_C.TRUSTED_LIST_FRESHNESS, _R.FROM_THE_FUTURE): Row(
        _I, f"{_TL} §5.3.14", ("signed",)
    ),
    (_C.TRUSTED_LIST_FRESHNESS, _R.WAITING): Row(_I, f"{_TL} §5.3.15", ("waits_for",)),
    (_C.TRUSTED_LIST_SEQUENCE, _R.FIRST_USE): Row(_P, f"{_TL} §5.3.2", ("signed",)),
    (_C.TRUSTED_LIST_SEQUENCE, _R.CURRENT): Row(_P, f"{_TL} §5.3.2", ("signed",)),
    (_C.TRUSTED_LIST_SEQUENCE, _R.ROLLED_BACK): Row(_F, f"{_TL} §5.3.2", ("signed",)),
    (_C.TRUSTED_LIST_SEQUENCE, _R.WAITING): Row(_I, f"{_TL} §5.3.2", ("waits_for",)),
}
"""What each reason means for the checks of a list; `idwallet.report.table` has it."""
