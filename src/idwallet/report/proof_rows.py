"""What is said of a proof of possession that is shown to an issuer."""

from types import MappingProxyType
from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_C, _R = CheckId, Reason
_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_VCI = "OpenID4VCI 1.0 Appendix F"
PROOF: Final = MappingProxyType(
    {
        (_C.PROOF_FORMAT, _R.WELL_FORMED): Row(_P, f"{_VCI}.1"),
        (_C.PROOF_FORMAT, _R.MALFORMED): Row(_F, f"{_VCI}.1", ("what", "at")),
        (_C.PROOF_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_VCI}.1", ("what", "at")),
        (_C.PROOF_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_VCI}.1", ("what", "at")),
        (_C.PROOF_FORMAT, _R.TYP_MISMATCH): Row(_F, f"{_VCI}.1", ("found",)),
        (_C.PROOF_SIGNATURE, _R.VALID): Row(_P, f"{_VCI}.4"),
        (_C.PROOF_SIGNATURE, _R.INVALID): Row(_F, f"{_VCI}.4"),
        (_C.PROOF_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(
            _F, f"{_VCI}.4", ("found",)
        ),
        (_C.PROOF_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, f"{_VCI}.1", ("what",)),
        (_C.PROOF_SIGNATURE, _R.WAITING): Row(_I, f"{_VCI}.4", ("waits_for",)),
        (_C.PROOF_AUDIENCE, _R.MATCHES): Row(_P, f"{_VCI}.4"),
        (_C.PROOF_AUDIENCE, _R.MISMATCH): Row(_F, f"{_VCI}.4"),
        (_C.PROOF_AUDIENCE, _R.ABSENT): Row(_F, f"{_VCI}.1"),
        (_C.PROOF_AUDIENCE, _R.WAITING): Row(_I, f"{_VCI}.4", ("waits_for",)),
        (_C.PROOF_NONCE, _R.MATCHES): Row(_P, f"{_VCI}.4"),
        (_C.PROOF_NONCE, _R.MISMATCH): Row(_F, f"{_VCI}.4"),
        (_C.PROOF_NONCE, _R.ABSENT): Row(_F, f"{_VCI}.4"),
        (_C.PROOF_NONCE, _R.WAITING): Row(_I, f"{_VCI}.4", ("waits_for",)),
        (_C.PROOF_FRESHNESS, _R.FRESH): Row(_P, f"{_VCI}.4"),
        (_C.PROOF_FRESHNESS, _R.TOO_OLD): Row(_F, f"{_VCI}.4", ("signed", "window")),
        (_C.PROOF_FRESHNESS, _R.FROM_THE_FUTURE): Row(_F, f"{_VCI}.4", ("signed",)),
        (_C.PROOF_FRESHNESS, _R.ABSENT): Row(_F, f"{_VCI}.1"),
        (_C.PROOF_FRESHNESS, _R.WAITING): Row(_I, f"{_VCI}.4", ("waits_for",)),
    }
)
