"""Asking for an access token, and what comes (RFC 6749 4.1.3, 5.1, 6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.cursor import Cursor
from idwallet.errors import MalformedError, ProtocolError
from idwallet.protocols.http import HttpResponse, json_response

AUTHORIZATION_CODE: Final = "authorization_code"
PRE_AUTHORIZED: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
REFRESH: Final = "refresh_token"

_CLAUSE: Final = "RFC 6749 §5.1"
_REFUSED: Final = "RFC 6749 §5.2"
_CODE: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{1,64}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_OK: Final = 200
_UNAUTHORIZED: Final = 401
_CHALLENGED: Final = re.compile(r'(?:^|[ ,])error="(?P<code>[^"\\]{1,64})"')


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TokenResponse:
    """An access token and what it allows.

    `token_type` is ``DPoP`` or ``Bearer``; `expires_in` is in seconds, None where it
    was not said. `details` are authorization details (RFC 9396 section 7).
    """

    access_token: str
    token_type: str
    expires_in: int | None = None
    refresh_token: str | None = None
    details: tuple[JsonObject, ...] = ()

    def __repr__(self) -> str:
        """Show the type only."""
        return f"TokenResponse({self.token_type})"

    def response(self) -> HttpResponse:
        """Return the answer of the token endpoint."""
        value: JsonObject = {
            "access_token": self.access_token,
            "token_type": self.token_type,
        }
        if self.expires_in is not None:
            value["expires_in"] = self.expires_in
        if self.refresh_token is not None:
            value["refresh_token"] = self.refresh_token
        if self.details:
            value["authorization_details"] = list[JsonValue](self.details)
        return json_response(value)


def read_token_response(response: HttpResponse) -> TokenResponse:
    """Read what a token endpoint answered.

    Raises:
        ProtocolError: it refused; `reply` has its code.
        MalformedError: it is no answer of a token endpoint.
    """
    if response.status != _OK:
        raise refusal_of(response, at="token")
    root = Cursor(response.json(at="token"), "", _CLAUSE)
    return TokenResponse(
        access_token=_token(root.member("access_token")),
        token_type=_type(root.member("token_type")),
        expires_in=_lifetime(root.optional("expires_in")),
        refresh_token=_optional_token(root.optional("refresh_token")),
        details=_details(root.optional("authorization_details")),
    )


def refusal_of(response: HttpResponse, *, at: str) -> ProtocolError:
    """Return the error that an endpoint answered with; only its code is taken.

    Where a resource server has no answer but a challenge, it says it there (RFC 6750
    section 3, RFC 9449 section 9).

    Raises:
        MalformedError: the answer holds no code.
    """
    try:
        code: JsonValue = response.json(at=at).get("error")
    except MalformedError:
        code = None
    if code is None and response.status == _UNAUTHORIZED:
        said = _CHALLENGED.search(response.header("WWW-Authenticate") or "")
        code = None if said is None else said["code"]
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        raise MalformedError("neither an answer nor a code", at=at, clause=_REFUSED)
    return ProtocolError(f"the server refused ({at})", reply={"error": code})


def authorization_header(token: TokenResponse) -> tuple[str, str]:
    """Return the header field that carries a token (RFC 6750 2.1, RFC 9449 7.1)."""
    return "Authorization", f"{token.token_type} {token.access_token}"


def read_authorization_header(text: str | None) -> tuple[str, str] | None:
    """Return type and token of an ``Authorization`` field, None where it is none.

    The type is ``DPoP`` or ``Bearer``, spelled so whatever case it came in (RFC 9110
    section 11.1).
    """
    kind, _, token = (text or "").partition(" ")
    known = _TYPES.get(kind.lower())
    if known is None or _TOKEN.fullmatch(token) is None:
        return None
    return (known, token) if len(token) <= limits.TOKEN_CHARACTERS else None


_TYPES: Final[Mapping[str, str]] = {"dpop": "DPoP", "bearer": "Bearer"}


def _token(found: Cursor) -> str:
    text = found.text()
    if len(text) > limits.TOKEN_CHARACTERS:
        raise found.excess("token too long")
    if _TOKEN.fullmatch(text) is None:
        # It goes into a header field: a line break in it would begin another.
        raise found.under("RFC 6750 §2.1").fault("not a token")
    return text


def _optional_token(found: Cursor | None) -> str | None:
    return None if found is None else _token(found)


def _type(found: Cursor) -> str:
    known = _TYPES.get(found.text().lower())
    if known is None:
        raise found.under("RFC 6749 §7.1").fault("a type of token that is not known")
    return known


def _lifetime(found: Cursor | None) -> int | None:
    if found is None:
        return None
    value = found.value
    if type(value) is not int or not 0 < value <= limits.TOKEN_SECONDS:
        raise found.fault("not a number of seconds")
    return value


def _details(found: Cursor | None) -> tuple[JsonObject, ...]:
    if found is None:
        return ()
    items = found.elements(limit=limits.AUTHORIZATION_DETAILS)
    return tuple(each.members() for each in items)
