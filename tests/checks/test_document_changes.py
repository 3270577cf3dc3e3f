import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.pdf.draft import PdfDraft
from idwallet.testing.pdf.forgery import (
    both,
    entry,
    evidence,
    first,
    later,
    of,
    second,
    stamped,
    then,
)
from idwallet.testing.pdf.writing import Style, text
from tests.checks.documents import came_to
from tests.checks.pdf_documents import about, pdf, pdf_forged_to

CHANGES = CheckId.DOCUMENT_CHANGES
FORM = of(form=True)


def amount(made: PdfDraft) -> None:
    later(entry("amount field", "V", value=text("12 000")))(made)


def test_a_document_that_ends_with_its_signature_passes() -> None:
    check = about(pdf().report(), CHANGES)
    assert came_to(check, Outcome.PASSED, Reason.UNCHANGED)


def test_signatures_evidence_and_timestamps_may_follow() -> None:
    report = pdf(then(second(), evidence, stamped)).report()
    assert report.outcome is Outcome.PASSED
    check = about(report, CHANGES)
    assert came_to(check, Outcome.PASSED, Reason.EXTENDED)
    assert check.fact("changes") == (
        "evidence_added",
        "signature_field_added",
        "timestamp_added",
    )


def test_a_field_that_was_reserved_is_signed_where_it_stands() -> None:
    reserved = second(name="Reserved", look=b"0 g 0 0 10 10 re f")
    report = pdf(FORM, then(reserved)).report()
    assert report.outcome is Outcome.PASSED
    assert about(report, CHANGES).fact("changes") == ("signature_added",)


def test_a_signature_that_is_seen_beside_everything_else_passes() -> None:
    seen = second(box=b"[300 100 500 150]", look=b"0 g 0 0 10 10 re f")
    report = pdf(then(seen)).report()
    assert report.outcome is Outcome.PASSED
    assert "visible_field_added" in about(report, CHANGES).fact("changes")  # type: ignore[operator]


def test_a_form_may_be_filled_where_its_author_says_so() -> None:
    report = pdf(FORM, first(certify=2), amount).report()
    check = about(report, CHANGES)
    assert came_to(check, Outcome.PASSED, Reason.PERMITTED)
    assert check.fact("changes") == ("form_filled",)


def test_a_field_outside_of_a_lock_may_be_filled() -> None:
    lock = b"/Action /Exclude /Fields [(amount)]"
    report = pdf(FORM, first(certify=2, lock=lock), amount).report()
    assert came_to(about(report, CHANGES), Outcome.PASSED, Reason.PERMITTED)


def test_what_a_later_signer_covers_is_judged_from_there_on() -> None:
    fill = entry("amount field", "V", value=text("12 000"))
    report = pdf(FORM, first(certify=2), then(second(before=fill))).report()
    assert report.outcome is Outcome.PASSED
    own = about(report, CHANGES, subject="signature[1]")
    assert came_to(own, Outcome.PASSED, Reason.UNCHANGED)


def test_what_nobody_allowed_fails() -> None:
    found = pdf_forged_to(CHANGES, Outcome.FAILED)
    unread = {Reason.MALFORMED, Reason.LIMIT_EXCEEDED, Reason.UNSUPPORTED}
    assert found == {Reason.CHANGED} | unread


def test_what_a_person_has_to_look_at_is_left_open() -> None:
    assert pdf_forged_to(CHANGES, Outcome.INDETERMINATE) == {
        Reason.FORM_FILLED,
        Reason.ANNOTATED,
        Reason.CONTENT_COVERED,
    }


def test_a_lock_of_all_fields_leaves_room_for_evidence_alone() -> None:
    lock = first(certify=2, lock=b"/Action /All")
    assert pdf(lock, then(evidence, stamped)).report().outcome is Outcome.PASSED
    check = about(pdf(FORM, lock, then(second(name="Reserved"))).report(), CHANGES)
    assert came_to(check, Outcome.FAILED, Reason.CHANGED)
    assert check.fact("changes") == ("locked_field_changed",)


def test_nothing_may_follow_where_nothing_may_change_but_evidence() -> None:
    assert (
        pdf(both(first(certify=1)), then(evidence, stamped)).report().outcome
        is Outcome.PASSED
    )


@pytest.mark.parametrize("style", [each for each in Style if each is not Style.HYBRID])
def test_every_style_of_cross_references_comes_to_the_same(style: Style) -> None:
    made = pdf(of(style=style, form=True), then(second(), evidence, stamped))
    assert made.report().outcome is Outcome.PASSED
    turned = pdf(of(style=style), later(entry("page", "Rotate", value=b"90")))
    assert about(turned.report(), CHANGES).reason is Reason.CHANGED
