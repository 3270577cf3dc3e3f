"""Receipts: the one who asked signs what was shown, what for, and how long it is kept.

The four rooms: `structures` (what one looks like), `issue` (how one is made),
`evaluate` (whether it is true, and about what the wallet's own ledger says).
"""

from idwallet.consent.receipt.evaluate import (
    UnverifiedReceipt,
    VerifiedReceipt,
    evaluate_receipt,
    verify_receipt,
)
from idwallet.consent.receipt.issue import sign_receipt
from idwallet.consent.receipt.structures import (
    Promise,
    Receipt,
    ReceiptOutcome,
    read_receipt,
)

__all__ = [
    "Promise",
    "Receipt",
    "ReceiptOutcome",
    "UnverifiedReceipt",
    "VerifiedReceipt",
    "evaluate_receipt",
    "read_receipt",
    "sign_receipt",
    "verify_receipt",
]
