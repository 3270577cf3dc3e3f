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
        (_C.ISSUER_TRUST, _R.KEY_AMBIGUOUS): Row(_F, f"{_OWN} §2", ("name",)),
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
        (_C.HOLDER_DELEGATION, _R.DELEGATED_ACCEPTED): Row(
            _P, f"{_OWN} §14", ("by", "name", "what", "until")
        ),
        (_C.HOLDER_DELEGATION, _R.NOT_AUTHORIZED): Row(_F, f"{_OWN} §14", ("at",)),
        (_C.HOLDER_DELEGATION, _R.INVALID): Row(_F, f"{_OWN} §14"),
        (_C.HOLDER_DELEGATION, _R.REVOKED): Row(_F, f"{_OWN} §14"),
        (_C.HOLDER_DELEGATION, _R.EXPIRED): Row(_F, f"{_OWN} §14", ("until",)),
        (_C.HOLDER_DELEGATION, _R.NOT_YET_VALID): Row(_F, f"{_OWN} §14", ("since",)),
        (_C.HOLDER_DELEGATION, _R.NOT_GUARDIAN): Row(_F, f"{_OWN} §14"),
        (_C.HOLDER_DELEGATION, _R.WIDER_THAN_RIGHT): Row(_F, f"{_OWN} §14", ("what",)),
        (_C.HOLDER_DELEGATION, _R.CLAIM_NOT_ADMITTED): Row(
            _F, f"{_OWN} §14", ("paths",)
        ),
        (_C.HOLDER_DELEGATION, _R.UNKNOWN): Row(_I, f"{_OWN} §14", ("what",)),
        (_C.HOLDER_DELEGATION, _R.STALE): Row(_I, f"{_OWN} §14", ("signed",)),
        (_C.HOLDER_DELEGATION, _R.CLOCK_BEFORE_EVIDENCE): Row(
            _I, f"{_OWN} §14", ("since",)
        ),
        (_C.PRESENTATION_REPLAY, _R.WAITING): Row(_I, f"{_OWN} §7", ("waits_for",)),
    }
)
