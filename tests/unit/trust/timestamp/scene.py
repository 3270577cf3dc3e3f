"""What is stamped in these tests, and by whom."""

import hashlib
from datetime import datetime
from functools import cache
from typing import Final

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRefused,
    TimestampRules,
    judge_timestamp,
    read_token,
)

DATA: Final = b"what existed at that moment"
DIGEST: Final = hashlib.sha256(DATA).digest()
RULES: Final = TimestampRules(algorithms=DEFAULT_ALGORITHMS)
EVERY: Final = TimestampRules(algorithms=frozenset(Algorithm))


@cache
def pki() -> TestPki:
    return TestPki(seed=b"idwallet TEST timestamps")


@cache
def authority(algorithm: Algorithm = Algorithm.ES256) -> TestIdentity:
    return timestamp_authority(pki(), algorithm=algorithm)


def draft(identity: TestIdentity | None = None) -> TimestampDraft:
    return TimestampDraft(identity or authority(), digest=DIGEST, moment=pki().at)


def judged(
    made: TimestampDraft | bytes,
    *,
    digest: bytes = DIGEST,
    rules: TimestampRules = RULES,
    at: datetime | None = None,
) -> ProvenTime | TimestampRefused:
    der = made if isinstance(made, bytes) else made.to_bytes()
    return judge_timestamp(
        read_token(der, at="timestamp"),
        digest=digest,
        trust=pki().store(),
        rules=rules,
        at=at or pki().at,
    )
