from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.registrations import REGISTRATION_FORGERIES
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.freshness import FreshnessRule, StaleRule
from tests.checks.registrations import (
    came_to,
    honest,
    reasons_of,
    scene,
    twins,
    waiting,
)

CHECK = CheckId.REGISTRATION_TRUST


def test_a_registrar_under_a_trusted_root_passes() -> None:
    assert came_to(honest(), CHECK) == (Outcome.PASSED, Reason.TRUSTED)


@pytest.mark.parametrize("reason", reasons_of(CHECK, Outcome.FAILED))
def test_whoever_else_registers_is_a_no(reason: Reason) -> None:
    valid, wrong = twins(CHECK, reason)
    assert valid.outcome is Outcome.PASSED
    assert (wrong.outcome, wrong.reason) == (Outcome.FAILED, reason)


def test_what_cannot_be_read_leaves_its_registrar_open() -> None:
    check = waiting(CHECK, CheckId.REGISTRATION_FORMAT, Reason.TYP_MISMATCH)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REGISTRATION_FORMAT


@pytest.mark.parametrize("days", [-1, 1])
def test_a_registrar_whose_keys_were_lost_is_a_no_whatever_the_moment(
    days: int,
) -> None:
    made = honest()
    lost = made.rules.at + timedelta(days=days)
    trust = made.rules.trust
    anchors = [
        replace(each, distrusted_after=lost)
        if Purpose.REGISTER_READERS in each.purposes
        else each
        for each in trust.anchors
    ]
    doubted = TrustStore(anchors, evidence=trust.evidence)
    made.rules = replace(made.rules, trust=doubted)
    assert came_to(made, CHECK) == (Outcome.FAILED, Reason.NO_TRUSTED_PATH)


def test_anchors_whose_time_is_wrong_leave_a_registrar_open() -> None:
    for reason in (Reason.ANCHORS_FROM_THE_FUTURE, Reason.ANCHORS_STALE):
        valid, wrong = twins(CHECK, reason)
        assert valid.outcome is Outcome.PASSED
        assert (wrong.outcome, wrong.reason) == (Outcome.INDETERMINATE, reason)


def test_the_age_of_anchors_is_accepted_where_a_policy_says_so() -> None:
    found = [e for e in REGISTRATION_FORGERIES if e.reason is Reason.ANCHORS_STALE]
    _, stale = found[0].twins(scene())
    rule = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=60))
    policy = replace(stale.rules.policy, name="patient", freshness=rule)
    stale.rules = replace(stale.rules, policy=policy)
    accepted = Reason.ANCHORS_STALE_ACCEPTED
    assert came_to(stale, CHECK) == (Outcome.PASSED, accepted)
