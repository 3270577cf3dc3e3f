from dataclasses import replace

from idwallet.report import Check, CheckId, Outcome, Reason, Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, draft
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import PresenceRule
from tests.checks.presentations import came_to, only, scene, twins, under

REPLAY = CheckId.PRESENTATION_REPLAY
STRICT = replace(RETAIL, name="present", presence=PresenceRule.ATTESTED)


def again(made: Draft, body: str) -> Report:
    return evaluate_presentation(
        body, request=made.request, trust=scene().trust, at=scene().at
    ).report


def replay(report: Report) -> Check:
    return only(report, REPLAY, "response")


def test_the_first_answer_passes() -> None:
    check = replay(judge(draft(scene())))
    assert came_to(check, Outcome.PASSED, Reason.FIRST_USE)


def test_the_same_answer_passes_once() -> None:
    made = draft(scene())
    body = made.response()
    assert again(made, body).outcome is Outcome.PASSED
    second = again(made, body)
    assert came_to(replay(second), Outcome.FAILED, Reason.ALREADY_USED)
    assert second.outcome is Outcome.FAILED


def test_while_the_verdict_is_open_the_same_answer_may_be_judged_again() -> None:
    made = under(STRICT)
    body, other = made.response(), made.response()
    first = again(made, body)
    assert first.outcome is Outcome.INDETERMINATE
    assert came_to(replay(first), Outcome.PASSED, Reason.FIRST_USE)
    second = again(made, body)
    assert came_to(replay(second), Outcome.PASSED, Reason.SAME_RESPONSE_AGAIN)
    assert other != body  # ECDSA signs with a nonce of its own
    third = again(made, other)
    assert came_to(replay(third), Outcome.FAILED, Reason.ALREADY_USED)


def test_a_failed_answer_uses_the_request_up() -> None:
    made = draft(scene())
    made.binding = {"nonce": "another"}
    assert again(made, made.response()).outcome is Outcome.FAILED
    made.binding = {}
    assert replay(again(made, made.response())).outcome is Outcome.FAILED


def test_an_answer_to_another_session_fails_and_uses_nothing_up() -> None:
    valid, forged = twins("an answer from another session", REPLAY, subject="response")
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, Reason.MISMATCH)
    made = draft(scene())
    body = made.response()
    assert again(made, body.replace(made.request.state, "A" * 43)).failed()
    assert again(made, body).outcome is Outcome.PASSED
