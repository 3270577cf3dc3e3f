from datetime import timedelta

import pytest

from idwallet.report import BundleNeeded, CheckId, Outcome, Reason
from idwallet.testing.bundle import BundleDraft
from idwallet.testing.bundle.draft import SEQUENCE, SERIES, WEEK
from idwallet.trust.bundle.freshness import freshness_reason
from idwallet.trust.bundle.manifest import read_manifest
from idwallet.trust.freshness import FreshnessRule, StaleRule
from tests.checks.bundles import SCENE, cut_short, judged

FRESHNESS = CheckId.BUNDLE_FRESHNESS
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("after", [timedelta(), WEEK, -MINUTE])
def test_a_bundle_is_fresh_until_the_update_that_it_announces(after: timedelta) -> None:
    def change(made: BundleDraft) -> None:
        made.at = SCENE.issued + after

    check = judged(FRESHNESS, change)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.FRESH)
    assert check.fact("until") == SCENE.issued + WEEK


def test_a_bundle_past_its_next_update_is_open_and_says_what_is_needed() -> None:
    def change(made: BundleDraft) -> None:
        made.at = SCENE.issued + WEEK + SECOND

    check = judged(FRESHNESS, change)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.STALE)
    assert check.needs == (BundleNeeded(SERIES, SEQUENCE),)


def test_a_clock_before_the_issue_leaves_it_open() -> None:
    def change(made: BundleDraft) -> None:
        made.at = SCENE.issued - MINUTE - SECOND

    check = judged(FRESHNESS, change)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.CLOCK_BEHIND)
    assert check.fact("signed") == SCENE.issued


def test_a_bundle_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(FRESHNESS, cut_short)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)


@pytest.mark.parametrize(
    ("stale", "days", "after", "reason"),
    [
        (StaleRule.ACCEPTED, 10, WEEK, Reason.FRESH),
        (StaleRule.ACCEPTED, 10, WEEK + SECOND, Reason.STALE_ACCEPTED),
        (StaleRule.ACCEPTED, 10, timedelta(days=10), Reason.STALE_ACCEPTED),
        (StaleRule.ACCEPTED, 10, timedelta(days=10) + SECOND, Reason.STALE),
        (StaleRule.REFUSED, 10, WEEK + SECOND, Reason.STALE),
        (StaleRule.ACCEPTED, 1, WEEK, Reason.FRESH),
        (StaleRule.ACCEPTED, 1, WEEK + SECOND, Reason.STALE),
    ],
)
def test_past_it_the_rule_decides_up_to_its_maximum_age(
    stale: StaleRule, days: int, after: timedelta, reason: Reason
) -> None:
    from idwallet.trust.bundle import build_manifest

    manifest = read_manifest(build_manifest(SCENE.content()))
    rule = FreshnessRule(stale, timedelta(days=days))
    at = SCENE.issued + after
    assert freshness_reason(manifest, rule=rule, at=at, skew=MINUTE) is reason
