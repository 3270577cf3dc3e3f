"""Request objects: written as the standard asks, and read back equal."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import read_compact
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.openid4vp import (
    FormatSupport,
    RequestMessage,
    RequestObject,
    build_request_object,
    formats_supported,
    parameters,
    read_request,
)
from idwallet.protocols.openid4vp.client import read_client_id
from idwallet.testing.pki import TestIdentity, TestPki
from tests.unit.protocols.openid4vp.conftest import NONCE, Desk

UNBOUND = {
    "credentials": [
        {
            "id": "ticket",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:example:ticket"]},
            "require_cryptographic_holder_binding": False,
        }
    ]
}


def claims_of(raw: str) -> dict[str, object]:
    return json.loads(b64.decode(raw.split(".")[1], at=""))


def test_a_signed_request_says_what_the_standard_asks(desk: Desk) -> None:
    claims = claims_of(desk.message().raw)
    assert claims == {
        "aud": "https://self-issued.me/v2",
        "client_id": desk.request.client_id,
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "response_uri": "https://rp.example.org/answers?desk=1",
        "nonce": NONCE,
        "dcql_query": desk.request.query.to_dcql(),
        "state": "a-state",
        "idwallet_purpose": "check-in",
        "client_metadata": {
            "vp_formats_supported": {
                "dc+sd-jwt": {
                    "sd-jwt_alg_values": ["ES256", "Ed25519"],
                    "kb-jwt_alg_values": ["ES256", "Ed25519"],
                }
            }
        },
        "iat": int(desk.at.timestamp()) - 60,
        "exp": int(desk.at.timestamp()) + 240,
    }


def test_the_header_holds_type_and_chain_without_the_anchor(
    desk: Desk, pki: TestPki
) -> None:
    raw = build_request_object(
        desk.request, signer=desk.signer, certificates=(*desk.chain, pki.root.der)
    )
    header = read_compact(raw, at="request").header
    assert header.typ == "oauth-authz-req+jwt"
    assert header.x5c == desk.chain
    assert set(header.parameters) == {"alg", "typ", "x5c"}


def test_a_pre_registered_client_sends_no_chain_and_no_metadata(
    pinned_desk: Desk,
) -> None:
    raw = pinned_desk.message().raw
    assert set(read_compact(raw, at="request").header.parameters) == {"alg", "typ"}
    assert "client_metadata" not in claims_of(raw)


def test_a_pinned_key_is_named_where_asked(pinned_desk: Desk) -> None:
    raw = build_request_object(pinned_desk.request, signer=pinned_desk.signer, kid="k1")
    assert read_compact(raw, at="request").header.kid == "k1"


def test_every_carrier_reads_back_equal(desk: Desk) -> None:
    message = desk.message()
    for raw in (message.raw, message.to_uri(), message.to_json()):
        assert read_request(raw).request == desk.request
        assert read_request(raw.encode()).request == desk.request


def test_a_request_with_every_field_reads_back_equal(desk: Desk) -> None:
    request = replace(
        desk.request,
        not_before=desk.at,
        state=None,
        purpose=None,
        formats=(FormatSupport("mso_mdoc"), FormatSupport("dc+sd-jwt", ("ES256",))),
    )
    raw = replace(desk, request=request).message().raw
    assert read_request(raw).request == request


CARD = Query.from_dcql(
    {
        "credentials": [
            {
                "id": "pid",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
            }
        ]
    }
)
LICENCE = Query.from_dcql(
    {
        "credentials": [
            {
                "id": "mdl",
                "format": "mso_mdoc",
                "meta": {"doctype_value": "org.iso.18013.5.1.mDL"},
            }
        ]
    }
)


def test_algorithms_of_mobile_documents_are_offered_by_number_where_one_is_asked(
    desk: Desk,
) -> None:
    offered = formats_supported(frozenset({Algorithm.ES256}), LICENCE)
    assert FormatSupport("mso_mdoc", (-7,), (-7,)) in offered
    request = replace(desk.request, query=LICENCE, formats=offered)
    raw = replace(desk, request=request).message().raw
    assert read_request(raw).request.formats == offered


@pytest.mark.parametrize("values", [["ES256"], [True], [], "x"])
def test_algorithms_of_mobile_documents_are_numbers(values: JsonValue) -> None:
    support: JsonObject = {"mso_mdoc": {"issuerauth_alg_values": values}}
    with pytest.raises(MalformedError, match="issuerauth_alg_values"):
        parameters._formats(
            {"vp_formats_supported": support},
            read_client_id("x509_hash:" + "A" * 43, at="client_id"),
        )


def test_fully_specified_names_are_offered() -> None:
    names = ("ES256", "ES384", "ES512", "Ed25519")
    assert formats_supported(DEFAULT_ALGORITHMS, CARD) == (
        FormatSupport("dc+sd-jwt", names, names),
    )
    only = formats_supported(frozenset({Algorithm.ES384}), CARD)
    assert only == (FormatSupport("dc+sd-jwt", ("ES384",), ("ES384",)),)


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": ""},
        {"nonce": "a b" * 10},
        {"nonce": "n" * 21},
        {"nonce": "n" * 513},
        {"state": "ключ"},
        {"state": ""},
        {"response_uri": "http://rp.example.org/"},
        {"response_uri": "https://user@rp.example.org/"},
        {"response_uri": "https://rp.example.org/#here"},
        {"purpose": "p" * 513},
        {"client_id": "redirect_uri:https://rp.example.org"},
        {"client_id": ""},
        {"issued": None},
        {"formats": ()},
        {"query": Query.from_dcql(UNBOUND), "state": None},
    ],
)
def test_what_no_wallet_takes_is_not_signed(
    desk: Desk, change: dict[str, object]
) -> None:
    forged = replace(desk, request=replace(desk.request, **change))  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        forged.message()


@pytest.mark.parametrize("hours", [-1, 0, 25])
def test_a_lifetime_that_no_wallet_takes_is_not_signed(desk: Desk, hours: int) -> None:
    expires = desk.at - timedelta(minutes=1) + timedelta(hours=hours)
    forged = replace(desk, request=replace(desk.request, expires=expires))
    with pytest.raises(UsageError):
        forged.message()


def test_an_unbound_credential_is_asked_for_with_a_state(desk: Desk) -> None:
    request = replace(desk.request, query=Query.from_dcql(UNBOUND))
    raw = replace(desk, request=request).message().raw
    assert read_request(raw).request == request


def test_chain_signer_and_identifier_belong_together(
    desk: Desk, dns_desk: Desk, pinned_desk: Desk, pki: TestPki
) -> None:
    other = pki.reader("other.example.org")
    for wrong in (
        replace(desk, chain=()),
        replace(desk, chain=(b"no certificate",)),
        replace(desk, chain=other.chain),
        replace(desk, signer=other.signer, chain=other.chain),
        replace(dns_desk, signer=other.signer, chain=other.chain),
        replace(desk, chain=(pki.root.der,)),
        replace(pinned_desk, chain=desk.chain),
    ):
        with pytest.raises(UsageError):
            wrong.message()
    assert desk.message()
    assert dns_desk.message()
    assert pinned_desk.message()


def test_reading_checks_the_type(desk: Desk) -> None:
    header = {**desk.header(), "typ": "JWT"}
    with pytest.raises(MalformedError) as caught:
        read_request(desk.forge(header=header))
    assert caught.value.at == "request/header/typ"


def test_reading_compares_the_identifier_beside_the_token(desk: Desk) -> None:
    message = RequestMessage(desk.message().raw, "x509_san_dns:other.example.org")
    with pytest.raises(MalformedError) as caught:
        read_request(message.to_uri())
    assert caught.value.at == "client_id"


def test_reading_judges_no_signature(desk: Desk) -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    read = read_request(desk.forge(signer=stranger))
    assert read.request == desk.request
    assert read.jws.header.typ == "oauth-authz-req+jwt"


def test_an_expired_request_is_still_readable(desk: Desk) -> None:
    past = int(desk.at.timestamp()) - 1_000_000
    read = read_request(desk.forge({"iat": past, "exp": past + 60}))
    assert isinstance(read.request, RequestObject)
    assert read.request.expires < desk.at


def test_a_leaf_of_another_identity_is_not_signed_under(reader: TestIdentity) -> None:
    assert reader.signer.public_key == reader.certificate.public_key
