"""Whether a certificate leads to an anchor, and was not revoked in time."""

from datetime import datetime
from typing import Final, NamedTuple

from idwallet.documents.judging.context import Judging
from idwallet.documents.judging.material import NO_MATERIAL, Material
from idwallet.documents.judging.settled import Believed
from idwallet.report import (
    CheckId,
    Checks,
    EvidenceUsed,
    FactValue,
    Need,
    Outcome,
    Reason,
    check,
)
from idwallet.trust.anchors import Purpose
from idwallet.trust.certificate import Certificate
from idwallet.trust.chain import order_chain
from idwallet.trust.path import PathFault, ValidatedPath, validate_path
from idwallet.trust.policy import RevocationRule
from idwallet.trust.revocation.at_hand import PathAtHand, PieceUsed, path_at_hand
from idwallet.trust.revocation.structures import (
    Good,
    OnHold,
    RevocationRules,
    Revoked,
    Unsettled,
)
from idwallet.trust.timely import Untimely, untimely_anchors


def judge_trust(
    leaf: Certificate, judging: Judging, *, existed: datetime | None, checks: Checks
) -> ValidatedPath | None:
    """Answer ``signer.trust`` as of a moment (EN 319 102-1 5.2.6).

    It is when the signature `existed` by a timestamp, None without one: then it is the
    moment judged.
    """
    path = _path(leaf, judging, existed=existed, at=checks.subject)
    if isinstance(path, PathFault):
        checks.say(CheckId.SIGNER_TRUST, path.reason, facts=path.facts)
        return None
    lost = path.anchor.distrusted_after
    if lost is not None and (existed is None or existed >= lost):
        # Whoever has the lost keys says any moment; only a timestamp tells apart.
        checks.say(
            CheckId.SIGNER_TRUST, Reason.NO_TRUSTED_PATH, facts={"name": leaf.shown}
        )
        return None
    against = anchors_of(judging)
    if against is not None:
        told: dict[str, FactValue] = {"name": leaf.shown, **against.facts}
        made = check(
            CheckId.SIGNER_TRUST,
            against.reason,
            subject=checks.subject,
            needs=against.needs,
            facts=told,
        )
        checks.add(made)
        return path if made.outcome is Outcome.PASSED else None
    facts: dict[str, FactValue] = {"name": leaf.shown, "until": path.until}
    checks.say(CheckId.SIGNER_TRUST, Reason.TRUSTED, facts=facts)
    return path


def _path(
    leaf: Certificate, judging: Judging, *, existed: datetime | None, at: str
) -> ValidatedPath | PathFault:
    """Find a path that held when the signature existed.

    It is looked for among the certificates there are, and where a CA of it has ended
    since, among those that are proven to have been there before (5.6.2.1).
    """
    told: PathFault | None = None
    for seen in judging.vantages(existed):
        path = validate_path(
            order_chain(leaf, seen.inside.certificates, at=at),
            store=judging.trust,
            purpose=Purpose.SIGN_DOCUMENTS,
            at=existed or seen.at,
            algorithms=judging.policy.algorithms_at(seen.at),
        )
        found = path if isinstance(path, PathFault) else standing_path(path, at=seen.at)
        if isinstance(found, ValidatedPath):
            return found
        told = told or found
    return told or PathFault(Reason.NO_TRUSTED_PATH, {"name": leaf.shown})


def standing_path(path: ValidatedPath, *, at: datetime) -> ValidatedPath | PathFault:
    """Return a path if those above the signer stand, at a moment it is known from.

    The signer's own certificate may end, and the CA that issued it: what was signed
    names it. What certified that CA may have ended and lost its keys since, and who has
    them certifies anybody as of any day (EN 319 102-1 5.6.2.2).
    """
    until, lost = path.authorities_until, path.anchor.distrusted_after
    if lost is not None and at >= lost and len(path.certificates) > 1:
        return PathFault(Reason.NO_TRUSTED_PATH, {"name": path.leaf.shown})
    if at <= until:
        return path
    ended = [each for each in path.certificates[2:] if each.not_after == until]
    name = ended[0].shown if ended else path.anchor.name
    return PathFault(Reason.CERTIFICATE_EXPIRED, {"name": name, "until": until})


def anchors_of(judging: Judging) -> Untimely | None:
    """Say what speaks against the anchors as they are at hand, at the moment judged."""
    return untimely_anchors(
        judging.trust,
        judging.policy.freshness,
        clock_skew=judging.policy.clock_skew,
        at=judging.at,
    )


