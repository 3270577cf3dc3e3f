"""The examples of OpenID4VP 1.0 Appendix A: each is placed, read and held to its rules.

The published payloads leave their query out; one of the published queries is put in.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.credentials.query import Query
from idwallet.credentials.required import Context
from idwallet.envelope.jwe import read_recipient
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    sign_compact,
    sign_json_serialization,
    x5c_parameter,
)
from idwallet.errors import MalformedError
from idwallet.protocols.dc_api import (
    PageProtocol,
    PageRequest,
    evaluate_page_request,
    read_page_answer,
    read_page_message,
)
from idwallet.protocols.dc_api.evaluate import PageVerdict
from idwallet.protocols.openid4vp import ErrorCode, WalletRefusal, read_response
from idwallet.protocols.openid4vp.encryption import EncryptTo
from idwallet.report import Outcome, Reason
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.policies import WALLET

pytestmark = pytest.mark.conformance

AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOLDER: Final = "openid4vp/examples/digital_credentials_api"
PAYLOADS: Final = {
    "signed_request_payload_compact.json": PageProtocol.SIGNED,
    "signed_request_payload.json": PageProtocol.MULTISIGNED,
}
REFUSALS: Final = frozenset({"error_invalid_request.json"})
ORIGINS: Final = ("https://origin1.example.com", "https://origin2.example.com")


@pytest.fixture(scope="session")
def examples(vectors: Path) -> Path:
    return vectors / FOLDER


@cache
def pki() -> TestPki:
    return TestPki(at=AT)


@cache
def reader() -> TestIdentity:
    return pki().reader("rp.example.com")


def completed(examples: Path, name: str) -> JsonObject:
    text = (examples / name).read_text(encoding="utf-8")
    with pytest.raises(MalformedError):
        read_object(text, at=name)  # "{...}" stands for a query
    simple = examples.parent / "query_lang/simple.json"
    query = simple.read_text(encoding="utf-8")
    return dict(json.loads(text.replace("{ ... }", query).replace("{...}", query)))


def data_of(claims: JsonObject, protocol: PageProtocol) -> JsonObject:
    payload = json.dumps(claims).encode()
    chain: JsonValue = x5c_parameter(reader().chain)
    if protocol is PageProtocol.SIGNED:
        header: JsonObject = {"typ": "oauth-authz-req+jwt", "x5c": chain}
        token = sign_compact(payload, header=header, signer=reader().signer)
        return {"request": token}
    # The published header has no type, and names who signs.
    own: JsonObject = {"x5c": chain, "client_id": "x509_san_dns:rp.example.com"}
    return sign_json_serialization(
        payload,
        signers=[JsonSigner(reader().signer, own)],
        shape=JsonShape.GENERAL,
    )


def judged(protocol: PageProtocol, data: JsonObject, *, origin: str) -> PageVerdict:
    message = read_page_message({"protocol": protocol.value, "data": data})
    context = Context(pki().store(), WALLET, AT)
    return evaluate_page_request(message, origin=origin, context=context)


def test_every_example_is_placed(examples: Path) -> None:
    found = {path.name for path in examples.glob("*.json")}
    assert found == {*PAYLOADS, *REFUSALS}


@pytest.mark.parametrize(("name", "protocol"), PAYLOADS.items())
def test_an_example_payload_is_taken_from_both_of_its_pages_and_no_other(
    examples: Path, name: str, protocol: PageProtocol
) -> None:
    claims = completed(examples, name)
    data = data_of(claims, protocol)
    for origin in ORIGINS:
        verdict = judged(protocol, data, origin=origin)
        assert {each.outcome for each in verdict.checks} == {Outcome.PASSED}
        assert verdict.request is not None
        assert verdict.request.audience == f"origin:{origin}"
    refused = judged(protocol, data, origin="https://evil.test")
    assert refused.error is ErrorCode.INVALID_REQUEST
    assert Reason.ORIGIN_MISMATCH in {each.reason for each in refused.checks}


@pytest.mark.parametrize("nested", [False, True], ids=["as it is", "as the request"])
def test_several_signatures_are_read_in_either_place(
    examples: Path, nested: bool
) -> None:
    claims = completed(examples, "signed_request_payload.json")
    data = data_of(claims, PageProtocol.MULTISIGNED)
    shown: JsonObject = {"request": data} if nested else data
    verdict = judged(PageProtocol.MULTISIGNED, shown, origin=ORIGINS[0])
    assert verdict.request is not None


def test_an_unsigned_example_is_read_and_a_name_in_it_ignored(examples: Path) -> None:
    claims = completed(examples, "signed_request_payload_compact.json")
    message = read_page_message({"protocol": PageProtocol.UNSIGNED, "data": claims})
    context = Context(pki().store(), WALLET, AT)
    verdict = evaluate_page_request(message, origin="https://a.test", context=context)
    failed = {each.reason for each in verdict.checks if each.outcome is Outcome.FAILED}
    assert failed == {Reason.ANONYMOUS}  # not the origins: they count where one signs


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_an_example_error_is_a_refusal(examples: Path, name: str) -> None:
    data = read_object((examples / name).read_bytes(), at=name)
    answer = read_page_answer({"protocol": PageProtocol.SIGNED, "data": data})
    found = read_response(json.dumps({**answer.data}))
    assert found == WalletRefusal(ErrorCode.INVALID_REQUEST)


def test_the_conversation_of_a_page_is_the_published_octets(vectors: Path) -> None:
    text = (vectors / "openid4vp/session_transcripts.json").read_text()
    listed = [each for each in json.loads(text) if "Digital" in each["section"]]
    by_kind = {each["structure"]: each for each in listed}
    jwk = by_kind["jwk"]["json"]
    request = PageRequest(
        protocol=PageProtocol.UNSIGNED,
        origin="https://example.com",
        client_id="origin:https://example.com",
        nonce="exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA",
        query=Query.age_over(18),
        expires=AT,
        encryption=EncryptTo(read_recipient(jwk, at="jwk").key, jwk["kid"]),
    )
    expected = bytes.fromhex(by_kind["SessionTranscript"]["hex"])
    assert request.handover.transcript() == expected
