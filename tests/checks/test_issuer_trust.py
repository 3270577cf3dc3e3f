from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.json import JsonObject
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.corpus.anchors import lose_keys
from idwallet.testing.draft import ABSENT, draft
from idwallet.testing.evidence import LIST, status_list
from idwallet.testing.scene import PID
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.evidence import EvidenceAtHand
from tests.checks.presentations import came_to, only, scene, twins

DAY = timedelta(days=1)
TRUST = CheckId.ISSUER_TRUST
NAME = "https://issuer.example"


def test_an_issuer_under_a_trusted_root_passes() -> None:
    check = only(judge(draft(scene())), TRUST)
    assert came_to(check, Outcome.PASSED, Reason.TRUSTED)
    assert "issuer.example" in str(check.fact("name"))


@pytest.mark.parametrize(
    ("kid", "name", "outcome", "reason"),
    [
        ("1", NAME, Outcome.PASSED, Reason.KEY_PINNED),
        ("2", NAME, Outcome.FAILED, Reason.KEY_NOT_PINNED),
        ("1", f"{NAME}/other", Outcome.FAILED, Reason.KEY_NOT_PINNED),
    ],
)
def test_a_pinned_key_passes_under_its_own_kid_and_name(
    kid: str, name: str, outcome: Outcome, reason: Reason
) -> None:
    made = draft(scene())
    made.header = {"x5c": ABSENT, "kid": kid}
    made.payload = {"iss": name}
    anchor = TrustAnchor(
        name="the test issuer",
        purposes=frozenset({Purpose.ISSUE_CREDENTIALS}),
        issuer_names=frozenset({NAME}),
        keys=(PinnedKey("1", made.issuer_signer.public_key),),
    )
    judged = evaluate_presentation(
        made.response(),
        request=made.request,
        trust=TrustStore([anchor]),
        at=scene().at,
    )
    assert came_to(only(judged.report, TRUST), outcome, reason)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("certificate: under a root of the same name that is not the anchor", None),
        ("certificate: leaf signed by itself", None),
        ("certificate: leaf expired", Reason.CERTIFICATE_EXPIRED),
        ("certificate: CA not yet valid", Reason.CERTIFICATE_NOT_YET_VALID),
        ("certificate: CA is no CA", Reason.CERTIFICATE_PROFILE),
        ("no certificate", Reason.NO_KEY_MATERIAL),
        ("the name of another issuer", Reason.NAME_NOT_REGISTERED),
    ],
)
def test_an_issuer_that_nobody_vouches_for_is_a_no(
    name: str, reason: Reason | None
) -> None:
    valid, forged = twins(name, TRUST)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason or Reason.NO_TRUSTED_PATH)


@pytest.mark.parametrize(
    ("registered", "further", "outcome", "reason"),
    [
        ({PID}, [], Outcome.PASSED, Reason.TRUSTED),
        ({PID, "urn:x"}, ["urn:x"], Outcome.PASSED, Reason.TRUSTED),
        ({"urn:x"}, [], Outcome.FAILED, Reason.TYPE_NOT_REGISTERED),
        ({PID}, ["urn:x"], Outcome.FAILED, Reason.TYPE_NOT_REGISTERED),
    ],
)
def test_an_anchor_is_believed_about_its_registered_types_alone(
    registered: set[str], further: list[str], outcome: Outcome, reason: Reason
) -> None:
    made = draft(scene())
    made.payload = {"aka_vcts": [*further]} if further else {}
    anchor = replace(made.scene.pki.anchor(), credential_types=frozenset(registered))
    judged = evaluate_presentation(
        made.response(),
        request=made.request,
        trust=TrustStore([anchor]),
        at=made.scene.at,
    )
    check = only(judged.report, TRUST)
    assert came_to(check, outcome, reason)


def test_a_clock_that_stands_before_the_anchors_proves_nothing() -> None:
    valid, early = twins("anchors of tomorrow", CheckId.ISSUER_TRUST)
    assert came_to(valid, Outcome.PASSED, Reason.TRUSTED)
    assert came_to(early, Outcome.INDETERMINATE, Reason.ANCHORS_FROM_THE_FUTURE)


PROVEN = "signed before the keys were lost, and"


def test_what_is_proven_to_be_older_than_the_loss_of_the_keys_is_believed() -> None:
    proven, open_one = twins(f"{PROVEN} no proof", CheckId.ISSUER_TRUST)
    assert came_to(proven, Outcome.PASSED, Reason.SIGNED_BEFORE_DISTRUST)
    assert proven.fact("since") == scene().at - DAY
    assert proven.fact("signed") == scene().at - 2 * DAY
    unproven = Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN
    assert came_to(open_one, Outcome.INDETERMINATE, unproven)


@pytest.mark.parametrize("name", ["proven too late", "proven as of the loss"])
def test_a_proof_counts_only_if_it_was_taken_before(name: str) -> None:
    _, late = twins(f"{PROVEN} {name}", CheckId.ISSUER_TRUST)
    unproven = Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN
    assert came_to(late, Outcome.INDETERMINATE, unproven)


def test_a_proof_of_another_credential_proves_nothing() -> None:
    made, other = draft(scene()), draft(scene())
    for each in (made, other):
        lose_keys(each, DAY)
    other.claims["given_name"] = "Анна"
    other.proven = scene().at - 2 * DAY
    proofs = other.believed().evidence.existence
    made.evidence = EvidenceAtHand(existence=proofs)
    check = only(judge(made), CheckId.ISSUER_TRUST)
    assert check.reason is Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN


def test_whoever_lost_the_keys_sends_nobody_anywhere_and_a_no_is_heard() -> None:
    made = draft(scene())
    lose_keys(made, DAY)
    entry: JsonObject = {"idx": 7, "uri": LIST}
    made.payload = {**made.payload, "status": {"status_list": entry}}
    assert judge(made).missing() == ()
    made.proven = scene().at - 2 * DAY
    assert judge(made).missing() != ()
    issued = scene().at - 3 * DAY
    revoked = status_list(
        scene().issuer_identity, entries=[(7, 1)], at=issued, life=30 * DAY
    )
    made.evidence = EvidenceAtHand(status_lists=[revoked])
    made.proven = None
    report = judge(made)
    assert only(report, CheckId.CREDENTIAL_STATUS).reason is Reason.REVOKED
    assert report.outcome is Outcome.FAILED
