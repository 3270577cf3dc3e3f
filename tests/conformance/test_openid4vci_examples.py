"""The examples of OpenID4VCI 1.0 are read, or refused for the reason beside them."""

from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.json import JsonObject, read_json, read_object
from idwallet.credentials.cursor import Cursor
from idwallet.envelope.jws import read_compact
from idwallet.errors import MalformedError
from idwallet.protocols.openid4vci.credential import (
    Issued,
    read_credential_request,
    read_credential_response,
)
from idwallet.protocols.openid4vci.metadata import read_issuer_metadata
from idwallet.protocols.openid4vci.offer import InputMode, read_offer_object

pytestmark = pytest.mark.conformance

ISSUER: Final = "https://credential-issuer.example.com"
OFFERS: Final = {
    "credential_offer_authz_code.txt": "authorization_code",
    "credential_offer_by_reference.json": "pre-authorized",
    "credential_offer_multiple_credentials.json": "pre-authorized",
    "credential_offer_pre-authz_code.json": "pre-authorized",
}
# Fragments of metadata: one configuration each, put into a whole document.
CONFIGURATIONS: Final = {
    "credential_metadata_jwt_vc_json.json": ("jwt_vc_json", None),
    "credential_metadata_ldp_vc.json": ("ldp_vc", None),
    "credential_metadata_mso_mdoc.json": ("mso_mdoc", "org.iso.18013.5.1.mDL"),
    "credential_metadata_sd_jwt_vc.json": (
        "dc+sd-jwt",
        "SD_JWT_VC_example_in_OpenID4VCI",
    ),
}
RESPONSES: Final = (
    "credential_response_jwt_vc_json.txt",
    "credential_response_mso_mdoc.txt",
    "credential_response_sd_jwt_vc.txt",
)
# What is no message of those that are read here, and where it belongs.
ELSEWHERE: Final = {
    "authorization_details.json": "details",
    "authorization_details_jwt_vc_json.json": "details",
    "authorization_details_ldp_vc.json": "details",
    "authorization_details_mso_doc.json": "details",
    "authorization_details_multiple_credentials.json": "details",
    "authorization_details_sd_jwt_vc.json": "details",
    "authorization_details_with_as.json": "details",
    "issuer_jwks.json": "keys of the signed example",
}
REFUSED: Final = {
    # The request of an earlier draft: neither identifier that 8.2 asks for.
    "credential_request_iso_mdl.json": "names no credential, or two",
    # A credential that is an object, of a format that is not spoken (A.1.2).
    "credential_response_ldp_vc.txt": "not a non-empty string",
}


@pytest.fixture(scope="session")
def examples(vectors: Path) -> Path:
    return vectors / "openid4vci/examples"


def _body(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text[text.index("{") :] if "HTTP/" in text else text


def _joined(text: str) -> bytes:
    """Join the lines that the document breaks inside of its strings."""
    return "".join(line.strip() for line in text.splitlines()).encode()


def test_every_example_is_placed(examples: Path) -> None:
    placed = {
        *OFFERS,
        *CONFIGURATIONS,
        *RESPONSES,
        *ELSEWHERE,
        *REFUSED,
        "credential_issuer_metadata_sd_jwt_long.json",
        "credential_issuer_metadata_sd_jwt_jwt.txt",
        "wallet_attestation.jwt.txt",
    }
    assert {each.name for each in examples.iterdir()} == placed


@pytest.mark.parametrize(("name", "grant"), sorted(OFFERS.items()))
def test_an_offer_is_read(examples: Path, name: str, grant: str) -> None:
    offer = read_offer_object(_body(examples / name))
    assert offer.issuer == ISSUER
    assert (offer.code is not None) is (grant == "authorization_code")
    assert (offer.pre_authorized is not None) is (grant == "pre-authorized")


def test_a_transaction_code_is_read_with_its_length(examples: Path) -> None:
    name = "credential_offer_multiple_credentials.json"
    offer = read_offer_object(_body(examples / name))
    assert offer.pre_authorized is not None
    wanted = offer.pre_authorized.transaction_code
    assert wanted is not None
    assert (wanted.length, wanted.input_mode) == (4, InputMode.NUMERIC)


def test_the_long_metadata_are_read_whole(examples: Path) -> None:
    document = read_object(
        _body(examples / "credential_issuer_metadata_sd_jwt_long.json"), at="metadata"
    )
    found = read_issuer_metadata(document, identifier=ISSUER)
    assert found.batch_size == 10
    assert found.request_encryption is not None
    assert found.request_encryption.required
    configuration = found.configurations["SD_JWT_VC_example_in_OpenID4VCI"]
    assert configuration.proofs["jwt"].attested
    assert configuration.proofs["jwt"].key_storage == ("iso_18045_moderate",)
    assert [each.path for each in configuration.claims][:2] == [
        ("given_name",),
        ("family_name",),
    ]


def test_the_signed_metadata_hold_the_same(examples: Path) -> None:
    text = _joined(_body(examples / "credential_issuer_metadata_sd_jwt_jwt.txt"))
    token = read_compact(text, at="metadata")
    assert token.header.typ == "openidvci-issuer-metadata+jwt"
    claims = read_object(token.payload, at="metadata")
    assert claims["sub"] == ISSUER
    assert read_issuer_metadata(claims, identifier=ISSUER).issuer == ISSUER


@pytest.mark.parametrize("name", sorted(CONFIGURATIONS))
def test_a_configuration_is_read(examples: Path, name: str) -> None:
    part = read_object(_body(examples / name), at=name)
    whole: JsonObject = {
        "credential_issuer": ISSUER,
        "credential_endpoint": f"{ISSUER}/credential",
        **part,
    }
    found = read_issuer_metadata(whole, identifier=ISSUER)
    (configuration,) = found.configurations.values()
    assert (configuration.format, configuration.credential_type) == (
        CONFIGURATIONS[name]
    )


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_read(examples: Path, name: str) -> None:
    document = read_object(_joined(_body(examples / name)), at=name)
    found = read_credential_response(document, status=200)
    assert isinstance(found, Issued)
    assert len(found.credentials) == 1


def test_a_response_of_an_object_is_refused(examples: Path) -> None:
    name = "credential_response_ldp_vc.txt"
    document = read_object(_joined(_body(examples / name)), at=name)
    with pytest.raises(MalformedError, match=REFUSED[name]):
        read_credential_response(document, status=200)


def test_a_request_of_an_earlier_draft_is_refused(examples: Path) -> None:
    name = "credential_request_iso_mdl.json"
    document = read_object(_body(examples / name), at=name)
    with pytest.raises(MalformedError, match=REFUSED[name]):
        read_credential_request(document)


@pytest.mark.parametrize("name", sorted(n for n in ELSEWHERE if "details" in n))
def test_authorization_details_name_their_type(examples: Path, name: str) -> None:
    value = read_json(_body(examples / name), at=name)
    for each in Cursor(value, "", "RFC 9396 §2").elements(limit=4):
        assert each.member("type").text() == "openid_credential"
