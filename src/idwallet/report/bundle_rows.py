"""The rows of the table on trust bundles (docs/reference/bundle.md)."""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason

_BUN = "idwallet bundle 1"
BUNDLE: Final = {
    (_C.BUNDLE_FORMAT, _R.WELL_FORMED): Row(_P, f"{_BUN} §2"),
    (_C.BUNDLE_FORMAT, _R.MALFORMED): Row(_F, f"{_BUN} §2", ("what", "at")),
    (_C.BUNDLE_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_BUN} §8", ("what", "at")),
    (_C.BUNDLE_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_BUN} §2", ("what", "at")),
    (_C.BUNDLE_FORMAT, _R.TYP_MISMATCH): Row(_F, f"{_BUN} §3", ("found",)),
    (_C.BUNDLE_FORMAT, _R.WAITING): Row(_I, f"{_BUN} §3", ("waits_for",)),
    (_C.BUNDLE_OPERATOR, _R.KEY_PINNED): Row(_P, f"{_BUN} §4"),
    (_C.BUNDLE_OPERATOR, _R.KEY_ANNOUNCED): Row(_P, f"{_BUN} §4"),
    (_C.BUNDLE_OPERATOR, _R.KEY_NOT_PINNED): Row(_F, f"{_BUN} §4"),
    (_C.BUNDLE_OPERATOR, _R.KEY_RETIRED): Row(_F, f"{_BUN} §4"),
    (_C.BUNDLE_OPERATOR, _R.ANNOUNCEMENT_BROKEN): Row(_F, f"{_BUN} §4", ("what", "at")),
    (_C.BUNDLE_OPERATOR, _R.WAITING): Row(_I, f"{_BUN} §4", ("waits_for",)),
    (_C.BUNDLE_SIGNATURE, _R.VALID): Row(_P, f"{_BUN} §3"),
    (_C.BUNDLE_SIGNATURE, _R.INVALID): Row(_F, f"{_BUN} §3"),
    (_C.BUNDLE_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(_F, f"{_BUN} §3", ("found",)),
    (_C.BUNDLE_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, f"{_BUN} §3", ("what",)),
    (_C.BUNDLE_SIGNATURE, _R.WAITING): Row(_I, f"{_BUN} §3", ("waits_for",)),
    (_C.BUNDLE_INTEGRITY, _R.CHECKED_WHEN_READ): Row(_P, f"{_BUN} §6"),
    (_C.BUNDLE_INTEGRITY, _R.ALL_MATCH): Row(_P, f"{_BUN} §6"),
    (_C.BUNDLE_INTEGRITY, _R.MISMATCH): Row(_F, f"{_BUN} §6", ("what", "at")),
    (_C.BUNDLE_INTEGRITY, _R.BASE_MISMATCH): Row(_F, f"{_BUN} §9"),
    (_C.BUNDLE_INTEGRITY, _R.WAITING): Row(_I, f"{_BUN} §6", ("waits_for",)),
    (_C.BUNDLE_SEQUENCE, _R.CURRENT): Row(_P, f"{_BUN} §7", ("sequence",)),
    (_C.BUNDLE_SEQUENCE, _R.ROLLED_BACK): Row(_F, f"{_BUN} §7", ("sequence", "seen")),
    (_C.BUNDLE_SEQUENCE, _R.FORKED): Row(_F, f"{_BUN} §7", ("sequence",)),
    (_C.BUNDLE_SEQUENCE, _R.ANOTHER_SERIES): Row(_F, f"{_BUN} §7", ("found",)),
    (_C.BUNDLE_SEQUENCE, _R.WAITING): Row(_I, f"{_BUN} §7", ("waits_for",)),
    (_C.BUNDLE_FRESHNESS, _R.FRESH): Row(_P, f"{_BUN} §7", ("signed", "until")),
    (_C.BUNDLE_FRESHNESS, _R.STALE_ACCEPTED): Row(
        _P, f"{_BUN} §7", ("signed", "until")
    ),
    (_C.BUNDLE_FRESHNESS, _R.STALE): Row(_I, f"{_BUN} §7", ("signed", "until")),
    (_C.BUNDLE_FRESHNESS, _R.CLOCK_BEHIND): Row(_I, f"{_BUN} §7", ("signed",)),
    (_C.BUNDLE_FRESHNESS, _R.WAITING): Row(_I, f"{_BUN} §7", ("waits_for",)),
}
