import pytest

from idwallet.report import CheckId, Outcome, Reason
from tests.checks.registrations import came_to, honest, reasons_of, twins, waiting

CHECK = CheckId.REGISTRATION_SIGNATURE


def test_a_signature_of_the_registrar_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.VALID)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_any_other_signature_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_a_registration_without_a_certificate_leaves_its_signature_open() -> None:
    check = waiting(CHECK, CheckId.REGISTRATION_TRUST, Reason.NO_KEY_MATERIAL)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REGISTRATION_TRUST
