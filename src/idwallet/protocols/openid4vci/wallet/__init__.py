"""A wallet being issued credentials: a machine that says what is to be done next."""

from idwallet.protocols.openid4vci.wallet.client import (
    SignedMetadataRule,
    WalletClient,
)
from idwallet.protocols.openid4vci.wallet.machine import (
    Issuance,
    restore_issuance,
    start_issuance,
)
from idwallet.protocols.openid4vci.wallet.steps import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    OpenBrowser,
    ProveKeys,
    Received,
    Send,
    SendFor,
    Step,
    Wait,
)

__all__ = [
    "ConfirmCredentials",
    "ConfirmOffer",
    "Done",
    "Failed",
    "Issuance",
    "OpenBrowser",
    "ProveKeys",
    "Received",
    "Send",
    "SendFor",
    "SignedMetadataRule",
    "Step",
    "Wait",
    "WalletClient",
    "restore_issuance",
    "start_issuance",
]
