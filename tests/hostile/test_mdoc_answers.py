"""Each forged answer to a reader fails one check, and its twin passes."""

from functools import cache

import pytest

from idwallet.testing.mdoc import ANSWER_FORGERIES, AnswerForgery, MdocScene
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> MdocScene:
    return MdocScene()


@pytest.mark.parametrize("forgery", ANSWER_FORGERIES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: AnswerForgery,
) -> None:
    valid, forged = (each.judgement() for each in forgery.twins(scene()))
    require_only_its_check_moved(forgery, valid, forged)


def test_names_of_forgeries_are_their_own() -> None:
    names = [each.name for each in ANSWER_FORGERIES]
    assert len(set(names)) == len(names) >= 25
