from dataclasses import replace

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import ABSENT, draft
from idwallet.testing.scene import PID
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from tests.checks.presentations import came_to, only, scene, twins

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
