"""The authorization server's endpoints: pushed requests, browsers, and tokens."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from idwallet.codec import b64
from idwallet.codec.form import write_form
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import UsageError
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.oauth import dpop, pkce
from idwallet.protocols.oauth.authorization import (
    AuthorizationRequest,
    read_authorization_request,
    read_details,
)
from idwallet.protocols.oauth.errors import OAuthCode, OAuthError
from idwallet.protocols.oauth.token import (
    AUTHORIZATION_CODE,
    PRE_AUTHORIZED,
    REFRESH,
    TokenResponse,
)
from idwallet.roles.credential_service.attested import instance_of
from idwallet.roles.credential_service.data_sets import details_of, identified_sets
from idwallet.roles.credential_service.desk import Desk, configurations_in
from idwallet.roles.credential_service.presented import Presented, holders_of
from idwallet.roles.credential_service.rules import TokenRule
from idwallet.roles.credential_service.supply import AuthorizationAsked
from idwallet.roles.credential_service.tickets import Kind, Ticket

_REFERENCE: Final = "urn:ietf:params:oauth:request_uri:"
_CREATED: Final = 201
_FOUND: Final = 302


def push(desk: Desk, request: HttpRequest, *, at: datetime) -> HttpResponse:
    """Take a pushed request (RFC 9126 section 2)."""
    form = request.form()
    if "request_uri" in form:
        raise _refused("a reference inside a pushed request")
    asked = read_authorization_request(form)
    _require_known(desk, asked)
    # Refused here, the wallet learns it; in a browser the person would be stuck.
    _asked(desk, asked, at=at)
    jkt = _bound_to(form, proven=desk.proof_of(request, token=None, at=at))
    wallet = instance_of(desk, request, client_id=asked.client_id, jkt=jkt, at=at)
    until = at + desk.rules.code_lifetime
    values: JsonObject = {
        "request": dict[str, JsonValue](asked.parameters()),
        "jkt": jkt or "",
        "provider": wallet.provider,
        "instance": wallet.thumbprint,
    }
    ticket = desk.tickets.issue(Kind.PUSHED, values, until=until)
    answer: JsonObject = {
        "request_uri": f"{_REFERENCE}{ticket}",
        "expires_in": int(desk.rules.code_lifetime.total_seconds()),
    }
    return json_response(answer, status=_CREATED)


def _bound_to(form: Mapping[str, str], *, proven: str | None) -> str | None:
    """Return the key that the code is to serve alone: named, proven, or both (10.1)."""
    named = form.get("dpop_jkt")
    if named is None:
        return proven
    if proven not in {None, named} or not pkce.is_challenge(named):
        raise OAuthError("another key than is named", OAuthCode.INVALID_DPOP_PROOF)
    return named


def challenge(desk: Desk, *, at: datetime) -> HttpResponse:
    """Give out a challenge for a proof of a wallet's attested key (section 8)."""
    return json_response({"attestation_challenge": desk.nonce(Kind.CHALLENGE, at=at)})


def authorize(desk: Desk, request: HttpRequest, *, at: datetime) -> AuthorizationAsked:
    """Take a browser that came with a pushed request (RFC 9126 section 4)."""
    query = request.query()
    reference = query.get("request_uri", "")
    pushed = desk.tickets.read(Kind.PUSHED, reference.removeprefix(_REFERENCE), at=at)
    if pushed is None or not reference.startswith(_REFERENCE):
        raise _refused("no pushed request")
    if not desk.once(pushed.digest, until=pushed.until, at=at):
        raise _refused("a pushed request that was used")
    values = pushed.values.get("request")
    parameters = values if isinstance(values, dict) else {}
    asked = read_authorization_request(
        {name: value for name, value in parameters.items() if isinstance(value, str)}
    )
    if query.get("client_id") != asked.client_id:
        raise _refused("another client's request")
    return replace(
        _asked(desk, asked, at=at),
        jkt=pushed.text("jkt"),
        provider=pushed.text("provider"),
        instance=pushed.text("instance"),
        session=b64.encode(pushed.slot("session")),
    )


