"""A token of one kind does not pass for another, whoever signed it for whatever.

These forgeries break more than one check by their nature, so they stand beside the
corpus: what counts is that the kind alone refuses them.
"""

from collections.abc import Callable

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.corpus import judge, judge_proof, judge_request
from idwallet.testing.corpus.proofs import ProofDraft
from idwallet.testing.draft import (
    ABSENT,
    Draft,
    digest,
    disclose,
    draft,
    loose_json,
    loose_jws,
)
from idwallet.testing.request_draft import request_draft
from idwallet.testing.scene import ANSWER_TO, Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST confusion")


def failed(report: Report) -> set[tuple[CheckId, Reason]]:
    assert report.outcome is Outcome.FAILED
    return {(each.id, each.reason) for each in report.failed()}


def binding_of(made: Draft) -> str:
    return made.token().rpartition("~")[2]


def everything(made: Draft) -> JsonObject:
    """What a key binding, a proof and a request each have to say, in one payload."""
    return {
        "iat": int(made.scene.at.timestamp()),
        "aud": made.request.client_id,
        "nonce": made.request.nonce,
        "sd_hash": digest(made.shown()),
    }


def test_an_issuer_jwt_is_no_key_binding(scene: Scene) -> None:
    made = draft(scene)
    issuer = made.issuer_jwt()[0]
    made.bend_binding = lambda _: issuer
    expected = CheckId.HOLDER_BINDING, Reason.TYP_MISMATCH
    assert expected in failed(judge(made))


@pytest.mark.parametrize(
    "typ", ["openid4vci-proof+jwt", "oauth-authz-req+jwt", "dc+sd-jwt", "JWT"]
)
def test_what_says_all_that_a_key_binding_says_is_none_by_its_type(
    scene: Scene, typ: str
) -> None:
    made = draft(scene)
    header: JsonObject = {"alg": "ES256", "typ": typ}
    header["jwk"] = made.holder_signer.public_key.to_jwk()
    token = loose_jws(header, loose_json(everything(made)), signer=made.holder_signer)
    made.bend_binding = lambda _: token
    assert failed(judge(made)) == {(CheckId.HOLDER_BINDING, Reason.TYP_MISMATCH)}


def test_a_key_binding_is_no_proof_of_possession(scene: Scene) -> None:
    shown = draft(scene)
    made = ProofDraft(scene, scene.holder_signer)
    made.audience, made.nonce = shown.request.client_id, shown.request.nonce
    assert judge_proof(made).outcome is Outcome.PASSED
    token = binding_of(shown)
    made.bend_proof = lambda _: token
    assert failed(judge_proof(made)) == {(CheckId.PROOF_FORMAT, Reason.TYP_MISMATCH)}


def test_a_proof_of_possession_is_no_key_binding(scene: Scene) -> None:
    shown = draft(scene)
    proof = ProofDraft(scene, scene.holder_signer)
    proof.audience, proof.nonce = shown.request.client_id, shown.request.nonce
    token = proof.proof()
    shown.bend_binding = lambda _: token
    assert failed(judge(shown)) == {(CheckId.HOLDER_BINDING, Reason.TYP_MISMATCH)}


def test_a_request_is_no_credential(scene: Scene) -> None:
    made = draft(scene)
    made.claims = {}
    raw = made.request.message.raw
    made.bend_issuer = lambda _: raw
    assert (CheckId.CREDENTIAL_TYPE, Reason.TYP_MISMATCH) in failed(judge(made))


def test_a_credential_is_no_request(scene: Scene) -> None:
    credential = draft(scene).issuer_jwt()[0]
    made = request_draft(scene)
    made.bend_token = lambda _: credential
    expected = {(CheckId.REQUEST_FORMAT, Reason.TYP_MISMATCH)}
    assert failed(judge_request(made)) == expected


def test_a_reader_certified_by_the_same_root_issues_nothing(scene: Scene) -> None:
    reader = scene.pki.reader("issuer.example")
    made = draft(scene)
    made.issuer_signer, made.chain = reader.signer, reader.chain
    expected = {(CheckId.ISSUER_TRUST, Reason.CERTIFICATE_PROFILE)}
    assert failed(judge(made)) == expected


def test_an_issuer_certified_by_the_same_root_asks_for_nothing(scene: Scene) -> None:
    issuer = scene.pki.issuer("https://shop.example")
    made = request_draft(scene)
    made.signer, made.chain = issuer.signer, issuer.chain
    expected = {(CheckId.READER_AUTHORISED, Reason.CERTIFICATE_PROFILE)}
    assert failed(judge_request(made)) == expected


def test_the_holder_is_no_issuer(scene: Scene) -> None:
    made = draft(scene)
    made.issuer_signer = made.holder_signer
    assert failed(judge(made)) == {(CheckId.ISSUER_SIGNATURE, Reason.INVALID)}


def test_an_answer_for_one_verifier_is_none_for_another(scene: Scene) -> None:
    """The thief relays a request of its own with the nonce of the victim's."""
    victim = scene.request()
    reader = scene.pki.reader("thief.example")
    stolen = iter([victim.nonce, victim.state])
    thief = Verifier(
        identity=RelyingParty(
            signer=reader.signer, certificates=reader.chain, answer_to=ANSWER_TO
        ),
        policy=RETAIL,
        replay=MemoryReplay(),
        random=lambda _: b64.decode(next(stolen), at="a request"),
    )
    asked = thief.request(victim.query, purpose="a test", at=scene.at)
    assert (asked.nonce, asked.state) == (victim.nonce, victim.state)
    body = draft(scene, asked).response()
    made = draft(scene, victim)
    made.bend_response = lambda _: body
    assert failed(judge(made)) == {(CheckId.PRESENTATION_AUDIENCE, Reason.MISMATCH)}


def hidden_key(made: Draft) -> None:
    """Put the holder's key where a holder may choose which one to show."""
    text = disclose("salt", "jwk", made.holder_signer.public_key.to_jwk())
    made.extra = [text]
    made.payload = {"cnf": {"_sd": [digest(text)]}}


def hidden_confirmation(made: Draft) -> None:
    text = disclose("salt", "cnf", {"jwk": made.holder_signer.public_key.to_jwk()})
    made.extra = [text]
    made.digests = [digest(text)]
    made.payload = {"cnf": ABSENT}


@pytest.mark.parametrize("hide", [hidden_key, hidden_confirmation])
def test_a_key_that_is_disclosed_selectively_binds_nobody(
    scene: Scene, hide: Callable[[Draft], None]
) -> None:
    made = draft(scene)
    hide(made)
    found = failed(judge(made))
    assert (
        CheckId.CREDENTIAL_DISCLOSURES,
        Reason.CLAIM_NEVER_DISCLOSABLE,
    ) in found
    assert CheckId.HOLDER_BINDING in {check for check, _ in found}
