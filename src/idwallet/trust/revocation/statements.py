"""What pieces of evidence say, and what they come to together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.report import CrlNeeded, OcspNeeded
from idwallet.trust.material import NO_MATERIAL, Material, together
from idwallet.trust.revocation.structures import (
    EVERY_REASON,
    FINAL_REASONS,
    Good,
    OnHold,
    Revocation,
    RevocationRules,
    Revoked,
    Unknown,
    Unsettled,
)


class Says(Enum):
    """What one piece of evidence says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    ON_HOLD = "on hold"


@dataclass(frozen=True, slots=True)
class Statement:
    """One authentic statement, as of its this-update.

    `until` is its next update. `since` and `reason` go with a revocation or a hold.
    `covers` are the reasons of which it speaks. `bar` says why it cannot vouch.
    `material` is where it stands, with what vouches for who signed that.
    """

    says: Says
    as_of: datetime
    until: datetime | None
    covers: frozenset[ReasonFlags] = EVERY_REASON
    since: datetime | None = None
    reason: ReasonFlags = ReasonFlags.unspecified
    bar: Unsettled | None = None
    material: Material = field(default=NO_MATERIAL, repr=False)

    def revoking(self, since: datetime, reason: ReasonFlags) -> "Statement":
        """Return the statement of an entry: a revocation for good, else a hold."""
        says = Says.REVOKED if reason in FINAL_REASONS else Says.ON_HOLD
        return replace(self, says=says, since=since, reason=reason)


def settle(
    statements: Sequence[Statement],
    *,
    rules: RevocationRules,
    at: datetime,
    faults: Iterable[Unsettled],
    needs: tuple[CrlNeeded | OcspNeeded, ...],
) -> Revocation:
    """Weigh the statements.

    A revocation for good binds whatever its age and the moment judged, unless what
    is judged existed before, by proof. A hold is lifted only by a later statement.
    """
    final = [each for each in statements if _binds(each, rules.existed_before)]
    if final:
        first = min(final, key=_since)
        return Revoked(_since(first), FINAL_REASONS[first.reason], first.as_of)
    held = [each for each in statements if each.says is Says.ON_HOLD]
    others = [each for each in statements if each.says is not Says.ON_HOLD]
    bars = [each.bar or _untimely(each, rules=rules, at=at) for each in others]
    vouching = [each for each, bar in zip(others, bars, strict=True) if bar is None]
    if held:
        last = max(each.as_of for each in held)
        vouching = [each for each in vouching if each.as_of > last]
    good = _good(vouching, rules=rules)
    if good is not None:
        return good
    if held:
        return OnHold(min(map(_since, held)), last)
    told = {*faults, *filter(None, bars)}
    if vouching:
        told.add(Unsettled.OUT_OF_SCOPE)  # not every reason is covered
    return Unknown(most_telling(told), needs)


_RANK: Final = tuple(Unsettled)


def most_telling(told: Iterable[Unsettled]) -> Unsettled:
    """Return the last of these in the order of `Unsettled`."""
    return max(told, key=_RANK.index, default=Unsettled.NO_EVIDENCE)


def _since(statement: Statement) -> datetime:
    return statement.as_of if statement.since is None else statement.since


def _binds(statement: Statement, existed_before: datetime | None) -> bool:
    """Whether it is a revocation that undoes what is judged."""
    if statement.says is not Says.REVOKED:
        return False
    return existed_before is None or existed_before > _since(statement)


def _untimely(
    statement: Statement, *, rules: RevocationRules, at: datetime
) -> Unsettled | None:
    """Return why a statement is of no use at this moment, or None."""
    if at < statement.as_of:
        return Unsettled.NOT_YET
    return None if at <= _until(statement, rules=rules) else Unsettled.STALE


def _until(statement: Statement, *, rules: RevocationRules) -> datetime:
    """Return until when it may be used.

    What was taken after the proof of existence speaks of that moment for ever.
    """
    proof = rules.existed_before
    if proof is not None and proof <= statement.as_of:
        return _END
    aged = statement.as_of + min(rules.maximum_age, _END - statement.as_of)
    return aged if statement.until is None else min(aged, statement.until)


_END: Final = datetime.max.replace(tzinfo=UTC)


def _good(vouching: Sequence[Statement], *, rules: RevocationRules) -> Good | None:
    """Return that it is good, where the statements together cover every reason.

    The newest come first (RFC 5280 6.3.3 (e): each must add to what is covered), of
    those of one moment the one that is good for longer: the order in which they were
    found says nothing.
    """
    newest = sorted(
        vouching, key=lambda each: (each.as_of, _until(each, rules=rules)), reverse=True
    )
    covered: frozenset[ReasonFlags] = frozenset()
    used: list[Statement] = []
    for each in newest:
        if each.covers <= covered:
            continue
        covered |= each.covers
        used.append(each)
    if not covered >= EVERY_REASON:
        return None
    return Good(
        as_of=min(each.as_of for each in used),
        until=min(_until(each, rules=rules) for each in used),
        material=together(each.material for each in used),
    )
