from idwallet.report import CheckId, Outcome, Reason
from tests.checks.sessions import judged

VALIDITY = CheckId.SESSION_VALIDITY


def test_a_session_is_good_for_its_time() -> None:
    check = judged(VALIDITY)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.CURRENT)


def test_a_session_is_over_at_its_end() -> None:
    check = judged(VALIDITY, "too late")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.EXPIRED)


def test_a_session_is_not_good_before_it_was_made() -> None:
    check = judged(VALIDITY, "too early")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.NOT_YET_VALID)


def test_the_time_of_a_changed_session_says_nothing() -> None:
    check = judged(VALIDITY, "a longer life")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
