from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

DISCLOSURE = CheckId.RECEIPT_DISCLOSURE


def test_a_receipt_names_exactly_what_was_shown() -> None:
    check = judged(DISCLOSURE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.MATCHES)


def test_a_claim_that_was_not_shown_is_refused() -> None:
    check = judged(DISCLOSURE, "a claim that was not shown")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MORE_THAN_SHOWN)


def test_a_claim_that_is_kept_quiet_is_refused() -> None:
    check = judged(DISCLOSURE, "a claim is kept quiet")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.LESS_THAN_SHOWN)


def test_a_receipt_about_something_else_is_not_compared() -> None:
    check = judged(DISCLOSURE, "about another request")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
