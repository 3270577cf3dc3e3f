"""A piece of evidence with one fault, beside its valid twin."""

from dataclasses import dataclass

from idwallet.testing.revocation.world import Scene
from idwallet.trust.revocation import (
    Good,
    OnHold,
    Revocation,
    Revoked,
    Unknown,
    Unsettled,
)

Outcome = Unsettled | type[Good] | type[Revoked] | type[OnHold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a fault comes to, and the same without it.

    `clause` is the rule that is broken, or that a revocation follows.
    """

    name: str
    clause: str
    forged: Scene
    twin: Scene
    expected: Outcome
    twin_expected: Outcome = Good


def outcome(found: Revocation) -> Outcome:
    """Return what was found in the words of `Case.expected`."""
    return found.reason if isinstance(found, Unknown) else type(found)
