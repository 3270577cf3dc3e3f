"""Asking online: a verifier's endpoints for wallets, and what a page needs (OpenID4VP).

HTTP messages come in and go out as values. What has to be remembered between two of
them is sealed in a store; which answer was first is decided there.
"""

from idwallet.roles.presentation_service.endpoints import (
    PresentationService,
    response_code_of,
)
from idwallet.roles.presentation_service.exchange import Flow
from idwallet.roles.presentation_service.memory import MemoryExchanges
from idwallet.roles.presentation_service.outcome import (
    AnswerState,
    Noticed,
    PresentationOutcome,
    Started,
)

__all__ = [
    "AnswerState",
    "Flow",
    "MemoryExchanges",
    "Noticed",
    "PresentationOutcome",
    "PresentationService",
    "Started",
    "response_code_of",
]
