"""What is said of codes that a holder shows unasked, and of compact credentials."""

from types import MappingProxyType
from typing import Final

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.row import Row

_C, _R = CheckId, Reason
_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_OWN = "idwallet compact 1"

ONE_WAY: Final = MappingProxyType(
    {
        (_C.CREDENTIAL_STATUS, _R.SHORT_LIVED): Row(_P, f"{_OWN} §2", ("until",)),
        (_C.PRESENTATION_AUDIENCE, _R.NOT_BOUND): Row(_F, f"{_OWN} §7"),
        (_C.PRESENTATION_AUDIENCE, _R.NOT_BOUND_ACCEPTED): Row(_P, f"{_OWN} §7"),
        (_C.PRESENTATION_FRESHNESS, _R.CLOCK_BEFORE_CREDENTIAL): Row(
            _F, f"{_OWN} §7", ("signed", "since")
        ),
        (_C.PRESENTATION_FRESHNESS, _R.CLOCK_BEHIND): Row(
            _I, f"{_OWN} §7", ("signed", "since")
        ),
        (_C.PRESENTATION_RELAY, _R.RELAY_POSSIBLE): Row(_F, f"{_OWN} §7", ("window",)),
        (_C.PRESENTATION_RELAY, _R.RELAY_POSSIBLE_ACCEPTED): Row(
            _P, f"{_OWN} §7", ("window",)
        ),
        (_C.PRESENTATION_REPLAY, _R.WAITING): Row(_I, f"{_OWN} §7", ("waits_for",)),
    }
)
