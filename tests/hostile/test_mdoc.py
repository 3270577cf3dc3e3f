"""Each forged mobile document fails one check, and its twin passes."""

from functools import cache

import pytest

from idwallet.report import TABLE, CheckId, Outcome
from idwallet.testing.corpus.forgery import moved
from idwallet.testing.mdoc import MDOC_FORGERIES, MdocForgery, MdocScene, judge


@cache
def scene() -> MdocScene:
    return MdocScene()


@pytest.mark.parametrize("forgery", MDOC_FORGERIES, ids=lambda each: each.name)
def test_the_fault_moves_its_check_and_no_other(forgery: MdocForgery) -> None:
    valid, forged = forgery.twins(scene())
    before, after = judge(valid), judge(forged)
    assert before.outcome is Outcome.PASSED, [
        (each.id, each.reason, each.facts) for each in before.checks
    ]
    assert after.outcome is Outcome.FAILED
    hit, waiting = moved(before, after)
    assert hit == {forgery.check}
    assert waiting <= set(CheckId) - {forgery.check}
    (found,) = (each for each in after.checks if each.id is forgery.check)
    assert found.reason is forgery.reason
    assert found.outcome is TABLE[forgery.check, forgery.reason].outcome


def test_names_of_forgeries_are_their_own() -> None:
    names = [each.name for each in MDOC_FORGERIES]
    assert len(set(names)) == len(names) >= 60