class Standing(NamedTuple):
    """What is known of a path's revocation, as a check says it."""

    reason: Reason
    facts: dict[str, FactValue]
    needs: tuple[Need, ...] = ()
    used: tuple[PieceUsed, ...] = ()
    material: Material = NO_MATERIAL

    def evidence(self, check_id: CheckId, subject: str) -> tuple[EvidenceUsed, ...]:
        """Return what was looked at, as a report says it of a check."""
        return tuple(
            EvidenceUsed(
                kind=each.kind,
                check=check_id,
                subject=subject,
                about=each.about,
                as_of=each.as_of,
                origin=each.origin,
            )
            for each in self.used
        )


_OPEN: Final = frozenset({Reason.UNKNOWN, Reason.STALE})
_UNDECIDED: Final = _OPEN | {Reason.UNKNOWN_ACCEPTED, Reason.CLOCK_BEFORE_EVIDENCE}


def standing_of(
    path: ValidatedPath, judging: Judging, *, existed: datetime | None
) -> Standing:
    """Return what the evidence at hand says of a path.

    `existed` is since when, by proof, what was signed existed: a revocation from then
    on does not undo it (EN 319 102-1 5.5.4). What nobody can say as of the moment
    judged is asked again of what is proven to have existed before (5.6.2.2); a
    revocation that is known today is never passed over for it.
    """
    now, *before = judging.vantages(existed)
    found = _seen_from(now, path, existed=existed)
    is_good = found.reason is Reason.NOT_REVOKED
    if found.reason not in _UNDECIDED and not (is_good and judging.settled.sparing):
        return found
    for seen in before:
        then = _seen_from(seen, path, existed=existed)
        if then.reason not in _UNDECIDED:
            return then
    return found


def _seen_from(
    judging: Judging, path: ValidatedPath, *, existed: datetime | None
) -> Standing:
    policy = judging.policy
    name: dict[str, FactValue] = {"name": path.leaf.shown}
    if policy.revocation is RevocationRule.NOT_REQUIRED_ACCEPTED:
        return Standing(Reason.NOT_REQUIRED_ACCEPTED, name)
    rules = RevocationRules(
        maximum_age=policy.revocation_age,
        algorithms=policy.algorithms_at(judging.at),
        existed_before=existed,
    )
    said = path_at_hand(path, trust=judging.trust, rules=rules, at=judging.at)
    reason, facts = _of(said, policy.revocation)
    needs = said.needs if reason in _OPEN else ()
    shown: dict[str, FactValue] = {"name": said.certificate.shown, **facts}
    material = said.found.material if isinstance(said.found, Good) else NO_MATERIAL
    return Standing(reason, shown, needs, said.used, material)


def _of(said: PathAtHand, rule: RevocationRule) -> tuple[Reason, dict[str, FactValue]]:
    found = said.found
    if isinstance(found, Good):
        return Reason.NOT_REVOKED, {"signed": found.as_of, "until": found.until}
    if isinstance(found, Revoked):
        return Reason.REVOKED, {
            "since": found.at,
            "signed": found.as_of,
            "what": found.reason.value,
        }
    if isinstance(found, OnHold):
        return Reason.ON_HOLD, {"since": found.at, "signed": found.as_of}
    if said.unread is not None and rule is RevocationRule.IF_AT_HAND:
        # Nobody knows what it would say: that is no silence.
        return Reason.UNKNOWN, {"what": said.unread.value}
    what: dict[str, FactValue] = {"what": found.reason.value}
    if found.reason is Unsettled.NOT_YET:
        # Whatever a policy accepts: this clock cannot tell what is current.
        return Reason.CLOCK_BEFORE_EVIDENCE, what
    if rule is RevocationRule.IF_AT_HAND:
        return Reason.UNKNOWN_ACCEPTED, what
    return Reason.STALE if found.reason is Unsettled.STALE else Reason.UNKNOWN, what


def judge_revocation(
    path: ValidatedPath | None,
    judging: Judging,
    *,
    existed: datetime | None,
    checks: Checks,
) -> tuple[EvidenceUsed, ...]:
    """Answer ``signer.revocation``; return the evidence that was looked at."""
    if path is None:
        checks.wait(CheckId.SIGNER_REVOCATION, CheckId.SIGNER_TRUST)
        return ()
    found = standing_of(path, judging, existed=existed)
    moment = existed or judging.at
    judging.settled.note(Believed(checks.subject, path, moment, found.material))
    checks.add(
        check(
            CheckId.SIGNER_REVOCATION,
            found.reason,
            subject=checks.subject,
            needs=found.needs,
            facts=found.facts,
        )
    )
    return found.evidence(CheckId.SIGNER_REVOCATION, checks.subject)
