"""What a person agrees to with a presentation, beside showing it."""

from idwallet.consent.transaction.contract import (
    CONTRACT,
    Contract,
    ContractDocument,
    read_contract,
)
from idwallet.consent.transaction.lines import (
    Transaction,
    TransactionLabel,
    TransactionLine,
)
from idwallet.consent.transaction.read import (
    PAYMENT,
    SIGNATURE,
    TRANSACTION_TYPES,
    read_transaction,
)

__all__ = [
    "CONTRACT",
    "PAYMENT",
    "SIGNATURE",
    "TRANSACTION_TYPES",
    "Contract",
    "ContractDocument",
    "Transaction",
    "TransactionLabel",
    "TransactionLine",
    "read_contract",
    "read_transaction",
]
