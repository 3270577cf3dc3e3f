"""Verdicts: named checks, three outcomes, one table."""

from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.evidence import GIVEN, EvidenceKind, EvidenceUsed, Origin
from idwallet.report.needs import (
    BundleNeeded,
    CrlNeeded,
    DidDocumentNeeded,
    IdentifierListNeeded,
    Need,
    OcspNeeded,
    StatusListNeeded,
    TypeMetadataNeeded,
)
from idwallet.report.row import FACTS, Row
from idwallet.report.table import TABLE
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
    "CrlNeeded",
    "DidDocumentNeeded",
    "EvidenceKind",
    "EvidenceUsed",
    "FactValue",
    "Facts",
    "IdentifierListNeeded",
    "Need",
    "OcspNeeded",
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
