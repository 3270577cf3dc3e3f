from idwallet.report import CheckId, Outcome, Reason
from tests.checks.ledgers import judged

CHAIN = CheckId.LEDGER_CHAIN


def test_entries_follow_on_one_another() -> None:
    check = judged(CHAIN)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.ALL_MATCH)


def test_a_party_that_was_exchanged_is_noticed() -> None:
    check = judged(CHAIN, "another party")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INTEGRITY_MISMATCH)


def test_an_entry_that_was_taken_out_is_noticed() -> None:
    check = judged(CHAIN, "one out of the middle")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.OUT_OF_ORDER)


def test_a_ledger_that_cannot_be_read_leaves_it_open() -> None:
    check = judged(CHAIN, "cut short")
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
