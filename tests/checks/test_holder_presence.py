from dataclasses import replace

from idwallet.report import CheckId, Outcome, Reason, check
from idwallet.testing.corpus import judge
from idwallet.trust.policies import FINANCE, RETAIL
from idwallet.trust.policy import PresenceRule
from tests.checks.presentations import came_to, only, under

PRESENCE = CheckId.HOLDER_PRESENCE


def test_a_person_whose_presence_is_attested_passes() -> None:
    made = check(PRESENCE, Reason.ATTESTED, subject="pid")
    assert came_to(made, Outcome.PASSED, Reason.ATTESTED)


def test_a_device_alone_leaves_it_open_who_holds_it() -> None:
    strict = replace(RETAIL, name="present", presence=PresenceRule.ATTESTED)
    report = judge(under(strict))
    found = only(report, PRESENCE)
    assert came_to(found, Outcome.INDETERMINATE, Reason.NOT_ESTABLISHED)
    assert report.outcome is Outcome.INDETERMINATE


def test_only_a_policy_that_names_it_lets_that_pass() -> None:
    report = judge(under(RETAIL))
    found = only(report, PRESENCE)
    assert came_to(found, Outcome.PASSED, Reason.NOT_ESTABLISHED_ACCEPTED)
    assert report.outcome is Outcome.PASSED


def test_opening_an_account_needs_the_person() -> None:
    assert only(judge(under(FINANCE)), PRESENCE).outcome is Outcome.INDETERMINATE
