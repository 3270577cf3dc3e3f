"""Verdicts in words, in the reader's language."""

from idwallet.explain.explanation import Explanation, Line, explain
from idwallet.explain.words import Language, Reader

__all__ = ["Explanation", "Language", "Line", "Reader", "explain"]
