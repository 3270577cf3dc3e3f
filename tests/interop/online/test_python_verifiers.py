"""Two Python verifiers judge what our wallet sends, to their requests and to ours.

`polaris-oid4vp` asks as HAIP 1.0 has it and opens what is posted; `openvc-core` judges
the same answers. Both read SD-JWT VC where a request is posted to, so that is shown.
"""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from openvc.errors import OpenvcError
from openvc.keys import P256KeyAgreementKey
from openvc.openid4vp import verify_encrypted_vp_response, verify_vp_token
from polaris_oid4vp.verifier import Verifier as Polaris
from polaris_oid4vp.verifier import verify_response
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from idwallet import Credential, Holder, Query, policies
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.model import Format, VerifiedPresentation
from idwallet.envelope.jws import x5c_parameter
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.scene import PID, Scene
from tests.interop.mdoc_peers import native_key, private_jwk
from tests.interop.online.issuing import now

pytestmark = pytest.mark.interop

ISSUER: Final = "https://issuer.example"
ANSWER_TO: Final = "https://polaris.example/answer"
QUERY: Final = Query.claims(PID, "family_name", ("address", "locality"))
SIGNING: Final[JsonObject] = {
    "type": "qes_authorization",
    "signatureQualifier": "eu_eidas_qes",
    "documentDigests": [{"label": "A test contract", "hash": "c2hhLTI1NiBvZiBpdA"}],
}
NAME: Final = "Образцова"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(at=now())


@pytest.fixture(scope="module")
def wallet(scene: Scene) -> Holder:
    made = scene.new_wallet()
    # openvc-core wants a name of the issuer in every credential.
    made.add(_issued(scene), at=now())
    return made


def _issued(scene: Scene) -> Credential:
    """Issue by `sd-jwt`, with an `iss`: openvc-core wants one in every credential."""
    identity = scene.issuer_identity
    claims = {
        "iss": ISSUER,
        "vct": PID,
        "iat": int(now().timestamp()),
        "exp": int((now() + timedelta(days=1)).timestamp()),
        "cnf": {"jwk": scene.holder_signer.public_key.to_jwk()},
        SDObj("family_name"): NAME,
        SDObj("given_name"): "Анна",
        SDObj("address"): {SDObj("locality"): "Exampleton", SDObj("country"): "XX"},
    }
    made = SDJWTIssuer(
        claims,
        JWK(**private_jwk(identity.signer)),
        extra_header_parameters={
            "typ": "dc+sd-jwt",
            "x5c": x5c_parameter(identity.chain),
        },
    )
    return Credential(Format.SD_JWT_VC, str(made.sd_jwt_issuance))


def _root(scene: Scene) -> x509.Certificate:
    return x509.load_pem_x509_certificate(scene.pki.root_pem.encode())


@pytest.fixture
def polaris(scene: Scene) -> Polaris:
    return _asker(scene)


def _asker(scene: Scene) -> Polaris:
    # It sends its own certificate alone, so it has to be straight under the root.
    asker = scene.pki.reader("polaris.example", intermediates=0)
    secret = native_key(asker.signer).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return Polaris(
        client_cert_pem=asker.chain_pem.encode(),
        client_key_pem=secret,
        request_uri="https://polaris.example/request",
        response_uri=ANSWER_TO,
        issuer_trust_anchors=[_root(scene)],
        vct_values=(PID,),
        claims=("family_name",),
    )


def _answer(wallet: Holder, request: str) -> str:
    """Answer a request, whatever carries it, and return what is posted."""
    asked = wallet.read_request(request, at=now())
    match = wallet.match(asked, at=now())
    made = wallet.present(asked, match.choose(), at=now())
    return made.body


def _claims_of(request: str) -> JsonObject:
    signed = JWS()
    signed.deserialize(request)
    return read_object(signed.objects["payload"], at="test")


def _token_of(body: str) -> JsonObject:
    return read_object(parse_qs(body)["vp_token"][0], at="test")


# --- they ask ---------------------------------------------------------------------


def test_polaris_asks_as_haip_has_it_and_takes_our_encrypted_answer_once(
    polaris: Polaris, wallet: Holder
) -> None:
    _, request = polaris.new_request()
    body = parse_qs(_answer(wallet, request))
    assert list(body) == ["response"]
    status, told, verdict = polaris.handle_direct_post(body)
    assert (status, list(told)) == (200, ["redirect_uri"]), verdict.reason
    assert verdict.authentic
    assert verdict.claims["family_name"] == NAME
    assert "given_name" not in verdict.claims
    status, _, again = polaris.handle_direct_post(body)
    assert (status, again.authentic) == (400, False)


def test_polaris_opens_no_answer_to_a_request_that_is_not_its_own(
    polaris: Polaris, wallet: Holder, scene: Scene
) -> None:
    other = _asker(scene)
    _, request = other.new_request()
    body = parse_qs(_answer(wallet, request))
    status, _, verdict = polaris.handle_direct_post(body)
    assert (status, verdict.authentic) == (400, False)
    status, _, verdict = other.handle_direct_post(body)
    assert (status, verdict.authentic) == (200, True)


