"""Forged presentations and their valid twins, for the files of checks on them."""

from functools import cache
from typing import Final

from idwallet.report import TABLE, Check, CheckId, Outcome, Reason, Report
from idwallet.testing.corpus import PRESENTATIONS, by_name, judge
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy

FORGERIES: Final = by_name(PRESENTATIONS)


@cache
def scene() -> Scene:
    """The issuer, holder and till that all forgeries are shown to."""
    return Scene(seed=b"idwallet TEST checks")


def only(report: Report, check_id: CheckId, subject: str = "pid") -> Check:
    """Return the one check of that name on that subject."""
    (found,) = [e for e in report.checks if (e.id, e.subject) == (check_id, subject)]
    return found


def twins(name: str, check_id: CheckId, *, subject: str = "pid") -> tuple[Check, Check]:
    """Return the check as it comes out for the valid twin and for the forged one."""
    valid, forged = (judge(each) for each in FORGERIES[name].twins(scene()))
    return only(valid, check_id, subject), only(forged, check_id, subject)


def came_to(check: Check, outcome: Outcome, reason: Reason) -> bool:
    """Tell whether a check has this outcome and reason, as the table pairs them."""
    assert TABLE[check.id, reason].outcome is outcome
    return (check.outcome, check.reason) == (outcome, reason)


def under(policy: Policy = RETAIL) -> Draft:
    """Draft a valid presentation for a verifier with that policy."""
    made = draft(scene())
    verifier = scene().new_verifier(policy=policy)
    made.request = verifier.request(made.request.query, purpose="test", at=scene().at)
    return made
