from dataclasses import replace

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.compact import asked_draft
from idwallet.trust.policy import OneWayRule
from tests.checks.compact import said, shop, shown
from tests.checks.presentations import came_to

RELAY = CheckId.PRESENTATION_RELAY


def test_a_policy_that_takes_codes_shown_unasked_says_that_they_can_be_relayed() -> (
    None
):
    check = said(shown().judge(), RELAY)
    assert came_to(check, Outcome.PASSED, Reason.RELAY_POSSIBLE_ACCEPTED)
    assert check.fact("window") == 30


def test_a_policy_that_names_nothing_refuses_codes_shown_unasked() -> None:
    made = shown()
    made.policy = replace(made.policy, name="asked", one_way=OneWayRule.REFUSED)
    report = made.judge()
    assert came_to(said(report, RELAY), Outcome.FAILED, Reason.RELAY_POSSIBLE)
    assert report.outcome is Outcome.FAILED


def test_an_answer_to_a_question_is_not_asked_about_relays() -> None:
    report = asked_draft(shop()).judge()
    assert report.outcome is Outcome.PASSED
    assert all(each.id is not RELAY for each in report.checks)
