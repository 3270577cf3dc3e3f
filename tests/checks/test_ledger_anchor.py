from idwallet.report import CheckId, Outcome, Reason
from tests.checks.ledgers import judged

ANCHOR = CheckId.LEDGER_ANCHOR


def test_an_authority_that_is_believed_bears_witness() -> None:
    check = judged(ANCHOR)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.TRUSTED)


def test_the_timestamp_of_another_checkpoint_is_none_of_this() -> None:
    check = judged(ANCHOR, "the timestamp of an earlier checkpoint")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_a_stranger_leaves_it_open() -> None:
    check = judged(ANCHOR, "a timestamp by a stranger")
    assert (check.outcome, check.reason) == (
        Outcome.INDETERMINATE,
        Reason.NO_TRUSTED_PATH,
    )
