import pytest

from idwallet.report import CheckId, Outcome, Reason
from tests.checks.registrations import came_to, honest, reasons_of, twins

CHECK = CheckId.REGISTRATION_FORMAT


def test_a_registration_that_keeps_its_format_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.WELL_FORMED)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_one_that_breaks_its_format_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)
