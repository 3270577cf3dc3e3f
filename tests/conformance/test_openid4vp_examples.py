"""The examples of OpenID4VP 1.0 are read, or refused for the reason beside them.

The published examples are fragments: queries, verifier metadata, payloads with parts
left out. Each is read in place and put where it belongs in a whole message.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.codec import b64
from idwallet.codec.form import write_form
from idwallet.codec.json import read_object
from idwallet.credentials.query import Query
from idwallet.crypto.agreement import EphemeralKey
from idwallet.envelope.jwe import decrypt, read_recipient
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.openid4vp import (
    ClientIdPrefix,
    ErrorCode,
    FormatSupport,
    RequestVerdict,
    ResponseParts,
    WalletRefusal,
    client_id_of,
    evaluate_request,
    read_response,
)
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.policies import WALLET

pytestmark = pytest.mark.conformance

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

QUERIES: Final = (
    "query_lang/claims_alternatives.json",
    "query_lang/complex_mdoc.json",
    "query_lang/credentials_alternatives.json",
    "query_lang/multi_credentials.json",
    "query_lang/simple.json",
    "query_lang/simple_mdoc.json",
    "query_lang/value_matching_simple.json",
    "request/dcql_jwt_vc.json",
    "request/dcql_ldp_vc.json",
)
METADATA: Final = {
    "client_metadata/mso_mdoc_verifier_metadata.json": FormatSupport(
        "mso_mdoc", (-9, -50), (-9, -50)
    ),
    "client_metadata/sd_jwt_vc_verifier_metadata.json": FormatSupport(
        "dc+sd-jwt", ("ES256", "ES384"), ("ES256", "ES384")
    ),
    "client_metadata/w3c_jwt_verifier_metadata.json": FormatSupport("jwt_vc_json"),
    "client_metadata/w3c_ldp_verifier_metadata.json": FormatSupport("ldp_vc"),
}
# Payloads whose query is left out ("{...}"): refused as JSON; with a query put in,
# refused for the pointer and reason given here.
UNFINISHED: Final = {
    # a prefix that is not understood (§5.9.3)
    "request/request_object_client_id_did.json": ("/client_id", Reason.UNSUPPORTED),
    # the Digital Credentials API is another way to ask (Appendix A)
    "digital_credentials_api/signed_request_payload.json": (
        "/client_id",
        Reason.MALFORMED,
    ),
    "digital_credentials_api/signed_request_payload_compact.json": (
        "/response_mode",
        Reason.UNSUPPORTED,
    ),
}
NOT_MESSAGES: Final = {
    "response/jwt_vc.json": "the payload of a presentation",
    "response/kb_jwt_unsecured.json": "the payload of a key binding",
    "response/ldp_vc.json": "a presentation that is an object",
}
ELSEWHERE: Final = (
    "credentials/",  # contents of credentials
    "sd_jwt_vcld/",  # contents of one, but for the presentation below
    "request/request_header_client_id_did.json",
    "digital_credentials_api/error_invalid_request.json",
)


@pytest.fixture(scope="session")
def examples(vectors: Path) -> Path:
    return vectors / "openid4vp/examples"


@cache
def pki() -> TestPki:
    return TestPki(at=AT)


@cache
def reader() -> TestIdentity:
    return pki().reader("client.example.org")


def ask(change: dict[str, object]) -> RequestVerdict:
    """Put a part into a whole request that is good but for it."""
    claims = {
        "client_id": client_id_of(reader().certificate, ClientIdPrefix.X509_SAN_DNS),
        "response_uri": "https://client.example.org/post",
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "nonce": "n-0S6_WzA2Mj",
        "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}},
        "exp": int((AT + timedelta(minutes=5)).timestamp()),
        **change,
    }
    return judge(claims)


def judge(claims: dict[str, object]) -> RequestVerdict:
    raw = sign_compact(
        json.dumps(claims).encode(),
        header={
            "typ": "oauth-authz-req+jwt",
            "x5c": x5c_parameter(reader().chain),
        },
        signer=reader().signer,
    )
    return evaluate_request(raw, trust=pki().store(), policy=WALLET, at=AT)


def format_check(verdict: RequestVerdict) -> tuple[object, Reason]:
    check = next(c for c in verdict.checks if c.id is CheckId.REQUEST_FORMAT)
    return check.fact("at"), check.reason


def load(path: Path) -> dict[str, object]:
    return dict(read_object(path.read_bytes(), at=path.name))


def test_every_example_is_placed(examples: Path) -> None:
    placed = {*QUERIES, *METADATA, *UNFINISHED, *NOT_MESSAGES}
    found = {str(path.relative_to(examples)) for path in examples.rglob("*.json")}
    assert {name for name in found - placed if not name.startswith(ELSEWHERE)} == set()
    assert placed <= found


@pytest.mark.parametrize("name", QUERIES)
def test_an_example_query_is_asked(examples: Path, name: str) -> None:
    query = load(examples / name)
    verdict = ask({"dcql_query": query})
    assert {each.outcome for each in verdict.checks} == {Outcome.PASSED}
    assert verdict.request is not None
    assert verdict.request.query == Query.from_dcql((examples / name).read_bytes())


@pytest.mark.parametrize(("name", "support"), METADATA.items())
def test_example_metadata_is_understood(
    examples: Path, name: str, support: FormatSupport
) -> None:
    query = load(examples / "query_lang/simple.json")
    metadata = load(examples / name)
    verdict = ask({"dcql_query": query, "client_metadata": metadata})
    assert verdict.request is not None
    assert verdict.request.formats == (support,)


@pytest.mark.parametrize(("name", "expected"), UNFINISHED.items())
def test_an_unfinished_example_is_refused_as_it_is_and_completed(
    examples: Path, name: str, expected: tuple[str, Reason]
) -> None:
    text = (examples / name).read_text(encoding="utf-8")
    with pytest.raises(MalformedError):
        read_object(text, at=name)
    query = (examples / "query_lang/simple.json").read_text(encoding="utf-8")
    whole = text.replace("{ ... }", query).replace("{...}", query)
    assert format_check(judge(json.loads(whole))) == expected


def test_the_example_header_names_the_type_we_require(examples: Path) -> None:
    header = load(examples / "request/request_header_client_id_did.json")
    assert header["typ"] == "oauth-authz-req+jwt"


def test_the_example_error_is_a_refusal(examples: Path) -> None:
    path = examples / "digital_credentials_api/error_invalid_request.json"
    assert read_response(path.read_bytes()) == WalletRefusal(ErrorCode.INVALID_REQUEST)


@pytest.mark.parametrize("name", NOT_MESSAGES)
def test_what_goes_into_a_presentation_is_no_response(
    examples: Path, name: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        read_response((examples / name).read_bytes())
    assert caught.value.at == "/vp_token"


def test_a_presentation_that_is_an_object_is_read(examples: Path) -> None:
    presentation = load(examples / "response/ldp_vc.json")
    body = json.dumps({"vp_token": {"example_ldp_vc": [presentation]}})
    found = read_response(body)
    assert isinstance(found, ResponseParts)
    (text,) = found.presentations["example_ldp_vc"]
    assert json.loads(text) == presentation


def test_the_example_presentation_is_answered_in_both_ways(examples: Path) -> None:
    path = examples / "sd_jwt_vcld/01/sd_jwt_presentation.txt"
    presentation = "".join(path.read_text(encoding="utf-8").split())
    token = {"my_credential": [presentation]}
    expected = ResponseParts({"my_credential": (presentation,)}, "eyJhb.6-sVA")
    members = {"vp_token": token, "state": "eyJhb.6-sVA"}
    assert read_response(json.dumps(members)) == expected
    form = write_form({"vp_token": json.dumps(token), "state": "eyJhb.6-sVA"})
    assert read_response(form) == expected


def test_the_example_of_an_encrypted_response_opens_with_its_key(
    vectors: Path,
) -> None:
    example = load(vectors / "openid4vp/encrypted_response.json")
    private = example["private_jwk"]
    recipient = read_recipient(
        {name: value for name, value in private.items() if name != "d"}, at="jwk"
    )
    number = int.from_bytes(b64.decode(private["d"], at="d"))
    key = EphemeralKey(ec.derive_private_key(number, ec.SECP256R1()))
    assert key.public_key.spki == recipient.key.spki
    found = decrypt(example["jwe"], key=key, at="response")
    assert found.header.members["kid"] == recipient.kid
    assert json.loads(found.plaintext) == example["plaintext"]
    for body in (
        json.dumps({"response": example["jwe"]}),
        f"response={example['jwe']}",
    ):
        read = read_response(body, key=AnswerKey(key, private["kid"]))
        assert isinstance(read, ResponseParts)
        presented = example["plaintext"]["vp_token"]
        assert read.presentations == {k: tuple(v) for k, v in presented.items()}


def test_the_example_of_an_encrypted_response_is_refused_where_none_was_asked_for(
    vectors: Path,
) -> None:
    jwe = load(vectors / "openid4vp/encrypted_response.json")["jwe"]
    for body in (json.dumps({"response": jwe}), f"response={jwe}"):
        with pytest.raises(UnsupportedError) as caught:
            read_response(body)
        assert caught.value.clause == "OpenID4VP 1.0 §8.3"
