from dataclasses import replace

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.corpus import RequestForgery, judge_request
from idwallet.testing.corpus.attested import (
    ATTESTED,
    ATTESTER,
    attestation,
    attested,
)
from idwallet.testing.request_draft import RequestDraft, request_draft
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import WALLET
from tests.checks.presentations import came_to
from tests.checks.requests import alone

ID = CheckId.READER_ATTESTATION


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST reader attestation")


def shop(scene: Scene) -> RequestDraft:
    made = request_draft(scene)
    attested(made)
    return made


def test_whoever_is_attested_by_somebody_trusted_passes(scene: Scene) -> None:
    report = judge_request(shop(scene))
    assert report.outcome is Outcome.PASSED
    assert came_to(alone(report, ID), Outcome.PASSED, Reason.VALID)
    reader = alone(report, CheckId.READER_AUTHORISED)
    assert reader.reason is Reason.ATTESTED
    assert dict(reader.facts) == {"name": "shop.example", "by": ATTESTER}


@pytest.mark.parametrize(
    "forgery", [e for e in ATTESTED if e.check is ID], ids=lambda each: each.name
)
def test_an_attestation_that_is_none_fails(
    scene: Scene, forgery: RequestForgery
) -> None:
    _, forged = forgery.twins(scene)
    assert came_to(alone(judge_request(forged), ID), Outcome.FAILED, forgery.reason)


def test_an_attestation_by_nobody_known_cannot_be_judged(scene: Scene) -> None:
    trust = scene.pki.store(purposes=[Purpose.READ_CREDENTIALS])
    report = judge_request(replace(shop(scene), trust=trust))
    assert came_to(alone(report, ID), Outcome.INDETERMINATE, Reason.WAITING)
    reader = alone(report, CheckId.READER_AUTHORISED)
    assert came_to(reader, Outcome.FAILED, Reason.NO_TRUSTED_PATH)


def test_the_key_of_whoever_attests_may_be_pinned(scene: Scene) -> None:
    made = shop(scene)
    who = scene.pki.issuer(ATTESTER)
    anchor = TrustAnchor(
        name="TEST attester",
        purposes=frozenset({Purpose.ATTEST_READERS}),
        issuer_names=frozenset({ATTESTER}),
        keys=(PinnedKey("k1", who.signer.public_key),),
    )
    token = attestation(made, header={"x5c": "\0absent", "kid": "k1"}, by=who)
    pinned = replace(made, header={"jwt": token}, trust=TrustStore([anchor]))
    report = judge_request(pinned)
    assert report.outcome is Outcome.PASSED
    assert alone(report, CheckId.READER_REVOCATION).reason is Reason.KEY_PINNED


def test_only_who_is_known_by_an_attestation_needs_one(scene: Scene) -> None:
    report = judge_request(request_draft(scene))
    assert all(each.id is not ID for each in report.checks)
    plain = replace(shop(scene), policy=WALLET, header={})
    report = judge_request(plain)
    assert came_to(
        alone(report, CheckId.READER_AUTHORISED), Outcome.FAILED, Reason.NO_KEY_MATERIAL
    )
    assert report.outcome is Outcome.FAILED
