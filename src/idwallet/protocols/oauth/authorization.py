"""Asking for an authorization code, pushed or not (RFC 6749 4.1, RFC 9126, RFC 9207).

The request is made once and pushed; the browser then carries only its reference.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from idwallet import limits
from idwallet.codec.form import write_form
from idwallet.codec.json import JsonObject, JsonValue, read_json, write_json
from idwallet.credentials.cursor import Cursor
from idwallet.errors import MalformedError, ProtocolError
from idwallet.protocols.http import (
    HttpRequest,
    HttpResponse,
    form_request,
    read_texts,
)
from idwallet.protocols.oauth import pkce
from idwallet.protocols.oauth.errors import OAuthCode, OAuthError
from idwallet.protocols.oauth.server_metadata import AuthorizationServer

_PAR: Final = "RFC 9126 §2"
_CODE: Final = "RFC 6749 §4.1"
_CREATED: Final = 201
_REDIRECT: Final = re.compile(r"[a-z][a-z0-9+.-]*:[\x21-\x22\x24-\x3e\x40-\x7e]+")
_REFERENCE: Final = re.compile(r"urn:ietf:params:oauth:request_uri:[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuthorizationRequest:
    """What a wallet asks to be allowed.

    `challenge` is the S256 challenge of its code verifier. `state` comes back; "" where
    a wallet gave none, as the challenge already ties the answer to its session.
    `details` are authorization details (RFC 9396), `resource` whose they are for.
    """

    client_id: str
    redirect_uri: str
    challenge: str
    state: str
    scope: tuple[str, ...] = ()
    details: tuple[JsonObject, ...] = ()
    issuer_state: str | None = None
    resource: str | None = None

    def __repr__(self) -> str:
        """Show the client only."""
        return f"AuthorizationRequest({self.client_id!r})"

    def parameters(self) -> dict[str, str]:
        """Return the request's parameters."""
        found = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.challenge,
            "code_challenge_method": pkce.METHOD,
        }
        if self.state:
            found["state"] = self.state
        if self.scope:
            found["scope"] = " ".join(self.scope)
        if self.details:
            found["authorization_details"] = write_json(
                list[JsonValue](self.details)
            ).decode()
        if self.issuer_state is not None:
            found["issuer_state"] = self.issuer_state
        if self.resource is not None:
            found["resource"] = self.resource
        return found


def push(request: AuthorizationRequest, server: AuthorizationServer) -> HttpRequest:
    """Return the request as it is pushed (RFC 9126 section 2.1).

    Raises:
        ProtocolError: the server takes no pushed requests.
    """
    if server.par_endpoint is None:
        raise ProtocolError("the server takes no pushed requests", reply={})
    return form_request(server.par_endpoint, request.parameters())


def read_pushed(response: HttpResponse) -> str:
    """Return the reference that a pushed request got (RFC 9126 section 2.2).

    Raises:
        MalformedError: it is no such answer.
    """
    if response.status != _CREATED:
        raise MalformedError("not pushed", at="par", clause=f"{_PAR}.2")
    root = Cursor(response.json(at="par"), "", f"{_PAR}.2")
    reference = root.member("request_uri")
    if _REFERENCE.fullmatch(reference.text()) is None:
        # Another address would send the browser, and its session, somewhere else.
        raise reference.fault("not a reference of a pushed request")
    return reference.text()


def browser_url(
    server: AuthorizationServer,
    request: AuthorizationRequest,
    *,
    reference: str | None = None,
) -> str:
    """Return the address that the person's browser opens.

    With the `reference` of a pushed request it carries nothing else.

    Raises:
        ProtocolError: the server has no authorization endpoint, or wants requests
            pushed.
    """
    endpoint = server.authorization_endpoint
    if endpoint is None or (server.requires_par and reference is None):
        raise ProtocolError("the server takes no such request", reply={})
    parameters: Mapping[str, str] = request.parameters()
    if reference is not None:
        parameters = {"client_id": request.client_id, "request_uri": reference}
    joint = "&" if "?" in endpoint else "?"
    return f"{endpoint}{joint}{write_form(parameters)}"


