"""What applications use beside the names of `idwallet`: services, and what they ask.

Every name loads on first use.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idwallet.facade import loader

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
        guardian_right,
    )
    from idwallet.credentials.compact.present import (
        Acting,
    )
    from idwallet.credentials.mdoc.issue import (
        Mdoc,
    )
    from idwallet.crypto.vault import (
        key_from_passphrase,
    )
    from idwallet.roles.agreement import (
        Agreement,
        AgreementContext,
        evaluate_agreement,
        verify_agreement,
    )
    from idwallet.roles.asked import (
        Anonymous,
        Asked,
        Authenticated,
        Choice,
        Match,
        OriginOnly,
        PresentationResponse,
    )
    from idwallet.roles.at_tills import (
        QrAnswer,
        QrCode,
    )
    from idwallet.roles.backup import (
        Backup,
        keep_backup,
        kept_backups,
        open_backup,
        seal_backup,
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
    from idwallet.roles.document_signer import (
        DocumentSigner,
        LongTerm,
        SessionTerms,
        SigningSession,
        SigningSessions,
        ToBeSigned,
        augment_document,
        evaluate_document,
        sign_documents,
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
    from idwallet.roles.portrait import (
        AwaitingPortrait,
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
    from idwallet.roles.reader import (
        DeviceQuestion,
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
    from idwallet.roles.record import (
        HeldCredential,
    )
    from idwallet.roles.standing import (
        StandingRequest,
    )
    from idwallet.roles.status_issuer import (
        PublishingRules,
        StatusIssuer,
        StatusPlan,
        StatusPublisher,
        StatusReference,
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
    "Agreement",
    "AgreementContext",
    "Anonymous",
    "AnswerState",
    "Arrived",
    "Asked",
    "AttestKeys",
    "AttestationRule",
    "Authenticated",
    "AuthorizationAsked",
    "AwaitingPortrait",
    "Backup",
    "Choice",
    "Client",
    "Compact",
    "CompactShape",
    "ConfirmArrived",
    "CredentialService",
    "Delegated",
    "Denied",
    "DeviceAnswered",
    "DeviceQuestion",
    "DocumentSigner",
    "Flow",
    "Given",
    "HeldCredential",
    "IssuanceRules",
    "KeyClaims",
    "LongTerm",
    "Match",
    "Mdoc",
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
    "PresentationResponse",
    "PresentationService",
    "Presented",
    "PublishingRules",
    "QrAnswer",
    "QrCode",
    "Receiving",
    "Refused",
    "RequestRefused",
    "SessionAnswer",
    "SessionHolder",
    "SessionTerms",
    "SessionVerifier",
    "SigningSession",
    "SigningSessions",
    "StandingRequest",
    "Started",
    "StatusIssuer",
    "StatusPlan",
    "StatusPublisher",
    "StatusReference",
    "Supplied",
    "ToBeSigned",
    "TokenRule",
    "WalletProvider",
    "Ward",
    "augment_document",
    "delegate",
    "enter_answer",
    "evaluate_agreement",
    "evaluate_document",
    "give_receipt",
    "guardian_right",
    "keep_backup",
    "kept_backups",
    "key_from_passphrase",
    "open_backup",
    "page_options",
    "read_delegation",
    "read_receipt_code",
    "receipt_code",
    "request_encryption",
    "response_code_of",
    "seal_backup",
    "service_metadata",
    "sign_documents",
    "verify_agreement",
    "withdraw",
]

_HOMES: Final = MappingProxyType(
    {
        "Act": "idwallet.credentials.compact.guardian",
        "Acting": "idwallet.credentials.compact.present",
        "Agreement": "idwallet.roles.agreement",
        "AgreementContext": "idwallet.roles.agreement",
        "Anonymous": "idwallet.roles.asked",
        "AnswerState": "idwallet.roles.presentation_service",
        "Arrived": "idwallet.roles.receiving.arrived",
        "Asked": "idwallet.roles.asked",
        "AttestKeys": "idwallet.roles.receiving.taking",
        "AttestationRule": "idwallet.roles.credential_service",
        "Authenticated": "idwallet.roles.asked",
        "AuthorizationAsked": "idwallet.roles.credential_service",
        "AwaitingPortrait": "idwallet.roles.portrait",
        "Backup": "idwallet.roles.backup",
        "Choice": "idwallet.roles.asked",
        "Client": "idwallet.roles.credential_service",
        "Compact": "idwallet.credentials.compact.issue",
        "CompactShape": "idwallet.credentials.compact.issue",
        "ConfirmArrived": "idwallet.roles.receiving.taking",
        "CredentialService": "idwallet.roles.credential_service",
        "Delegated": "idwallet.roles.wards",
        "Denied": "idwallet.roles.credential_service",
        "DeviceAnswered": "idwallet.roles.reader_session",
        "DeviceQuestion": "idwallet.roles.reader",
        "DocumentSigner": "idwallet.roles.document_signer",
        "Flow": "idwallet.roles.presentation_service",
        "Given": "idwallet.roles.wards",
        "HeldCredential": "idwallet.roles.record",
        "IssuanceRules": "idwallet.roles.credential_service",
        "KeyClaims": "idwallet.roles.wallet_provider",
        "LongTerm": "idwallet.roles.document_signer",
        "Match": "idwallet.roles.asked",
        "Mdoc": "idwallet.credentials.mdoc.issue",
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
        "PresentationResponse": "idwallet.roles.asked",
        "PresentationService": "idwallet.roles.presentation_service",
        "Presented": "idwallet.roles.credential_service",
        "PublishingRules": "idwallet.roles.status_issuer",
        "QrAnswer": "idwallet.roles.at_tills",
        "QrCode": "idwallet.roles.at_tills",
        "Receiving": "idwallet.roles.receiving.taking",
        "Refused": "idwallet.roles.receiving.arrived",
        "RequestRefused": "idwallet.roles.device_session",
        "SessionAnswer": "idwallet.roles.device_session",
        "SessionHolder": "idwallet.roles.device_session",
        "SessionTerms": "idwallet.roles.document_signer",
        "SessionVerifier": "idwallet.roles.reader_session",
        "SigningSession": "idwallet.roles.document_signer",
        "SigningSessions": "idwallet.roles.document_signer",
        "StandingRequest": "idwallet.roles.standing",
        "Started": "idwallet.roles.presentation_service",
        "StatusIssuer": "idwallet.roles.status_issuer",
        "StatusPlan": "idwallet.roles.status_issuer",
        "StatusPublisher": "idwallet.roles.status_issuer",
        "StatusReference": "idwallet.roles.status_issuer",
        "Supplied": "idwallet.roles.credential_service",
        "ToBeSigned": "idwallet.roles.document_signer",
        "TokenRule": "idwallet.roles.credential_service",
        "WalletProvider": "idwallet.roles.wallet_provider",
        "Ward": "idwallet.roles.wards",
        "augment_document": "idwallet.roles.document_signer",
        "delegate": "idwallet.credentials.compact.guardian",
        "enter_answer": "idwallet.roles.receipts",
        "evaluate_agreement": "idwallet.roles.agreement",
        "evaluate_document": "idwallet.roles.document_signer",
        "give_receipt": "idwallet.roles.receipts",
        "guardian_right": "idwallet.credentials.compact.issue",
        "keep_backup": "idwallet.roles.backup",
        "kept_backups": "idwallet.roles.backup",
        "key_from_passphrase": "idwallet.crypto.vault",
        "open_backup": "idwallet.roles.backup",
        "page_options": "idwallet.roles.page",
        "read_delegation": "idwallet.credentials.compact.guardian",
        "read_receipt_code": "idwallet.roles.receipts",
        "receipt_code": "idwallet.roles.receipts",
        "request_encryption": "idwallet.roles.credential_service",
        "response_code_of": "idwallet.roles.presentation_service",
        "seal_backup": "idwallet.roles.backup",
        "service_metadata": "idwallet.roles.credential_service",
        "sign_documents": "idwallet.roles.document_signer",
        "verify_agreement": "idwallet.roles.agreement",
        "withdraw": "idwallet.credentials.compact.guardian",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error
    __getattr__ = loader(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
