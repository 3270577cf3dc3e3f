"""What two sides say to one another: messages as values, and machines that drive them.

Every name loads on first use.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idwallet.facade import loader

if TYPE_CHECKING:
    from idwallet.codec.qr_text import (
        QrKind,
        QrText,
        read_qr_text,
        write_qr_text,
    )
    from idwallet.protocols.chat import (
        ChatFile,
        ChatKind,
        ChatMessage,
        ChatSignature,
        carried_file,
        carried_request,
        carried_response,
        carried_signature,
        file_in,
        read_chat,
        request_in,
        response_in,
        signature_in,
    )
    from idwallet.protocols.dc_api import (
        PageProtocol,
    )
    from idwallet.protocols.http import (
        HttpRequest,
        HttpResponse,
    )
    from idwallet.protocols.oauth.client_attestation import (
        WalletAttestation,
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
    from idwallet.protocols.openid4vci.key_attestation import (
        KeyAttestation,
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
        SignedMetadataRule,
        Wait,
        WalletClient,
        restore_issuance,
        start_issuance,
    )
    from idwallet.protocols.openid4vp import (
        ACCEPTANCE_BODY,
        REFUSAL_BODY,
        ErrorCode,
        RequestMessage,
        ResponseMode,
    )
    from idwallet.protocols.openid4vp.abilities import (
        WalletAbilities,
    )
    from idwallet.protocols.openid4vp.inquiry import (
        FetchRequest,
        Inquiry,
        RequestFailed,
        RequestReady,
        restore_inquiry,
        start_inquiry,
    )
    from idwallet.protocols.openid4vp.reference import (
        RequestReference,
        RequestUriMethod,
        read_reference,
    )
    from idwallet.protocols.openid4vp.reply import (
        VerifierReply,
        read_reply,
    )
    from idwallet.protocols.proximity.apdu import (
        NfcDevice,
        NfcReader,
    )
    from idwallet.protocols.proximity.ble import (
        BlePieces,
        ble_ident,
        ble_pieces,
    )
    from idwallet.protocols.proximity.device import (
        DeviceSession,
    )
    from idwallet.protocols.proximity.engagement import (
        DeviceEngagement,
        ReaderEngagement,
        device_engagement_of,
        reader_engagement_of,
    )
    from idwallet.protocols.proximity.handover import (
        HandoverRequest,
        HandoverSelect,
        read_handover_request,
        read_handover_select,
        write_handover_request,
    )
    from idwallet.protocols.proximity.machine import (
        AnswerHeard,
        DeviceEngaged,
        MessageRefused,
        RequestHeard,
        SessionEnded,
        SessionTerms,
        ToSend,
    )
    from idwallet.protocols.proximity.methods import (
        Ble,
        Nfc,
        Rest,
        WifiAware,
    )
    from idwallet.protocols.proximity.reader import (
        ReaderSession,
    )
    from idwallet.protocols.proximity.states import (
        DeviceState,
        Ending,
        ReaderState,
        Refusal,
    )
    from idwallet.protocols.qr.frames import (
        FrameReader,
        read_frames,
        write_frames,
    )

__all__ = [
    "ACCEPTANCE_BODY",
    "REFUSAL_BODY",
    "AnswerHeard",
    "Ble",
    "BlePieces",
    "ChatFile",
    "ChatKind",
    "ChatMessage",
    "ChatSignature",
    "ClaimDescription",
    "CodeGrant",
    "ConfirmCredentials",
    "ConfirmOffer",
    "CredentialConfiguration",
    "CredentialOffer",
    "DeviceEngaged",
    "DeviceEngagement",
    "DeviceSession",
    "DeviceState",
    "Display",
    "Done",
    "Ending",
    "ErrorCode",
    "Failed",
    "FetchRequest",
    "FrameReader",
    "HandoverRequest",
    "HandoverSelect",
    "HttpRequest",
    "HttpResponse",
    "InputMode",
    "Inquiry",
    "Issuance",
    "IssuerMetadata",
    "KeyAttestation",
    "MessageRefused",
    "Nfc",
    "NfcDevice",
    "NfcReader",
    "NotificationEvent",
    "OfferReference",
    "OpenBrowser",
    "PageProtocol",
    "PreAuthorizedGrant",
    "ProofType",
    "ProveKeys",
    "QrKind",
    "QrText",
    "ReaderEngagement",
    "ReaderSession",
    "ReaderState",
    "Received",
    "Refusal",
    "RequestEncryption",
    "RequestFailed",
    "RequestHeard",
    "RequestMessage",
    "RequestReady",
    "RequestReference",
    "RequestUriMethod",
    "ResponseEncryption",
    "ResponseMode",
    "Rest",
    "Send",
    "SendFor",
    "SessionEnded",
    "SessionTerms",
    "SignedMetadataRule",
    "ToSend",
    "TransactionCode",
    "VerifierReply",
    "Wait",
    "WalletAbilities",
    "WalletAttestation",
    "WalletClient",
    "WifiAware",
    "ble_ident",
    "ble_pieces",
    "carried_file",
    "carried_request",
    "carried_response",
    "carried_signature",
    "device_engagement_of",
    "file_in",
    "offer_reference",
    "read_chat",
    "read_frames",
    "read_handover_request",
    "read_handover_select",
    "read_offer",
    "read_qr_text",
    "read_reference",
    "read_reply",
    "reader_engagement_of",
    "request_in",
    "response_in",
    "restore_inquiry",
    "restore_issuance",
    "signature_in",
    "start_inquiry",
    "start_issuance",
    "write_frames",
    "write_handover_request",
    "write_qr_text",
]

_HOMES: Final = MappingProxyType(
    {
        "ACCEPTANCE_BODY": "idwallet.protocols.openid4vp",
        "AnswerHeard": "idwallet.protocols.proximity.machine",
        "Ble": "idwallet.protocols.proximity.methods",
        "BlePieces": "idwallet.protocols.proximity.ble",
        "ChatFile": "idwallet.protocols.chat",
        "ChatSignature": "idwallet.protocols.chat",
        "carried_file": "idwallet.protocols.chat",
        "carried_signature": "idwallet.protocols.chat",
        "file_in": "idwallet.protocols.chat",
        "signature_in": "idwallet.protocols.chat",
        "ChatKind": "idwallet.protocols.chat",
        "ChatMessage": "idwallet.protocols.chat",
        "ClaimDescription": "idwallet.protocols.openid4vci.display",
        "CodeGrant": "idwallet.protocols.openid4vci.offer",
        "ConfirmCredentials": "idwallet.protocols.openid4vci.wallet",
        "ConfirmOffer": "idwallet.protocols.openid4vci.wallet",
        "CredentialConfiguration": "idwallet.protocols.openid4vci.metadata",
        "CredentialOffer": "idwallet.protocols.openid4vci.offer",
        "DeviceEngaged": "idwallet.protocols.proximity.machine",
        "DeviceEngagement": "idwallet.protocols.proximity.engagement",
        "DeviceSession": "idwallet.protocols.proximity.device",
        "DeviceState": "idwallet.protocols.proximity.states",
        "Display": "idwallet.protocols.openid4vci.display",
        "Done": "idwallet.protocols.openid4vci.wallet",
        "Ending": "idwallet.protocols.proximity.states",
        "ErrorCode": "idwallet.protocols.openid4vp",
        "Failed": "idwallet.protocols.openid4vci.wallet",
        "FetchRequest": "idwallet.protocols.openid4vp.inquiry",
        "FrameReader": "idwallet.protocols.qr.frames",
        "HandoverRequest": "idwallet.protocols.proximity.handover",
        "HandoverSelect": "idwallet.protocols.proximity.handover",
        "HttpRequest": "idwallet.protocols.http",
        "HttpResponse": "idwallet.protocols.http",
        "InputMode": "idwallet.protocols.openid4vci.offer",
        "Inquiry": "idwallet.protocols.openid4vp.inquiry",
        "Issuance": "idwallet.protocols.openid4vci.wallet",
        "IssuerMetadata": "idwallet.protocols.openid4vci.metadata",
        "KeyAttestation": "idwallet.protocols.openid4vci.key_attestation",
        "MessageRefused": "idwallet.protocols.proximity.machine",
        "Nfc": "idwallet.protocols.proximity.methods",
        "NfcDevice": "idwallet.protocols.proximity.apdu",
        "NfcReader": "idwallet.protocols.proximity.apdu",
        "NotificationEvent": "idwallet.protocols.openid4vci.credential",
        "OfferReference": "idwallet.protocols.openid4vci.offer",
        "OpenBrowser": "idwallet.protocols.openid4vci.wallet",
        "PageProtocol": "idwallet.protocols.dc_api",
        "PreAuthorizedGrant": "idwallet.protocols.openid4vci.offer",
        "ProofType": "idwallet.protocols.openid4vci.metadata",
        "ProveKeys": "idwallet.protocols.openid4vci.wallet",
        "QrKind": "idwallet.codec.qr_text",
        "QrText": "idwallet.codec.qr_text",
        "REFUSAL_BODY": "idwallet.protocols.openid4vp",
        "ReaderEngagement": "idwallet.protocols.proximity.engagement",
        "ReaderSession": "idwallet.protocols.proximity.reader",
        "ReaderState": "idwallet.protocols.proximity.states",
        "Received": "idwallet.protocols.openid4vci.wallet",
        "Refusal": "idwallet.protocols.proximity.states",
        "RequestEncryption": "idwallet.protocols.openid4vci.encryption",
        "RequestFailed": "idwallet.protocols.openid4vp.inquiry",
        "RequestHeard": "idwallet.protocols.proximity.machine",
        "RequestMessage": "idwallet.protocols.openid4vp",
        "RequestReady": "idwallet.protocols.openid4vp.inquiry",
        "RequestReference": "idwallet.protocols.openid4vp.reference",
        "RequestUriMethod": "idwallet.protocols.openid4vp.reference",
        "ResponseEncryption": "idwallet.protocols.openid4vci.encryption",
        "ResponseMode": "idwallet.protocols.openid4vp",
        "Rest": "idwallet.protocols.proximity.methods",
        "Send": "idwallet.protocols.openid4vci.wallet",
        "SendFor": "idwallet.protocols.openid4vci.wallet",
        "SessionEnded": "idwallet.protocols.proximity.machine",
        "SessionTerms": "idwallet.protocols.proximity.machine",
        "SignedMetadataRule": "idwallet.protocols.openid4vci.wallet",
        "ToSend": "idwallet.protocols.proximity.machine",
        "TransactionCode": "idwallet.protocols.openid4vci.offer",
        "VerifierReply": "idwallet.protocols.openid4vp.reply",
        "Wait": "idwallet.protocols.openid4vci.wallet",
        "WalletAbilities": "idwallet.protocols.openid4vp.abilities",
        "WalletAttestation": "idwallet.protocols.oauth.client_attestation",
        "WalletClient": "idwallet.protocols.openid4vci.wallet",
        "WifiAware": "idwallet.protocols.proximity.methods",
        "ble_ident": "idwallet.protocols.proximity.ble",
        "ble_pieces": "idwallet.protocols.proximity.ble",
        "carried_request": "idwallet.protocols.chat",
        "carried_response": "idwallet.protocols.chat",
        "device_engagement_of": "idwallet.protocols.proximity.engagement",
        "offer_reference": "idwallet.protocols.openid4vci.offer",
        "read_chat": "idwallet.protocols.chat",
        "read_frames": "idwallet.protocols.qr.frames",
        "read_handover_request": "idwallet.protocols.proximity.handover",
        "read_handover_select": "idwallet.protocols.proximity.handover",
        "read_offer": "idwallet.protocols.openid4vci.offer",
        "read_qr_text": "idwallet.codec.qr_text",
        "read_reference": "idwallet.protocols.openid4vp.reference",
        "read_reply": "idwallet.protocols.openid4vp.reply",
        "reader_engagement_of": "idwallet.protocols.proximity.engagement",
        "request_in": "idwallet.protocols.chat",
        "response_in": "idwallet.protocols.chat",
        "restore_inquiry": "idwallet.protocols.openid4vp.inquiry",
        "restore_issuance": "idwallet.protocols.openid4vci.wallet",
        "start_inquiry": "idwallet.protocols.openid4vp.inquiry",
        "start_issuance": "idwallet.protocols.openid4vci.wallet",
        "write_frames": "idwallet.protocols.qr.frames",
        "write_handover_request": "idwallet.protocols.proximity.handover",
        "write_qr_text": "idwallet.codec.qr_text",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error
    __getattr__ = loader(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
