"""Policies for documents cannot switch a check off by accident."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import ARCHIVE, DOCUMENTS, OFFLINE, TimestampRule
from idwallet.errors import UsageError
from idwallet.trust.policy import RevocationRule


def test_left_out_every_rule_but_timestamps_is_strict() -> None:
    assert DOCUMENTS.revocation is RevocationRule.REQUIRED
    assert DOCUMENTS.timestamp is TimestampRule.IF_PRESENT
    assert Algorithm.RS256 in DOCUMENTS.algorithms
    assert Algorithm.ML_DSA_44 not in DOCUMENTS.algorithms
    assert ARCHIVE.timestamp is TimestampRule.REQUIRED
    assert OFFLINE.revocation is RevocationRule.IF_AT_HAND


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"algorithms": frozenset()},
        {"revocation_age": timedelta()},
        {"revocation_age": timedelta(days=4_000)},
        {"clock_skew": timedelta(-1)},
        {"clock_skew": timedelta(hours=1)},
        {"timestamp": "required"},
        {"revocation": "required"},
    ],
)
def test_a_policy_that_nobody_or_anybody_could_meet_is_refused(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(UsageError):
        replace(DOCUMENTS, **changes)
