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

CHECK = CheckId.TRUSTED_LIST_SIGNATURE


@pytest.mark.parametrize("form", ListForm)
def test_a_signature_over_the_whole_list_passes(form: ListForm) -> None:
    assert came_to(honest(form), CHECK) == (Outcome.PASSED, Reason.VALID)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_a_signature_that_says_anything_else_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_a_list_without_a_signer_leaves_its_signature_open() -> None:
    _, made = forged(CheckId.TRUSTED_LIST_SIGNER, Reason.NO_KEY_MATERIAL).twins(scene())
    check = judged(made, CHECK)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.TRUSTED_LIST_SIGNER
