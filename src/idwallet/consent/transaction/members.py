"""Members of a transaction, each of the type that its schema says."""

import re
from collections.abc import Mapping
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.errors import LimitError, MalformedError

Members = Mapping[str, JsonValue]

COMMON: Final = frozenset({"type", "credential_ids", "transaction_data_hashes_alg"})
"""What every transaction has for the protocol's sake (OpenID4VP 1.0 5.1, B.3.3.1)."""

_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})"
)


class Reader:
    """Reads the members of one object and notes which were read."""

    __slots__ = ("_at", "_clause", "_members", "_read")

    def __init__(self, members: Members, *, at: str, clause: str) -> None:
        """Read from `members`, which stand at `at`."""
        self._members = members
        self._at = at
        self._clause = clause
        self._read: set[str] = set()

    def fault(self, what: str, name: str) -> MalformedError:
        """Return what is raised for a member that breaks its rule."""
        return MalformedError(what, at=f"{self._at}/{name}", clause=self._clause)

    def take(self, name: str) -> JsonValue:
        """Return a member, None where it is absent."""
        self._read.add(name)
        return self._members.get(name)

    def text(self, name: str, *, most: int = limits.TEXT_CHARACTERS) -> str:
        """Return a text of 1 to `most` characters, which must be there."""
        value = self.take(name)
        if not isinstance(value, str) or not 0 < len(value) <= most:
            raise self.fault(f"no text of 1 to {most} characters", name)
        return value

    def maybe_text(
        self, name: str, *, most: int = limits.TEXT_CHARACTERS
    ) -> str | None:
        """Return a text, None where it is absent."""
        return self.text(name, most=most) if name in self._members else None

    def maybe_moment(self, name: str) -> str | None:
        """Return a date and time as RFC 3339 has it, None where it is absent."""
        value = self.maybe_text(name)
        if value is not None and _MOMENT.fullmatch(value) is None:
            raise self.fault("no date and time", name)
        return value

    def number(self, name: str) -> int | float:
        """Return a number of at most a thousand million, which must be there."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault("no number", name)
        if not abs(value) <= _LARGEST:
            raise self.fault("a number out of bounds", name)
        return value

    def members(self, name: str) -> Members:
        """Return an object, which must be there."""
        value = self.take(name)
        if not isinstance(value, Mapping):
            raise self.fault("no object", name)
        return value

    def listed(self, name: str, *, most: int) -> list[JsonValue]:
        """Return a list of 1 to `most` entries, which must be there."""
        value = self.take(name)
        if not isinstance(value, list) or not value:
            raise self.fault("no list", name)
        if len(value) > most:
            raise LimitError("too many", at=f"{self._at}/{name}", clause=self._clause)
        return value

    def rest(self) -> dict[str, JsonValue]:
        """Return the members that nobody read."""
        return {n: v for n, v in self._members.items() if n not in self._read}

    def end(self) -> None:
        """Refuse what the type does not know (OpenID4VP 1.0 section 8.5).

        Raises:
            MalformedError: a member is there that nobody read: it would be agreed to
                without being shown.
        """
        for name in sorted(self.rest()):
            raise self.fault("unknown to the type", name[: limits.TEXT_CHARACTERS])


_LARGEST: Final = 1_000_000_000
