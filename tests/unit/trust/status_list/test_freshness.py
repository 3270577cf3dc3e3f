from datetime import timedelta

import pytest

from idwallet.errors import UsageError
from idwallet.trust.status_list import FreshnessRule, StaleRule


def test_a_rule_left_out_is_strict() -> None:
    rule = FreshnessRule()
    assert rule.stale is StaleRule.REFUSED
    assert rule.maximum_age == timedelta(hours=24)


@pytest.mark.parametrize("age", [timedelta(), timedelta(seconds=-1)])
def test_an_age_that_no_list_could_have_is_refused(age: timedelta) -> None:
    with pytest.raises(UsageError):
        FreshnessRule(maximum_age=age)


def test_a_text_is_no_rule() -> None:
    with pytest.raises(UsageError):
        FreshnessRule("accepted")  # type: ignore[arg-type]
