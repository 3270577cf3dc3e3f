"""What two sides say to one another: messages as values, and machines that drive them.

Every name loads on first use.
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.protocols.http import (
        HttpRequest,
        HttpResponse,
    )
    from idwallet.protocols.openid4vci.credential import (
        NotificationEvent,
    )
    from idwallet.protocols.openid4vci.display import (
        ClaimDescription,
        Display,
    )
    from idwallet.protocols.openid4vci.encryption import (
        RequestEncryption,
        ResponseEncryption,
    )
    from idwallet.protocols.openid4vci.metadata import (
        CredentialConfiguration,
        IssuerMetadata,
        ProofType,
    )
    from idwallet.protocols.openid4vci.offer import (
        CodeGrant,
        CredentialOffer,
        InputMode,
        OfferReference,
        PreAuthorizedGrant,
        TransactionCode,
        offer_reference,
        read_offer,
    )
    from idwallet.protocols.openid4vci.wallet import (
        ConfirmCredentials,
        ConfirmOffer,
        Done,
        Failed,
        Issuance,
        OpenBrowser,
        ProveKeys,
        Received,
        Send,
        SendFor,
        Wait,
        WalletClient,
        restore_issuance,
        start_issuance,
    )
    from idwallet.protocols.openid4vp import (
        ACCEPTANCE_BODY,
        REFUSAL_BODY,
    )

__all__ = [
    "ACCEPTANCE_BODY",
    "REFUSAL_BODY",
    "ClaimDescription",
    "CodeGrant",
    "ConfirmCredentials",
    "ConfirmOffer",
    "CredentialConfiguration",
    "CredentialOffer",
    "Display",
    "Done",
    "Failed",
    "HttpRequest",
    "HttpResponse",
    "InputMode",
    "Issuance",
    "IssuerMetadata",
    "NotificationEvent",
    "OfferReference",
    "OpenBrowser",
    "PreAuthorizedGrant",
    "ProofType",
    "ProveKeys",
    "Received",
    "RequestEncryption",
    "ResponseEncryption",
    "Send",
    "SendFor",
    "TransactionCode",
    "Wait",
    "WalletClient",
    "offer_reference",
    "read_offer",
    "restore_issuance",
    "start_issuance",
]

_HOMES: Final = MappingProxyType(
    {
        "ACCEPTANCE_BODY": "idwallet.protocols.openid4vp",
        "ClaimDescription": "idwallet.protocols.openid4vci.display",
        "CodeGrant": "idwallet.protocols.openid4vci.offer",
        "ConfirmCredentials": "idwallet.protocols.openid4vci.wallet",
        "ConfirmOffer": "idwallet.protocols.openid4vci.wallet",
        "CredentialConfiguration": "idwallet.protocols.openid4vci.metadata",
        "CredentialOffer": "idwallet.protocols.openid4vci.offer",
        "Display": "idwallet.protocols.openid4vci.display",
        "Done": "idwallet.protocols.openid4vci.wallet",
        "Failed": "idwallet.protocols.openid4vci.wallet",
        "HttpRequest": "idwallet.protocols.http",
        "HttpResponse": "idwallet.protocols.http",
        "InputMode": "idwallet.protocols.openid4vci.offer",
        "Issuance": "idwallet.protocols.openid4vci.wallet",
        "IssuerMetadata": "idwallet.protocols.openid4vci.metadata",
        "NotificationEvent": "idwallet.protocols.openid4vci.credential",
        "OfferReference": "idwallet.protocols.openid4vci.offer",
        "OpenBrowser": "idwallet.protocols.openid4vci.wallet",
        "PreAuthorizedGrant": "idwallet.protocols.openid4vci.offer",
        "ProofType": "idwallet.protocols.openid4vci.metadata",
        "ProveKeys": "idwallet.protocols.openid4vci.wallet",
        "REFUSAL_BODY": "idwallet.protocols.openid4vp",
        "Received": "idwallet.protocols.openid4vci.wallet",
        "RequestEncryption": "idwallet.protocols.openid4vci.encryption",
        "ResponseEncryption": "idwallet.protocols.openid4vci.encryption",
        "Send": "idwallet.protocols.openid4vci.wallet",
        "SendFor": "idwallet.protocols.openid4vci.wallet",
        "TransactionCode": "idwallet.protocols.openid4vci.offer",
        "Wait": "idwallet.protocols.openid4vci.wallet",
        "WalletClient": "idwallet.protocols.openid4vci.wallet",
        "offer_reference": "idwallet.protocols.openid4vci.offer",
        "read_offer": "idwallet.protocols.openid4vci.offer",
        "restore_issuance": "idwallet.protocols.openid4vci.wallet",
        "start_issuance": "idwallet.protocols.openid4vci.wallet",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet.protocols' has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