def _asked(
    desk: Desk, asked: AuthorizationRequest, *, at: datetime
) -> AuthorizationAsked:
    if asked.resource not in {None, desk.metadata.issuer}:
        raise OAuthError("for somebody else", OAuthCode.INVALID_TARGET)
    detailed = configurations_in(asked.details)
    if any(name not in desk.metadata.configurations for name in detailed):
        raise OAuthError("unknown here", OAuthCode.INVALID_AUTHORIZATION_DETAILS)
    # Both count, each by itself (section 5.1.2).
    wanted = tuple(dict.fromkeys((*detailed, *_by_scope(desk, asked.scope))))
    if not wanted:
        raise OAuthError("nothing that is issued here", OAuthCode.INVALID_SCOPE)
    if asked.issuer_state is None:
        return AuthorizationAsked(request=asked, configurations=wanted)
    state = desk.tickets.read(Kind.STATE, asked.issuer_state, at=at)
    if state is None or not set(wanted) <= set(state.texts("configurations")):
        # It may have been injected (section 5.1.3): what is not ours is not heeded.
        raise _refused("a state that is not of this issuer")
    return AuthorizationAsked(
        request=asked,
        configurations=wanted,
        offered_to=state.text("subject"),
    )


def _by_scope(desk: Desk, scope: tuple[str, ...]) -> tuple[str, ...]:
    """Return what scopes ask for; unknown ones are ignored (section 5.1.2)."""
    return tuple(
        name
        for name, each in desk.metadata.configurations.items()
        if each.scope is not None and each.scope in scope
    )


def grant(
    desk: Desk,
    asked: AuthorizationAsked,
    *,
    subject: str,
    presented: Presented | None,
    at: datetime,
) -> HttpResponse:
    """Send the browser back with a code for that account."""
    if not subject:
        raise UsageError("an authorization is of somebody")
    if asked.offered_to is not None and not hmac.compare_digest(
        asked.offered_to.encode(), subject.encode()
    ):
        raise UsageError("the offer was made to another account: refuse it")
    request = asked.request
    holders: list[JsonValue] = []
    if presented is not None:
        holders = holders_of(desk, asked, presented=presented, at=at)
    code = desk.tickets.issue(
        Kind.CODE,
        {
            "subject": subject,
            "configurations": list[JsonValue](asked.configurations),
            "client_id": request.client_id,
            "redirect_uri": request.redirect_uri,
            "challenge": request.challenge,
            "jkt": asked.jkt,
            "instance": asked.instance,
            "holders": holders,
            "by_details": bool(configurations_in(request.details)),
        },
        until=at + desk.rules.code_lifetime,
    )
    return _back(desk, request, code=code)


def refuse(desk: Desk, asked: AuthorizationAsked) -> HttpResponse:
    """Send the browser back without a code."""
    return _back(desk, asked.request, error=OAuthCode.ACCESS_DENIED.value)


def _back(desk: Desk, request: AuthorizationRequest, **answer: str) -> HttpResponse:
    query = answer | {"iss": desk.server.issuer}
    if request.state:
        query["state"] = request.state
    location = f"{request.redirect_uri}?{write_form(query)}"
    return HttpResponse(_FOUND, (("Location", location), ("Cache-Control", "no-store")))


def token(desk: Desk, request: HttpRequest, *, at: datetime) -> HttpResponse:
    """Give an access token for a code (RFC 6749 section 3.2)."""
    form = request.form()
    jkt = desk.proof_of(request, token=None, at=at)
    if jkt is None and desk.rules.tokens is TokenRule.BOUND:
        raise OAuthError("no proof of a key", OAuthCode.INVALID_DPOP_PROOF)
    wallet = instance_of(desk, request, client_id=form.get("client_id"), jkt=jkt, at=at)
    kind = form.get("grant_type", "")
    redeem = _GRANTS.get(kind)
    if redeem is None:
        raise OAuthError("another grant", OAuthCode.UNSUPPORTED_GRANT_TYPE)
    found = redeem(desk, form, at=at)
    for bound, proven in (("jkt", jkt), ("instance", wallet.thumbprint)):
        if found.text(bound) and found.text(bound) != proven:
            raise OAuthError("another key than the one bound", OAuthCode.INVALID_GRANT)
    details = configurations_in(read_details(form))
    wanted = details or found.texts("configurations")
    if not set(wanted) <= set(found.texts("configurations")):
        code = OAuthCode.INVALID_AUTHORIZATION_DETAILS
        raise OAuthError("more than was granted", code)
    # Last: what a thief without the key, or a mistaken wallet, sends uses up nothing.
    if not desk.once(found.slot("used"), until=found.until, at=at):
        raise _gone()
    values: JsonObject = {
        "subject": found.text("subject"),
        "configurations": list[JsonValue](wanted),
        "jkt": jkt or "",
        "provider": wallet.provider,
        "instance": wallet.thumbprint,
        "holders": list[JsonValue](found.texts("holders")),
        "by_details": bool(details) or found.values.get("by_details") is True,
    }
    return _token_response(desk, values, at=at)


