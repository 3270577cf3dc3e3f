"""A till without a network for a week, and clocks that are wrong."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from idwallet.credentials.compact.issue import CompactLife
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import VerificationIndeterminate
from idwallet.explain import explain
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.testing.compact import CompactScene, compact_draft
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle.build import BundleContent, BundlePart, build_bundle
from idwallet.trust.bundle.state import MemoryBundleState
from idwallet.trust.policies import RETAIL

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@cache
def scene() -> CompactScene:
    return CompactScene()


@cache
def operator() -> SoftwareSigner:
    return SoftwareSigner.generate(Algorithm.ES256)


def taken(at: datetime) -> TrustStore:
    """Return what a till believes that took the bundle at that moment."""
    made = scene().at
    part = BundlePart.of_anchors([scene().anchor()], name="roots", as_of=made)
    content = BundleContent(
        series="shops",
        sequence=1,
        issued=made,
        next_update=made + DAY,
        parts=[part],
    )
    return TrustStore.from_bundle(
        build_bundle(content, signer=operator()),
        operator=operator().public_key,
        state=MemoryBundleState(),
        at=at,
        policy=RETAIL,
    )


def shown(trust: TrustStore, *, later: timedelta) -> Report:
    """Judge a code of today's credential, so long after the bundle was made."""
    made = compact_draft(scene())
    made.trust = trust
    made.at = made.moment = made.at + later
    made.life = CompactLife(made.at - HOUR, 600)
    return made.judge()


def reasons(report: Report) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in report.checks}


@pytest.mark.parametrize(
    ("days", "outcome", "reason"),
    [
        (0, Outcome.PASSED, Reason.KEY_PINNED),
        (3, Outcome.PASSED, Reason.ANCHORS_STALE_ACCEPTED),
        (7, Outcome.PASSED, Reason.ANCHORS_STALE_ACCEPTED),
        (8, Outcome.INDETERMINATE, Reason.ANCHORS_STALE),
    ],
)
def test_a_till_is_without_a_network_for_a_week_and_not_for_longer(
    days: int, outcome: Outcome, reason: Reason
) -> None:
    report = shown(taken(scene().at), later=days * DAY)
    assert report.outcome is outcome
    assert reasons(report)[CheckId.ISSUER_TRUST] is reason


def test_a_till_without_time_takes_no_bundle_and_says_why() -> None:
    with pytest.raises(VerificationIndeterminate) as caught:
        taken(datetime(1970, 1, 1, tzinfo=UTC))
    found = reasons(caught.value.report)
    assert found[CheckId.BUNDLE_FRESHNESS] is Reason.CLOCK_BEHIND


def test_a_till_whose_clock_falls_back_cannot_decide_and_its_clerk_reads_why() -> None:
    report = shown(taken(scene().at), later=-HOUR)
    assert report.outcome is Outcome.INDETERMINATE
    found = reasons(report)
    assert found[CheckId.PRESENTATION_FRESHNESS] is Reason.CLOCK_BEHIND
    assert found[CheckId.ISSUER_TRUST] is Reason.ANCHORS_FROM_THE_FUTURE
    assert "clock of this till is wrong" in str(
        explain(report, lang="en", reader="clerk")
    )
    assert "Часы этой кассы" in str(explain(report, lang="ru", reader="clerk"))


def test_a_phone_whose_clock_stopped_is_told_apart_from_a_photograph() -> None:
    made = compact_draft(scene())
    made.moment = made.life.start - DAY
    report = made.judge()
    assert reasons(report)[CheckId.PRESENTATION_FRESHNESS] is (
        Reason.CLOCK_BEFORE_CREDENTIAL
    )
    assert "clock of your phone" in str(explain(report, lang="en", reader="holder"))
