"""What is known of earlier requests of the same party."""

from dataclasses import dataclass
from typing import Final

OFTEN: Final = 3
"""From so many earlier requests on a person is told how many there were."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How often the same party asked before, and how often it was refused.

    Whoever keeps the consent ledger counts; `asked` holds the refused ones too.
    """

    asked: int = 0
    refused: int = 0


NEVER_BEFORE: Final = Earlier()
"""Nothing is known of an earlier request."""
