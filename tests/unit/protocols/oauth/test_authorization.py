"""A code comes back to who asked for it, from whom it was asked of."""

import copy
import pickle
from dataclasses import replace

import pytest

from idwallet.codec.json import JsonValue
from idwallet.errors import MalformedError, ProtocolError
from idwallet.protocols.http import HttpResponse, json_response
from idwallet.protocols.oauth.authorization import (
    AuthorizationRequest,
    browser_url,
    push,
    read_authorization_request,
    read_pushed,
    read_redirect,
)
from idwallet.protocols.oauth.errors import OAuthError
from idwallet.protocols.oauth.server_metadata import (
    AuthorizationServer,
    metadata_url,
    read_authorization_server,
)

SERVER = AuthorizationServer(
    issuer="https://as.example",
    token_endpoint="https://as.example/token",
    authorization_endpoint="https://as.example/authorize",
    par_endpoint="https://as.example/par",
    code_challenge_methods=("S256",),
    dpop_algorithms=("ES256",),
    names_itself=True,
)
REQUEST = AuthorizationRequest(
    client_id="wallet.example",
    redirect_uri="eu.example.wallet:/back",
    challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    state="state-1",
    scope=("id",),
    details=({"type": "openid_credential", "credential_configuration_id": "id"},),
    issuer_state="context-7",
    resource="https://issuer.example",
)
BACK = "eu.example.wallet:/back?code=abc&state=state-1&iss=https%3A%2F%2Fas.example"


def test_a_request_comes_to_the_server_as_it_was_made() -> None:
    pushed = push(REQUEST, SERVER)
    assert pushed.url == "https://as.example/par"
    assert read_authorization_request(pushed.form()) == REQUEST


def test_the_browser_carries_only_the_reference_of_a_pushed_request() -> None:
    url = browser_url(SERVER, REQUEST, reference="urn:x")
    assert url == (
        "https://as.example/authorize?client_id=wallet.example&request_uri=urn%3Ax"
    )


def test_a_server_that_wants_requests_pushed_gets_no_other() -> None:
    with pytest.raises(ProtocolError):
        browser_url(replace(SERVER, requires_par=True), REQUEST)
    with pytest.raises(ProtocolError):
        push(REQUEST, replace(SERVER, par_endpoint=None))


def test_the_code_comes_back() -> None:
    assert read_redirect(BACK, request=REQUEST, issuer="https://as.example") == "abc"


@pytest.mark.parametrize(
    "url",
    [
        BACK.replace("state-1", "state-2"),
        BACK.replace("&state=state-1", ""),
        BACK.replace("as.example", "evil.example"),
        BACK.replace("&iss=https%3A%2F%2Fas.example", ""),
        BACK.replace("eu.example.wallet:/back", "eu.example.wallet:/other"),
        BACK.replace("code=abc&", ""),
        BACK.replace("code=abc", "code="),
        BACK + "&code=def",
        BACK + "&state=state-1",
    ],
)
def test_a_redirect_of_another_session_server_or_address_is_refused(url: str) -> None:
    with pytest.raises(MalformedError):
        read_redirect(url, request=REQUEST, issuer="https://as.example")


def test_a_server_that_names_itself_unannounced_is_refused() -> None:
    with pytest.raises(MalformedError):
        read_redirect(BACK, request=REQUEST, issuer=None)
    plain = BACK.replace("&iss=https%3A%2F%2Fas.example", "")
    assert read_redirect(plain, request=REQUEST, issuer=None) == "abc"


def test_a_refusal_is_told_by_its_code() -> None:
    url = BACK.replace("code=abc", "error=access_denied")
    with pytest.raises(ProtocolError) as caught:
        read_redirect(url, request=REQUEST, issuer="https://as.example")
    assert caught.value.reply == {"error": "access_denied"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_type", "token"),
        ("response_type", ""),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
        ("code_challenge", "short"),
        ("state", ""),
        ("client_id", ""),
        ("redirect_uri", "/relative"),
        ("redirect_uri", "https://wallet.example/#fragment"),
        ("redirect_uri", "https://wallet.example/?query"),
        ("authorization_details", "{}"),
        ("authorization_details", "[]"),
        ("authorization_details", "[1]"),
        ("authorization_details", "["),
    ],
)
def test_a_request_that_lacks_what_makes_it_safe_is_refused(
    name: str, value: str
) -> None:
    with pytest.raises(OAuthError):
        read_authorization_request(REQUEST.parameters() | {name: value})


def test_a_request_without_a_state_is_read_for_its_challenge_ties_it() -> None:
    given = {n: each for n, each in REQUEST.parameters().items() if n != "state"}
    read = read_authorization_request(given)
    assert read.state == ""
    assert read.parameters() == given


def test_a_pushed_request_is_answered_by_a_reference_only() -> None:
    fine = {"request_uri": "urn:ietf:params:oauth:request_uri:abc", "expires_in": 60}
    assert read_pushed(json_response(fine, status=201)) == fine["request_uri"]
    for broken in (
        json_response(fine, status=200),
        json_response({"request_uri": "https://evil.example/"}, status=201),
        json_response({}, status=201),
        HttpResponse(201),
    ):
        with pytest.raises(MalformedError):
            read_pushed(broken)


def test_metadata_come_back_as_they_were_written() -> None:
    document = SERVER.to_json()
    assert read_authorization_server(document, identifier="https://as.example") == (
        replace(SERVER, grant_types=("authorization_code",))
    )


def test_metadata_of_another_server_are_refused() -> None:
    with pytest.raises(MalformedError, match="another server"):
        read_authorization_server(SERVER.to_json(), identifier="https://as.example/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_endpoint", "http://as.example/token"),
        ("token_endpoint", None),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("grant_types_supported", []),
        ("dpop_signing_alg_values_supported", "ES256"),
        ("require_pushed_authorization_requests", "yes"),
    ],
)
def test_metadata_that_break_their_form_are_refused(
    name: str, value: JsonValue
) -> None:
    document = SERVER.to_json() | {name: value}
    with pytest.raises(MalformedError):
        read_authorization_server(document, identifier="https://as.example")


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://a.example", "https://a.example/.well-known/x"),
        ("https://a.example/", "https://a.example/.well-known/x"),
        ("https://a.example/tenant", "https://a.example/.well-known/x/tenant"),
        ("https://a.example:8443/t/u", "https://a.example:8443/.well-known/x/t/u"),
    ],
)
def test_metadata_stand_between_host_and_path(identifier: str, url: str) -> None:
    assert metadata_url(identifier, "/.well-known/x", at="issuer") == url


def test_an_error_survives_the_way_between_processes() -> None:
    error = OAuthError("only here", "invalid_grant", status=400)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (other.code, other.status, str(other)) == (
            "invalid_grant",
            400,
            "only here",
        )
    assert b"only here" not in error.response().body


def test_nothing_shows_the_session() -> None:
    assert "state-1" not in repr(REQUEST)
    assert "context-7" not in repr(REQUEST)