def read_redirect(
    url: str, *, request: AuthorizationRequest, issuer: str | None
) -> str:
    """Return the code that the browser brought back.

    `issuer` is the server that has to name itself (RFC 9207), None where it said that
    it does not.

    Raises:
        MalformedError: it came to another address, in another session, from another
            server, twice, or is no answer.
        ProtocolError: the server refused, or the person did; `reply` has its code.
    """
    address, _, query = url.partition("?")
    if address != request.redirect_uri:
        raise MalformedError("another address", at="redirect", clause=f"{_CODE}.2")
    found = read_texts(query, at="redirect")
    if not hmac.compare_digest(found.get("state", "").encode(), request.state.encode()):
        raise MalformedError("another session", at="state", clause=f"{_CODE}.2")
    if issuer is not None and found.get("iss") != issuer:
        raise MalformedError("another server", at="iss", clause="RFC 9207 §2.4")
    if issuer is None and "iss" in found:
        # A server that names itself unasked is one whose metadata were exchanged.
        raise MalformedError("an unannounced name", at="iss", clause="RFC 9207 §2.4")
    if "error" in found:
        raise ProtocolError("the server refused", reply={"error": found["error"]})
    code = found.get("code", "")
    if not code or len(code) > limits.TOKEN_CHARACTERS:
        raise MalformedError("no code", at="code", clause=f"{_CODE}.2")
    return code


def read_authorization_request(
    parameters: Mapping[str, str],
) -> AuthorizationRequest:
    """Read what a wallet asks for, at the server's side.

    PKCE by S256 is demanded of everybody, and so a state of nobody (RFC 9700 section
    2.1: a client may rely on the one in place of the other).

    Raises:
        OAuthError: it is refused; nothing may be answered by a redirect until the
            redirect address was compared with what the client registered.
    """
    if parameters.get("response_type") != "code":
        raise _refused("no code is asked for", OAuthCode.UNSUPPORTED_RESPONSE_TYPE)
    if parameters.get("code_challenge_method") != pkce.METHOD:
        raise _refused("no S256 challenge")
    challenge = parameters.get("code_challenge", "")
    if not pkce.is_challenge(challenge):
        raise _refused("no challenge")
    request = AuthorizationRequest(
        client_id=_needed(parameters, "client_id"),
        redirect_uri=_redirect(parameters),
        challenge=challenge,
        state=_needed(parameters, "state") if "state" in parameters else "",
        scope=tuple(parameters.get("scope", "").split()),
        issuer_state=parameters.get("issuer_state"),
        resource=parameters.get("resource"),
    )
    return replace(request, details=read_details(parameters))


def read_details(parameters: Mapping[str, str]) -> tuple[JsonObject, ...]:
    """Return the authorization details of a request (RFC 9396), none as ().

    Raises:
        OAuthError: they are no list of objects, or too many.
    """
    text = parameters.get("authorization_details")
    if text is None:
        return ()
    try:
        value = read_json(text, at="authorization_details", clause="RFC 9396 §2")
        items = Cursor(value, "/authorization_details", "RFC 9396 §2").elements(
            limit=limits.AUTHORIZATION_DETAILS
        )
        return tuple(each.members() for each in items)
    except MalformedError as error:
        raise _refused(
            "broken authorization details", OAuthCode.INVALID_AUTHORIZATION_DETAILS
        ) from error


def _redirect(parameters: Mapping[str, str]) -> str:
    # Wallets on a phone have schemes of their own; which one is this client's is what
    # the server compares (RFC 9700 section 2.1).
    text = _needed(parameters, "redirect_uri")
    if _REDIRECT.fullmatch(text) is None:
        raise _refused("a redirect address that is none")
    return text


def _needed(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name, "")
    if not value or len(value) > limits.URI_CHARACTERS:
        raise _refused(f"no {name}")
    return value


def _refused(message: str, code: OAuthCode = OAuthCode.INVALID_REQUEST) -> OAuthError:
    return OAuthError(message, code)
