"""Every forged signing session is refused for its reason, and its twin passes."""

from typing import Final

import pytest

from idwallet.errors import VerificationFailed
from idwallet.report import TABLE, CheckId, Outcome
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.sessions import (
    FORGERIES,
    SessionDraft,
    SessionScene,
    session_draft,
)
from tests.hostile.twins import require_only_its_check_moved

AT_LEAST: Final = 20


@pytest.fixture(scope="module")
def scene() -> SessionScene:
    return SessionScene(seed=b"idwallet TEST forged sessions")


def test_there_are_enough_and_every_one_has_a_name_of_its_own() -> None:
    assert len({each.name for each in FORGERIES}) == len(FORGERIES)
    assert len(FORGERIES) >= AT_LEAST


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda each: each.name)
def test_the_twin_passes_and_the_fault_moves_exactly_its_check(
    forgery: Forged[SessionDraft], scene: SessionScene
) -> None:
    valid, forged = (
        each.report() for each in forgery.apart(lambda: session_draft(scene))
    )
    require_only_its_check_moved(forgery, valid, forged)


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda each: each.name)
def test_nothing_forged_uses_a_session_up_but_a_second_signature(
    forgery: Forged[SessionDraft], scene: SessionScene
) -> None:
    made = session_draft(scene)
    good, signature = made.returned(), made.signature
    forgery.forge(made)
    made.report()
    used_up = forgery.check is CheckId.SESSION_REPLAY
    report = made.sessions.evaluate(good, signature, at=scene.at).report
    assert (report.outcome is Outcome.PASSED) is not used_up


def test_every_refusal_of_a_session_is_met_by_a_forgery() -> None:
    refusals = {
        row
        for row, means in TABLE.items()
        if means.outcome is Outcome.FAILED and row[0].value.startswith("session.")
    }
    assert {(each.check, each.reason) for each in FORGERIES} == refusals


def test_finish_raises_what_evaluate_says(scene: SessionScene) -> None:
    made = session_draft(scene)
    made.signature = b""
    with pytest.raises(VerificationFailed) as caught:
        made.sessions.finish(made.returned(), made.signature, at=made.at)
    (check,) = caught.value.report.failed()
    assert check.id is CheckId.SESSION_SIGNATURE
