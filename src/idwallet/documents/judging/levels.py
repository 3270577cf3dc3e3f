"""Which baseline level a signature reaches, by what it brings and what is believed."""

from collections.abc import Iterable
from datetime import datetime

from idwallet.documents.judging.context import Judging, alone
from idwallet.documents.judging.settled import Believed
from idwallet.documents.model import Level
from idwallet.trust.anchors import TrustStore
from idwallet.trust.revocation.at_hand import PathAtHand, path_at_hand
from idwallet.trust.revocation.structures import Good, RevocationRules

_ARCHIVE = ".archive["


def level_of(
    subject: str, judging: Judging, *, best: datetime | None, archived: bool
) -> Level:
    """Return the level of a signature that was judged (EN 319 122-1 6.1, and others).

    B-T needs a timestamp that is believed: `best`. B-LT brings beside it what settles
    everything about it and its timestamps, as of when the last of it was taken; that it
    has grown old since takes no level away. B-LTA has an archive timestamp that is
    believed, `archived`, and covers all that.
    """
    if best is None:
        return Level.B_B
    paths = [
        each for each in judging.settled.below(subject) if _ARCHIVE not in each.subject
    ]
    if archived and any(
        _settles(paths, seen.trust, judging=judging, moment=seen.at)
        for seen in judging.earlier
    ):
        return Level.B_LTA
    inside = judging.inside
    if not inside.crls and not inside.responses:
        return Level.B_T
    brought = alone(judging.trust, inside)
    last = max(
        (_taken(e, brought, judging=judging) or best for e in paths), default=best
    )
    moment = min(max(last, best), judging.at)
    is_complete = _settles(paths, brought, judging=judging, moment=moment)
    return Level.B_LT if is_complete else Level.B_T


def _settles(
    paths: Iterable[Believed], trust: TrustStore, *, judging: Judging, moment: datetime
) -> bool:
    """Whether evidence says of every path, at a moment, that nothing was revoked."""
    return all(
        isinstance(_said(each, trust, judging=judging, at=moment).found, Good)
        for each in paths
    )


def _said(
    believed: Believed, trust: TrustStore, *, judging: Judging, at: datetime
) -> PathAtHand:
    policy = judging.policy
    rules = RevocationRules(
        maximum_age=policy.revocation_age,
        algorithms=policy.algorithms_at(believed.moment),
        existed_before=min(believed.moment, at),
    )
    return path_at_hand(believed.path, trust=trust, rules=rules, at=at)


def _taken(
    believed: Believed, trust: TrustStore, *, judging: Judging
) -> datetime | None:
    """Return when the last of what speaks of a path was taken."""
    said = _said(believed, trust, judging=judging, at=judging.at)
    return max((e.as_of for e in said.used if e.as_of <= judging.at), default=None)
