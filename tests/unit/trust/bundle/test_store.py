"""A trust store out of a bundle, or a verdict that says why there is none."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from idwallet.crypto.keys import PublicKey
from idwallet.errors import (
    UsageError,
    VerificationError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.explain import explain
from idwallet.report import BundleNeeded, CheckId, Reason
from idwallet.testing.bundle import BundleDraft, BundleScene, bundle_draft
from idwallet.testing.bundle.draft import SEQUENCE, SERIES, WEEK
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle import build_bundle
from idwallet.trust.bundle.state import MemoryBundleState
from idwallet.trust.freshness import FreshnessRule, StaleRule
from idwallet.trust.policies import RETAIL, STRICT
from idwallet.trust.policy import Policy

SCENE = BundleScene(seed=b"idwallet TEST stores")
DATA = build_bundle(SCENE.content(), signer=SCENE.operator)
PATIENT = replace(
    RETAIL,
    name="patient",
    freshness=FreshnessRule(StaleRule.ACCEPTED, timedelta(days=10)),
)


def store(
    data: bytes = DATA,
    *,
    state: MemoryBundleState | None = None,
    after: timedelta = timedelta(),
    policy: Policy = STRICT,
) -> TrustStore:
    return TrustStore.from_bundle(
        data,
        operator=SCENE.operator.public_key,
        state=state or MemoryBundleState(),
        at=SCENE.at + after,
        policy=policy,
    )


def failed(error: VerificationError) -> set[tuple[CheckId, Reason]]:
    bad = (*error.report.failed(), *error.report.indeterminate())
    return {(e.id, e.reason) for e in bad if e.reason is not Reason.WAITING}


def test_a_store_is_made_and_the_bundle_remembered() -> None:
    state = MemoryBundleState()
    made = store(state=state)
    assert len(made.anchors) == 1
    mark = state.mark()
    assert mark is not None
    assert mark.sequence == SEQUENCE
    renewal = made.evidence.renewal
    assert renewal is not None
    assert renewal.due == SCENE.issued + WEEK
    assert renewal.need == BundleNeeded(SERIES, SEQUENCE)


@pytest.mark.parametrize("operator", [None, "key", b"key", True])
def test_a_bundle_without_a_pinned_key_is_a_mistake_of_the_program(
    operator: object,
) -> None:
    with pytest.raises(UsageError, match="pinned"):
        TrustStore.from_bundle(
            DATA,
            operator=cast("PublicKey", operator),
            state=MemoryBundleState(),
            at=SCENE.at,
        )


def _broken_anchors(made: BundleDraft) -> BundleDraft:
    made.parts = [
        replace(e, data=b"\xa1\x67anchors\x80") if e.kind.value == "anchors" else e
        for e in made.parts
    ]
    return made


@pytest.mark.parametrize(
    ("data", "check", "reason"),
    [
        (b"", CheckId.BUNDLE_FORMAT, Reason.MALFORMED),
        (
            _broken_anchors(bundle_draft(SCENE)).file(),
            CheckId.BUNDLE_FORMAT,
            Reason.MALFORMED,
        ),
        (DATA[:-1], CheckId.BUNDLE_INTEGRITY, Reason.MISMATCH),
        (
            build_bundle(SCENE.content(), signer=SCENE.stranger),
            CheckId.BUNDLE_OPERATOR,
            Reason.KEY_NOT_PINNED,
        ),
    ],
)
def test_a_refused_bundle_raises_its_checks_and_is_not_remembered(
    data: bytes, check: CheckId, reason: Reason
) -> None:
    state = MemoryBundleState()
    with pytest.raises(VerificationFailed) as caught:
        store(data, state=state)
    assert failed(caught.value) == {(check, reason)}
    assert state.mark() is None
    headline = explain(caught.value.report, reader="clerk").headline
    assert headline == "Do not use this trust data."


@pytest.mark.parametrize(
    ("after", "policy", "passes"),
    [
        (timedelta(days=6), STRICT, True),
        (timedelta(days=8), STRICT, False),
        (timedelta(days=8), PATIENT, True),
        (timedelta(days=11), PATIENT, False),
    ],
)
def test_the_policy_says_what_becomes_of_an_overdue_bundle(
    after: timedelta, policy: Policy, passes: bool
) -> None:
    if passes:
        assert store(after=after, policy=policy).anchors
        return
    with pytest.raises(VerificationIndeterminate) as caught:
        store(after=after, policy=policy)
    assert failed(caught.value) == {(CheckId.BUNDLE_FRESHNESS, Reason.STALE)}
    assert caught.value.report.missing() == (BundleNeeded(SERIES, SEQUENCE),)
    told = str(explain(caught.value.report))
    assert f"a bundle of the series “{SERIES}” after number {SEQUENCE}" in told


def test_a_store_keeps_the_renewal_beside_more_evidence() -> None:
    from idwallet.trust.evidence import NOTHING_AT_HAND

    made = store()
    more = made.with_evidence(made.evidence.plus(NOTHING_AT_HAND))
    assert more.evidence.renewal == made.evidence.renewal
    assert more.evidence.anchors == made.evidence.anchors
