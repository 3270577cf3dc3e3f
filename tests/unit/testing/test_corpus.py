from idwallet.report import TABLE, Check, CheckId, Outcome, Reason, Report, check
from idwallet.testing.corpus import (
    CREDENTIALS,
    PRESENTATIONS,
    PROOFS,
    REQUESTS,
    by_name,
    judge,
    moved,
)
from idwallet.testing.scene import Scene

SCENE = Scene(seed=b"idwallet TEST corpus")
NONCE = CheckId.PRESENTATION_NONCE
GOOD = check(NONCE, Reason.MATCHES, subject="pid")
BAD = check(NONCE, Reason.MISMATCH, subject="pid")
WAITS = check(NONCE, Reason.WAITING, subject="pid", facts={"waits_for": "x"})
OTHER = check(CheckId.PRESENTATION_AUDIENCE, Reason.MATCHES, subject="pid")


def report(*checks: Check) -> Report:
    return Report(checks=checks, required=frozenset(), at=SCENE.at, policy="test")


def test_there_are_enough_forgeries_of_every_kind() -> None:
    assert len(PRESENTATIONS) >= 180
    for each in (CREDENTIALS, PRESENTATIONS, PROOFS, REQUESTS):
        assert len({forgery.name for forgery in each}) == len(each) > 0


def test_every_forgery_names_a_reason_that_does_not_pass() -> None:
    for each in (*CREDENTIALS, *PRESENTATIONS, *PROOFS, *REQUESTS):
        assert TABLE[each.check, each.reason].outcome is not Outcome.PASSED


def test_a_forgery_is_found_by_its_name() -> None:
    known = by_name(PRESENTATIONS)
    assert known["alg none"].reason is Reason.ALGORITHM_NOT_ALLOWED
    assert len(known) == len(PRESENTATIONS)


def test_twins_answer_two_requests_and_may_be_made_again() -> None:
    forgery = by_name(PRESENTATIONS)["another nonce"]
    for _ in range(2):
        valid, forged = forgery.twins(SCENE)
        assert valid.request.nonce != forged.request.nonce
        assert judge(valid).outcome is Outcome.PASSED
        assert judge(forged).outcome is Outcome.FAILED


def test_what_a_fault_moved_is_told_from_what_waits() -> None:
    assert moved(report(GOOD, OTHER), report(GOOD, OTHER)) == (set(), set())
    assert moved(report(GOOD, OTHER), report(BAD, OTHER)) == ({NONCE}, set())
    assert moved(report(GOOD, OTHER), report(WAITS, OTHER)) == (set(), {NONCE})
    assert moved(report(GOOD, OTHER), report(OTHER)) == (set(), {NONCE})
    # A check on a subject that was not there before counts if it does not pass.
    second = check(NONCE, Reason.MISMATCH, subject="pid[1]")
    assert moved(report(GOOD), report(GOOD, second)) == ({NONCE}, set())
