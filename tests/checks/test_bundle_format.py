from idwallet.report import CheckId, Outcome, Reason
from tests.checks.bundles import changed_after_signing, cut_short, judged

FORMAT = CheckId.BUNDLE_FORMAT


def test_a_bundle_of_its_form_passes() -> None:
    check = judged(FORMAT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.WELL_FORMED)


def test_a_bundle_that_cannot_be_read_fails() -> None:
    check = judged(FORMAT, cut_short)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MALFORMED)
    assert check.fact("at") == "head"


def test_a_manifest_that_nobody_signed_is_not_read() -> None:
    check = judged(FORMAT, changed_after_signing)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.BUNDLE_SIGNATURE
