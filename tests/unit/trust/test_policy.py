import os
import pickle
import subprocess
import sys
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.crypto.algorithms import COSE_ONLY, DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import UsageError
from idwallet.profiles import DRAFT, HAIP_1_0, OPENID4VP_1_0
from idwallet.trust import policies
from idwallet.trust.freshness import STRICTEST, FreshnessRule, StaleRule
from idwallet.trust.policy import (
    Admission,
    BindingRule,
    DelegationRule,
    ExpiryRule,
    MetadataRule,
    OneWayRule,
    Policy,
    PresenceRule,
    ReaderRule,
    RegistrationRule,
    RevocationRule,
    SignerProfileRule,
    StatusRule,
)

OTHERWISE: dict[str, object] = {
    "name": "other",
    "binding": BindingRule.AS_QUERIED,
    "presence": PresenceRule.NOT_ESTABLISHED_ACCEPTED,
    "status": StatusRule.IF_PRESENT,
    "metadata": MetadataRule.IF_PRESENT,
    "expiry": ExpiryRule.IF_PRESENT,
    "revocation": RevocationRule.IF_AT_HAND,
    "signer_profile": SignerProfileRule.DEVIATIONS_ACCEPTED,
    "readers": ReaderRule.ANONYMOUS_ACCEPTED,
    "registration": RegistrationRule.IF_PRESENT,
    "one_way": OneWayRule.BOUND_ACCEPTED,
    "delegation": DelegationRule.GUARDIANS_ACCEPTED,
    "unauthenticated": (Admission("urn:example:card:1", frozenset({("name",)})),),
    "comparison_age": timedelta(minutes=3),
    "freshness": FreshnessRule(StaleRule.ACCEPTED),
    "revocation_age": timedelta(days=6),
    "key_binding_age": timedelta(minutes=3),
    "clock_skew": timedelta(seconds=1),
    "algorithms": DEFAULT_ALGORITHMS | {Algorithm.RS256},
    "profile": HAIP_1_0,
}
RULES = (
    BindingRule,
    PresenceRule,
    StatusRule,
    MetadataRule,
    ExpiryRule,
    RevocationRule,
    ReaderRule,
    RegistrationRule,
)
READY = {
    policies.RETAIL,
    policies.HOTEL,
    policies.FINANCE,
    policies.STRICT,
    policies.WALLET,
}


def test_what_is_left_out_is_at_its_strictest() -> None:
    """An enum's first member is its strictest: nothing is switched off by omission."""
    policy = Policy(name="bare")
    for rule in RULES:
        assert next(iter(rule)) in {
            policy.binding,
            policy.presence,
            policy.status,
            policy.metadata,
            policy.expiry,
            policy.revocation,
            policy.readers,
            policy.registration,
        }
    assert policy.unauthenticated == ()
    assert policy.freshness == STRICTEST == FreshnessRule()
    assert policy.algorithms == DEFAULT_ALGORITHMS | COSE_ONLY


def test_the_algorithms_are_those_of_the_profile_unless_others_are_named() -> None:
    haip = Policy(name="haip", profile=HAIP_1_0)
    assert {each.jose for each in haip.algorithms} == HAIP_1_0.algorithms
    bare = Policy(name="bare")
    assert {each.jose for each in bare.algorithms} == OPENID4VP_1_0.algorithms
    named = frozenset({Algorithm.EDDSA, Algorithm.RS256})
    assert Policy(name="own", profile=HAIP_1_0, algorithms=named).algorithms == named


def test_a_copy_under_another_profile_is_never_wider_than_either() -> None:
    shop = replace(policies.RETAIL, name="haip", profile=HAIP_1_0)
    assert {each.jose for each in shop.algorithms} == HAIP_1_0.algorithms
    back = replace(shop, profile=OPENID4VP_1_0)
    assert back.algorithms == shop.algorithms
    borrowed = replace(policies.RETAIL, algorithms=shop.algorithms)
    assert borrowed.algorithms == shop.algorithms
    named = frozenset({Algorithm.EDDSA})
    kept = replace(policies.RETAIL, algorithms=named, profile=HAIP_1_0)
    assert replace(kept, profile=OPENID4VP_1_0).algorithms == named


def test_a_policy_is_equal_however_its_algorithms_were_said() -> None:
    said = Policy(name="x", algorithms=DEFAULT_ALGORITHMS | COSE_ONLY)
    for left_out in (Policy(name="x"), pickle.loads(pickle.dumps(Policy(name="x")))):
        assert said == left_out
        assert said.digest() == left_out.digest()


