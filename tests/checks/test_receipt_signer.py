from idwallet.report import CheckId, Outcome, Reason
from tests.checks.receipts import judged

SIGNER = CheckId.RECEIPT_SIGNER


def test_the_certificate_that_asked_signs_the_receipt() -> None:
    check = judged(SIGNER)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.TRUSTED)


def test_somebody_trusted_who_did_not_ask_here_is_refused() -> None:
    check = judged(SIGNER, "signed by a neighbour")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_another_certificate_of_the_same_name_is_not_the_one_that_asked() -> None:
    check = judged(SIGNER, "signed by a later certificate")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_receipt_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(SIGNER, "no token at all")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
