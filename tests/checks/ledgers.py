"""One check of an exported ledger, right or with one thing wrong."""

from functools import cache

from idwallet.report import Check, CheckId
from idwallet.testing.ledger_draft import LedgerScene, ledger_draft
from idwallet.testing.ledgers import LEDGER_FORGERIES


@cache
def scene() -> LedgerScene:
    return LedgerScene(seed=b"idwallet TEST checks of ledgers")


def judged(check_id: CheckId, forgery: str = "") -> Check:
    """Return the check of a ledger with that forgery, or of one that is right."""
    made = ledger_draft(scene())
    if forgery:
        by_name = {each.name: each for each in LEDGER_FORGERIES}
        found = by_name[f"ledger: {forgery}"]
        found.prepare(made)
        found.forge(made)
    (check,) = (each for each in made.report().checks if each.id is check_id)
    return check
