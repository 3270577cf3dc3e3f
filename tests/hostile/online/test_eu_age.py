"""What the EU's age verification profile leaves out is refused, beside its twin."""

from dataclasses import replace

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject
from idwallet.credentials.query import Query
from idwallet.crypto.seal import SealKey
from idwallet.errors import UsageError, VerificationFailed
from idwallet.profiles import EU_AGE_1
from idwallet.protocols.openid4vp.mode import ResponseMode
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import Anonymous
from idwallet.roles.holder import Holder
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.scene import ANSWER_TO, PID, Scene
from idwallet.trust.policies import RETAIL, WALLET
from idwallet.trust.policy import Admission, Policy
from idwallet.trust.replay import MemoryReplay

AGE = "eu.europa.ec.av.1"
STRICT = replace(RETAIL, name="age", profile=EU_AGE_1)
AGE_WALLET = replace(
    WALLET,
    name="age wallet",
    profile=EU_AGE_1,
    unauthenticated=(
        Admission(AGE, frozenset({(AGE, "age_over_18")})),
        Admission(PID, frozenset({("family_name",)})),
    ),
)
PROOF: JsonObject = {
    "id": "age",
    "format": "mso_mdoc",
    "meta": {"doctype_value": AGE},
    "claims": [{"path": [AGE, "age_over_18"]}],
}
CARD: JsonObject = {
    "id": "age",
    "format": "dc+sd-jwt",
    "meta": {"vct_values": [PID]},
    "claims": [{"path": ["family_name"]}],
}
POSTED, ENCRYPTED = ResponseMode.DIRECT_POST, ResponseMode.DIRECT_POST_JWT
OUTSIDE = [
    pytest.param(CARD, POSTED, "Annex A.3", id="another format"),
    pytest.param(PROOF, ENCRYPTED, "Annex A.5", id="another response mode"),
    pytest.param(PROOF, ResponseMode.FRAGMENT, "Annex A.5", id="an answer by a link"),
]


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST age profile")


def asks(
    scene: Scene, credential: JsonObject, mode: ResponseMode, policy: Policy
) -> str:
    """Return the request of a site that nobody vouches for, as a link."""
    verifier = Verifier(
        identity=RelyingParty.anonymous(answer_to=ANSWER_TO),
        policy=policy,
        replay=MemoryReplay(),
    )
    query = Query.from_dcql({"credentials": [credential]})
    made = verifier.request(query, purpose="a test", at=scene.at, mode=mode)
    return made.message.to_uri()


def wallet(scene: Scene) -> Holder:
    return Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=scene.keys,
        trust=scene.trust,
        policy=AGE_WALLET,
    )


def test_a_proof_of_age_is_asked_for_under_the_profile_and_read(scene: Scene) -> None:
    asked = wallet(scene).read_request(asks(scene, PROOF, POSTED, STRICT), at=scene.at)
    assert isinstance(asked.by, Anonymous)


@pytest.mark.parametrize(("credential", "mode", "clause"), OUTSIDE)
def test_a_verifier_does_not_ask_what_is_outside(
    scene: Scene, credential: JsonObject, mode: ResponseMode, clause: str
) -> None:
    with pytest.raises(UsageError, match=clause):
        asks(scene, credential, mode, STRICT)


@pytest.mark.parametrize(("credential", "mode", "clause"), OUTSIDE)
def test_a_wallet_refuses_what_is_outside_by_its_clause(
    scene: Scene, credential: JsonObject, mode: ResponseMode, clause: str
) -> None:
    raw = asks(scene, credential, mode, RETAIL)
    with pytest.raises(VerificationFailed) as caught:
        wallet(scene).read_request(raw, at=scene.at)
    failed = [
        each for each in caught.value.report.checks if each.outcome is Outcome.FAILED
    ]
    assert [each.reason for each in failed] == [Reason.OUTSIDE_PROFILE]
    assert failed[0].id is CheckId.REQUEST_FORMAT
    assert clause in str(failed[0].fact("what"))