def _token_response(desk: Desk, values: JsonObject, *, at: datetime) -> HttpResponse:
    rules, bound = desk.rules, bool(values["jkt"])
    refresh = None
    if rules.refresh_lifetime is not None and bound:
        until = at + rules.refresh_lifetime
        refresh = desk.tickets.issue(Kind.REFRESH, values, until=until)
    until = at + rules.token_lifetime
    identified = identified_sets(desk, values)
    held: JsonObject = {**values, "identifiers": dict[str, JsonValue](identified)}
    return TokenResponse(
        access_token=desk.tickets.issue(Kind.TOKEN, held, until=until),
        details=details_of(identified),
        token_type=dpop.TOKEN_TYPE if bound else "Bearer",
        expires_in=int(rules.token_lifetime.total_seconds()),
        refresh_token=refresh,
    ).response()


def _by_offer(desk: Desk, form: Mapping[str, str], *, at: datetime) -> Ticket:
    """Read a pre-authorized code (OpenID4VCI 1.0 section 6.1).

    A wrong transaction code uses up one of the attempts; only what a token is given for
    uses up the offer, so that whoever types wrongly once can try again.
    """
    offer = desk.tickets.read(Kind.OFFER, form.get("pre-authorized_code", ""), at=at)
    if offer is None:
        raise _gone()
    expected, typed = offer.text("transaction_code"), form.get("tx_code")
    if bool(expected) is (typed is None):
        raise _refused("a transaction code is missing, or superfluous")
    if expected:
        _require_attempt(desk, offer, at=at)
        found = transaction_digest(typed or "", salt=offer.text("salt"))
        if not hmac.compare_digest(found.encode(), expected.encode()):
            raise _gone()
    return offer


def _require_attempt(desk: Desk, offer: Ticket, *, at: datetime) -> None:
    for number in range(desk.rules.attempts):
        if desk.once(offer.slot(f"attempt {number}"), until=offer.until, at=at):
            return
    raise _gone()


def transaction_digest(code: str, *, salt: str) -> str:
    """Return what stands for a transaction code inside of a sealed offer."""
    return b64.encode(hashlib.sha256(f"{salt} {code}".encode()).digest())


def _by_code(desk: Desk, form: Mapping[str, str], *, at: datetime) -> Ticket:
    """Read an authorization code (RFC 6749 4.1.3, RFC 7636 4.6)."""
    code = desk.tickets.read(Kind.CODE, form.get("code", ""), at=at)
    if code is None:
        raise _gone()
    same = (form.get("client_id"), form.get("redirect_uri")) == (
        code.text("client_id"),
        code.text("redirect_uri"),
    )
    verifier = form.get("code_verifier", "")
    if not same or not pkce.verifies(verifier, challenge=code.text("challenge")):
        raise _gone()
    return code


def _by_refresh(desk: Desk, form: Mapping[str, str], *, at: datetime) -> Ticket:
    """Read a refresh token, that serves once (RFC 9700 section 4.14)."""
    found = desk.tickets.read(Kind.REFRESH, form.get("refresh_token", ""), at=at)
    if found is None:  # each is bound to a key: see `_token_response`
        raise _gone()
    return found


_GRANTS: Final = {
    PRE_AUTHORIZED: _by_offer,
    AUTHORIZATION_CODE: _by_code,
    REFRESH: _by_refresh,
}


def _require_known(desk: Desk, asked: AuthorizationRequest) -> None:
    client = desk.rules.clients.get(asked.client_id)
    if client is None:
        raise OAuthError("an unknown client", OAuthCode.INVALID_CLIENT)
    if asked.redirect_uri not in client.redirect_uris:
        # Answered directly, never by a redirect to where nobody registered.
        raise _refused("an address that the client did not register")


def _refused(message: str) -> OAuthError:
    return OAuthError(message, OAuthCode.INVALID_REQUEST)


def _gone() -> OAuthError:
    # Wrong, used, over, never given out: all one to whoever asks.
    return OAuthError("no such grant", OAuthCode.INVALID_GRANT)
