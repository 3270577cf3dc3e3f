"""Issuing online: an authorization server and a credential issuer in one (OpenID4VCI).

HTTP messages come in and go out as values. Between two of them the service remembers
nothing but what its replay guard does: everything else travels sealed.
"""

from idwallet.roles.credential_service.described import (
    request_encryption,
    service_metadata,
)
from idwallet.roles.credential_service.endpoints import CredentialService, Offered
from idwallet.roles.credential_service.presented import Presented
from idwallet.roles.credential_service.rules import (
    AttestationRule,
    Client,
    IssuanceRules,
    TokenRule,
)
from idwallet.roles.credential_service.supply import (
    AuthorizationAsked,
    DataSets,
    Denied,
    Notification,
    Order,
    Pending,
    Supplied,
    Supply,
)

__all__ = [
    "AttestationRule",
    "AuthorizationAsked",
    "Client",
    "CredentialService",
    "DataSets",
    "Denied",
    "IssuanceRules",
    "Notification",
    "Offered",
    "Order",
    "Pending",
    "Presented",
    "Supplied",
    "Supply",
    "TokenRule",
    "request_encryption",
    "service_metadata",
]
