"""Policies for documents cannot switch a check off by accident."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from idwallet import documents
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


def test_an_algorithm_with_an_end_counts_before_it_and_others_do_for_good() -> None:
    end = datetime(2030, 1, 1, tzinfo=UTC)
    policy = replace(DOCUMENTS, name="p", algorithm_until={Algorithm.RS256: end})
    assert Algorithm.RS256 in policy.algorithms_at(end - timedelta(seconds=1))
    assert policy.algorithms_at(end) == policy.algorithms - {Algorithm.RS256}
    assert hash(policy) == hash(replace(policy, algorithm_until={}))


@pytest.mark.parametrize(
    "until",
    [
        {Algorithm.ES256: datetime(2030, 1, 1)},  # noqa: DTZ001 - that is the fault
        dict.fromkeys(DOCUMENTS.algorithms, datetime(2030, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_end_has_a_zone_and_something_counts_for_good(
    until: dict[Algorithm, datetime],
) -> None:
    with pytest.raises(UsageError):
        replace(DOCUMENTS, name="p", algorithm_until=until)


def test_no_format_asks_what_is_allowed_without_saying_since_when() -> None:
    folder = Path(documents.__file__ or "").parent
    asking = [
        each.name
        for each in folder.rglob("*.py")
        if re.search(r"policy[.]algorithms\b", each.read_text())
    ]
    assert asking == []
