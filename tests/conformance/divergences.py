"""The published cases that this library refuses on purpose, and by which clause.

`divergences.toml` says for each what the publisher expects, what happens here and why.
A case is held to its entry in full: one that begins to pass fails its test too.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from idwallet.report import Check, Outcome, Reason


@dataclass(frozen=True)
class Divergence:
    """Where we are right and the published case is not, with the clause quoted."""

    expected: str
    actual: tuple[str, ...]
    reason: str


def _read() -> dict[str, Divergence]:
    text = Path(__file__).with_name("divergences.toml").read_text(encoding="utf-8")
    made: dict[str, Divergence] = {}
    for each in tomllib.loads(text)["divergence"]:
        divergence = Divergence(
            each["expected"], tuple(each["actual"]), each["reason"].strip()
        )
        for case in each["ids"]:
            assert case not in made
            made[case] = divergence
    return made


DIVERGENCES: Final = _read()


def hindrances(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return what keeps a verdict from being passed; waiting checks say nothing new."""
    return tuple(
        f"{each.id.value} {each.reason.value}"
        for each in checks
        if each.outcome is not Outcome.PASSED and each.reason is not Reason.WAITING
    )


def expected_of(case: str) -> tuple[str, ...]:
    """Return what has to keep the case from passing: nothing, unless it is listed."""
    return DIVERGENCES[case].actual if case in DIVERGENCES else ()
