"""Each forged compact credential fails one check, and its twin passes."""

from functools import cache

import pytest

from idwallet.report import TABLE, CheckId, Outcome
from idwallet.testing.compact import COMPACT_FORGERIES, CompactForgery, CompactScene
from idwallet.testing.corpus.forgery import moved


@cache
def scene() -> CompactScene:
    return CompactScene()


@pytest.mark.parametrize("forgery", COMPACT_FORGERIES, ids=lambda each: each.name)
def test_the_fault_moves_its_check_and_no_other(forgery: CompactForgery) -> None:
    valid, forged = forgery.twins(scene())
    before, after = valid.judge(), forged.judge()
    assert before.outcome is Outcome.PASSED, [
        (each.id, each.reason, each.facts)
        for each in before.checks
        if each.outcome is not Outcome.PASSED
    ]
    assert after.outcome is Outcome.FAILED
    hit, waiting = moved(before, after)
    assert hit == {forgery.check}
    assert waiting <= set(CheckId) - {forgery.check}
    (found,) = (each for each in after.checks if each.id is forgery.check)
    assert found.reason is forgery.reason, found
    assert found.outcome is TABLE[forgery.check, forgery.reason].outcome


def test_names_of_forgeries_are_their_own() -> None:
    names = [each.name for each in COMPACT_FORGERIES]
    assert len(set(names)) == len(names) >= 60
