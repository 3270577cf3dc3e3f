from idwallet.report import CheckId, Outcome, Reason
from tests.checks.sessions import judged

SIGNATURE = CheckId.SESSION_SIGNATURE


def test_the_asked_signer_signs_what_was_prepared() -> None:
    check = judged(SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.VALID)


def test_a_signature_on_something_else_is_none() -> None:
    check = judged(SIGNATURE, "a signature on something else")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INVALID)


def test_somebody_else_does_not_sign_for_the_asked_signer() -> None:
    check = judged(SIGNATURE, "signed by somebody else")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_signature_on_another_document_waits_for_it() -> None:
    check = judged(SIGNATURE, "another document at hand")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
