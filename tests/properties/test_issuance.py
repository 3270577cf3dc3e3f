"""Nothing that an issuer or a wallet sends raises, and no key is left behind."""

import json
from collections.abc import Callable
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.signer import Signer
from idwallet.protocols.http import HttpRequest, HttpResponse
from idwallet.protocols.oauth.client_attestation import HEADER, POP_HEADER
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Failed,
)
from idwallet.roles.receiving.taking import ConfirmArrived
from tests.hostile.online.test_issuance import Run, at_endpoint, headers, opened
from tests.unit.roles.attested_world import GENUINE, attesting
from tests.unit.roles.credential_service_world import AT
from tests.unit.roles.test_receiving import Taking

VALUES: Final = st.sampled_from(
    [
        "�",
        "",
        0,
        -1,
        1e300,
        True,
        None,
        [],
        {},
        [1],
        "x" * 5000,
        2**70,
        ["�"],
        "https://x.example",
        "http://x",
        [[]],
        [{}],
        {"a": {}},
        ["a", "a"],
        {"jwk": {}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"status_list": {}},
        {"status_list": {"uri": "�", "idx": -1}},
        [{"credential": "�"}],
        [{"credential": "a~b"}],
    ]
)
PLACES: Final = st.sampled_from(
    [
        "openid-credential-issuer",
        "oauth-authorization-server",
        "/token",
        "/nonce",
        "/credential",
        "/notification",
    ]
)
CLAIMS: Final = st.sampled_from(
    [
        "iss",
        "sub",
        "exp",
        "iat",
        "nbf",
        "cnf",
        "status",
        "wallet_name",
        "aud",
        "jti",
        "challenge",
        "htm",
        "htu",
        "nonce",
    ]
)


def changed(document: JsonValue, draw: Callable[..., object]) -> JsonValue:
    """The document with one value, somewhere in it, replaced or left out."""
    if isinstance(document, dict) and document and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(document)))
        rest = {k: v for k, v in document.items() if k != name}
        if draw(st.integers(0, 6)) == 0:
            return rest
        return rest | {str(name): changed(document[str(name)], draw)}
    if isinstance(document, list) and document and draw(st.booleans()):
        return [changed(document[0], draw), *document[1:]]
    return draw(VALUES)  # type: ignore[return-value]


@settings(max_examples=80, deadline=None)
@given(data=st.data(), place=PLACES)
def test_no_answer_raises_and_none_leaves_a_key_behind(
    data: st.DataObject, place: str
) -> None:
    taking = Taking()

    def meddle(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.url.endswith(place) or response.status == 204:
            return response
        body = json.dumps(changed(response.json(), data.draw)).encode()
        return HttpResponse(response.status, response.headers, body)

    taking.meddle = meddle
    received = taking.begin(copies=2)
    if isinstance(received.step, ConfirmOffer):
        received = taking.carry(received.accept(at=AT))
    if isinstance(received.step, ConfirmArrived):
        received = taking.carry(received.store(at=AT))
    if isinstance(received.step, Failed):
        assert not taking.made


def signed(text: str, signer: Signer, changes: JsonObject) -> str:
    """The same token with other claims, whatever they are, and a true signature."""
    head, payload = opened(text)
    parts = [{**head, "alg": "ES256"}, {**payload, **changes}]
    body = ".".join(b64.encode(json.dumps(each).encode()) for each in parts)
    return f"{body}.{b64.encode(signer.sign(body.encode()))}"


@settings(max_examples=80, deadline=None)
@given(
    field=st.sampled_from([HEADER, POP_HEADER, "DPoP"]),
    claim=CLAIMS,
    value=VALUES,
)
def test_no_attestation_or_proof_raises(
    field: str, claim: str, value: JsonValue
) -> None:
    world = attesting()
    signer = GENUINE._signer if field == HEADER else world.client.dpop

    def change(request: HttpRequest, _: Run) -> HttpRequest:
        text = request.header(field) or ""
        return headers(request, field, signed(text, signer, {claim: value}))

    step = Run(world, sent=at_endpoint("token", change)).go().step
    assert isinstance(step, Failed | ConfirmCredentials)
