"""An offer is a proposal by nobody in particular, read with one meaning."""

from dataclasses import replace

import pytest

from idwallet import limits
from idwallet.codec.form import write_form
from idwallet.codec.json import JsonObject, write_json
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.openid4vci.offer import (
    CodeGrant,
    CredentialOffer,
    InputMode,
    OfferReference,
    PreAuthorizedGrant,
    TransactionCode,
    offer_reference,
    read_offer,
    read_offer_object,
)

CODE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
OFFER = CredentialOffer(
    issuer="https://issuer.example/tenant",
    configurations=("id", "age"),
    code=CodeGrant(issuer_state="context-7", authorization_server="https://as.example"),
    pre_authorized=PreAuthorizedGrant(
        code="secret-code",
        transaction_code=TransactionCode(
            input_mode=InputMode.TEXT, length=6, description="Из письма"
        ),
    ),
)


def _document() -> JsonObject:
    return {
        "credential_issuer": "https://issuer.example",
        "credential_configuration_ids": ["id"],
        "grants": {CODE: {"pre-authorized_code": "c", "tx_code": {}}},
    }


def test_an_offer_comes_back_from_a_link_and_from_json() -> None:
    assert read_offer(OFFER.to_uri()) == OFFER
    assert read_offer(write_json(OFFER.to_json())) == OFFER
    assert read_offer(OFFER.to_uri("haip")) == OFFER


def test_an_offer_without_grants_names_none() -> None:
    plain = replace(OFFER, code=None, pre_authorized=None)
    assert "grants" not in plain.to_json()
    assert read_offer(plain.to_uri()) == plain


def test_an_empty_transaction_code_is_one_that_is_needed() -> None:
    found = read_offer_object(write_json(_document()))
    assert found.pre_authorized is not None
    assert found.pre_authorized.transaction_code == TransactionCode()


def test_a_reference_is_not_followed_but_told() -> None:
    link = offer_reference("https://issuer.example/offers/1")
    assert read_offer(link) == OfferReference("https://issuer.example/offers/1")


@pytest.mark.parametrize(
    "link",
    [
        "openid-credential-offer://",
        "openid-credential-offer://?",
        "openid-credential-offer://?credential_offer=%7B%7D",
        "openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fa.example%2Fo",
        "openid-credential-offer://?credential_offer_uri=file%3A%2F%2F%2Fetc%2Fpasswd",
        "no offer",
        "",
        OFFER.to_uri() + "#x",
        OFFER.to_uri()
        + "&"
        + write_form({"credential_offer_uri": "https://a.example"}),
        OFFER.to_uri() + "&" + OFFER.to_uri().partition("?")[2],
    ],
)
def test_a_link_that_offers_nothing_or_two_things_is_refused(link: str) -> None:
    with pytest.raises(MalformedError):
        read_offer(link)


def test_the_twin_of_every_broken_offer_is_read() -> None:
    assert read_offer_object(write_json(_document())).configurations == ("id",)


@pytest.mark.parametrize(
    "change",
    [
        {"credential_issuer": "http://issuer.example"},
        {"credential_issuer": "https://issuer.example?x=1"},
        {"credential_issuer": "https://issuer.example#x"},
        {"credential_issuer": "https://user@issuer.example"},
        {"credential_issuer": 1},
        {"credential_configuration_ids": []},
        {"credential_configuration_ids": ["id", "id"]},
        {"credential_configuration_ids": "id"},
        {"credential_configuration_ids": [""]},
        {"grants": []},
        {"grants": {CODE: {}}},
        {"grants": {CODE: {"pre-authorized_code": ""}}},
        {"grants": {CODE: {"pre-authorized_code": "c", "tx_code": None}}},
        {"grants": {CODE: {"pre-authorized_code": "c", "tx_code": {"length": 0}}}},
        {"grants": {CODE: {"pre-authorized_code": "c", "tx_code": {"length": True}}}},
        {"grants": {CODE: {"pre-authorized_code": "c", "tx_code": {"length": 65}}}},
        {
            "grants": {
                CODE: {"pre-authorized_code": "c", "tx_code": {"input_mode": "voice"}}
            }
        },
        {
            "grants": {
                CODE: {
                    "pre-authorized_code": "c",
                    "tx_code": {"description": "a" * 301},
                }
            }
        },
        {
            "grants": {
                "authorization_code": {"authorization_server": "http://a.example"}
            }
        },
        {"grants": {"authorization_code": {"issuer_state": 1}}},
    ],
)
def test_a_broken_offer_is_refused_with_its_place_and_clause(
    change: JsonObject,
) -> None:
    with pytest.raises(MalformedError) as caught:
        read_offer_object(write_json(_document() | change))
    assert caught.value.at
    assert caught.value.clause


def test_an_offer_past_its_bound_is_not_read() -> None:
    with pytest.raises(LimitError):
        read_offer("x" * (limits.OFFER_BYTES + 1))


def test_a_scheme_that_is_none_is_the_callers_fault() -> None:
    with pytest.raises(UsageError):
        OFFER.to_uri("https://")


def test_no_code_is_shown() -> None:
    shown = repr(OFFER) + repr(OFFER.pre_authorized) + repr(OFFER.code)
    assert "secret-code" not in shown
    assert "context-7" not in shown
    assert "offers" not in repr(OfferReference("https://issuer.example/offers/1"))
