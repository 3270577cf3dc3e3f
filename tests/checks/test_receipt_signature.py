from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

SIGNATURE = CheckId.RECEIPT_SIGNATURE


def test_what_was_signed_is_as_it_was() -> None:
    check = judged(SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.VALID)


def test_another_promise_under_the_same_signature_is_refused() -> None:
    check = judged(SIGNATURE, "another promise under the signature")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INVALID)


def test_without_a_key_it_waits() -> None:
    check = judged(SIGNATURE, "by a key that nobody knows")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
