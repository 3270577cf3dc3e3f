"""A value of another type stands anywhere in a message: it is refused, and no crash.

Every member of every message is tried with every type that JSON has. What comes of it
is a verdict, or one of the errors that reading may raise; a few are passed over.
"""

from collections.abc import Callable, Iterator
from typing import Final

import pytest

from idwallet.codec import b64
from idwallet.codec.form import write_form
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.chat import read_chat, request_in
from idwallet.protocols.dc_api import PageProtocol
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.openid4vp.abilities import read_wallet_metadata
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.evaluate import evaluate_request
from idwallet.protocols.openid4vp.reference import read_reference
from idwallet.protocols.openid4vp.reply import read_reply
from idwallet.protocols.openid4vp.response import read_response
from idwallet.report import Outcome, Report
from idwallet.testing.draft import loose_json
from idwallet.testing.page_draft import judge_page, page_draft
from idwallet.testing.request_draft import request_draft
from idwallet.testing.scene import Scene
from idwallet.trust.did import key_in_document, key_in_name, read_did
from tests.unit.roles.presentation_service_world import ABILITIES

SCENE: Final = Scene(seed=b"idwallet TEST types swapped")
OTHERS: Final[tuple[JsonValue, ...]] = (None, True, 7, 1.5, "", "x", [], [[]], {}, [{}])
KEY: Final = AnswerKey.generate("ours")


def swapped(value: JsonValue) -> Iterator[JsonValue]:
    """Yield the value with each part of it, and the whole, of every other type."""
    yield from (each for each in OTHERS if each != value)
    if isinstance(value, dict):
        for name, inner in value.items():
            for changed in swapped(inner):
                yield {**value, name: changed}
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            for changed in swapped(inner):
                yield [*value[:place], changed, *value[place + 1 :]]


def objects(value: JsonObject) -> Iterator[JsonObject]:
    yield from (each for each in swapped(value) if isinstance(each, dict))


def judged(payload: bytes) -> Outcome:
    made = request_draft(SCENE)
    made.bend_payload = lambda _: payload
    found = evaluate_request(
        made.message(), trust=made.trust, policy=made.policy, at=SCENE.at
    )
    checks, required = found.checks, found.required
    return Report(checks=checks, required=required, at=SCENE.at, policy="test").outcome


def claims(protocol: PageProtocol | None = None) -> JsonObject:
    """The claims of a request of each kind, with all that may stand there."""
    more: JsonObject = {
        "client_metadata": {
            "vp_formats_supported": {"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"]}},
            **KEY.public.to_metadata(),
        },
        "verifier_info": [{"format": "x", "data": {"a": 1}, "credential_ids": ["pid"]}],
        "idwallet_purpose": "a test",
    }
    if protocol is None:
        made = request_draft(SCENE)
        more["response_mode"] = "direct_post.jwt"
        return {**made._claims(), **more}
    page = page_draft(SCENE)
    page.protocol = protocol
    if protocol is PageProtocol.MULTISIGNED:
        del more["verifier_info"]  # each signer's own
    return {**page.payload(), **more, "response_mode": "dc_api.jwt"}


def test_a_request_is_judged_whatever_stands_in_it() -> None:
    honest = claims()
    assert judged(loose_json(honest)) is Outcome.PASSED
    assert {judged(loose_json(each)) for each in objects(honest)} >= {Outcome.FAILED}


@pytest.mark.parametrize("name", ["transaction_data", "x5c", "kid", "jwt", "typ"])
def test_a_header_or_a_transaction_is_judged_whatever_it_is(name: str) -> None:
    content: JsonObject = {"type": "payment", "credential_ids": ["pid"]}
    values: list[JsonValue] = [*OTHERS]
    if name == "transaction_data":
        values += [[b64.encode(loose_json(each))] for each in objects(content)]
    for value in values:
        made = request_draft(SCENE)
        if name == "transaction_data":
            made.claims = {name: value}
        else:
            made.header = {name: value}
        evaluate_request(
            made.message(), trust=made.trust, policy=made.policy, at=SCENE.at
        )


