from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason, StatusListNeeded
from idwallet.testing.draft import ABSENT
from idwallet.trust.freshness import FreshnessRule
from idwallet.trust.policy import StatusRule
from tests.checks.registrations import came_to, honest, reasons_of, twins, waiting

CHECK = CheckId.REGISTRATION_STATUS


def test_a_registration_that_nobody_revoked_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.NOT_REVOKED)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_one_that_was_taken_back_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_a_registration_signed_by_another_key_is_not_looked_up() -> None:
    check = waiting(CHECK, CheckId.REGISTRATION_SIGNATURE, Reason.INVALID)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REGISTRATION_SIGNATURE


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.INDETERMINATE))
def test_a_list_that_settles_nothing_leaves_it_open(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.INDETERMINATE, reason)
    assert [type(each) for each in wrong.needs] == [StatusListNeeded]


@pytest.mark.parametrize(
    ("status", "rule", "reason"),
    [
        (ABSENT, StatusRule.IF_PRESENT, Reason.NO_STATUS_ACCEPTED),
        (ABSENT, StatusRule.NOT_REQUIRED_ACCEPTED, Reason.NO_STATUS_ACCEPTED),
        (None, StatusRule.IF_PRESENT, Reason.NOT_REVOKED),
        (
            None,
            StatusRule.NOT_REQUIRED_ACCEPTED,
            Reason.STATUS_NOT_REQUIRED_ACCEPTED,
        ),
    ],
)
def test_a_policy_may_accept_that_no_status_is_known(
    status: str | None, rule: StatusRule, reason: Reason
) -> None:
    made = honest()
    made.claims = {} if status is None else {"status": status}
    policy = replace(made.rules.policy, status=rule)
    made.rules = replace(made.rules, policy=policy)
    assert came_to(made, CHECK) == (Outcome.PASSED, reason)


def test_a_stale_list_passes_only_where_the_policy_says_so() -> None:
    made = honest()
    later = made.scene.at + timedelta(hours=2)
    rule = FreshnessRule(maximum_age=timedelta(hours=24))
    made.rules = replace(
        made.rules, at=later, policy=replace(made.rules.policy, freshness=rule)
    )
    assert came_to(made, CHECK) == (Outcome.PASSED, Reason.NOT_REVOKED)
