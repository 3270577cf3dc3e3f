"""Every forged presentation is refused for its reason, and its twin passes."""

import pytest

from idwallet.testing.corpus import PRESENTATIONS, Forgery, by_name, judge
from idwallet.testing.scene import Scene
from tests.hostile.twins import require_only_its_check_moved


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST forged presentation")


def test_every_forgery_has_a_name_of_its_own() -> None:
    assert len(by_name(PRESENTATIONS)) == len(PRESENTATIONS)


@pytest.mark.parametrize("forgery", PRESENTATIONS, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: Forgery, scene: Scene
) -> None:
    valid, forged = (judge(each) for each in forgery.twins(scene))
    require_only_its_check_moved(forgery, valid, forged)
