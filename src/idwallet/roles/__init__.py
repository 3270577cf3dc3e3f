"""What applications use beside the names of `idwallet`: services, and what they ask.

Every name loads on first use.
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.credentials.compact.guardian import (
        Act,
        delegate,
        read_delegation,
        withdraw,
    )
    from idwallet.credentials.compact.issue import (
        Compact,
        CompactShape,
    )
    from idwallet.credentials.compact.present import (
        Acting,
    )
    from idwallet.roles.asked import (
        Anonymous,
        Authenticated,
        OriginOnly,
    )
    from idwallet.roles.at_tills import (
        QrAnswer,
        QrCode,
    )
    from idwallet.roles.credential_service import (
        AttestationRule,
        AuthorizationAsked,
        Client,
        CredentialService,
        Denied,
        IssuanceRules,
        Notification,
        Offered,
        Order,
        Pending,
        Presented,
        Supplied,
        TokenRule,
        request_encryption,
        service_metadata,
    )
    from idwallet.roles.device_session import (
        PersonAsked,
        RequestRefused,
        SessionAnswer,
        SessionHolder,
    )
    from idwallet.roles.in_browser import (
        PageResponse,
    )
    from idwallet.roles.page import (
        Page,
        page_options,
    )
    from idwallet.roles.page_question import (
        PageQuestion,
    )
    from idwallet.roles.presentation_service import (
        AnswerState,
        Flow,
        MemoryExchanges,
        Noticed,
        PresentationOutcome,
        PresentationService,
        Started,
        response_code_of,
    )
    from idwallet.roles.reader_session import (
        DeviceAnswered,
        SessionVerifier,
    )
    from idwallet.roles.receipts import (
        enter_answer,
        give_receipt,
        read_receipt_code,
        receipt_code,
    )
    from idwallet.roles.receiving.arrived import (
        Arrived,
        Refused,
    )
    from idwallet.roles.receiving.taking import (
        AttestKeys,
        ConfirmArrived,
        Receiving,
    )
    from idwallet.roles.standing import (
        StandingRequest,
    )
    from idwallet.roles.wallet_provider import (
        KeyClaims,
        WalletProvider,
    )
    from idwallet.roles.wards import (
        Delegated,
        Given,
        Ward,
    )

__all__ = [
    "Act",
    "Acting",
    "Anonymous",
    "AnswerState",
    "Arrived",
    "AttestKeys",
    "AttestationRule",
    "Authenticated",
    "AuthorizationAsked",
    "Client",
    "Compact",
    "CompactShape",
    "ConfirmArrived",
    "CredentialService",
    "Delegated",
    "Denied",
    "DeviceAnswered",
    "Flow",
    "Given",
    "IssuanceRules",
    "KeyClaims",
    "MemoryExchanges",
    "Noticed",
    "Notification",
    "Offered",
    "Order",
    "OriginOnly",
    "Page",
    "PageQuestion",
    "PageResponse",
    "Pending",
    "PersonAsked",
    "PresentationOutcome",
    "PresentationService",
    "Presented",
    "QrAnswer",
    "QrCode",
    "Receiving",
    "Refused",
    "RequestRefused",
    "SessionAnswer",
    "SessionHolder",
    "SessionVerifier",
    "StandingRequest",
    "Started",
    "Supplied",
    "TokenRule",
    "WalletProvider",
    "Ward",
    "delegate",
    "enter_answer",
    "give_receipt",
    "page_options",
    "read_delegation",
    "read_receipt_code",
    "receipt_code",
    "request_encryption",
    "response_code_of",
    "service_metadata",
    "withdraw",
]

_HOMES: Final = MappingProxyType(
    {
        "Act": "idwallet.credentials.compact.guardian",
        "Acting": "idwallet.credentials.compact.present",
        "Anonymous": "idwallet.roles.asked",
        "AnswerState": "idwallet.roles.presentation_service",
        "Arrived": "idwallet.roles.receiving.arrived",
        "AttestKeys": "idwallet.roles.receiving.taking",
        "AttestationRule": "idwallet.roles.credential_service",
        "Authenticated": "idwallet.roles.asked",
        "AuthorizationAsked": "idwallet.roles.credential_service",
        "Client": "idwallet.roles.credential_service",
        "Compact": "idwallet.credentials.compact.issue",
        "CompactShape": "idwallet.credentials.compact.issue",
        "ConfirmArrived": "idwallet.roles.receiving.taking",
        "CredentialService": "idwallet.roles.credential_service",
        "Delegated": "idwallet.roles.wards",
        "Denied": "idwallet.roles.credential_service",
        "DeviceAnswered": "idwallet.roles.reader_session",
        "Flow": "idwallet.roles.presentation_service",
        "Given": "idwallet.roles.wards",
        "IssuanceRules": "idwallet.roles.credential_service",
        "KeyClaims": "idwallet.roles.wallet_provider",
        "MemoryExchanges": "idwallet.roles.presentation_service",
        "Noticed": "idwallet.roles.presentation_service",
        "Notification": "idwallet.roles.credential_service",
        "Offered": "idwallet.roles.credential_service",
        "Order": "idwallet.roles.credential_service",
        "OriginOnly": "idwallet.roles.asked",
        "Page": "idwallet.roles.page",
        "PageQuestion": "idwallet.roles.page_question",
        "PageResponse": "idwallet.roles.in_browser",
        "Pending": "idwallet.roles.credential_service",
        "PersonAsked": "idwallet.roles.device_session",
        "PresentationOutcome": "idwallet.roles.presentation_service",
        "PresentationService": "idwallet.roles.presentation_service",
        "Presented": "idwallet.roles.credential_service",
        "QrAnswer": "idwallet.roles.at_tills",
        "QrCode": "idwallet.roles.at_tills",
        "Receiving": "idwallet.roles.receiving.taking",
        "Refused": "idwallet.roles.receiving.arrived",
        "RequestRefused": "idwallet.roles.device_session",
        "SessionAnswer": "idwallet.roles.device_session",
        "SessionHolder": "idwallet.roles.device_session",
        "SessionVerifier": "idwallet.roles.reader_session",
        "StandingRequest": "idwallet.roles.standing",
        "Started": "idwallet.roles.presentation_service",
        "Supplied": "idwallet.roles.credential_service",
        "TokenRule": "idwallet.roles.credential_service",
        "WalletProvider": "idwallet.roles.wallet_provider",
        "Ward": "idwallet.roles.wards",
        "delegate": "idwallet.credentials.compact.guardian",
        "enter_answer": "idwallet.roles.receipts",
        "give_receipt": "idwallet.roles.receipts",
        "page_options": "idwallet.roles.page",
        "read_delegation": "idwallet.credentials.compact.guardian",
        "read_receipt_code": "idwallet.roles.receipts",
        "receipt_code": "idwallet.roles.receipts",
        "request_encryption": "idwallet.roles.credential_service",
        "response_code_of": "idwallet.roles.presentation_service",
        "service_metadata": "idwallet.roles.credential_service",
        "withdraw": "idwallet.credentials.compact.guardian",
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
