"""What a wallet keeps, sealed: over any store, and none sees what is in it."""

from idwallet.crypto.vault.header import (
    key_from_passphrase,
    key_from_platform,
    stored_cost,
)
from idwallet.crypto.vault.records import Edit, VaultRecord
from idwallet.crypto.vault.repair import Repaired
from idwallet.crypto.vault.vault import Vault

__all__ = [
    "Edit",
    "Repaired",
    "Vault",
    "VaultRecord",
    "key_from_passphrase",
    "key_from_platform",
    "stored_cost",
]
