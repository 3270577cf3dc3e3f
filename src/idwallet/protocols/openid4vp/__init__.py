"""OpenID for Verifiable Presentations 1.0."""

from idwallet.protocols.openid4vp.client import (
    ClientId,
    ClientIdPrefix,
    client_id_of,
    read_client_id,
)
from idwallet.protocols.openid4vp.encryption import (
    AnswerKey,
    EncryptTo,
    decrypt_answer,
    encrypt_answer,
    read_encryption,
)
from idwallet.protocols.openid4vp.evaluate import RequestVerdict, evaluate_request
from idwallet.protocols.openid4vp.message import RequestMessage
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.protocols.openid4vp.parameters import FormatSupport
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.request import (
    ReadRequest,
    RequestObject,
    build_request_object,
    formats_supported,
    read_request,
)
from idwallet.protocols.openid4vp.response import (
    ACCEPTANCE_BODY,
    REFUSAL_BODY,
    ResponseParts,
    WalletRefusal,
    read_response,
    write_refusal,
    write_refusal_json,
    write_response,
    write_response_json,
)

__all__ = [
    "ACCEPTANCE_BODY",
    "REFUSAL_BODY",
    "AnswerKey",
    "ClientId",
    "ClientIdPrefix",
    "EncryptTo",
    "ErrorCode",
    "FormatSupport",
    "ReadRequest",
    "RequestMessage",
    "RequestObject",
    "RequestVerdict",
    "ResponseMode",
    "ResponseParts",
    "WalletRefusal",
    "build_request_object",
    "client_id_of",
    "decrypt_answer",
    "encrypt_answer",
    "evaluate_request",
    "formats_supported",
    "read_client_id",
    "read_encryption",
    "read_request",
    "read_response",
    "write_refusal",
    "write_refusal_json",
    "write_response",
    "write_response_json",
]
