from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust.anchors import TrustStore
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

CHECK = CheckId.TRUSTED_LIST_SIGNER


@pytest.mark.parametrize("form", ListForm)
def test_the_operator_of_the_list_passes(form: ListForm) -> None:
    assert came_to(honest(form), CHECK) == (Outcome.PASSED, Reason.TRUSTED)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_whoever_else_signs_it_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_a_list_that_cannot_be_read_leaves_its_signer_open() -> None:
    _, made = forged(CheckId.TRUSTED_LIST_FORMAT, Reason.LIMIT_EXCEEDED).twins(scene())
    check = judged(made, CHECK)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.TRUSTED_LIST_FORMAT


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("form", ListForm)
def test_an_operator_whose_keys_were_lost_is_a_no_whatever_the_moment(
    form: ListForm, days: int
) -> None:
    made = honest(form)
    lost = scene().at + timedelta(days=days)
    signers = TrustStore(
        [replace(each, distrusted_after=lost) for each in made.expected.signers.anchors]
    )
    made.expected = replace(made.expected, signers=signers)
    assert came_to(made, CHECK) == (Outcome.FAILED, Reason.NO_TRUSTED_PATH)
