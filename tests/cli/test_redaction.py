"""What a trace shows is on a list; everything else is a length and a mark."""

import json
from typing import Final

import pytest

from idwallet.cli.online.redaction import Hidden, Redaction
from idwallet.cli.online.trace import Traced
from idwallet.codec import b64
from idwallet.protocols.http import FORM, JSON, HttpRequest, HttpResponse, json_response

CANARY: Final = "canary-7f3e-Анна"


def told(body: object, *, kind: str = JSON, public: bool = False) -> str:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = Redaction().body(data, kind, public=public)
    return json.dumps(found, default=Hidden.to_json, ensure_ascii=False)


@pytest.mark.parametrize(
    "body",
    [
        {"anything": CANARY},
        {"deep": [{"in": [CANARY]}]},
        {"error_description": CANARY},
        {"format": {"family_name": CANARY}},
        {"vp_token": {"id": [CANARY]}},
        {"mark": CANARY, "length": {"hidden": CANARY}},
        CANARY.encode(),
        b"not json " + CANARY.encode(),
        b"{" + CANARY.encode(),
    ],
)
def test_no_value_is_shown_that_is_not_on_the_list(body: object) -> None:
    assert "canary" not in told(body)
    assert "Анна" not in told(body)


def test_numbers_and_truths_about_people_are_hidden_and_those_of_protocols_shown() -> (
    None
):
    found = told({"age": 36, "adult": True, "expires_in": 300, "none": None})
    assert json.loads(found) == {
        "age": {"hidden": "a number"},
        "adult": {"hidden": "true or false"},
        "expires_in": 300,
        "none": None,
    }


def test_a_form_shows_its_names_and_what_the_protocols_have() -> None:
    back = b"https%3A%2F%2Fa.example%2Fback%3Fx%3Dcanary"
    body = b"grant_type=authorization_code&code=canary&redirect_uri=" + back
    found = json.loads(told(body, kind=FORM))
    assert found["grant_type"] == "authorization_code"
    assert found["code"].keys() == {"characters", "mark"}
    assert found["redirect_uri"].startswith("https://a.example/<4 characters #")
    assert "canary" not in json.dumps(found)


def test_a_public_document_is_shown_and_its_addresses_from_then_on() -> None:
    redaction = Redaction()
    url = "https://a.example/realms/dev/token"
    assert "realms" not in redaction.address(url)
    body = json.dumps({"token_endpoint": url, "list": [f"{url}/x"]}).encode()
    shown = redaction.body(body, JSON, public=True)
    assert shown == {"token_endpoint": url, "list": [f"{url}/x"]}
    assert redaction.address(url) == url
    assert redaction.address(f"{url}?code=canary").startswith(f"{url}?code=<6 ch")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/.well-known/openid-credential-issuer", None),
        ("https://a.example:8443/token", None),
        ("https://a.example/users/anna", "https://a.example/<5 characters #"),
        ("https://anna:secret@a.example/token", "https://a.example/token"),
        ("openid4vp://?client_id=x509_hash:abc&state=s", "openid4vp://?client_id="),
        ("canary", "<6 characters #"),
    ],
)
def test_an_address_shows_its_host_and_the_steps_that_protocols_have(
    url: str, shown: str | None
) -> None:
    found = Redaction().address(url)
    assert found == url if shown is None else found.startswith(shown)
    assert not any(each in found for each in ("anna", "secret", "canary"))


def test_equal_values_have_equal_marks_in_one_trace_and_others_in_another() -> None:
    one, other = Redaction(), Redaction()
    assert one.hidden("123456") == one.hidden("123456")
    assert one.hidden("123456").mark != one.hidden("123457").mark
    # Whoever tries all codes of six digits needs the key, which is gone.
    assert one.hidden("123456").mark != other.hidden("123456").mark


def test_of_a_token_only_what_it_is_is_said() -> None:
    header = b64.encode(
        json.dumps({"alg": "ES256", "kid": CANARY, "typ": "a+jwt"}).encode()
    )
    for token in (f"{header}.{header}.sig", f"{header}.{header}.sig~disclosed~kb"):
        found = Redaction().hidden(token)
        assert found.jose == (("typ", "a+jwt"), ("alg", "ES256"))
        assert "canary" not in str(found)
    for text in ("a.b.c", "1.2.3", f"{header}.x", "e30.e30.e30"):
        assert Redaction().hidden(text).jose == ()


def test_header_fields_show_what_is_no_secret() -> None:
    found = Redaction().headers(
        (
            ("Content-Type", "application/json"),
            ("Authorization", "DPoP canary"),
            ("DPoP", "canary"),
            ("Cookie", "canary"),
            ("Location", "https://a.example/token?code=canary"),
        )
    )
    shown = json.dumps(found, default=Hidden.to_json)
    assert "canary" not in shown
    assert '"scheme": "DPoP"' in shown
    assert "https://a.example/token?code=<6 characters" in shown


class _Says:
    """A carrier that answers with one offer."""

    def send(self, request: HttpRequest, /) -> HttpResponse:
        return json_response({"pre-authorized_code": "SECRETCODE123"})


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example/.well-known/offer/1",
        "https://issuer.example/o?x=/.well-known/openid-credential-issuer",
        "https://issuer.example/o",
    ],
)
def test_an_offer_is_no_public_document_wherever_it_lies(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Traced(_Says(), as_json=True).send(HttpRequest("GET", url))
    told = capsys.readouterr()
    assert "SECRETCODE123" not in told.out + told.err
    assert "pre-authorized_code" in told.err
