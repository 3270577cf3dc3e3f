import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.bundle import BundleDraft
from idwallet.testing.bundle.draft import SEQUENCE
from tests.checks.bundles import SCENE, changed_after_signing, judged

NUMBER = CheckId.BUNDLE_SEQUENCE


@pytest.mark.parametrize("before", [None, 1, SEQUENCE - 1])
def test_a_bundle_no_older_than_the_last_passes(before: int | None) -> None:
    def change(made: BundleDraft) -> None:
        made.mark = None if before is None else SCENE.mark(before)

    check = judged(NUMBER, change)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.CURRENT)
    assert check.fact("sequence") == SEQUENCE


def test_an_older_bundle_fails_and_says_which_was_seen() -> None:
    def change(made: BundleDraft) -> None:
        made.mark = SCENE.mark(SEQUENCE + 1)

    check = judged(NUMBER, change)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.ROLLED_BACK)
    assert (check.fact("sequence"), check.fact("seen")) == (SEQUENCE, SEQUENCE + 1)


def test_a_manifest_that_nobody_signed_leaves_it_open() -> None:
    check = judged(NUMBER, changed_after_signing)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
