from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.trust.freshness import FreshnessRule, StaleRule
from idwallet.trust.lists import ListForm
from tests.checks.trusted_lists import came_to, honest, reasons_of, twins

CHECK = CheckId.TRUSTED_LIST_FRESHNESS


@pytest.mark.parametrize("form", ListForm)
def test_a_list_before_its_next_update_passes(form: ListForm) -> None:
    assert came_to(honest(form), CHECK) == (Outcome.PASSED, Reason.FRESH)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.INDETERMINATE))
def test_a_list_of_another_time_leaves_it_open(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.INDETERMINATE, reason)


def test_a_stale_list_passes_only_where_the_rule_says_so() -> None:
    made = honest()
    made.facts.next_update = made.scene.at - timedelta(hours=1)
    assert came_to(made, CHECK) == (Outcome.INDETERMINATE, Reason.STALE)
    rule = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=2))
    made.rules = replace(made.rules, freshness=rule)
    assert came_to(made, CHECK) == (Outcome.PASSED, Reason.STALE_ACCEPTED)
    made.rules = replace(made.rules, at=made.scene.at + timedelta(days=2))
    assert came_to(made, CHECK) == (Outcome.INDETERMINATE, Reason.STALE)


@pytest.mark.parametrize("form", [ListForm.TRUSTED_LIST, ListForm.VICAL])
def test_a_list_that_promises_no_other_is_bounded_by_the_rule(form: ListForm) -> None:
    made = honest(form)
    made.facts.next_update = None
    assert came_to(made, CHECK) == (Outcome.PASSED, Reason.FRESH)
    made.rules = replace(made.rules, at=made.scene.at + timedelta(minutes=1))
    assert came_to(made, CHECK) == (Outcome.INDETERMINATE, Reason.STALE)
