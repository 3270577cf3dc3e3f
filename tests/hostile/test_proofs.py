"""Every forged proof is refused for its reason, and its twin passes."""

import pytest

from idwallet.testing.corpus import PROOFS, ProofForgery, judge_proof
from idwallet.testing.scene import Scene
from tests.hostile.twins import require_only_its_check_moved


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST forged proof")


def test_every_forgery_has_a_name_of_its_own() -> None:
    assert len({each.name for each in PROOFS}) == len(PROOFS)


@pytest.mark.parametrize("forgery", PROOFS, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: ProofForgery, scene: Scene
) -> None:
    valid, forged = (judge_proof(each) for each in forgery.twins(scene))
    require_only_its_check_moved(forgery, valid, forged)
