"""What applications use beside the names of `idwallet`: services, and what they ask.

Every name loads on first use.
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.roles.arriving import (
        Arrived,
        Refused,
    )
    from idwallet.roles.credential_service import (
        AuthorizationAsked,
        Client,
        CredentialService,
        Denied,
        IssuanceRules,
        Notification,
        Offered,
        Order,
        Pending,
        Supplied,
        TokenRule,
        request_encryption,
        service_metadata,
    )
    from idwallet.roles.receiving import (
        ConfirmArrived,
        Receiving,
    )

__all__ = [
    "Arrived",
    "AuthorizationAsked",
    "Client",
    "ConfirmArrived",
    "CredentialService",
    "Denied",
    "IssuanceRules",
    "Notification",
    "Offered",
    "Order",
    "Pending",
    "Receiving",
    "Refused",
    "Supplied",
    "TokenRule",
    "request_encryption",
    "service_metadata",
]

_HOMES: Final = MappingProxyType(
    {
        "Arrived": "idwallet.roles.arriving",
        "AuthorizationAsked": "idwallet.roles.credential_service",
        "Client": "idwallet.roles.credential_service",
        "ConfirmArrived": "idwallet.roles.receiving",
        "CredentialService": "idwallet.roles.credential_service",
        "Denied": "idwallet.roles.credential_service",
        "IssuanceRules": "idwallet.roles.credential_service",
        "Notification": "idwallet.roles.credential_service",
        "Offered": "idwallet.roles.credential_service",
        "Order": "idwallet.roles.credential_service",
        "Pending": "idwallet.roles.credential_service",
        "Receiving": "idwallet.roles.receiving",
        "Refused": "idwallet.roles.arriving",
        "Supplied": "idwallet.roles.credential_service",
        "TokenRule": "idwallet.roles.credential_service",
        "request_encryption": "idwallet.roles.credential_service",
        "service_metadata": "idwallet.roles.credential_service",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet.roles' has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
