"""Nobody gets in by a comparison that failed or came too late; the twin does."""

import pytest

from idwallet.testing.corpus.portraits import (
    PORTRAITS,
    PortraitForgery,
    judge_portrait,
)
from idwallet.testing.scene import Scene
from tests.hostile.twins import require_only_its_check_moved


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST portraits")


@pytest.mark.parametrize("forgery", PORTRAITS, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: PortraitForgery, scene: Scene
) -> None:
    valid, forged = (judge_portrait(each) for each in forgery.twins(scene))
    require_only_its_check_moved(forgery, valid, forged)
