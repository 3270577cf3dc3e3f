from idwallet.report import CheckId, Outcome, Reason
from tests.checks.ledgers import judged

FORMAT = CheckId.LEDGER_FORMAT


def test_what_a_wallet_exported_is_read() -> None:
    check = judged(FORMAT)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.WELL_FORMED)


def test_what_was_cut_short_is_refused() -> None:
    check = judged(FORMAT, "cut short")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.MALFORMED)


def test_a_text_without_end_is_refused_unread() -> None:
    check = judged(FORMAT, "a text without end")
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.LIMIT_EXCEEDED)
