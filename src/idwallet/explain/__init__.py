"""Verdicts and documents in words, in the reader's language."""

from idwallet.codec.text import show
from idwallet.explain.consent import ExplainedJudgement, explain_judgement
from idwallet.explain.description import explain_description
from idwallet.explain.explanation import Explanation, Line, explain
from idwallet.explain.ledger import explain_deletion, explain_ledger
from idwallet.explain.linking import explain_links
from idwallet.explain.transactions import (
    ExplainedLine,
    ExplainedTransaction,
    explain_transaction,
)
from idwallet.explain.words import Language, Reader

__all__ = [
    "ExplainedJudgement",
    "ExplainedLine",
    "ExplainedTransaction",
    "Explanation",
    "Language",
    "Line",
    "Reader",
    "explain",
    "explain_deletion",
    "explain_description",
    "explain_judgement",
    "explain_ledger",
    "explain_links",
    "explain_transaction",
    "show",
]
