"""What the tests of checks on signed PDF files share."""

from collections.abc import Callable
from functools import cache

from idwallet.report import Check, CheckId, Outcome, Reason, Report
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.draft import PdfDraft, pdf_draft
from idwallet.testing.pdf.forgeries import PDF_FORGERIES, PdfForgery


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST checks on PDF files")


def pdf(*changes: Callable[[PdfDraft], None]) -> PdfDraft:
    made = pdf_draft(scene())
    for change in changes:
        change(made)
    return made


def pdf_forgeries(check_id: CheckId) -> list[PdfForgery]:
    return [each for each in PDF_FORGERIES if each.check is check_id]


def pdf_forged_to(check_id: CheckId, outcome: Outcome) -> set[Reason]:
    """Judge every forgery of a check, and return the reasons for that outcome."""
    return {
        each.reason
        for forgery in pdf_forgeries(check_id)
        for each in forgery.twins(scene())[1].report().checks
        if each.id is check_id
        and each.outcome is outcome
        and each.reason is not Reason.WAITING
    }


def about(report: Report, check_id: CheckId, *, subject: str = "signature[0]") -> Check:
    (found,) = (
        each
        for each in report.checks
        if each.id is check_id and each.subject == subject
    )
    return found
