from dataclasses import replace
from datetime import timedelta

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.compact.guardians import GuardianDraft
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import DelegationRule
from tests.checks.compact import shop, shown
from tests.checks.presentations import came_to
from tests.unit.roles.test_guardian import scene

DELEGATION = CheckId.HOLDER_DELEGATION


def test_a_guardian_within_the_right_passes_and_is_named() -> None:
    report = GuardianDraft(scene()).judge()
    (check,) = (each for each in report.checks if each.id is DELEGATION)
    assert came_to(check, Outcome.PASSED, Reason.DELEGATED_ACCEPTED)


def test_a_guardian_whose_time_is_over_fails() -> None:
    family = GuardianDraft(scene())
    family.later = timedelta(hours=1, seconds=61)
    (check,) = (each for each in family.judge().checks if each.id is DELEGATION)
    assert came_to(check, Outcome.FAILED, Reason.EXPIRED)


def test_a_guardian_of_whom_it_is_not_known_whether_it_was_taken_back_stays_open() -> (
    None
):
    family = GuardianDraft(scene())
    family.policy = replace(
        RETAIL, name="asks", delegation=DelegationRule.WITHDRAWALS_REQUIRED
    )
    (check,) = (each for each in family.judge().checks if each.id is DELEGATION)
    assert came_to(check, Outcome.INDETERMINATE, Reason.UNKNOWN)


def test_a_holder_who_acts_alone_is_not_asked() -> None:
    assert shop().at == shown().at
    assert all(each.id is not DELEGATION for each in shown().judge().checks)
