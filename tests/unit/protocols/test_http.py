"""HTTP messages are values with one reading."""

import pytest

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.http import (
    HttpRequest,
    HttpResponse,
    form_request,
    json_request,
    json_response,
    require_https,
    with_headers,
)

URL = "https://issuer.example/token"


def test_a_header_is_found_whatever_its_case() -> None:
    assert HttpRequest("GET", URL, (("dpop", "x"),)).header("DPoP") == "x"
    assert HttpRequest("GET", URL).header("DPoP") is None


def test_a_header_that_stands_twice_is_refused() -> None:
    doubled = HttpRequest("GET", URL, (("DPoP", "x"), ("dpop", "y")))
    with pytest.raises(MalformedError, match="twice"):
        doubled.header("DPoP")


def test_a_form_comes_back_as_it_was_sent() -> None:
    sent = {"code": "a b&c=d", "text": "Ж"}
    assert form_request(URL, sent).form() == sent


def test_a_form_with_a_parameter_twice_is_refused() -> None:
    kind = (("Content-Type", "application/x-www-form-urlencoded"),)
    with pytest.raises(MalformedError, match="repeated"):
        HttpRequest("POST", URL, kind, b"code=1&code=2").form()


def test_a_body_of_another_type_is_no_form_and_no_json() -> None:
    with pytest.raises(MalformedError):
        json_request(URL, {"a": 1}).form()
    with pytest.raises(MalformedError):
        form_request(URL, {"a": "1"}).json()
    with pytest.raises(MalformedError):
        HttpResponse(200, (), b"{}").json()


def test_json_comes_back_with_a_charset_beside_its_type() -> None:
    kind = (("content-type", "Application/JSON; charset=utf-8"),)
    assert HttpResponse(200, kind, b'{"a":1}').json() == {"a": 1}


def test_a_body_past_its_bound_is_not_read() -> None:
    kind = (("Content-Type", "application/json"),)
    body = b" " * (limits.HTTP_BODY_BYTES + 1)
    with pytest.raises(LimitError):
        HttpResponse(200, kind, body).json()


def test_an_answer_in_json_may_not_be_kept() -> None:
    assert json_response({}).header("Cache-Control") == "no-store"


def test_a_header_is_not_added_twice() -> None:
    with pytest.raises(UsageError):
        with_headers(HttpRequest("GET", URL, (("A", "1"),)), (("a", "2"),))


@pytest.mark.parametrize(
    "text", ["http://issuer.example", "ftp://issuer.example", "issuer.example", ""]
)
def test_what_does_not_go_by_tls_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        require_https(text, at="url", clause="RFC 9110 §4.2.2")


def test_neither_message_shows_what_it_carries() -> None:
    request = form_request("https://issuer.example/?code=secret", {"code": "secret"})
    response = json_response({"access_token": "secret"})
    assert "secret" not in repr(request) + repr(response)
