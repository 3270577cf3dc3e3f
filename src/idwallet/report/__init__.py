"""Verdicts: named checks, three outcomes, one table."""

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.evidence import GIVEN, Origin
from idwallet.report.needs import (
    BundleNeeded,
    Need,
    StatusListNeeded,
    TypeMetadataNeeded,
)
from idwallet.report.table import FACTS, TABLE, Row
from idwallet.report.verdict import (
    REPORT_FORMAT,
    Check,
    Checks,
    Facts,
    FactValue,
    Report,
    Required,
    check,
    conclude,
    waiting,
)

__all__ = [
    "FACTS",
    "GIVEN",
    "REPORT_FORMAT",
    "TABLE",
    "BundleNeeded",
    "Check",
    "CheckId",
    "Checks",
    "FactValue",
    "Facts",
    "Need",
    "Origin",
    "Outcome",
    "Reason",
    "Report",
    "Required",
    "Row",
    "StatusListNeeded",
    "TypeMetadataNeeded",
    "check",
    "conclude",
    "waiting",
]
