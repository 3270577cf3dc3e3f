"""Used, never run: verdicts as a caller handles them."""

from idwallet import (
    CheckId,
    Outcome,
    Report,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.errors import VerificationError


def names_of_failed_checks(error: VerificationFailed) -> list[CheckId]:
    return [check.id for check in error.report.failed()]


def what_is_missing(error: VerificationIndeterminate) -> int:
    return len(error.report.missing())


def the_report(error: VerificationError) -> Report:
    return error.report


def may_enter(report: Report) -> bool:
    return report.outcome is Outcome.PASSED


def wrong_outcome(report: Report) -> None:
    report.outcome = Outcome.PASSED  # type: ignore[misc]


def wrong_name() -> None:
    from idwallet import verify_everything  # type: ignore[attr-defined]  # noqa: F401
