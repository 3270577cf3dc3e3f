from idwallet.report import CheckId, Outcome, Reason
from tests.checks.ledgers import judged

COMPLETENESS = CheckId.LEDGER_COMPLETENESS


def test_up_to_a_timestamp_no_entry_is_missing() -> None:
    check = judged(COMPLETENESS)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.ANCHORED)


def test_an_end_that_was_cut_off_is_noticed() -> None:
    check = judged(COMPLETENESS, "the end cut off behind what was kept")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.CUT_OFF)


def test_another_history_is_noticed() -> None:
    check = judged(COMPLETENESS, "another history than was stamped")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.FORKED)


def test_without_a_witness_it_is_the_owners_word() -> None:
    check = judged(COMPLETENESS, "nobody's witness")
    assert (check.outcome, check.reason) == (
        Outcome.INDETERMINATE,
        Reason.SELF_ASSERTED,
    )
