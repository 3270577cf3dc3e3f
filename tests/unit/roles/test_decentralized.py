"""Asking under a decentralized identifier, from both sides."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import (
    Query,
    RelyingParty,
    SealKey,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import write_json
from idwallet.consent.occasion import AuthenticatedBy
from idwallet.errors import UsageError
from idwallet.ports import Fetched
from idwallet.protocols.openid4vp.message import RequestMessage, read_carrier
from idwallet.report import CheckId, DidDocumentNeeded, Origin, Reason
from idwallet.roles.asked import Anonymous, Authenticated
from idwallet.roles.holder import Holder
from idwallet.roles.needed import Gathered, orders_of
from idwallet.testing.corpus.attested import ADMITTING
from idwallet.testing.scene import ANSWER_TO, PID, Scene
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.did import did_jwk
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy, RegistrationRule

WEB = "did:web:shop.example"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST identifiers")


def wallet(scene: Scene, trust: TrustStore, policy: Policy = WALLET) -> Holder:
    return Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=scene.keys,
        trust=trust,
        policy=policy,
    )


def asked_by(scene: Scene, did: str, *, kid: str | None = None) -> str:
    party = RelyingParty.decentralized(
        did, signer=scene.reader_identity.signer, answer_to=ANSWER_TO, kid=kid
    )
    query = Query.from_dcql(
        {
            "credentials": [
                {
                    "id": "pid",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": [PID]},
                    "claims": [{"path": ["family_name"]}],
                }
            ]
        }
    )
    verifier = replace(scene.verifier, identity=party)
    return verifier.request(query, purpose="a test", at=scene.at).message.to_uri()


def test_whoever_the_trust_store_names_by_an_identifier_is_authenticated(
    scene: Scene,
) -> None:
    did = did_jwk(scene.reader_identity.signer.public_key)
    anchor = TrustAnchor.from_dids([did], name="TEST shop")
    trust = TrustStore([*scene.trust.anchors, anchor])
    asked = wallet(scene, trust).read_request(asked_by(scene, did), at=scene.at)
    assert isinstance(asked.by, Authenticated)
    assert asked.by.name == "TEST shop"
    assert asked.by.client_id == f"decentralized_identifier:{did}"
    assert asked.by.known_by is AuthenticatedBy.IDENTIFIER


def test_a_name_of_ones_own_making_is_a_strangers_that_a_policy_may_admit(
    scene: Scene,
) -> None:
    did = did_jwk(scene.reader_identity.signer.public_key)
    uri = asked_by(scene, did)
    asked = wallet(scene, scene.trust, ADMITTING).read_request(uri, at=scene.at)
    assert isinstance(asked.by, Anonymous)
    assert asked.by.client_id == f"decentralized_identifier:{did}"
    assert asked.by.send_to == ANSWER_TO


def test_a_document_is_asked_for_where_the_anchor_names_the_site_and_then_settles(
    scene: Scene,
) -> None:
    anchor = TrustAnchor.from_dids(
        [WEB], name="TEST shop", fetch_origins=["https://shop.example"]
    )
    trust = TrustStore([*scene.trust.anchors, anchor])
    uri = asked_by(scene, WEB, kid=f"{WEB}#k")
    with pytest.raises(VerificationIndeterminate) as caught:
        wallet(scene, trust).read_request(uri, at=scene.at)
    (order,) = orders_of(caught.value.report)
    assert order.need == DidDocumentNeeded(
        WEB, "https://shop.example/.well-known/did.json", ("https://shop.example",)
    )
    key = scene.reader_identity.signer.public_key
    method = {"id": f"{WEB}#k", "controller": WEB, "publicKeyJwk": key.to_jwk()}
    body = write_json({"id": WEB, "verificationMethod": [method]})
    gathered = Gathered()
    gathered.take(
        order,
        order.ways[0],
        came=Fetched(body=body, media_type="application/json", taken=scene.at),
    )
    found = trust.with_evidence(gathered.evidence(trust.evidence))
    assert wallet(scene, found).read_request(uri, at=scene.at).asker == "TEST shop"
    late = scene.at + WALLET.revocation_age + timedelta(hours=1)
    assert found.evidence.did_documents[0].origin == Origin(
        taken=scene.at, source="network"
    )
    later = replace(scene.verifier, identity=_party(scene))
    uri = later.request(_name(), purpose="a test", at=late).message.to_uri()
    with pytest.raises(VerificationIndeterminate):
        wallet(scene, found).read_request(uri, at=late)


def test_nobody_is_told_to_fetch_for_an_identifier_that_no_anchor_names(
    scene: Scene,
) -> None:
    uri = asked_by(scene, WEB, kid=f"{WEB}#k")
    with pytest.raises(VerificationIndeterminate) as caught:
        wallet(scene, scene.trust, ADMITTING).read_request(uri, at=scene.at)
    assert caught.value.report.missing() == ()
    reasons = {each.reason for each in caught.value.report.checks}
    assert Reason.DID_DOCUMENT_NEEDED in reasons


def test_a_party_asks_under_no_name_that_wallets_would_refuse(scene: Scene) -> None:
    signer = scene.reader_identity.signer
    other = did_jwk(scene.holder_signer.public_key)
    for did, kid in (
        (other, None),
        (did_jwk(signer.public_key), f"{other}#0"),
        (WEB, None),
        (WEB, "did:web:evil.test#k"),
        ("did:example:1", None),
        ("shop.example", None),
    ):
        with pytest.raises(UsageError):
            RelyingParty.decentralized(did, signer=signer, answer_to=ANSWER_TO, kid=kid)


def _name() -> Query:
    return Query.from_dcql(
        {
            "credentials": [
                {
                    "id": "pid",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": [PID]},
                    "claims": [{"path": ["family_name"]}],
                }
            ]
        }
    )


def _party(scene: Scene) -> RelyingParty:
    return RelyingParty.decentralized(
        WEB,
        signer=scene.reader_identity.signer,
        answer_to=ANSWER_TO,
        kid=f"{WEB}#k",
    )


def test_a_stranger_whom_a_policy_admits_is_told_no_error(scene: Scene) -> None:
    did = did_jwk(scene.reader_identity.signer.public_key)
    uri = asked_by(scene, did)
    # Nobody may ask who is not registered: something is wrong with both.
    policy = replace(ADMITTING, registration=RegistrationRule.REQUIRED)
    stranger = wallet(scene, scene.trust, policy)
    assert stranger.refuse_request(uri, at=scene.at) is None
    anchor = TrustAnchor.from_dids([did], name="TEST shop")
    knowing = TrustStore([*scene.trust.anchors, anchor])
    known = wallet(scene, knowing, policy).refuse_request(uri, at=scene.at)
    assert known is not None
    assert known.form()["error"] == "unauthorized_client"


@pytest.mark.parametrize("is_known", [False, True])
def test_a_link_that_names_another_identifier_than_signed_is_refused(
    scene: Scene, *, is_known: bool
) -> None:
    did = did_jwk(scene.reader_identity.signer.public_key)
    anchor = TrustAnchor.from_dids([did], name="TEST shop")
    trust = TrustStore([*scene.trust.anchors, anchor]) if is_known else scene.trust
    holder = wallet(scene, trust, ADMITTING)
    token = read_carrier(asked_by(scene, did)).token.decode()
    own = RequestMessage(token, f"decentralized_identifier:{did}")
    asked = holder.read_request(own.to_uri(), at=scene.at)
    assert isinstance(asked.by, Authenticated) is is_known
    other = replace(own, client_id=f"decentralized_identifier:{WEB}")
    with pytest.raises(VerificationFailed) as caught:
        holder.read_request(other.to_uri(), at=scene.at)
    reasons = {each.id: each.reason for each in caught.value.report.checks}
    assert reasons[CheckId.READER_AUTHORISED] is Reason.CLIENT_ID_MISMATCH
