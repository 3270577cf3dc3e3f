"""A transaction in words: everything that a person agrees to, line by line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TypedDict

from idwallet.codec.text import TextWarning, show, warnings
from idwallet.consent.transaction import (
    Transaction,
    TransactionLabel,
    TransactionLine,
)
from idwallet.errors import UsageError
from idwallet.explain.words import LANGUAGES, Language


class TransactionWords(TypedDict):
    """One catalogue; templates hold names in braces and nothing else."""

    types: dict[str, str]
    lines: dict[str, str]
    with_detail: dict[str, str]
    values: dict[str, str]
    warnings: dict[str, str]


@cache
def transaction_words(language: Language) -> TransactionWords:
    """Return the catalogue of that language.

    Raises:
        UsageError: there is no such catalogue.
    """
    if language not in LANGUAGES:
        raise UsageError(f"lang is one of {', '.join(LANGUAGES)}")
    # Late, because it costs an import of several milliseconds.
    from importlib.resources import files

    folder = files("idwallet.explain").joinpath("catalogue")
    text = folder.joinpath(f"transaction.{language}.json").read_text("utf-8")
    found: TransactionWords = json.loads(text)
    return found


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One thing that is agreed to, on one line, and what in it might deceive."""

    text: str = field(repr=False)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedTransaction:
    """A transaction in words; there is one line for each of its own, in their order."""

    heading: str
    lines: tuple[ExplainedLine, ...]

    def __str__(self) -> str:
        """Return the whole as one text, each warning under its line."""
        return "\n".join(self.text_lines())

    def text_lines(self) -> Iterator[str]:
        """Yield the heading and every line, each warning under the line it is about."""
        yield self.heading
        for each in self.lines:
            yield f"  - {each.text}"
            for warning in each.warnings:
                yield f"      ! {warning}"


def explain_transaction(
    transaction: Transaction, *, lang: Language = "en"
) -> ExplainedTransaction:
    """Say what a person agrees to by answering (OpenID4VP 1.0 section 8.4).

    Whatever is hashed has its line, whole: nothing is cut off, however long it is. What
    the verifier wrote is made safe to show.

    Raises:
        UsageError: there is no such language.
    """
    words = transaction_words(lang)
    types = words["types"]
    heading = types.get(transaction.type, types["other"])
    return ExplainedTransaction(
        heading.format(type=_whole(transaction.type)),
        tuple(_line(each, words) for each in transaction.lines),
    )


def _line(line: TransactionLine, words: TransactionWords) -> ExplainedLine:
    name = line.label.value
    template = words["lines"][name]
    if line.detail:
        template = words["with_detail"].get(name, template)
    value = line.shown
    if line.label is TransactionLabel.QUALIFIER:
        value = words["values"].get(line.value, value)
    return ExplainedLine(
        template.format(value=value, detail=_whole(line.detail)),
        tuple(words["warnings"][each.value] for each in _deceptions(line)),
    )


def _deceptions(line: TransactionLine) -> tuple[TextWarning, ...]:
    found = {*warnings(line.value), *warnings(line.detail)}
    # Nothing is cut off here: that it is long, everybody sees.
    return tuple(e for e in TextWarning if e in found and e is not TextWarning.TOO_LONG)


def _whole(text: str) -> str:
    """Return a text made safe, all of it: no character becomes more than ten."""
    return show(text, limit=10 * len(text) + 1)
