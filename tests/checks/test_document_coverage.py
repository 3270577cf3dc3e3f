from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.pdf.forgery import second, stamped, then
from tests.checks.documents import came_to
from tests.checks.pdf_documents import about, pdf, pdf_forged_to, pdf_forgeries

COVERAGE = CheckId.DOCUMENT_COVERAGE


def test_a_signature_on_all_but_its_own_value_passes() -> None:
    check = about(pdf().report(), COVERAGE)
    assert came_to(check, Outcome.PASSED, Reason.MATCHES)


def test_every_signature_and_timestamp_is_asked_what_it_covers() -> None:
    report = pdf(then(second(), stamped)).report()
    for subject in ("signature[0]", "signature[1]", "document.archive[0]"):
        check = about(report, COVERAGE, subject=subject)
        assert came_to(check, Outcome.PASSED, Reason.MATCHES)


def test_a_signature_that_leaves_something_out_fails() -> None:
    assert pdf_forged_to(COVERAGE, Outcome.FAILED) == {Reason.MISMATCH}
    assert len(pdf_forgeries(COVERAGE)) >= 15


def test_nothing_is_said_of_changes_after_what_no_revision_ends_with() -> None:
    made = pdf()
    made.first.byte_range = lambda found: [*found[:3], found[3] - 8]
    check = about(made.report(), CheckId.DOCUMENT_CHANGES)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == "document.coverage"
