from dataclasses import replace

from idwallet.credentials.presence import PersonVerified
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.corpus.portraits import (
    CLERK,
    PRESENCES,
    PRESENT,
    judge_portrait,
    portrait_draft,
)
from idwallet.trust.policies import FINANCE, RETAIL
from idwallet.trust.policy import PresenceRule
from tests.checks.compact import said, shown
from tests.checks.presentations import came_to, only, scene, under

PRESENCE = CheckId.HOLDER_PRESENCE


def test_a_person_whom_the_wallet_says_that_it_verified_passes() -> None:
    made = under(PRESENT)
    made.binding = {"amr": [{"inherence": "fingerprint_device"}]}
    found = only(judge(made), PRESENCE)
    assert came_to(found, Outcome.PASSED, Reason.ATTESTED)
    assert found.fact("what") == "fingerprint_device"


def test_a_wallet_whose_binding_is_forged_attests_nothing() -> None:
    made = under(RETAIL)
    made.binding = {"amr": [{"inherence": "fingerprint_device"}]}
    made.bend_binding = lambda text: f"{text[:-8]}AAAAAAAA"
    assert only(judge(made), PRESENCE).reason is Reason.NOT_ESTABLISHED_ACCEPTED


def test_a_code_may_say_how_the_person_was_verified() -> None:
    made = shown()
    made.person = PersonVerified.FINGERPRINT
    found = said(made.judge(), PRESENCE)
    assert came_to(found, Outcome.PASSED, Reason.ATTESTED)
    assert found.fact("what") == "fingerprint_device"


def test_a_person_whom_a_clerk_recognises_passes() -> None:
    made = portrait_draft(scene())
    found = only(judge_portrait(made), PRESENCE)
    assert came_to(found, Outcome.PASSED, Reason.PORTRAIT_COMPARED)
    assert found.fact("by") == CLERK


def test_a_person_whom_a_clerk_does_not_recognise_fails() -> None:
    made = replace(portrait_draft(scene()), matches=False)
    found = only(judge_portrait(made), PRESENCE)
    assert came_to(found, Outcome.FAILED, Reason.PORTRAIT_DIFFERS)


def test_a_comparison_too_late_fails() -> None:
    made = replace(portrait_draft(scene()), after=PRESENT.comparison_age)
    found = only(judge_portrait(made), PRESENCE)
    assert came_to(found, Outcome.FAILED, Reason.COMPARED_TOO_LATE)


def test_a_device_alone_leaves_it_open_who_holds_it() -> None:
    report = judge(under(PRESENT))
    found = only(report, PRESENCE)
    assert came_to(found, Outcome.INDETERMINATE, Reason.NOT_ESTABLISHED)
    assert report.outcome is Outcome.INDETERMINATE
    for each in PRESENCES:
        _, forged = each.twins(scene())
        assert only(judge(forged), PRESENCE).reason is Reason.NOT_ESTABLISHED


def test_only_a_policy_that_names_it_lets_that_pass() -> None:
    report = judge(under(RETAIL))
    found = only(report, PRESENCE)
    assert came_to(found, Outcome.PASSED, Reason.NOT_ESTABLISHED_ACCEPTED)
    assert report.outcome is Outcome.PASSED


def test_where_a_clerk_has_to_look_the_wallet_s_word_is_none() -> None:
    strict = replace(RETAIL, name="compared", presence=PresenceRule.COMPARED)
    made = under(strict)
    made.binding = {"amr": [{"inherence": "face_device"}]}
    assert only(judge(made), PRESENCE).reason is Reason.NOT_ESTABLISHED


def test_opening_an_account_needs_the_person() -> None:
    assert only(judge(under(FINANCE)), PRESENCE).outcome is Outcome.INDETERMINATE
