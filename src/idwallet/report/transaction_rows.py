"""The rows of the table on transactions agreed to beside (OpenID4VP 1.0 8.4)."""

from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId.PRESENTATION_TRANSACTION, Reason
_AGREED, _BOUND = "OpenID4VP 1.0 §8.4", "OpenID4VP 1.0 §B.3.3.1"

TRANSACTION: Final = {
    (_C, _R.MATCHES): Row(_P, _BOUND),
    (_C, _R.ABSENT): Row(_F, _AGREED),
    (_C, _R.MISMATCH): Row(_F, _BOUND),
    (_C, _R.HASHED_OTHERWISE): Row(_F, _BOUND, ("what",)),
    (_C, _R.MALFORMED): Row(_F, _BOUND),
    (_C, _R.ALGORITHM_NOT_ALLOWED): Row(_F, _BOUND),
    (_C, _R.WAITING): Row(_I, _AGREED, ("waits_for",)),
}
