"""A token is taken as it was given, and nothing that is none."""

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.errors import MalformedError, ProtocolError
from idwallet.protocols.http import HttpResponse, json_response
from idwallet.protocols.oauth.token import (
    TokenResponse,
    authorization_header,
    read_authorization_header,
    read_token_response,
    refusal_of,
)

TOKEN = TokenResponse(
    access_token="abc.DEF-1~2+3/4==",
    token_type="DPoP",
    expires_in=300,
    refresh_token="xyz",
    details=({"type": "openid_credential"},),
)
FINE: JsonObject = {"access_token": "abc", "token_type": "bearer"}


def test_a_token_comes_as_it_was_given() -> None:
    assert read_token_response(TOKEN.response()) == TOKEN


def test_a_token_goes_along_and_comes_out_again() -> None:
    _, text = authorization_header(TOKEN)
    assert read_authorization_header(text) == ("DPoP", TOKEN.access_token)
    assert read_authorization_header("dpop abc") == ("DPoP", "abc")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer a b",
        "Bearer  a",
        "Bearer a,b",
        "Bearer " + "a" * (limits.TOKEN_CHARACTERS + 1),
    ],
)
def test_another_authorization_is_none(text: str | None) -> None:
    assert read_authorization_header(text) is None


def test_the_twin_of_every_broken_answer_is_taken() -> None:
    assert read_token_response(json_response(FINE)).token_type == "Bearer"


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ""},
        {"access_token": "a\r\nSet-Cookie: x"},
        {"access_token": "a b"},
        {"access_token": "a" * (limits.TOKEN_CHARACTERS + 1)},
        {"access_token": 1},
        {"token_type": "mac"},
        {"token_type": 1},
        {"expires_in": "300"},
        {"expires_in": True},
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": limits.TOKEN_SECONDS + 1},
        {"refresh_token": "a b"},
        {"authorization_details": {}},
        {"authorization_details": ["x"]},
    ],
)
def test_a_broken_answer_is_refused(change: JsonObject) -> None:
    with pytest.raises(MalformedError):
        read_token_response(json_response(FINE | change))


def test_a_refusal_is_told_by_its_code_and_nothing_else() -> None:
    answer: JsonObject = {"error": "invalid_grant", "error_description": "<script>"}
    with pytest.raises(ProtocolError) as caught:
        read_token_response(json_response(answer, status=400))
    assert caught.value.reply == {"error": "invalid_grant"}
    assert "script" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(500),
        HttpResponse(200),
        json_response({}, status=400),
        json_response({"error": 'a"b'}, status=400),
        json_response({"error": "Ж"}, status=400),
        json_response(FINE, status=201),
    ],
)
def test_what_is_neither_token_nor_code_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(MalformedError):
        read_token_response(answer)


@pytest.mark.parametrize(
    ("challenge", "code"),
    [
        ('DPoP error="use_dpop_nonce", error_description="a nonce"', "use_dpop_nonce"),
        ('DPoP algs="ES256", error="invalid_token"', "invalid_token"),
        ('Bearer realm="x",error="invalid_token"', "invalid_token"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"no JSON", b"{}"])
def test_a_resource_server_may_say_its_code_in_a_challenge(
    challenge: str, code: str, body: bytes
) -> None:
    fields = (("WWW-Authenticate", challenge), ("Content-Type", "application/json"))
    refused = refusal_of(HttpResponse(401, fields, body), at="x")
    assert refused.reply == {"error": code}


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(401, (("WWW-Authenticate", "DPoP"),), b""),
        HttpResponse(401, (("WWW-Authenticate", 'DPoP xerror="invalid_token"'),), b""),
        HttpResponse(401, (("WWW-Authenticate", 'DPoP error="a\x1bb"'),), b""),
        HttpResponse(400, (("WWW-Authenticate", 'DPoP error="invalid_token"'),), b""),
    ],
)
def test_a_challenge_without_a_code_is_none(answer: HttpResponse) -> None:
    with pytest.raises(MalformedError):
        refusal_of(answer, at="x")


def test_a_token_is_not_shown() -> None:
    assert "abc" not in repr(TOKEN)
