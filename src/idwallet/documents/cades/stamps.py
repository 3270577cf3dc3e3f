"""The timestamps on a signature, and since when it is proven to have existed."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.documents.cades.context import Judging
from idwallet.documents.cades.standing import standing_of
from idwallet.documents.policy import TimestampRule
from idwallet.envelope.cms import SignerInfo, names
from idwallet.errors import LimitError, MalformedError, UnsupportedError, fault_reason
from idwallet.report import Check, CheckId, Checks, EvidenceUsed, Outcome, Reason, check
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRules,
    judge_timestamp,
    read_token,
)

_TRUST: Final = CheckId.TIMESTAMP_TRUST


class Stamps(NamedTuple):
    """What the timestamps on a signature come to; `best` is the earliest proven."""

    best: datetime | None
    checks: tuple[Check, ...]
    evidence: tuple[EvidenceUsed, ...]


class _Stamp(NamedTuple):
    """One of them: `moment` is None where it proves nothing."""

    check: Check
    moment: datetime | None = None
    evidence: tuple[EvidenceUsed, ...] = ()


def judge_stamps(signer: SignerInfo, judging: Judging, *, subject: str) -> Stamps:
    """Judge every timestamp on a signature (EN 319 102-1 5.5).

    One that proves nothing is told and does not count; where the policy wants one and
    there is none, that is said.

    Raises:
        LimitError: there are more than `limits.SIGNATURE_TIMESTAMPS`.
    """
    stamps = [
        _judge(der, signer, judging=judging, subject=f"{subject}.timestamp[{n}]")
        for n, der in enumerate(_tokens(signer))
    ]
    if not stamps and judging.policy.timestamp is TimestampRule.REQUIRED:
        name = f"{subject}.timestamp[0]"
        stamps.append(_Stamp(check(_TRUST, Reason.ABSENT, subject=name)))
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


def _tokens(signer: SignerInfo) -> Iterator[bytes]:
    """Yield the timestamps on the signature value (EN 319 122-1 5.3).

    Raises:
        LimitError: there are more than `limits.SIGNATURE_TIMESTAMPS`.
    """
    found = [
        each
        for attribute in signer.unsigned
        if attribute.oid == names.SIGNATURE_TIMESTAMP
        for each in attribute.values
    ]
    if len(found) > limits.SIGNATURE_TIMESTAMPS:
        raise LimitError("too many timestamps", at=signer.at, clause="idwallet limits")
    yield from found


def _judge(der: bytes, signer: SignerInfo, *, judging: Judging, subject: str) -> _Stamp:
    judging.budget.spend(at=subject)
    try:
        token = read_token(der, at=subject)
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        reason = fault_reason(error)
        return _Stamp(check(_TRUST, reason, subject=subject, facts=facts))
    hashed = token.info.hashed
    digest = None if hashed is None else hashlib.new(hashed, signer.signature).digest()
    policy = judging.policy
    found = judge_timestamp(
        token,
        digest=digest,
        trust=judging.trust,
        rules=TimestampRules(
            algorithms=policy.algorithms, clock_skew=policy.clock_skew
        ),
        at=judging.at,
        certificates=judging.message.certificates,
    )
    if not isinstance(found, ProvenTime):
        reason = found.reason
        return _Stamp(check(_TRUST, reason, subject=subject, facts=found.facts))
    return _vouched(found, judging, subject=subject)


def _vouched(found: ProvenTime, judging: Judging, *, subject: str) -> _Stamp:
    """Hold a timestamp against what is known of its authority's revocation."""
    standing = standing_of(found.path, judging, existed=None)
    used = standing.evidence(_TRUST, subject)
    if standing.reason is Reason.NOT_REVOKED:
        said = check(_TRUST, Reason.TRUSTED, subject=subject, facts=found.facts)
        return _Stamp(said, found.moment, used)
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
    return _Stamp(made, found.moment, used)