@pytest.mark.parametrize(
    "protocol",
    [PageProtocol.UNSIGNED, PageProtocol.SIGNED, PageProtocol.MULTISIGNED],
)
def test_a_page_is_judged_whatever_it_says(protocol: PageProtocol) -> None:
    honest = claims(protocol)

    def outcome(payload: bytes | None = None, text: bytes | None = None) -> Outcome:
        made = page_draft(SCENE)
        made.protocol = protocol
        if payload is not None:
            said = read_object(payload, at="test")
            made.claims = said
            made.bend_payload = lambda _: payload
        if text is not None:
            made.bend_text = lambda _: text
        return judge_page(made).outcome

    if protocol is not PageProtocol.UNSIGNED:
        assert outcome(loose_json(honest)) is Outcome.PASSED
    for each in objects(honest):
        outcome(loose_json(each))
    made = page_draft(SCENE)
    made.protocol = protocol
    for each in objects(made.parsed()):
        assert outcome(text=loose_json(each)) is not None


DOCUMENT: Final[JsonObject] = {
    "id": "did:web:shop.example",
    "verificationMethod": [
        {
            "id": "did:web:shop.example#1",
            "controller": "did:web:shop.example",
            "publicKeyJwk": SCENE.reader_identity.signer.public_key.to_jwk(),
        }
    ],
}
INSIDE: Final[JsonObject] = {"vp_token": {"pid": ["x", {"a": "b"}]}, "state": "s"}
METADATA: Final[JsonObject] = {
    **ABILITIES.to_metadata(ClientIdPrefix.X509_HASH),
    **KEY.public.to_metadata(),
}
LINK: Final[JsonObject] = {
    "client_id": "x509_hash:A",
    "request_uri": "https://shop.example/r",
    "request_uri_method": "post",
}
CARRIED: Final[JsonObject] = {
    "method": "POST",
    "url": "https://shop.example/r",
    "headers": [["Content-Type", "text/plain"]],
    "body": "",
}


def _carried(text: str) -> object:
    whole: JsonObject = {
        "idwallet_chat": 1,
        "kind": "http-request",
        "name": "a",
        "body": text,
    }
    found = read_chat(loose_json(whole))
    return None if found is None else request_in(found)


def _chat(text: str) -> object:
    return read_chat(text)


READERS: Final[dict[str, tuple[JsonObject, Callable[[str], object]]]] = {
    "a DID document": (
        DOCUMENT,
        lambda text: key_in_document(
            text.encode(),
            did=read_did("did:web:shop.example", at="test"),
            fragment="1",
        ),
    ),
    "wallet metadata": (METADATA, read_wallet_metadata),
    "a link in JSON": (LINK, read_reference),
    "an answer": (INSIDE, read_response),
    "an answer as a form": (
        {"pid": ["x"]},
        lambda text: read_response(write_form({"vp_token": text, "state": "s"})),
    ),
    "a reply": (
        {"redirect_uri": "https://shop.example/"},
        lambda text: read_reply(
            HttpResponse(200, (("Content-Type", "application/json"),), text.encode())
        ),
    ),
    "a carried request": (CARRIED, _carried),
    "a chat message": (
        {"idwallet_chat": 1, "kind": "offer", "name": "a", "body": "b"},
        _chat,
    ),
    "a key in a name": (
        SCENE.reader_identity.signer.public_key.to_jwk(),
        lambda text: key_in_name(
            read_did(f"did:jwk:{b64.encode(text.encode())}", at="test"),
            "0",
            at="test",
        ),
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_what_is_read_is_refused_and_no_crash(name: str) -> None:
    honest, read = READERS[name]
    read(loose_json(honest).decode())
    refused = 0
    for each in objects(honest):
        try:
            read(loose_json(each).decode())
        except (MalformedError, UnsupportedError):
            refused += 1
    assert refused
