"""Every forged bundle is refused for its reason, and its twin passes."""

from typing import Final

import pytest

from idwallet.report import TABLE, Outcome
from idwallet.testing.bundle import (
    BUNDLE_FORGERIES,
    BundleForgery,
    BundleScene,
    judge_bundle,
)
from idwallet.testing.corpus import moved

AT_LEAST: Final = 25


@pytest.fixture(scope="module")
def scene() -> BundleScene:
    return BundleScene(seed=b"idwallet TEST forged bundle")


def test_there_are_enough_and_every_one_has_a_name_of_its_own() -> None:
    assert len({each.name for each in BUNDLE_FORGERIES}) == len(BUNDLE_FORGERIES)
    assert len(BUNDLE_FORGERIES) >= AT_LEAST


@pytest.mark.parametrize("forgery", BUNDLE_FORGERIES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: BundleForgery, scene: BundleScene
) -> None:
    valid, forged = (judge_bundle(each) for each in forgery.twins(scene))
    assert valid.outcome is Outcome.PASSED
    assert forged.outcome is TABLE[forgery.check, forgery.reason].outcome
    found = {each.reason for each in forged.checks if each.id is forgery.check}
    assert found == {forgery.reason}
    hit, wait = moved(valid, forged)
    assert hit == {forgery.check}
    assert forgery.check not in wait
