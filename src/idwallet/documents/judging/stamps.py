"""The timestamps on a signature, and since when it is proven to have existed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.documents.judging.context import Judging
from idwallet.documents.judging.standing import standing_of
from idwallet.documents.policy import TimestampRule
from idwallet.errors import LimitError, MalformedError, UnsupportedError, fault_reason
from idwallet.report import Check, CheckId, Checks, EvidenceUsed, Outcome, Reason, check
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRules,
    judge_timestamp,
    read_token,
)

_TRUST: Final = CheckId.TIMESTAMP_TRUST


class Stamp(NamedTuple):
    """A timestamp as it came, DER, and the digest of what it has to be on.

    `imprint` returns the digest by a name of hashlib.
    """

    der: bytes
    imprint: Callable[[str], bytes]


class Stamps(NamedTuple):
    """What the timestamps on a signature come to; `best` is the earliest proven."""

    best: datetime | None
    checks: tuple[Check, ...]
    evidence: tuple[EvidenceUsed, ...]


class _Judged(NamedTuple):
    """One of them: `moment` is None where it proves nothing."""

    check: Check
    moment: datetime | None = None
    evidence: tuple[EvidenceUsed, ...] = ()


def judge_stamps(found: Sequence[Stamp], judging: Judging, *, subject: str) -> Stamps:
    """Judge every timestamp on a signature (EN 319 102-1 5.5).

    One that proves nothing is told and does not count; where the policy wants one and
    there is none, that is said.

    Raises:
        LimitError: there are more than `limits.SIGNATURE_TIMESTAMPS`.
    """
    if len(found) > limits.SIGNATURE_TIMESTAMPS:
        raise LimitError("too many timestamps", at=subject, clause="idwallet limits")
    stamps = [
        _judge(each, judging, subject=f"{subject}.timestamp[{n}]")
        for n, each in enumerate(found)
    ]
    if not stamps and judging.policy.timestamp is TimestampRule.REQUIRED:
        name = f"{subject}.timestamp[0]"
        stamps.append(_Judged(check(_TRUST, Reason.ABSENT, subject=name)))
    proven = [
        each.moment
        for each in stamps
        if each.moment is not None and each.check.outcome is Outcome.PASSED
    ]
    return Stamps(
        min(proven, default=None),
        tuple(each.check for each in stamps),
        tuple(used for each in stamps for used in each.evidence),
    )


def _judge(stamp: Stamp, judging: Judging, *, subject: str) -> _Judged:
    judging.budget.spend(at=subject)
    try:
        token = read_token(stamp.der, at=subject)
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        reason = fault_reason(error)
        return _Judged(check(_TRUST, reason, subject=subject, facts=facts))
    hashed = token.info.hashed
    digest = None if hashed is None else stamp.imprint(hashed)
    policy = judging.policy
    found = judge_timestamp(
        token,
        digest=digest,
        trust=judging.trust,
        rules=TimestampRules(
            algorithms=policy.algorithms, clock_skew=policy.clock_skew
        ),
        at=judging.at,
        certificates=judging.inside.certificates,
    )
    if not isinstance(found, ProvenTime):
        reason = found.reason
        return _Judged(check(_TRUST, reason, subject=subject, facts=found.facts))
    return _vouched(found, judging, subject=subject)


def _vouched(found: ProvenTime, judging: Judging, *, subject: str) -> _Judged:
    """Hold a timestamp against what is known of its authority's revocation."""
    standing = standing_of(found.path, judging, existed=None)
    used = standing.evidence(_TRUST, subject)
    if standing.reason is Reason.NOT_REVOKED:
        said = check(_TRUST, Reason.TRUSTED, subject=subject, facts=found.facts)
        return _Judged(said, found.moment, used)
    open_one = Checks(subject)
    open_one.add(
        check(
            _TRUST,
            standing.reason,
            subject=subject,
            needs=standing.needs,
            facts=standing.facts,
        )
    )
    (made,) = open_one.made(found.path.anchor.fetch_origins)
    return _Judged(made, found.moment, used)
