"""An address of the web has one reading."""

import pytest

from idwallet import limits
from idwallet.codec.web import WebAddress, read_web_address
from idwallet.errors import LimitError, MalformedError


@pytest.mark.parametrize(
    ("text", "found", "origin"),
    [
        (
            "https://status.example/list/7?page=1&x=%41",
            WebAddress("https", "status.example", 443, "/list/7?page=1&x=%41"),
            "https://status.example",
        ),
        (
            "HTTPS://Status.Example:443",
            WebAddress("https", "status.example", 443, "/"),
            "https://status.example",
        ),
        (
            "http://a.example:8080?x",
            WebAddress("http", "a.example", 8080, "/?x"),
            "http://a.example:8080",
        ),
        ("http://a:80/", WebAddress("http", "a", 80, "/"), "http://a"),
        (
            "https://[2001:DB8::1]:8443/x",
            WebAddress("https", "2001:db8::1", 8443, "/x"),
            "https://[2001:db8::1]:8443",
        ),
        (
            "https://192.0.2.1/",
            WebAddress("https", "192.0.2.1", 443, "/"),
            "https://192.0.2.1",
        ),
    ],
)
def test_an_address_is_taken_apart_and_its_origin_has_one_spelling(
    text: str, found: WebAddress, origin: str
) -> None:
    assert read_web_address(text, at="uri") == found
    assert found.origin == origin
    assert read_web_address(found.origin, at="uri").origin == origin
    assert found.origin == f"{found.scheme}://{found.authority}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "status.example",
        "//status.example/",
        "ftp://status.example/",
        "https:/status.example",
        "https://",
        "https:///list",
        "https://user@status.example/",
        "https://user:secret@status.example/",
        "https://status.example@evil.example/",
        "https://status.example\\@evil.example/",
        "https://status.example/#part",
        "https://status.example/a b",
        "https://status.example/a\tb",
        "https://status.example/a\n",
        "https://status.example/\\evil",
        "https://status.example/%4",
        "https://status.example/%zz",
        "https://status.example/\u00e9",
        "https://st\u0430tus.example/",
        "https://status.example\u3002evil/",
        "https://-a.example/",
        "https://a..example/",
        "https://a.example./",
        "https://a_b.example/",
        "https://a.example:/",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:+1/",
        "https://a.example:\u0661/",
        "https://[::1/",
        "https://::1/",
        "https://[v1.a]/",
    ],
)
def test_what_readers_take_differently_is_no_address(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_web_address(text, at="uri")
    assert caught.value.at == "uri"


def test_an_address_has_a_bounded_length() -> None:
    start = "https://a.example/"
    longest = start + "x" * (limits.URI_CHARACTERS - len(start))
    assert read_web_address(longest, at="uri").host == "a.example"
    with pytest.raises(LimitError):
        read_web_address(longest + "x", at="uri")
