import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust.lists import ListForm
from tests.checks.trusted_lists import (
    came_to,
    forged,
    honest,
    judged,
    reasons_of,
    scene,
    twins,
)

CHECK = CheckId.TRUSTED_LIST_SCHEME


@pytest.mark.parametrize("form", ListForm)
def test_the_list_that_is_expected_passes(form: ListForm) -> None:
    assert came_to(honest(form), CHECK) == (Outcome.PASSED, Reason.MATCHES)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_any_other_list_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_a_list_of_a_stranger_is_not_asked_which_it_is() -> None:
    _, made = forged(CheckId.TRUSTED_LIST_SIGNER, Reason.NO_TRUSTED_PATH).twins(scene())
    check = judged(made, CHECK)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.TRUSTED_LIST_SIGNER
