"""The error codes that a wallet may answer with, and what each fault answers."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from idwallet.errors import MalformedError, UnsupportedError


class ErrorCode(StrEnum):
    """An error code of a response to a request; nothing else is ever written.

    The first eight are those of OpenID4VP 1.0 section 8.5, which builds on RFC 6749
    section 4.1.2.1 (the next four) and on RFC 9101 section 7 (the rest).
    """

    INVALID_SCOPE = "invalid_scope"
    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    ACCESS_DENIED = "access_denied"
    VP_FORMATS_NOT_SUPPORTED = "vp_formats_not_supported"
    INVALID_REQUEST_URI_METHOD = "invalid_request_uri_method"
    INVALID_TRANSACTION_DATA = "invalid_transaction_data"
    WALLET_UNAVAILABLE = "wallet_unavailable"

    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    SERVER_ERROR = "server_error"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"

    INVALID_REQUEST_URI = "invalid_request_uri"
    INVALID_REQUEST_OBJECT = "invalid_request_object"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"


_BY_PLACE: Final[Mapping[str, ErrorCode]] = MappingProxyType(
    {
        "/scope": ErrorCode.INVALID_SCOPE,
        "/client_metadata": ErrorCode.INVALID_CLIENT,
        "/response_type": ErrorCode.UNSUPPORTED_RESPONSE_TYPE,
        "request_uri": ErrorCode.REQUEST_URI_NOT_SUPPORTED,
    }
)


def code_for(fault: MalformedError | UnsupportedError) -> ErrorCode:
    """Return the code that answers a request which could not be read."""
    if fault.at.startswith("/transaction_data"):  # §8.5: whatever is wrong with it
        return ErrorCode.INVALID_TRANSACTION_DATA
    if isinstance(fault, UnsupportedError):
        return _BY_PLACE.get(fault.at, ErrorCode.INVALID_REQUEST)
    return ErrorCode.INVALID_REQUEST
