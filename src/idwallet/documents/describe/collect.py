"""Findings gathered, each place once, up to a bound."""

from idwallet import limits
from idwallet.documents.describe.model import Finding, Found


class Findings:
    """What was found so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._found: dict[Found, None] = {}

    def say(self, code: Finding, place: str) -> None:
        """Take note of something; beyond the bound that there is more."""
        if len(self._found) < limits.DESCRIBED_FINDINGS:
            self._found[Found(code, place[: limits.TEXT_CHARACTERS])] = None
        else:
            self._found[Found(Finding.NOT_LOOKED_INTO, "document")] = None

    def all(self) -> tuple[Found, ...]:
        """Return them in the order in which they were found."""
        return tuple(self._found)
