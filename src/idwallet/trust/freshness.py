"""How old a status list may be (Token Status List sections 8.3 and 13.7)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from idwallet.errors import UsageError


class Freshness(StrEnum):
    """How a list that may be relied on stands to its own time to live."""

    FRESH = "fresh"
    STALE_ACCEPTED = "stale_accepted"


class StaleRule(StrEnum):
    """What becomes of a list past its time to live that has not expired."""

    REFUSED = "refused"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class FreshnessRule:
    """When a list is fresh, stale but accepted, or stale and refused.

    It is *fresh* while no more than its ``ttl`` has passed since it was fetched. After
    that it is *stale*, and accepted only under `StaleRule.ACCEPTED`. In no case is it
    relied on from its ``exp`` on, or once it was issued longer than `maximum_age` ago:
    where it says neither, that alone bounds it. Left out, the rule is at its strictest.
    """

    stale: StaleRule = StaleRule.REFUSED
    maximum_age: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        """Refuse a rule that no list could keep.

        Raises:
            UsageError: `maximum_age` is not positive, or `stale` is no `StaleRule`.
        """
        if self.maximum_age <= timedelta():
            raise UsageError("the age of a status list is a positive time")
        if type(self.stale) is not StaleRule:
            raise UsageError("stale is a StaleRule, as StaleRule(text)")


STRICTEST: Final = FreshnessRule()
"""The rule that is at its strictest in everything."""
