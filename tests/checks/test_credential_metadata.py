import json
from dataclasses import replace

import pytest

from idwallet.codec.json import JsonValue
from idwallet.credentials.sdjwt.issue import type_integrity
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import Check, CheckId, Outcome, Reason, TypeMetadataNeeded
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import PID
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import MetadataRule, Policy
from tests.checks.presentations import came_to, only, scene, twins

ORIGIN = "https://types.example"
METADATA = CheckId.CREDENTIAL_METADATA
STRICT = replace(RETAIL, name="with metadata", metadata=MetadataRule.REQUIRED)


def document(*claims: JsonValue, vct: str = PID, **members: JsonValue) -> bytes:
    return json.dumps({"vct": vct, "claims": [*claims], **members}).encode()


def judged(
    *documents: bytes, policy: Policy = STRICT, made: Draft | None = None
) -> Check:
    types = TypeMetadataSet.read(documents)
    verifier = scene().new_verifier(policy=policy, types=types)
    made = made or draft(scene())
    made.request = verifier.request(made.request.query, purpose="test", at=scene().at)
    return only(judge(made), METADATA)


NAME = {"path": ["family_name"], "mandatory": True, "sd": "always"}


def test_a_credential_that_keeps_the_rules_of_its_type_passes() -> None:
    check = judged(document(NAME))
    assert came_to(check, Outcome.PASSED, Reason.MATCHES)
    assert check.fact("found") == PID


def test_metadata_that_is_not_at_hand_is_asked_for() -> None:
    check = judged()
    assert came_to(check, Outcome.INDETERMINATE, Reason.NOT_AT_HAND)
    assert check.needs == (TypeMetadataNeeded(PID),)
    parent = judged(document(extends="urn:base"))
    assert parent.needs == (TypeMetadataNeeded("urn:base"),)


def test_a_forged_credential_makes_nobody_fetch_metadata() -> None:
    trust = TrustStore([scene().pki.anchor().with_fetch_origins(ORIGIN)])

    def needs(made: Draft) -> tuple[object, ...]:
        verifier = scene().new_verifier(policy=STRICT)
        made.request = verifier.request(
            made.request.query, purpose="test", at=scene().at
        )
        report = evaluate_presentation(
            made.response(), request=made.request, trust=trust, at=scene().at
        ).report
        return only(report, METADATA).needs

    assert needs(draft(scene())) == (TypeMetadataNeeded(PID, origins=(ORIGIN,)),)
    forged = draft(scene())
    forged.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)
    assert needs(forged) == ()
    untrusted = draft(scene())
    untrusted.payload = {"iss": "https://other.example"}
    assert needs(untrusted) == ()


def test_only_a_policy_does_without_metadata() -> None:
    check = judged(policy=RETAIL)
    assert came_to(check, Outcome.PASSED, Reason.NOT_AT_HAND_ACCEPTED)


def test_a_policy_that_does_without_is_held_to_what_is_there() -> None:
    broken = document({"path": ["family_name"], "sd": "never"})
    check = judged(broken, policy=RETAIL)
    assert came_to(check, Outcome.FAILED, Reason.DISCLOSURE_RULE_BROKEN)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (
            {"path": ["family_name"], "sd": "never"},
            Reason.DISCLOSURE_RULE_BROKEN,
        ),
        (
            {"path": ["portrait"], "mandatory": True},
            Reason.MANDATORY_CLAIM_MISSING,
        ),
    ],
)
def test_a_credential_that_breaks_a_rule_of_its_type_fails(
    rule: dict[str, JsonValue], reason: Reason
) -> None:
    check = judged(document(rule))
    assert came_to(check, Outcome.FAILED, reason)
    path = "/" + str(rule["path"][0])  # type: ignore[index]  # a list above
    assert check.fact("paths") == (path,)


def test_the_document_must_be_the_one_that_the_issuer_meant() -> None:
    for meant, outcome, reason in (
        (document(), Outcome.PASSED, Reason.MATCHES),
        (document(NAME), Outcome.FAILED, Reason.INTEGRITY_MISMATCH),
    ):
        made = draft(scene())
        made.payload = {"vct#integrity": type_integrity(meant)}
        assert came_to(judged(document(), made=made), outcome, reason)


def test_an_integrity_that_is_no_string_fails() -> None:
    made = draft(scene())
    made.payload = {"vct#integrity": 1}
    check = judged(document(), made=made)
    assert came_to(check, Outcome.FAILED, Reason.MALFORMED)


def test_a_type_that_extends_itself_fails() -> None:
    documents = (
        document(extends="urn:base"),
        document(vct="urn:base", extends=PID),
    )
    assert came_to(judged(*documents), Outcome.FAILED, Reason.EXTENDS_BROKEN)
    straight = (document(extends="urn:base"), document(vct="urn:base"))
    assert came_to(judged(*straight), Outcome.PASSED, Reason.MATCHES)


def test_without_a_type_it_stays_open() -> None:
    valid, forged = twins("no type", METADATA)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
    assert forged.fact("waits_for") == CheckId.CREDENTIAL_TYPE
