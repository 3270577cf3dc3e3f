"""Timestamps (RFC 3161): asked for, read, and judged under anchors of their own.

    token = ask_timestamp(digest, hashed="sha256", authority=tsa, random=token_bytes)
    found = judge_timestamp(token, digest=digest, trust=trust, rules=rules, at=at)
    if isinstance(found, ProvenTime): ...       # it existed at found.moment

An authority is believed under an anchor with `Purpose.SIGN_TIMESTAMPS`.
"""

from idwallet.trust.timestamp.judge import judge_timestamp
from idwallet.trust.timestamp.read import read_token
from idwallet.trust.timestamp.request import TimestampRequest, ask_timestamp
from idwallet.trust.timestamp.structures import (
    ProvenTime,
    TimestampInfo,
    TimestampRefused,
    TimestampRules,
    TimestampToken,
)

__all__ = [
    "ProvenTime",
    "TimestampInfo",
    "TimestampRefused",
    "TimestampRequest",
    "TimestampRules",
    "TimestampToken",
    "ask_timestamp",
    "judge_timestamp",
    "read_token",
]
