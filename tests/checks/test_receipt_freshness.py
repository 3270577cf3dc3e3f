from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

FRESHNESS = CheckId.RECEIPT_FRESHNESS


def test_a_receipt_is_signed_after_what_it_is_about() -> None:
    check = judged(FRESHNESS)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.FRESH)


def test_a_receipt_of_tomorrow_is_refused() -> None:
    check = judged(FRESHNESS, "of tomorrow")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.FROM_THE_FUTURE)


def test_a_receipt_signed_before_anything_was_shown_is_refused() -> None:
    check = judged(FRESHNESS, "signed before anything was shown")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.OUT_OF_ORDER)


def test_a_receipt_about_something_else_is_not_compared() -> None:
    check = judged(FRESHNESS, "about another request")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
