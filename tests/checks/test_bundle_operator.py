from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.bundle import BundleDraft
from tests.checks.bundles import SCENE, cut_short, judged

OPERATOR = CheckId.BUNDLE_OPERATOR


def by_next_key(made: BundleDraft) -> None:
    made.signer = SCENE.next_operator


def announced(made: BundleDraft) -> None:
    by_next_key(made)
    made.announcements = [SCENE.announcement()]


def test_the_pinned_key_may_sign() -> None:
    check = judged(OPERATOR)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.KEY_PINNED)


def test_a_key_that_the_pinned_one_announced_may_sign() -> None:
    check = judged(OPERATOR, announced)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.KEY_ANNOUNCED)


def test_another_key_may_not_sign() -> None:
    check = judged(OPERATOR, by_next_key)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.KEY_NOT_PINNED)


def test_a_bundle_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(OPERATOR, cut_short)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
