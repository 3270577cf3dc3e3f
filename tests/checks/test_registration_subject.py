import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.registrations import BROKER, SHOP
from tests.checks.registrations import came_to, honest, reasons_of, twins, waiting

CHECK = CheckId.REGISTRATION_SUBJECT


def test_the_registration_of_who_asks_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.MATCHES)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_that_of_another_party_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_what_cannot_be_read_leaves_its_subject_open() -> None:
    check = waiting(CHECK, CheckId.REGISTRATION_FORMAT, Reason.MALFORMED)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REGISTRATION_FORMAT


def test_a_registration_shown_by_its_intermediary_passes() -> None:
    made = honest()
    made.claims = {"sub": BROKER, "intermediary": {"sub": SHOP, "sname": "TEST"}}
    assert came_to(made, CHECK) == (Outcome.PASSED, Reason.MATCHES)
