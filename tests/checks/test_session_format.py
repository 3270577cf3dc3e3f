from idwallet.report import CheckId, Outcome, Reason
from tests.checks.sessions import judged

FORMAT = CheckId.SESSION_FORMAT


def test_a_session_that_is_whole_is_well_formed() -> None:
    check = judged(FORMAT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.WELL_FORMED)


def test_a_session_that_is_cut_short_is_malformed() -> None:
    check = judged(FORMAT, "cut short")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MALFORMED)


def test_a_session_that_is_huge_is_not_read() -> None:
    check = judged(FORMAT, "huge")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.LIMIT_EXCEEDED)


def test_a_session_of_a_later_version_is_not_supported() -> None:
    check = judged(FORMAT, "of a later version")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.UNSUPPORTED)
