"""Which of its factors a credential wants (``auth/expression``, CSC API 2.0 11.4).

    "PIN AND (OTP XOR APP)"

AND binds closer than XOR, and XOR closer than OR. Of alternatives the first is taken:
a service names first what it prefers.
"""

import re
from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError

_TOKEN: Final = re.compile(r"\s*(?:([()])|([^\s()]+))")
_CLAUSE: Final = "CSC API 2 §11.4"
_AT: Final = "auth/expression"


def factors_of(expression: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the identifiers of the factors to give, in their order, each once.

    An empty expression wants all of those `known`.

    Raises:
        MalformedError: it is no expression, or names a factor that is not known.
    """
    if not expression.strip():
        return known
    if (
        len(expression) > limits.CSC_EXPRESSION_CHARACTERS
        or expression.count("(") > limits.CSC_FACTORS
    ):
        raise LimitError("expression too long", at=_AT, clause="idwallet limits")
    reading = _Reading(expression, frozenset(known))
    return tuple(dict.fromkeys(reading.whole()))


class _Reading:
    """Reads an expression once from its start to its end."""

    def __init__(self, expression: str, known: frozenset[str]) -> None:
        found = _TOKEN.findall(expression)
        self._left = [bracket or word for bracket, word in reversed(found)]
        self._known = known

    def whole(self) -> list[str]:
        found = self._either()
        if self._left:
            raise _broken()
        return found

    def _either(self) -> list[str]:
        return self._first("OR", lambda: self._first("XOR", self._both))

    def _first(self, word: str, part: Callable[[], list[str]]) -> list[str]:
        found = part()
        while self._takes(word):
            part()
        return found

    def _both(self) -> list[str]:
        found = self._one()
        while self._takes("AND"):
            found = found + self._one()
        return found

    def _one(self) -> list[str]:
        if self._takes("("):
            found = self._either()
            if not self._takes(")"):
                raise _broken()
            return found
        if not self._left or self._left[-1] not in self._known:
            raise _broken()
        return [self._left.pop()]

    def _takes(self, word: str) -> bool:
        if not self._left or self._left[-1] != word:
            return False
        self._left.pop()
        return True


def _broken() -> MalformedError:
    return MalformedError("no expression over the factors", at=_AT, clause=_CLAUSE)
