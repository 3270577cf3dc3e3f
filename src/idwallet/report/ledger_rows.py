"""The rows of the table on receipts and ledgers (docs/reference/consent-ledger.md)."""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason

_REC = "idwallet receipt 1"
_RECEIPT: Final = {
    (_C.RECEIPT_FORMAT, _R.WELL_FORMED): Row(_P, f"{_REC} §2"),
    (_C.RECEIPT_FORMAT, _R.MALFORMED): Row(_F, f"{_REC} §2", ("what", "at")),
    (_C.RECEIPT_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_REC} §2", ("what", "at")),
    (_C.RECEIPT_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_REC} §2", ("what", "at")),
    (_C.RECEIPT_FORMAT, _R.TYP_MISMATCH): Row(_F, "RFC 8725 §3.11", ("found",)),
    (_C.RECEIPT_SIGNER, _R.TRUSTED): Row(_P, f"{_REC} §3", ("name",)),
    (_C.RECEIPT_SIGNER, _R.KEY_PINNED): Row(_P, f"{_REC} §3", ("name",)),
    (_C.RECEIPT_SIGNER, _R.MISMATCH): Row(_F, f"{_REC} §3", ("found",)),
    (_C.RECEIPT_SIGNER, _R.NO_TRUSTED_PATH): Row(_F, "RFC 5280 §6.1", ("name",)),
    (_C.RECEIPT_SIGNER, _R.KEY_NOT_PINNED): Row(_F, f"{_REC} §3", ("name",)),
    (_C.RECEIPT_SIGNER, _R.CERTIFICATE_EXPIRED): Row(
        _F, "RFC 5280 §6.1.3(a)(2)", ("name", "until")
    ),
    (_C.RECEIPT_SIGNER, _R.WAITING): Row(_I, f"{_REC} §3", ("waits_for",)),
    (_C.RECEIPT_SIGNATURE, _R.VALID): Row(_P, "RFC 7515 §5.2"),
    (_C.RECEIPT_SIGNATURE, _R.INVALID): Row(_F, "RFC 7515 §5.2"),
    (_C.RECEIPT_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(
        _F, "RFC 8725 §3.1", ("found",)
    ),
    (_C.RECEIPT_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, "RFC 7517 §4.2", ("what",)),
    (_C.RECEIPT_SIGNATURE, _R.WAITING): Row(_I, "RFC 7515 §5.2", ("waits_for",)),
    (_C.RECEIPT_REQUEST, _R.MATCHES): Row(_P, f"{_REC} §4"),
    (_C.RECEIPT_REQUEST, _R.MISMATCH): Row(_F, f"{_REC} §4"),
    (_C.RECEIPT_REQUEST, _R.WAITING): Row(_I, f"{_REC} §4", ("waits_for",)),
    (_C.RECEIPT_DISCLOSURE, _R.MATCHES): Row(_P, f"{_REC} §5"),
    (_C.RECEIPT_DISCLOSURE, _R.NOT_KEPT): Row(_P, f"{_REC} §5"),
    (_C.RECEIPT_DISCLOSURE, _R.MORE_THAN_SHOWN): Row(_F, f"{_REC} §5", ("paths",)),
    (_C.RECEIPT_DISCLOSURE, _R.LESS_THAN_SHOWN): Row(_F, f"{_REC} §5", ("paths",)),
    (_C.RECEIPT_DISCLOSURE, _R.WAITING): Row(_I, f"{_REC} §5", ("waits_for",)),
    (_C.RECEIPT_PURPOSE, _R.MATCHES): Row(_P, f"{_REC} §6"),
    (_C.RECEIPT_PURPOSE, _R.MISMATCH): Row(_F, f"{_REC} §6"),
    (_C.RECEIPT_PURPOSE, _R.WAITING): Row(_I, f"{_REC} §6", ("waits_for",)),
    (_C.RECEIPT_FRESHNESS, _R.FRESH): Row(_P, f"{_REC} §7"),
    (_C.RECEIPT_FRESHNESS, _R.FROM_THE_FUTURE): Row(_F, f"{_REC} §7", ("signed",)),
    (_C.RECEIPT_FRESHNESS, _R.OUT_OF_ORDER): Row(_F, f"{_REC} §7", ("signed", "since")),
    (_C.RECEIPT_FRESHNESS, _R.WAITING): Row(_I, f"{_REC} §7", ("waits_for",)),
}

_LED = "idwallet consent ledger 1"
_LEDGER: Final = {
    (_C.LEDGER_FORMAT, _R.WELL_FORMED): Row(_P, f"{_LED} §5"),
    (_C.LEDGER_FORMAT, _R.MALFORMED): Row(_F, f"{_LED} §5", ("what", "at")),
    (_C.LEDGER_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_LED} §5", ("what", "at")),
    (_C.LEDGER_CHAIN, _R.ALL_MATCH): Row(_P, f"{_LED} §3", ("entries",)),
    (_C.LEDGER_CHAIN, _R.INTEGRITY_MISMATCH): Row(_F, f"{_LED} §3", ("at",)),
    (_C.LEDGER_CHAIN, _R.OUT_OF_ORDER): Row(_F, f"{_LED} §3", ("at",)),
    (_C.LEDGER_CHAIN, _R.WAITING): Row(_I, f"{_LED} §3", ("waits_for",)),
    (_C.LEDGER_ANCHOR, _R.TRUSTED): Row(_P, f"{_LED} §4", ("name", "signed")),
    (_C.LEDGER_ANCHOR, _R.MALFORMED): Row(_F, f"{_LED} §4", ("what", "at")),
    (_C.LEDGER_ANCHOR, _R.INVALID): Row(_F, f"{_LED} §4"),
    (_C.LEDGER_ANCHOR, _R.MISMATCH): Row(_F, f"{_LED} §4"),
    (_C.LEDGER_ANCHOR, _R.FROM_THE_FUTURE): Row(_F, f"{_LED} §4", ("signed",)),
    (_C.LEDGER_ANCHOR, _R.NO_TRUSTED_PATH): Row(_I, "RFC 5280 §6.1", ("name",)),
    (_C.LEDGER_COMPLETENESS, _R.ANCHORED): Row(
        _P, f"{_LED} §4", ("entries", "name", "signed")
    ),
    (_C.LEDGER_COMPLETENESS, _R.CUT_OFF): Row(_F, f"{_LED} §4", ("entries", "seen")),
    (_C.LEDGER_COMPLETENESS, _R.FORKED): Row(_F, f"{_LED} §4", ("at",)),
    (_C.LEDGER_COMPLETENESS, _R.SELF_ASSERTED): Row(_I, f"{_LED} §4", ("entries",)),
    (_C.LEDGER_COMPLETENESS, _R.SELF_ASSERTED_ACCEPTED): Row(
        _P, f"{_LED} §4", ("entries",)
    ),
    (_C.LEDGER_COMPLETENESS, _R.WAITING): Row(_I, f"{_LED} §4", ("waits_for",)),
}

LEDGER: Final = {**_RECEIPT, **_LEDGER}
