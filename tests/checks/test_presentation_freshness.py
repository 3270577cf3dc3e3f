from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import Check, CheckId, Origin, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, draft
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.policies import RETAIL
from tests.checks import compact
from tests.checks.presentations import came_to, only, scene, twins, under

FRESHNESS = CheckId.PRESENTATION_FRESHNESS
SKEW, AGE = RETAIL.clock_skew, RETAIL.key_binding_age
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)


def at_moment(made: Draft, later: timedelta, *, subject: str) -> Check:
    """Judge an answer that is bound at `later` from now, and received then."""
    moment = scene().at + later
    made.binding = {"iat": int(moment.timestamp())}
    judged = evaluate_presentation(
        made.response(), request=made.request, trust=scene().trust, at=moment
    )
    return only(judged.report, FRESHNESS, subject)


def test_an_answer_bound_just_now_passes() -> None:
    report = judge(draft(scene()))
    for subject in ("pid", "response"):
        check = only(report, FRESHNESS, subject)
        assert came_to(check, Outcome.PASSED, Reason.FRESH)


@pytest.mark.parametrize(
    ("away", "reason"),
    [
        (-AGE - SKEW, None),
        (-AGE - SKEW - SECOND, Reason.TOO_OLD),
        (SKEW, None),
        (SKEW + SECOND, Reason.FROM_THE_FUTURE),
    ],
)
def test_a_binding_ages_to_the_second(away: timedelta, reason: Reason | None) -> None:
    made = draft(scene())
    signed = scene().at + away
    made.binding = {"iat": int(signed.timestamp())}
    check = only(judge(made), FRESHNESS)
    if reason is None:
        assert came_to(check, Outcome.PASSED, Reason.FRESH)
    else:
        assert came_to(check, Outcome.FAILED, reason)
        assert check.fact("signed") == signed


def test_a_policy_says_how_old_a_binding_may_be() -> None:
    patient = replace(RETAIL, name="patient", key_binding_age=timedelta(hours=1))
    made = under(patient)
    made.binding = {"iat": int((scene().at - timedelta(minutes=50)).timestamp())}
    assert only(judge(made), FRESHNESS).outcome is Outcome.PASSED


def test_a_binding_without_a_moment_fails() -> None:
    valid, forged = twins("bound at no moment", FRESHNESS)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, Reason.ABSENT)


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (-SKEW, None),
        (-SKEW - SECOND, Reason.FROM_THE_FUTURE),
        (timedelta(minutes=5) + SKEW - MOMENT, None),
        # "on or after" its end it is over (RFC 7519 section 4.1.4), as for a wallet
        (timedelta(minutes=5) + SKEW, Reason.REQUEST_EXPIRED),
    ],
)
def test_a_request_is_answered_within_its_life(
    later: timedelta, reason: Reason | None
) -> None:
    check = at_moment(draft(scene()), later, subject="response")
    if reason is None:
        assert came_to(check, Outcome.PASSED, Reason.FRESH)
    else:
        assert came_to(check, Outcome.FAILED, reason)


def test_without_a_binding_to_read_it_stays_open() -> None:
    _, forged = twins("no key binding", FRESHNESS)
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)


@pytest.mark.parametrize(
    ("away", "reason"),
    [
        (-30, Reason.FRESH),
        (-31, Reason.TOO_OLD),
        (30, Reason.FRESH),
        (31, Reason.FROM_THE_FUTURE),
        (-3600 - 60, Reason.TOO_OLD),
        (-3600 - 61, Reason.CLOCK_BEFORE_CREDENTIAL),
    ],
)
def test_a_code_shown_unasked_is_fresh_within_its_window_and_not_a_second_more(
    away: int, reason: Reason
) -> None:
    made = compact.shown()
    made.moment = made.at + away * SECOND
    check = compact.said(made.judge(), FRESHNESS)
    outcome = Outcome.PASSED if reason is Reason.FRESH else Outcome.FAILED
    assert came_to(check, outcome, reason)


def test_a_till_whose_clock_is_unset_cannot_say_how_old_a_code_is() -> None:
    made = compact.shown()
    taken = made.at + SKEW + SECOND
    origin = Origin(taken=taken, source="a bundle")
    made.trust = made.trust.with_evidence(EvidenceAtHand(anchors=origin))
    report = made.judge()
    check = compact.said(report, FRESHNESS)
    assert came_to(check, Outcome.INDETERMINATE, Reason.CLOCK_BEHIND)
    assert report.outcome is Outcome.INDETERMINATE
    made.at = made.moment = taken
    assert compact.said(made.judge(), FRESHNESS).outcome is Outcome.PASSED