def test_openvc_opens_and_verifies_the_answer_to_that_request(
    polaris: Polaris, wallet: Holder, scene: Scene
) -> None:
    session, request = polaris.new_request()
    asked: Any = _claims_of(request)
    (jwk,) = asked["client_metadata"]["jwks"]["keys"]
    sent = parse_qs(_answer(wallet, request))["response"][0]
    terms: dict[str, Any] = {
        "key": P256KeyAgreementKey(session.enc_key, jwk["kid"]),
        "dcql_query": asked["dcql_query"],
        "client_id": asked["client_id"],
        "x5c_trust_anchors": [_root(scene)],
        "now": now(),
    }
    found = verify_encrypted_vp_response(sent, nonce=asked["nonce"], **terms)
    ((shown,),) = (each.credentials for each in found.for_query("pid"))
    assert shown.credential["family_name"] == NAME
    with pytest.raises(OpenvcError):
        verify_encrypted_vp_response(sent, nonce="another", **terms)


def test_polaris_sees_that_our_wallet_agreed_to_what_it_sent_along(
    polaris: Polaris, wallet: Holder
) -> None:
    agreed = SIGNING | {"credential_ids": ["pid"]}
    _, request = polaris.new_request(transaction_data=[agreed])
    body = parse_qs(_answer(wallet, request))
    status, _, verdict = polaris.handle_direct_post(body)
    assert (status, verdict.authentic) == (200, True), verdict.reason
    assert verdict.transaction_data["bound"] == [0]


# --- we ask -----------------------------------------------------------------------


def _asked(scene: Scene, *transactions: JsonObject) -> Any:
    verifier = scene.new_verifier(policy=policies.RETAIL)
    return verifier.request(
        QUERY, purpose="a test", at=now(), transactions=transactions
    )


def test_polaris_reads_what_we_ask_and_verifies_what_our_wallet_answers(
    wallet: Holder, scene: Scene
) -> None:
    made = _asked(scene)
    request = _claims_of(made.message.raw)
    token = _token_of(_answer(wallet, made.message.raw))
    anchors = [_root(scene)]
    found = verify_response(request, token, trust_anchors=anchors)
    assert found["accepted"] is True, found["problem"]
    (verdict,) = found["verdicts"].values()
    assert verdict.claims["family_name"] == NAME
    for change in ({"nonce": "another"}, {"client_id": "x509_hash:another"}):
        refused = verify_response(request | change, token, trust_anchors=anchors)
        assert refused["accepted"] is False


def test_openvc_reads_what_we_ask_and_verifies_what_our_wallet_answers(
    wallet: Holder, scene: Scene
) -> None:
    made = _asked(scene)
    token = _token_of(_answer(wallet, made.message.raw))
    terms: dict[str, Any] = {
        "dcql_query": _claims_of(made.message.raw)["dcql_query"],
        "nonce": made.nonce,
        "client_id": made.client_id,
        "x5c_trust_anchors": [_root(scene)],
        "now": now(),
    }
    found = verify_vp_token(token, **terms)
    ((shown,),) = (each.credentials for each in found.presentations)
    assert shown.credential["address"] == {"locality": "Exampleton"}
    for change in ({"nonce": "another"}, {"client_id": "x509_hash:another"}):
        with pytest.raises(OpenvcError):
            verify_vp_token(token, **terms | change)


def test_polaris_sees_that_our_wallet_agreed_to_what_we_sent_along(
    wallet: Holder, scene: Scene
) -> None:
    agreed = SIGNING | {"credential_ids": ["credential"]}
    made = _asked(scene, agreed)
    request = _claims_of(made.message.raw)
    token = _token_of(_answer(wallet, made.message.raw))
    anchors = [_root(scene)]
    found = verify_response(request, token, trust_anchors=anchors)
    assert found["accepted"] is True, found["problem"]
    # The same presentation agrees to nothing else.
    other = _claims_of(_asked(scene, agreed | {"signatureQualifier": "x"}).message.raw)
    changed = request | {"transaction_data": other["transaction_data"]}
    found = verify_response(changed, token, trust_anchors=anchors)
    assert found["accepted"] is False


def test_all_three_judge_one_answer_alike(wallet: Holder, scene: Scene) -> None:
    made = _asked(scene)
    body = _answer(wallet, made.message.raw)
    judged = evaluate_presentation(body, request=made, trust=scene.trust, at=now())
    assert isinstance(judged, VerifiedPresentation)
    token = _token_of(body)
    late = now() + timedelta(hours=1)
    request = _claims_of(made.message.raw)
    found = verify_response(
        request, token, trust_anchors=[_root(scene)], now=int(late.timestamp())
    )
    assert found["accepted"] is False
    with pytest.raises(OpenvcError):
        verify_vp_token(
            token,
            dcql_query=request["dcql_query"],  # type: ignore[arg-type]
            nonce=made.nonce,
            client_id=made.client_id,
            x5c_trust_anchors=[_root(scene)],
            now=late,
        )
    assert not isinstance(
        evaluate_presentation(body, request=_asked(scene), trust=scene.trust, at=late),
        VerifiedPresentation,
    )
