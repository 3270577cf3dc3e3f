"""Client identifiers: what names whom."""

import hashlib
from base64 import urlsafe_b64encode

import pytest

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp import (
    ClientId,
    ClientIdPrefix,
    client_id_of,
    read_client_id,
)
from idwallet.protocols.openid4vp.client import is_dns_name, names_certificate
from idwallet.testing.pki import TestIdentity, TestPki
from tests.unit.protocols.openid4vp.conftest import named

HOST = "rp.example.org"


@pytest.mark.parametrize(
    ("text", "prefix", "value"),
    [
        ("x509_hash:Uvo3", ClientIdPrefix.X509_HASH, "Uvo3"),
        ("x509_san_dns:a.example", ClientIdPrefix.X509_SAN_DNS, "a.example"),
        ("x509_hash:a:b", ClientIdPrefix.X509_HASH, "a:b"),
        ("example-client", ClientIdPrefix.PRE_REGISTERED, "example-client"),
        ("https://rp.example", ClientIdPrefix.PRE_REGISTERED, "https://rp.example"),
        ("x509_hash", ClientIdPrefix.PRE_REGISTERED, "x509_hash"),
        ("X509_HASH:a", ClientIdPrefix.PRE_REGISTERED, "X509_HASH:a"),
        ("pre-registered:a", ClientIdPrefix.PRE_REGISTERED, "pre-registered:a"),
        ("did:example:1", ClientIdPrefix.PRE_REGISTERED, "did:example:1"),
    ],
)
def test_what_precedes_the_first_colon_is_a_prefix_only_if_defined(
    text: str, prefix: ClientIdPrefix, value: str
) -> None:
    assert read_client_id(text, at="/client_id") == ClientId(text, prefix, value)


@pytest.mark.parametrize(
    "prefix",
    [
        "openid_federation",
        "origin",
    ],
)
def test_a_defined_prefix_never_falls_back_to_a_name(prefix: str) -> None:
    with pytest.raises(UnsupportedError):
        read_client_id(f"{prefix}:https://rp.example", at="/client_id")


@pytest.mark.parametrize("text", ["", "a\n", "a\x00", "имя", "a\u202e"])
def test_what_is_not_printable_ascii_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        read_client_id(text, at="/client_id")


def test_a_long_identifier_is_refused() -> None:
    text = "a" * limits.CLIENT_ID_CHARACTERS
    assert read_client_id(text, at="/client_id").text == text
    with pytest.raises(LimitError):
        read_client_id(text + "a", at="/client_id")


def test_the_hash_is_that_of_the_leaf(reader: TestIdentity) -> None:
    digest = hashlib.sha256(reader.chain[0]).digest()
    expected = urlsafe_b64encode(digest).rstrip(b"=").decode()
    found = client_id_of(reader.certificate, ClientIdPrefix.X509_HASH)
    assert found == f"x509_hash:{expected}"


def test_the_name_is_that_of_the_leaf(reader: TestIdentity) -> None:
    found = client_id_of(reader.certificate, ClientIdPrefix.X509_SAN_DNS)
    assert found == f"x509_san_dns:{HOST}"


def test_among_several_names_one_must_be_chosen(pki: TestPki) -> None:
    leaf = named(pki, "a.example", "B.example", "*.c.example").certificate
    prefix = ClientIdPrefix.X509_SAN_DNS
    with pytest.raises(UsageError):
        client_id_of(leaf, prefix)
    assert client_id_of(leaf, prefix, dns_name="A.example") == "x509_san_dns:a.example"
    for name in ("*.c.example", "x.c.example", "d.example"):
        with pytest.raises(UsageError):
            client_id_of(leaf, prefix, dns_name=name)


def test_a_pre_registered_name_comes_from_no_certificate(reader: TestIdentity) -> None:
    with pytest.raises(UsageError):
        client_id_of(reader.certificate, ClientIdPrefix.PRE_REGISTERED)


def test_an_identifier_names_its_own_certificate_only(
    pki: TestPki, reader: TestIdentity
) -> None:
    other = pki.reader("other.example.org").certificate
    for prefix in (ClientIdPrefix.X509_HASH, ClientIdPrefix.X509_SAN_DNS):
        client = read_client_id(client_id_of(reader.certificate, prefix), at="")
        assert names_certificate(client, reader.certificate)
        assert not names_certificate(client, other)


def test_a_name_is_compared_without_case(reader: TestIdentity) -> None:
    client = read_client_id(f"x509_san_dns:{HOST.upper()}", at="")
    assert names_certificate(client, reader.certificate)


def test_a_name_without_a_prefix_has_no_certificate(reader: TestIdentity) -> None:
    assert not names_certificate(read_client_id(HOST, at=""), reader.certificate)


@pytest.mark.parametrize("name", ["*.example.org", "rp.example.org", ""])
def test_a_wildcard_names_nobody(pki: TestPki, name: str) -> None:
    wild = pki.reader("*.example.org").certificate
    client = ClientId("", ClientIdPrefix.X509_SAN_DNS, name)
    assert not names_certificate(client, wild)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rp.example.org", True),
        ("localhost", True),
        ("XN--E1AFMKFD.xn--p1ai", True),
        ("a-b.example", True),
        (f"{'a' * 63}.example", True),
        (f"{'a' * 64}.example", False),
        (".".join(["a" * 49] * 5) + ".abc", True),
        (".".join(["a" * 49] * 5) + ".abcd", False),
        ("-a.example", False),
        ("a-.example", False),
        ("a..example", False),
        (".example", False),
        ("example.", False),
        ("127.0.0.1", False),
        ("[::1]", False),
        ("a.example:443", False),
        ("*.example", False),
        ("a_b.example", False),
        ("пример.рф", False),
        ("a.example\n", False),
        ("", False),
    ],
)
def test_what_is_a_dns_name(text: str, expected: bool) -> None:
    assert is_dns_name(text) is expected
