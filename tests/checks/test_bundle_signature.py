from idwallet.report import CheckId, Outcome, Reason
from tests.checks.bundles import changed_after_signing, cut_short, judged

SIGNATURE = CheckId.BUNDLE_SIGNATURE


def test_what_the_operator_signed_passes() -> None:
    check = judged(SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.VALID)


def test_what_was_changed_after_signing_fails() -> None:
    check = judged(SIGNATURE, changed_after_signing)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INVALID)


def test_a_bundle_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(SIGNATURE, cut_short)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
