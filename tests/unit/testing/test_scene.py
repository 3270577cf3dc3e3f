from dataclasses import replace

from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.testing import scene as scenes
from idwallet.testing.scene import LIFE, PID, Scene
from idwallet.trust.policies import HOTEL, RETAIL

SCENE = Scene(seed=b"idwallet TEST scene")


def test_a_scene_plays_from_issuing_to_verifying() -> None:
    request = SCENE.request()
    body = SCENE.answer(request, SCENE.issue())
    found = verify_presentation(body, request=request, trust=SCENE.trust, at=SCENE.at)
    assert found.claim("family_name", str) == scenes.test_claims()["family_name"]


def test_the_same_seed_makes_the_same_issuer_and_other_holders() -> None:
    again = Scene(seed=b"idwallet TEST scene")
    assert again.issuer_identity.chain == SCENE.issuer_identity.chain
    assert again.reader_identity.chain == SCENE.reader_identity.chain
    assert again.holder_signer.public_key != SCENE.holder_signer.public_key
    assert Scene().issuer_identity.chain != Scene().issuer_identity.chain


def test_a_scene_takes_what_a_test_brings() -> None:
    scene = Scene(policy=HOTEL)
    assert scene.verifier.policy == HOTEL
    assert scene.new_verifier().policy == RETAIL
    assert scene.new_holder_signer().public_key != scene.holder_signer.public_key
    content = replace(scene.content(), claims={"a": 1})
    request = scene.request(Query.claims(PID, "a"))
    body = scene.answer(request, scene.issue(content))
    found = evaluate_presentation(body, request=request, trust=scene.trust, at=scene.at)
    assert isinstance(found, VerifiedPresentation)
    assert found.credentials[0].valid_until == scene.at + LIFE


def test_claims_are_made_new_for_each_test() -> None:
    assert scenes.test_claims() == scenes.test_claims()
    assert scenes.test_claims() is not scenes.test_claims()
