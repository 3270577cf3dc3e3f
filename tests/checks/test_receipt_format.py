from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

FORMAT = CheckId.RECEIPT_FORMAT


def test_a_receipt_that_says_all_it_must_is_read() -> None:
    check = judged(FORMAT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.WELL_FORMED)


def test_a_claim_that_nobody_knows_is_refused() -> None:
    check = judged(FORMAT, "a claim more")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MALFORMED)


def test_a_token_of_another_type_is_not_looked_into() -> None:
    check = judged(FORMAT, "a token of another type")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.TYP_MISMATCH)
