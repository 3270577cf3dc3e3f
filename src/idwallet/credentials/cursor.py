"""A value inside a JSON document, with its place and the clause that rules it."""

import re
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import LimitError, MalformedError

_LIMITS: Final = "idwallet limits"
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader stands: the value, the JSON pointer to it, the clause.

    Every method raises `MalformedError` at this place (or at the one it names) when
    the value is not of the kind asked for.
    """

    value: JsonValue
    at: str
    clause: str

    def fault(self, what: str) -> MalformedError:
        """Return the error that says `what` is wrong here."""
        return MalformedError(what, at=self.at or "/", clause=self.clause)

    def excess(self, what: str) -> LimitError:
        """Return the error that says which bound is passed here."""
        return LimitError(what, at=self.at or "/", clause=_LIMITS)

    def under(self, clause: str) -> "Cursor":
        """Return the same place ruled by another clause."""
        return Cursor(self.value, self.at, clause)

    def members(self) -> JsonObject:
        """Return the value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.fault("not an object")
        return self.value

    def optional(self, name: str) -> "Cursor | None":
        """Return the member of that name, or None when there is none."""
        members = self.members()
        if name not in members:
            return None
        return Cursor(members[name], f"{self.at}/{name}", self.clause)

    def member(self, name: str) -> "Cursor":
        """Return the member of that name, which must be there."""
        found = self.optional(name)
        if found is None:
            raise Cursor(None, f"{self.at}/{name}", self.clause).fault("missing")
        return found

    def elements(self, *, limit: int) -> tuple["Cursor", ...]:
        """Return the elements of the value: an array, not empty, not too long."""
        if not isinstance(self.value, list):
            raise self.fault("not an array")
        if not self.value:
            raise self.fault("empty array")
        if len(self.value) > limit:
            raise self.excess("too many elements")
        return tuple(
            Cursor(each, f"{self.at}/{index}", self.clause)
            for index, each in enumerate(self.value)
        )

    def text(self) -> str:
        """Return the value, which must be a string with something in it."""
        if not isinstance(self.value, str) or not self.value:
            raise self.fault("not a non-empty string")
        return self.value

    def texts(self, *, limit: int) -> tuple[str, ...]:
        """Return the value, which must be a non-empty array of such strings."""
        return tuple(each.text() for each in self.elements(limit=limit))

    def identifier(self) -> str:
        """Return the value, which must be an identifier (OpenID4VP 1.0 §6.1)."""
        value = self.text()
        if len(value) > limits.TEXT_CHARACTERS:
            raise self.excess("identifier is too long")
        if _IDENTIFIER.fullmatch(value) is None:
            raise self.fault("not alphanumeric, underscore or hyphen")
        return value

    def flag(self) -> bool:
        """Return the value, which must be a boolean."""
        if not isinstance(self.value, bool):
            raise self.fault("not a boolean")
        return self.value

    def flag_of(self, name: str, *, absent: bool) -> bool:
        """Return the member of that name, a boolean, or what its absence means."""
        found = self.optional(name)
        return absent if found is None else found.flag()