@pytest.mark.parametrize("names", [{"ES256", "ES256K"}, {"none"}, set()])
def test_a_profile_without_usable_algorithms_makes_no_policy(names: set[str]) -> None:
    profile = replace(HAIP_1_0, algorithms=frozenset(names))
    with pytest.raises(UsageError, match="algorithm"):
        Policy(name="odd", profile=profile)
    # Whoever names algorithms does not take the profile's.
    assert Policy(name="own", profile=profile, algorithms=DEFAULT_ALGORITHMS)


def test_every_field_counts_in_the_digest() -> None:
    assert set(OTHERWISE) == {each.name for each in fields(Policy)}
    base = Policy(name="base")
    digests = {base.digest()}
    for name, value in OTHERWISE.items():
        digests.add(replace(base, **{name: value}).digest())  # type: ignore[arg-type]
    assert len(digests) == len(OTHERWISE) + 1


def test_every_field_of_the_profile_counts_in_the_digest() -> None:
    base = Policy(name="base")
    digests = {base.digest()}
    other = replace(HAIP_1_0, identifier_list=DRAFT.identifier_list)
    for each in fields(HAIP_1_0):
        changed = replace(base.profile, **{each.name: getattr(other, each.name)})
        digests.add(replace(base, profile=changed).digest())
    same = {"openid4vp"}
    assert len(digests) == len(fields(HAIP_1_0)) + 1 - len(same)


def test_equal_policies_have_equal_digests_in_every_process() -> None:
    program = (
        "from idwallet.trust import policies; print(policies.RETAIL.digest().hex())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert outputs == {policies.RETAIL.digest().hex()}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"algorithms": frozenset()},
        {"key_binding_age": timedelta()},
        {"clock_skew": timedelta(seconds=-1)},
        {"clock_skew": limits.CLOCK_SKEW_MAXIMUM + timedelta(microseconds=1)},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Policy(**{"name": "policy", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rule", ["binding", "presence", "status", "metadata", "expiry"]
)
@pytest.mark.parametrize("given", ["required", "if_present", "attested", None, True])
def test_a_rule_is_a_member_of_its_enum_and_no_text_equal_to_one(
    rule: str, given: object
) -> None:
    # Else `status="required"`, out of a configuration file, would require nothing.
    with pytest.raises(UsageError, match=rule):
        Policy(**{"name": "policy", rule: given})  # type: ignore[arg-type]


def test_clock_skew_may_be_none_or_its_maximum() -> None:
    for skew in (timedelta(), limits.CLOCK_SKEW_MAXIMUM):
        assert Policy(name="policy", clock_skew=skew).clock_skew == skew


def test_ready_policies_have_names_and_digests_of_their_own() -> None:
    assert len({each.name for each in READY}) == len(READY)
    assert len({each.digest() for each in READY}) == len(READY)


def test_strict_is_what_is_left_out() -> None:
    assert replace(policies.STRICT, name="x") == Policy(name="x")


def test_the_holder_must_prove_the_key_everywhere() -> None:
    assert {each.binding for each in READY} == {BindingRule.REQUIRED}


def test_a_till_takes_proof_no_older_than_two_minutes() -> None:
    assert policies.RETAIL.key_binding_age == timedelta(minutes=2)
    assert policies.RETAIL.expiry is ExpiryRule.REQUIRED


def test_a_bank_requires_status_and_presence() -> None:
    assert policies.FINANCE.status is StatusRule.REQUIRED
    assert policies.FINANCE.presence is PresenceRule.ATTESTED


def test_a_bank_knows_that_nobody_was_revoked_and_by_fresh_lists() -> None:
    assert policies.FINANCE.revocation is RevocationRule.REQUIRED
    assert policies.FINANCE.freshness == STRICTEST


def test_a_till_takes_a_stale_list_for_a_week_and_never_for_ever() -> None:
    week = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=7))
    assert policies.RETAIL.freshness == policies.HOTEL.freshness == week
    assert policies.RETAIL.revocation is RevocationRule.IF_AT_HAND


def test_a_ready_policy_that_looks_at_no_evidence_at_hand_does_not_exist() -> None:
    assert RevocationRule.NOT_REQUIRED_ACCEPTED not in {e.revocation for e in READY}


@pytest.mark.parametrize(
    "age", [timedelta(), timedelta(-1), limits.REVOCATION_AGE_MAXIMUM * 2]
)
def test_evidence_on_certificates_has_a_finite_age(age: timedelta) -> None:
    with pytest.raises(UsageError, match="finite"):
        Policy(name="x", revocation_age=age)


def test_rsa_and_ml_dsa_are_in_no_ready_policy() -> None:
    assert {each.algorithms for each in READY} == {DEFAULT_ALGORITHMS | COSE_ONLY}
