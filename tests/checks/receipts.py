"""One check of a receipt, right or with one thing wrong."""

from functools import cache

from idwallet.report import Check, CheckId
from idwallet.testing.receipts import RECEIPT_FORGERIES, ReceiptScene, receipt_draft


@cache
def scene() -> ReceiptScene:
    return ReceiptScene(seed=b"idwallet TEST checks of receipts")


def judged(check_id: CheckId, forgery: str = "") -> Check:
    """Return the check of a receipt with that forgery, or of one that is right."""
    made = receipt_draft(scene())
    if forgery:
        by_name = {each.name: each for each in RECEIPT_FORGERIES}
        found = by_name[f"receipt: {forgery}"]
        found.prepare(made)
        found.forge(made)
    (check,) = (each for each in made.report().checks if each.id is check_id)
    return check
