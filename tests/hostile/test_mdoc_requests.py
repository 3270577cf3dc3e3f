"""Each forged request of a reader fails one check, and its twin passes."""

from functools import cache

import pytest

from idwallet.testing.mdoc import (
    READER_FORGERIES,
    MdocScene,
    ReaderForgery,
    judge_reader,
)
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> MdocScene:
    return MdocScene()


@pytest.mark.parametrize("forgery", READER_FORGERIES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: ReaderForgery,
) -> None:
    valid, forged = (judge_reader(each) for each in forgery.twins(scene()))
    require_only_its_check_moved(forgery, valid, forged)


def test_names_of_forgeries_are_their_own() -> None:
    names = [each.name for each in READER_FORGERIES]
    assert len(set(names)) == len(names) >= 50
