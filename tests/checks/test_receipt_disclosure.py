from dataclasses import replace

from idwallet.report import Check, CheckId, Outcome, Reason, Report
from idwallet.testing.receipts import receipt_draft
from tests.checks.receipts import judged, scene

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


def test_two_documents_alike_are_two() -> None:
    made = receipt_draft(scene())
    made.about = replace(made.about, shown=made.about.shown * 2)
    assert found(made.report()).reason is Reason.LESS_THAN_SHOWN
    made.receipt = replace(made.receipt, disclosed=made.about.shown)
    assert found(made.report()).reason is Reason.MATCHES
    made.receipt = replace(made.receipt, disclosed=made.about.shown[:1] * 3)
    assert found(made.report()).reason is Reason.MORE_THAN_SHOWN


def found(report: Report) -> Check:
    (check,) = (each for each in report.checks if each.id is DISCLOSURE)
    return check
