"""What telling a forged input from its valid twin must come to."""

from typing import Any

from idwallet.report import TABLE, Outcome, Report
from idwallet.testing.corpus import moved
from idwallet.testing.corpus.forgery import Forged


def require_only_its_check_moved(
    forgery: Forged[Any], valid: Report, forged: Report
) -> None:
    """Assert that the fault moved exactly its check, to its reason and outcome."""
    assert valid.outcome is Outcome.PASSED
    assert forged.outcome is TABLE[forgery.check, forgery.reason].outcome
    # Several credentials have a check each: only the one at fault fails.
    found = {
        each.reason
        for each in forged.checks
        if each.id is forgery.check and each.outcome is not Outcome.PASSED
    }
    assert found == {forgery.reason}
    hit, wait = moved(valid, forged)
    assert hit == {forgery.check}
    assert forgery.check not in wait
