from idwallet.report import CheckId, Outcome, Reason
from tests.checks.sessions import judged

DOCUMENT = CheckId.SESSION_DOCUMENT


def test_the_document_that_was_prepared_matches() -> None:
    check = judged(DOCUMENT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.MATCHES)


def test_another_document_does_not() -> None:
    check = judged(DOCUMENT, "another document at hand")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_newer_revision_has_to_be_prepared_again() -> None:
    check = judged(DOCUMENT, "a newer revision")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.SUPERSEDED)


def test_the_document_of_a_changed_session_is_not_compared() -> None:
    check = judged(DOCUMENT, "another document")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
