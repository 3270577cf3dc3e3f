"""A forged list of trust is refused for its reason, and its twin is believed."""

from collections.abc import Iterable
from functools import cache

import pytest

from idwallet.errors import VerificationError
from idwallet.report import Outcome, Reason
from idwallet.testing.corpus.forgery import moved
from idwallet.testing.lists import LIST_FORGERIES, ListForgery, ListScene
from idwallet.trust.lists import UnverifiedList, VerifiedList, verify_trusted_list


@cache
def scene() -> ListScene:
    return ListScene(seed=b"idwallet TEST lists of trust")


def _name(forgery: ListForgery) -> str:
    return f"{forgery.form.value} {forgery.name}"


@pytest.mark.parametrize("forgery", LIST_FORGERIES, ids=_name)
def test_a_forged_list_is_told_from_its_valid_twin(forgery: ListForgery) -> None:
    valid, forged = forgery.twins(scene())
    good, bad = valid.judgement(), forged.judgement()
    assert isinstance(good, VerifiedList), good.report.checks
    assert good.anchors(at=scene().at).anchors
    assert isinstance(bad, UnverifiedList)
    reasons = {
        (each.id, each.reason)
        for each in bad.report.checks
        if each.outcome is not Outcome.PASSED and each.reason is not Reason.WAITING
    }
    assert reasons == {(forgery.check, forgery.reason)}
    hit, _ = moved(good.report, bad.report)
    assert hit == {forgery.check}
    with pytest.raises(VerificationError) as caught:
        verify_trusted_list(
            forged.data(),
            expected=forged.expected,
            rules=forged.rules,
            pivots=forged.pivots,
        )
    assert {each.id.value for each in caught.value.report.checks} >= {
        forgery.check.value
    }


def _twice(names: Iterable[str]) -> set[str]:
    listed = list(names)
    return {each for each in listed if listed.count(each) > 1}


def test_forged_lists_have_names_of_their_own() -> None:
    assert _twice(map(_name, LIST_FORGERIES)) == set()
