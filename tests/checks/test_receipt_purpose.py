from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

PURPOSE = CheckId.RECEIPT_PURPOSE


def test_the_purpose_is_that_of_the_request() -> None:
    check = judged(PURPOSE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.MATCHES)


def test_a_purpose_that_came_afterwards_is_refused() -> None:
    check = judged(PURPOSE, "another purpose")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_receipt_about_something_else_is_not_compared() -> None:
    check = judged(PURPOSE, "about another request")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
