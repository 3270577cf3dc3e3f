"""Compact credentials as they are shown, for the files of checks on them."""

from functools import cache

from idwallet.report import Check, CheckId, Report
from idwallet.testing.compact import CompactDraft, CompactScene, compact_draft


@cache
def shop() -> CompactScene:
    """The issuer, phone and till that all are shown with."""
    return CompactScene()


def shown() -> CompactDraft:
    """Draft a code that passes: shown unasked, bound to the till's printed code."""
    return compact_draft(shop())


def said(report: Report, check_id: CheckId) -> Check:
    """Return the one check of that name."""
    (found,) = (each for each in report.checks if each.id is check_id)
    return found
