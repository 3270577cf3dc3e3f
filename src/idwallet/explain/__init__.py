"""Verdicts, documents and wallets in words, in the reader's language."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idwallet.codec.text import show
from idwallet.explain.consent import ExplainedJudgement, explain_judgement
from idwallet.explain.description import explain_description
from idwallet.explain.explanation import Explanation, Line, explain
from idwallet.explain.fields import ExplainedField, explain_fields
from idwallet.explain.ledger import explain_deletion, explain_ledger
from idwallet.explain.linking import explain_links
from idwallet.explain.transactions import (
    ExplainedLine,
    ExplainedTransaction,
    explain_transaction,
)
from idwallet.explain.words import Language, Reader
from idwallet.facade import loader

if TYPE_CHECKING:
    from idwallet.explain.cards import ExplainedCard, explain_card
    from idwallet.explain.choices import (
        ExplainedAsker,
        ExplainedChoice,
        ExplainedShown,
        explain_asker,
        explain_choice,
    )
    from idwallet.explain.claims import ExplainedClaim
    from idwallet.explain.history import (
        ExplainedHappening,
        explain_happening,
        explain_receipt,
    )

__all__ = [
    "ExplainedAsker",
    "ExplainedCard",
    "ExplainedChoice",
    "ExplainedClaim",
    "ExplainedField",
    "ExplainedHappening",
    "ExplainedJudgement",
    "ExplainedLine",
    "ExplainedShown",
    "ExplainedTransaction",
    "Explanation",
    "Language",
    "Line",
    "Reader",
    "explain",
    "explain_asker",
    "explain_card",
    "explain_choice",
    "explain_deletion",
    "explain_description",
    "explain_fields",
    "explain_happening",
    "explain_judgement",
    "explain_ledger",
    "explain_links",
    "explain_receipt",
    "explain_transaction",
    "show",
]

# What speaks of a wallet knows the roles: who explains a verdict need not load them.
_HOMES: Final = MappingProxyType(
    {
        "ExplainedAsker": "idwallet.explain.choices",
        "ExplainedCard": "idwallet.explain.cards",
        "ExplainedChoice": "idwallet.explain.choices",
        "ExplainedClaim": "idwallet.explain.claims",
        "ExplainedHappening": "idwallet.explain.history",
        "ExplainedShown": "idwallet.explain.choices",
        "explain_asker": "idwallet.explain.choices",
        "explain_card": "idwallet.explain.cards",
        "explain_choice": "idwallet.explain.choices",
        "explain_happening": "idwallet.explain.history",
        "explain_receipt": "idwallet.explain.history",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error
    __getattr__ = loader(__name__, _HOMES)
