"""What a transaction says, line by line, as a person is to see it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet.codec.text import TextWarning, show, warnings

# No currency is counted in tenths: 12.5 would be read as a slip of the pen for 12.50.
_TENTHS: Final = re.compile(r"\d\.\d(?= )", re.ASCII)


class TransactionLabel(StrEnum):
    """What a line says; the words for it are those of `idwallet.explain`."""

    TITLE = "title"
    DOCUMENT = "document"
    DIGEST = "digest"
    PREVIOUS = "previous"
    """The digest of what the party before agreed to, where they agree in turn."""
    PARTY = "party"
    OTHER_PARTY = "other_party"
    AGREEMENT = "agreement"
    AMOUNT = "amount"
    PAYEE = "payee"
    PAYEE_ID = "payee_id"
    TRANSACTION_ID = "transaction_id"
    EXECUTION_DATE = "execution_date"
    RECURRING = "recurring"
    QUALIFIER = "qualifier"
    OTHER = "other"
    """Something that the type allows and does not name; `detail` says its path."""


@dataclass(frozen=True, slots=True)
class TransactionLine:
    """One thing that the person agrees to: what it is, and what it says.

    Nothing that is hashed is left out of the lines, but for what the protocol itself
    needs. `value` and `detail` are the verifier's words: show `shown` instead.
    """

    label: TransactionLabel
    value: str
    detail: str = ""

    @property
    def shown(self) -> str:
        """The value as it may stand before a person, all of it.

        Nothing is cut off, however long: what is hashed is what is shown.
        """
        value = self.value
        if self.label is TransactionLabel.AMOUNT:
            value = _TENTHS.sub(r"\g<0>0", value)
        # No character is written with more than ten: U+10FFFF in quotation marks.
        return show(value, limit=10 * len(value) + 1)

    @property
    def warnings(self) -> tuple[TextWarning, ...]:
        """What in the value might deceive whoever reads it."""
        return warnings(self.value)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction of a known type, its content held to the rules of that type."""

    type: str
    lines: tuple[TransactionLine, ...]

    def values(self, label: TransactionLabel) -> tuple[str, ...]:
        """Return what the lines of that label say."""
        return tuple(each.value for each in self.lines if each.label is label)
