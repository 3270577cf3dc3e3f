from idwallet.report import CheckId, Outcome, Reason
from tests.checks.sessions import judged

SEAL = CheckId.SESSION_SEAL


def test_what_was_prepared_here_is_sealed_here() -> None:
    check = judged(SEAL)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.VALID)


def test_what_was_changed_on_its_way_is_not() -> None:
    check = judged(SEAL, "another purpose")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INVALID)


def test_what_a_stranger_prepared_is_not() -> None:
    check = judged(SEAL, "prepared by a stranger")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INVALID)


def test_a_session_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(SEAL, "cut short")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
