"""What the tests of checks on signed documents share."""

from collections.abc import Callable
from functools import cache

from idwallet.report import Check, CheckId, Outcome, Reason, Report
from idwallet.testing.document_draft import (
    DocumentDraft,
    DocumentScene,
    document_draft,
)
from idwallet.testing.documents import DOCUMENT_FORGERIES, DocumentForgery


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST checks on documents")


def draft(*changes: Callable[[DocumentDraft], None]) -> DocumentDraft:
    made = document_draft(scene())
    for change in changes:
        change(made)
    return made


def forgeries(check_id: CheckId) -> list[DocumentForgery]:
    return [each for each in DOCUMENT_FORGERIES if each.check is check_id]


def forged_to(check_id: CheckId, outcome: Outcome) -> set[Reason]:
    """Judge every forgery of a check, and return the reasons for that outcome."""
    return {
        each.reason
        for forgery in forgeries(check_id)
        for each in forgery.twins(scene())[1].report().checks
        if each.id is check_id
        and each.outcome is outcome
        and each.reason is not Reason.WAITING
    }


def only(report: Report, check_id: CheckId) -> Check:
    (found,) = (each for each in report.checks if each.id is check_id)
    return found


def came_to(check: Check, outcome: Outcome, reason: Reason) -> bool:
    return (check.outcome, check.reason) == (outcome, reason)
