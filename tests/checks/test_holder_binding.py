from dataclasses import replace

import pytest

from idwallet.credentials.query import Query
from idwallet.credentials.required import Context, HeldBy
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import PID
from idwallet.trust.policies import RETAIL, WALLET
from idwallet.trust.policy import BindingRule, Policy
from tests.checks.presentations import came_to, only, scene, twins

BINDING = CheckId.HOLDER_BINDING
LENIENT = replace(RETAIL, name="unbound", binding=BindingRule.AS_QUERIED)


def test_a_holder_who_signs_with_the_credentials_key_passes() -> None:
    check = only(judge(draft(scene())), BINDING)
    assert came_to(check, Outcome.PASSED, Reason.PROVEN)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no key binding", Reason.ABSENT),
        ("bound by another key", Reason.INVALID),
        ("bound by the issuer", Reason.INVALID),
        ("binding alg none", Reason.ALGORITHM_NOT_ALLOWED),
        ("binding typ JWT", Reason.TYP_MISMATCH),
        ("a binding that is no JWT", Reason.MALFORMED),
        ("sd_hash of something else", Reason.PRESENTATION_HASH_MISMATCH),
        ("a disclosure taken out afterwards", Reason.PRESENTATION_HASH_MISMATCH),
        ("a credential bound to no key", Reason.KEY_ABSENT),
        ("a private key in cnf", Reason.KEY_UNUSABLE),
    ],
)
def test_a_holder_who_proves_no_key_fails(name: str, reason: Reason) -> None:
    valid, forged = twins(name, BINDING)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.FAILED, reason)


def test_while_the_hash_is_unknown_it_stays_open() -> None:
    valid, forged = twins("an unknown hash", BINDING)
    assert valid.outcome is Outcome.PASSED
    assert came_to(forged, Outcome.INDETERMINATE, Reason.WAITING)
    assert forged.fact("waits_for") == CheckId.CREDENTIAL_DISCLOSURES


def unbound(policy: Policy, *, asked: bool) -> Draft:
    query = {
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID]},
        "require_cryptographic_holder_binding": asked,
    }
    made = draft(scene())
    made.bend_binding = lambda _: ""
    made.request = (
        scene()
        .new_verifier(policy=policy)
        .request(
            Query.from_dcql({"credentials": [query]}), purpose="test", at=scene().at
        )
    )
    return made


@pytest.mark.parametrize(
    ("policy", "asked", "outcome", "reason"),
    [
        (LENIENT, False, Outcome.PASSED, Reason.BINDING_NOT_REQUIRED_ACCEPTED),
        (LENIENT, True, Outcome.FAILED, Reason.ABSENT),
        (RETAIL, False, Outcome.FAILED, Reason.ABSENT),
        (RETAIL, True, Outcome.FAILED, Reason.ABSENT),
    ],
)
def test_only_policy_and_query_together_do_without_a_proof(
    policy: Policy, asked: bool, outcome: Outcome, reason: Reason
) -> None:
    report = judge(unbound(policy, asked=asked))
    assert came_to(only(report, BINDING), outcome, reason)
    assert report.outcome is outcome


def test_a_binding_that_nobody_asked_for_is_judged_all_the_same() -> None:
    made = unbound(LENIENT, asked=False)
    made.bend_binding = lambda token: token[:-8] + "AAAAAAAA"
    assert came_to(only(judge(made), BINDING), Outcome.FAILED, Reason.INVALID)


def held(text: str, *thumbprints: str) -> Check:
    verdict = evaluate(
        text,
        expected=HeldBy(frozenset(thumbprints)),
        context=Context(scene().trust, WALLET, scene().at),
        subject="credential",
    )
    (found,) = [each for each in verdict.checks if each.id is BINDING]
    return found


def test_a_wallet_takes_what_is_bound_to_a_key_of_its_own() -> None:
    mine = scene().holder_signer.public_key.thumbprint
    shown, bound = draft(scene()).shown(), draft(scene()).token()
    assert came_to(held(shown, mine), Outcome.PASSED, Reason.KEY_HELD)
    assert came_to(held(shown), Outcome.FAILED, Reason.KEY_NOT_HELD)
    assert came_to(held(shown, "other"), Outcome.FAILED, Reason.KEY_NOT_HELD)
    assert came_to(held(bound, mine), Outcome.FAILED, Reason.UNEXPECTED)
