from dataclasses import replace

import pytest

from idwallet.errors import PortError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.document_signer import SigningSessions
from idwallet.testing.sessions import session_draft
from idwallet.trust.replay import MemoryReplay
from tests.checks.sessions import judged, scene

REPLAY = CheckId.SESSION_REPLAY


class FailsOnce(MemoryReplay):
    """A guard whose disk is full when a session is to be noted as finished."""

    failed = False

    def settle(self, request: bytes) -> bool:
        if not self.failed:
            self.failed = True
            message = "the disk is full"
            raise PortError(message)
        return super().settle(request)


def broken_once(sessions: SigningSessions) -> SigningSessions:
    return replace(sessions, replay=FailsOnce())


def test_the_first_signature_uses_the_session_up() -> None:
    check = judged(REPLAY)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.FIRST_USE)


def test_a_session_is_finished_once() -> None:
    check = judged(REPLAY, "finished before")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.ALREADY_USED)


def test_a_signature_that_does_not_fit_uses_nothing_up() -> None:
    check = judged(REPLAY, "no signature")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)


def test_the_same_signature_may_come_again_until_the_document_is_finished() -> None:
    made = session_draft(scene())
    made.sessions = broken_once(made.sessions)
    with pytest.raises(PortError):
        made.report()
    (check,) = (each for each in made.report().checks if each.id is REPLAY)
    assert (check.outcome, check.reason) == (
        Outcome.PASSED,
        Reason.SAME_RESPONSE_AGAIN,
    )
