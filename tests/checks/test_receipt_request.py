from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

REQUEST = CheckId.RECEIPT_REQUEST


def test_a_receipt_names_the_request_that_was_answered() -> None:
    check = judged(REQUEST)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.MATCHES)


def test_a_receipt_of_another_occasion_is_refused() -> None:
    check = judged(REQUEST, "about another request")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_receipt_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(REQUEST, "no token at all")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
