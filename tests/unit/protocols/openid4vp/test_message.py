"""A request object comes out of each carrier as it went in."""

import json
from dataclasses import replace

import pytest

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.message import (
    Carried,
    RequestMessage,
    read_carrier,
    read_text,
)

TOKEN = "e30.e30.c2ln"
CLIENT = "x509_san_dns:rp.example.org"
MESSAGE = RequestMessage(TOKEN, CLIENT)


def test_a_message_becomes_a_uri() -> None:
    assert MESSAGE.to_uri() == (
        "openid4vp://?client_id=x509_san_dns%3Arp.example.org&request=e30.e30.c2ln"
    )
    assert MESSAGE.to_uri("haip-vp").startswith("haip-vp://?client_id=")


def test_a_message_of_a_profile_without_such_links_becomes_none() -> None:
    message = replace(MESSAGE, in_links=False)
    with pytest.raises(UsageError, match=r"HAIP 1\.0 section 5\.1"):
        message.to_uri("haip-vp")
    assert json.loads(message.to_json())["request"] == message.raw == TOKEN


@pytest.mark.parametrize("scheme", ["", "OpenID4VP", "a b", "x:", "1x"])
def test_what_is_no_scheme_is_refused(scheme: str) -> None:
    with pytest.raises(UsageError):
        MESSAGE.to_uri(scheme)


def test_a_message_becomes_json() -> None:
    assert json.loads(MESSAGE.to_json()) == {"client_id": CLIENT, "request": TOKEN}


@pytest.mark.parametrize("padding", ["", " ", "\r\n"])
def test_every_carrier_is_read(padding: str) -> None:
    for carried, by_link in (
        (MESSAGE.to_uri(), True),
        (MESSAGE.to_uri("haip-vp"), True),
        (MESSAGE.to_json(), False),
    ):
        expected = Carried(TOKEN.encode(), CLIENT, by_link=by_link)
        assert read_carrier(padding + carried + padding) == expected
        assert read_carrier((padding + carried + padding).encode()) == expected
    assert read_carrier(padding + TOKEN + padding) == Carried(TOKEN.encode(), None)


def test_an_https_wallet_address_carries_a_request() -> None:
    uri = f"HTTPS://wallet.example/authorize?request={TOKEN}&client_id=a"
    assert read_carrier(uri) == Carried(TOKEN.encode(), "a", by_link=True)


def test_parameters_beside_the_request_are_ignored() -> None:
    assert read_carrier(f"openid4vp://?nonce=x&client_id=a&request={TOKEN}&q=%C3%A9")
    document = {"client_id": "a", "request": TOKEN, "nonce": 1, "dcql_query": {}}
    assert read_carrier(json.dumps(document)) == Carried(TOKEN.encode(), "a")


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("", "request"),
        (" \n", "request"),
        ("\ud800", "request"),
        (f"openid4vp://?request={TOKEN}", "client_id"),
        (f"openid4vp://?client_id=%FF&request={TOKEN}", "client_id"),
        (f"openid4vp://?client_id=a&client_id=a&request={TOKEN}", "uri"),
        (f"openid4vp://?client_id=a&request={TOKEN}&request={TOKEN}", "uri"),
        (f"openid4vp://?client_id=a&request={TOKEN}#fragment", "uri"),
        (f"openid4vp:{TOKEN}", "uri"),
        (
            f"openid4vp://?client_id=a&request={TOKEN}&request_uri=https%3A%2F%2Fa",
            "request_uri",
        ),
        (f'{{"request":"{TOKEN}"}}', "client_id"),
        (f'{{"client_id":"a","client_id":"a","request":"{TOKEN}"}}', "request"),
        (f'{{"client_id":1,"request":"{TOKEN}"}}', "/client_id"),
        ('{"client_id":"a","request":{}}', "/request"),
        ('{"client_id":"a"', "request"),
    ],
)
def test_a_broken_carrier_is_refused(raw: str, at: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_carrier(raw)
    assert caught.value.at == at


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("openid4vp://?client_id=a&request_uri=https%3A%2F%2Frp%2Fr", "request_uri"),
        ('{"client_id":"a","request_uri":"https://rp/r"}', "request_uri"),
    ],
)
def test_a_request_by_reference_is_not_supported(raw: str, at: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_carrier(raw)
    assert caught.value.at == at


@pytest.mark.parametrize(
    "raw",
    [
        "openid4vp://?client_id=a&nonce=n&x=1&dcql_query=%7B%22a%22%3A1%7D",
        '{"client_id":"a","nonce":"n","dcql_query":{"a":1}}',
    ],
)
def test_without_a_request_the_carrier_holds_parameters_that_nobody_signed(
    raw: str,
) -> None:
    found = read_carrier(raw)
    assert (found.token, found.client_id) == (b"", None)
    expected = {"client_id": "a", "nonce": "n", "dcql_query": {"a": 1}}
    assert found.parameters == expected


@pytest.mark.parametrize("value", ["%7B", "%7B%22a%22%3A1%2C%22a%22%3A2%7D", "%FF"])
def test_an_object_in_a_link_is_json_like_any_other(value: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_carrier(f"openid4vp://?client_id=a&dcql_query={value}")
    assert caught.value.at == "/dcql_query"


def test_an_unsigned_request_travels_as_it_was_written() -> None:
    raw = '{"client_id":"redirect_uri:https://a.example","dcql_query":{"a":[1]}}'
    message = RequestMessage(raw, "redirect_uri:https://a.example")
    for each in (message.to_uri(), message.to_json(), raw):
        assert read_carrier(each).parameters == json.loads(raw)


def test_a_carrier_over_the_limit_is_refused_unread() -> None:
    size = limits.REQUEST_BYTES
    assert read_carrier("a" * size).token == b"a" * size
    for raw in ("a" * (size + 1), b"a" * (size + 1), "я" * size):
        with pytest.raises(LimitError):
            read_text(raw, max_bytes=size, at="request")
