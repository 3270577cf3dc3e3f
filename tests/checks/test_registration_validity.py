import pytest

from idwallet.report import CheckId, Outcome, Reason
from tests.checks.registrations import came_to, honest, reasons_of, twins, waiting

CHECK = CheckId.REGISTRATION_VALIDITY


def test_a_current_registration_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.CURRENT)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_one_of_another_time_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_what_cannot_be_read_leaves_its_time_open() -> None:
    check = waiting(CHECK, CheckId.REGISTRATION_FORMAT, Reason.LIMIT_EXCEEDED)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REGISTRATION_FORMAT
