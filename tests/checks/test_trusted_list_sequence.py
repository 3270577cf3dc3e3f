from dataclasses import replace

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust.lists import ListForm, ListSeen
from tests.checks.trusted_lists import (
    came_to,
    forged,
    honest,
    judged,
    reasons_of,
    scene,
    twins,
)

CHECK = CheckId.TRUSTED_LIST_SEQUENCE


@pytest.mark.parametrize("form", ListForm)
def test_the_first_list_passes(form: ListForm) -> None:
    assert came_to(honest(form), CHECK) == (Outcome.PASSED, Reason.FIRST_USE)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_a_list_older_than_one_seen_before_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


@pytest.mark.parametrize("form", ListForm)
def test_the_same_list_again_and_a_later_one_pass(form: ListForm) -> None:
    made = honest(form)
    seen = ListSeen(made.facts.issued, made.facts.sequence)
    made.expected = replace(made.expected, seen=seen)
    assert came_to(made, CHECK) == (Outcome.PASSED, Reason.CURRENT)
    made.facts.sequence = 8
    assert came_to(made, CHECK) == (Outcome.PASSED, Reason.CURRENT)


def test_a_list_that_cannot_be_read_leaves_its_place_open() -> None:
    _, made = forged(CheckId.TRUSTED_LIST_FORMAT, Reason.UNSUPPORTED).twins(scene())
    check = judged(made, CHECK)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.TRUSTED_LIST_FORMAT
