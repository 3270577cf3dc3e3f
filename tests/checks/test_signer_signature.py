from idwallet.report import CheckId, Outcome, Reason
from tests.checks.documents import came_to, draft, forged_to, only

SIGNATURE = CheckId.SIGNER_SIGNATURE


def test_a_signature_by_the_key_of_the_certificate_passes() -> None:
    assert came_to(only(draft().report(), SIGNATURE), Outcome.PASSED, Reason.VALID)


def test_any_other_signature_fails() -> None:
    assert forged_to(SIGNATURE, Outcome.FAILED) == {
        Reason.INVALID,
        Reason.ABSENT,
        Reason.KEY_UNUSABLE,
    }


def test_an_algorithm_that_nobody_relies_on_leaves_it_open() -> None:
    open_ones = forged_to(SIGNATURE, Outcome.INDETERMINATE)
    assert open_ones == {Reason.ALGORITHM_NOT_ALLOWED}


def test_without_a_certificate_it_waits() -> None:
    made = draft(lambda made: setattr(made.cms, "certificates", ()))
    check = only(made.report(), SIGNATURE)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
