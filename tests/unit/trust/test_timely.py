"""What speaks against an anchor at a moment, and in which order it is told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet.report import BundleNeeded, Origin, Reason
from idwallet.testing.pki import TestPki
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand, Renewal
from idwallet.trust.policies import RETAIL, STRICT
from idwallet.trust.policy import Policy
from idwallet.trust.timely import Untimely, untimely
from tests.conftest import AT

DAY = timedelta(days=1)
ROOT = TestPki(seed=b"idwallet TEST timely").anchor()
NEED = BundleNeeded("shops", 7)


def judged(
    at: datetime,
    *,
    signed: datetime | None = None,
    lost: datetime | None = None,
    due: datetime | None = AT + DAY,
    policy: Policy = RETAIL,
) -> Untimely | None:
    anchor = replace(ROOT, distrusted_after=lost)
    evidence = EvidenceAtHand(
        anchors=Origin(taken=AT, source="bundle"),
        renewal=None if due is None else Renewal(due, NEED),
    )
    trust = TrustStore([anchor], evidence=evidence)
    return untimely(anchor, signed=signed, trust=trust, policy=policy, at=at)


def reason(found: Untimely | None) -> Reason | None:
    return None if found is None else found.reason


@pytest.mark.parametrize(
    ("at", "policy", "expected"),
    [
        (AT, STRICT, None),
        (AT + DAY, STRICT, None),
        (AT + DAY * 1.1, STRICT, Reason.ANCHORS_STALE),
        (AT + DAY * 1.1, RETAIL, Reason.ANCHORS_STALE_ACCEPTED),
        (AT + 7 * DAY, RETAIL, Reason.ANCHORS_STALE_ACCEPTED),
        (AT + 7.1 * DAY, RETAIL, Reason.ANCHORS_STALE),
        (AT - RETAIL.clock_skew, RETAIL, None),
        (AT - DAY, RETAIL, Reason.ANCHORS_FROM_THE_FUTURE),
    ],
)
def test_anchors_count_from_their_issue_until_the_policy_has_enough(
    at: datetime, policy: Policy, expected: Reason | None
) -> None:
    assert reason(judged(at, policy=policy)) is expected


def test_what_is_overdue_says_what_would_settle_it() -> None:
    found = judged(AT + 30 * DAY)
    assert found is not None
    assert found.needs == (NEED,)
    assert found.facts == {"signed": AT, "until": AT + DAY}


def test_without_a_word_on_renewal_nothing_is_overdue() -> None:
    assert judged(AT + 900 * DAY, due=None) is None


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        (AT - DAY, Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN),
        (None, Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN),
        (AT, Reason.SIGNED_AFTER_DISTRUST),
    ],
)
def test_under_lost_keys_a_date_decides_only_against_itself(
    signed: datetime | None, expected: Reason
) -> None:
    assert reason(judged(AT, signed=signed, lost=AT)) is expected


def test_a_no_comes_before_a_wrong_clock_and_that_before_what_is_open() -> None:
    early = AT - DAY
    assert reason(judged(early, signed=AT, lost=AT)) is Reason.SIGNED_AFTER_DISTRUST
    unproven = judged(early, signed=AT - DAY, lost=AT)
    assert reason(unproven) is Reason.ANCHORS_FROM_THE_FUTURE
