"""The error codes of OAuth 2.0, and how an endpoint says them.

Nothing but the code is ever written: free text would tell an attacker which guess was
nearer, and a person nothing that an application could not say better.
"""

from enum import StrEnum

from idwallet.errors import ProtocolError
from idwallet.protocols.http import Headers, HttpResponse, json_response


class OAuthCode(StrEnum):
    """The codes of RFC 6749 5.2 and 4.1.2.1, RFC 9449 5 and 8, RFC 9126 2.3.

    And of draft-ietf-oauth-attestation-based-client-auth-08, section 6.2.
    """

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    INVALID_SCOPE = "invalid_scope"
    ACCESS_DENIED = "access_denied"
    SERVER_ERROR = "server_error"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code of RFC 6750 3.1
    INSUFFICIENT_SCOPE = "insufficient_scope"
    INVALID_DPOP_PROOF = "invalid_dpop_proof"
    USE_DPOP_NONCE = "use_dpop_nonce"
    USE_ATTESTATION_CHALLENGE = "use_attestation_challenge"
    INVALID_TARGET = "invalid_target"
    INVALID_AUTHORIZATION_DETAILS = "invalid_authorization_details"


class OAuthError(ProtocolError):
    """A request that an endpoint refuses: `code` is all that the peer is told.

    The message stays on this side. `headers` go with the answer.
    """

    def __init__(
        self, message: str, code: str, *, status: int = 400, headers: Headers = ()
    ) -> None:
        """Keep what is answered apart from what is said here."""
        super().__init__(message, reply={"error": str(code)})
        self.code = str(code)
        self.status = status
        self.headers = headers

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        fields = (self.args[0], self.code, self.status, self.headers)
        return _rebuild, (fields,)

    def response(self) -> HttpResponse:
        """Return the answer (RFC 6749 section 5.2)."""
        return json_response(
            {"error": self.code}, status=self.status, headers=self.headers
        )


def _rebuild(fields: tuple[str, str, int, Headers]) -> OAuthError:
    message, code, status, headers = fields
    return OAuthError(message, code, status=status, headers=headers)
