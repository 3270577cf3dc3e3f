"""Every forged request and answer of a page is refused for its reason; its twin passes.

Requests stand in `idwallet.testing.corpus.pages`, one list for each way to sign.
"""

from typing import Final

import pytest

from idwallet.testing.corpus.pages import PAGES, PageForgery
from idwallet.testing.page_draft import judge_page
from idwallet.testing.scene import Scene
from tests.hostile.twins import require_only_its_check_moved

LEAST: Final = 35


@pytest.fixture(scope="module")
def shop() -> Scene:
    return Scene(seed=b"idwallet TEST forged page")


def test_there_are_enough_forgeries_and_each_has_a_name_of_its_own() -> None:
    names = {each.name for each in PAGES}
    assert len(names) == len(PAGES)
    assert len(names) >= LEAST


@pytest.mark.parametrize("forgery", PAGES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: PageForgery, shop: Scene
) -> None:
    valid, forged = (judge_page(each) for each in forgery.twins(shop))
    require_only_its_check_moved(forgery, valid, forged)
