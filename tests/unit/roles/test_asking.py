"""Who asks a wallet, and what they are registered for."""

from dataclasses import replace

import pytest

from idwallet.credentials.query import Query
from idwallet.errors import UsageError, VerificationFailed
from idwallet.report import CheckId, Reason
from idwallet.roles.asked import Authenticated
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.corpus.registered import registered, registration
from idwallet.testing.registrations.scene import BROKER
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import ANSWER_TO, Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST asking")


@pytest.fixture(scope="module")
def shop(scene: Scene) -> RequestDraft:
    made = request_draft(scene)
    registered(made)
    return made


def party(shop: RequestDraft, token: str | None) -> RelyingParty:
    return RelyingParty(
        signer=shop.signer,
        certificates=shop.chain,
        answer_to=ANSWER_TO,
        registration=token,
    )


def message(shop: RequestDraft, identity: RelyingParty) -> str:
    verifier = Verifier(identity=identity, policy=RETAIL, replay=MemoryReplay())
    query = Query.age_over(18)
    return verifier.request(query, purpose="a sale", at=shop.scene.at).message.raw


def test_a_wallet_is_told_what_who_asks_is_registered_for(
    scene: Scene, shop: RequestDraft
) -> None:
    raw = message(shop, party(shop, registration(shop, {})))
    asked = scene.new_wallet().read_request(raw, at=scene.at)
    assert isinstance(asked.by, Authenticated)
    found = asked.registration
    assert found is not None
    assert [each.text for each in found.purposes] == ["TEST sale"]
    assert found.privacy_policies == ("https://shop.example/privacy",)
    assert found.supervisor == "TEST office"
    assert found.credentials[0].covers(("age_equal_or_over", "18"))
    assert asked.registration_for("age") is found
    only = replace(asked, registered_ids=("other",))
    assert only.registration_for("age") is None
    assert only.registration_for("other") is found


def test_who_shows_no_registration_has_none(scene: Scene, shop: RequestDraft) -> None:
    raw = message(shop, party(shop, None))
    assert scene.new_wallet().read_request(raw, at=scene.at).registration is None


def test_a_registration_that_ran_out_is_a_no_and_not_none(
    scene: Scene, shop: RequestDraft
) -> None:
    ended = int(scene.at.timestamp()) - 3_600
    raw = message(shop, party(shop, registration(shop, {"exp": ended})))
    with pytest.raises(VerificationFailed) as caught:
        scene.new_wallet().read_request(raw, at=scene.at)
    reasons = {each.id: each.reason for each in caught.value.report.checks}
    assert reasons[CheckId.REGISTRATION_VALIDITY] is Reason.EXPIRED
    assert reasons[CheckId.READER_REGISTERED] is Reason.WAITING


def test_nobody_asks_with_the_registration_of_another(shop: RequestDraft) -> None:
    with pytest.raises(UsageError, match="another party"):
        party(shop, registration(shop, {"sub": BROKER}))
    broker = {"sub": BROKER, "intermediary": {"sub": BROKER, "sname": "TEST"}}
    with pytest.raises(UsageError, match="another party"):
        party(shop, registration(shop, broker))


def test_a_registration_needs_an_access_certificate(
    scene: Scene, shop: RequestDraft
) -> None:
    token = registration(shop, {})
    identity = scene.reader_identity
    with pytest.raises(UsageError, match="no access certificate"):
        RelyingParty(
            signer=identity.signer,
            certificates=identity.chain,
            answer_to=ANSWER_TO,
            registration=token,
        )
    with pytest.raises(UsageError, match="access certificate"):
        RelyingParty(
            signer=identity.signer,
            client_id="https://kiosk.example",
            answer_to=ANSWER_TO,
            registration=token,
        )
