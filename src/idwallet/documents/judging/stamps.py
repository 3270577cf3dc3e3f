"""The timestamps on a signature, and since when it is proven to have existed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.documents.judging.context import Judging
from idwallet.documents.judging.settled import Believed
from idwallet.documents.judging.standing import (
    anchors_of,
    standing_of,
    standing_path,
)
from idwallet.documents.policy import TimestampRule
from idwallet.errors import LimitError, MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Outcome,
    Reason,
    check,
    waiting,
)
from idwallet.trust.path import PathFault
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRefused,
    TimestampRules,
    TimestampToken,
    judge_timestamp,
    read_token,
)

_TRUST: Final = CheckId.TIMESTAMP_TRUST


class Stamp(NamedTuple):
    """A timestamp as it came, DER, and the digest of what it has to be on.

    `imprint` returns the digest by a name of hashlib, None where that waits for the
    document.
    """

    der: bytes
    imprint: Callable[[str], bytes | None]


class Stamps(NamedTuple):
    """What the timestamps on a signature come to; `best` is the earliest proven."""

    best: datetime | None
    checks: tuple[Check, ...]
    evidence: tuple[EvidenceUsed, ...]


class JudgedStamp(NamedTuple):
    """One of them; `moment` is None where it proves nothing."""

    check: Check
    moment: datetime | None = None
    evidence: tuple[EvidenceUsed, ...] = ()

    @property
    def proven(self) -> datetime | None:
        """The moment, where the timestamp is believed."""
        return self.moment if self.check.outcome is Outcome.PASSED else None


def judge_stamps(
    found: Sequence[Stamp],
    judging: Judging,
    *,
    subject: str,
    proven: datetime | None = None,
) -> Stamps:
    """Judge every timestamp on a signature (EN 319 102-1 5.5).

    One that proves nothing is told and does not count; where the policy wants one and
    there is none, that is said. `proven` is since when something else proves that the
    signature existed, as an archive timestamp does.

    Raises:
        LimitError: there are more than `limits.SIGNATURE_TIMESTAMPS`.
    """
    if len(found) > limits.SIGNATURE_TIMESTAMPS:
        raise LimitError("too many timestamps", at=subject, clause="idwallet limits")
    stamps = [
        judge_stamp(each, judging, subject=f"{subject}.timestamp[{n}]")
        for n, each in enumerate(found)
    ]
    is_wanted = judging.policy.timestamp is TimestampRule.REQUIRED
    if not stamps and is_wanted and proven is None:
        name = f"{subject}.timestamp[0]"
        stamps.append(JudgedStamp(check(_TRUST, Reason.ABSENT, subject=name)))
    moments = [each.proven for each in stamps]
    return Stamps(
        min((each for each in (*moments, proven) if each is not None), default=None),
        tuple(each.check for each in stamps),
        tuple(used for each in stamps for used in each.evidence),
    )


def judge_stamp(stamp: Stamp, judging: Judging, *, subject: str) -> JudgedStamp:
    """Judge one timestamp: as of now, or since when it is proven to have existed.

    Raises:
        LimitError: more was looked at than the budget lets anybody.
    """
    judging.budget.spend(at=subject)
    try:
        token = read_token(stamp.der, at=subject)
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        reason = fault_reason(error)
        return JudgedStamp(check(_TRUST, reason, subject=subject, facts=facts))
    existed = judging.proven(stamp.der)
    hashed = token.info.hashed
    digest = None if hashed is None else stamp.imprint(hashed)
    if digest is None and hashed is not None:
        waits = CheckId.DOCUMENT_INTEGRITY
        return JudgedStamp(waiting(_TRUST, subject=subject, waits_for=waits))
    found = _believed(token, digest, judging=judging, existed=existed)
    if isinstance(found, TimestampRefused):
        reason, told = found
        if reason is Reason.FROM_THE_FUTURE and existed is not None:
            # It cannot be younger than what covers it (EN 319 102-1 5.5.4).
            reason = Reason.OUT_OF_ORDER
        return JudgedStamp(check(_TRUST, reason, subject=subject, facts=told))
    return _vouched(found, judging, existed=existed, subject=subject)


def _believed(
    token: TimestampToken,
    digest: bytes | None,
    *,
    judging: Judging,
    existed: datetime | None,
) -> ProvenTime | TimestampRefused:
    told: TimestampRefused | None = None
    for seen in judging.vantages(existed):
        found = judge_timestamp(
            token,
            digest=digest,
            trust=judging.trust,
            rules=TimestampRules(
                algorithms=judging.policy.algorithms_at(seen.at),
                clock_skew=judging.policy.clock_skew,
                existed=existed is not None,
            ),
            at=existed or seen.at,
            certificates=seen.inside.certificates,
        )
        if isinstance(found, ProvenTime):
            path = standing_path(found.path, at=seen.at)
            if not isinstance(path, PathFault):
                return found
            found = TimestampRefused(path.reason, path.facts)
        told = told or found
    return told or TimestampRefused(Reason.NO_TRUSTED_PATH, {"name": "?"})


def _trusted(found: ProvenTime, judging: Judging, *, subject: str) -> Check:
    """Say that a timestamp is believed, as far as the anchors are."""
    against = anchors_of(judging)
    if against is None:
        return check(_TRUST, Reason.TRUSTED, subject=subject, facts=found.facts)
    facts = {"name": found.name, **against.facts}
    reason, needs = against.reason, against.needs
    return check(_TRUST, reason, subject=subject, needs=needs, facts=facts)


def _vouched(
    found: ProvenTime, judging: Judging, *, existed: datetime | None, subject: str
) -> JudgedStamp:
    """Hold a timestamp against what is known of its authority's revocation."""
    standing = standing_of(found.path, judging, existed=existed)
    used = standing.evidence(_TRUST, subject)
    believed = Believed(subject, found.path, found.moment, standing.material)
    judging.settled.note(believed)
    if standing.reason is Reason.NOT_REVOKED:
        said = _trusted(found, judging, subject=subject)
        return JudgedStamp(said, found.moment, used)
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
    return JudgedStamp(made, found.moment, used)
