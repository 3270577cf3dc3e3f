"""What a chain of entries comes to: whole or not, and complete up to where.

One engine for a ledger in its wallet and for one that was exported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from idwallet.consent.ledger.anchor import (
    AnchorContext,
    AnchoredCheckpoint,
    judge_anchor,
)
from idwallet.consent.ledger.chain import (
    Checkpoint,
    Link,
    first_break,
    first_head,
)
from idwallet.report import (
    Check,
    CheckId,
    Facts,
    Reason,
    Required,
    check,
    waiting,
)

SUBJECT: Final = "ledger"
REQUIRED: Final[Required] = frozenset(
    (each, SUBJECT)
    for each in (
        CheckId.LEDGER_FORMAT,
        CheckId.LEDGER_CHAIN,
        CheckId.LEDGER_COMPLETENESS,
    )
)
"""Without these no ledger passes."""

_CHECKPOINT: Final = "checkpoint"
KEPT: Final = "a checkpoint that was kept elsewhere"
COUNTER: Final = "the counter of this device"


class CompletenessRule(StrEnum):
    """Whether somebody else must bear witness that no entry is missing."""

    ANCHORED = "anchored"
    SELF_ASSERTED_ACCEPTED = "self_asserted_accepted"
    """Its owner's word is enough, and the verdict says that it is no more."""


class Chain(NamedTuple):
    """A ledger's name, and the links of all its entries."""

    identity: bytes
    links: tuple[Link, ...]

    def head(self, count: int) -> bytes:
        """Return the head after that many entries."""
        return first_head(self.identity) if not count else self.links[count - 1].head


@dataclass(frozen=True, slots=True)
class Outside:
    """What is held against a chain: witnesses that came with it, and what was kept.

    `kept` are checkpoints that the judge has from before, from other hands than those
    that bring the ledger now. `counted` says that a `MonotonicCounter`, which nobody
    turns back, was asked before.
    """

    anchored: tuple[AnchoredCheckpoint, ...] = ()
    kept: tuple[Checkpoint, ...] = ()
    rule: CompletenessRule = CompletenessRule.ANCHORED
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Up to which count somebody else says that the ledger was so, as of when."""

    count: int
    moment: datetime
    name: str


class Standing(NamedTuple):
    """The checks of a chain, and the farthest point that was witnessed."""

    checks: tuple[Check, ...]
    witnessed: Witnessed | None


def judge_chain(chain: Chain, outside: Outside, *, context: AnchorContext) -> Standing:
    """Judge order, witnesses and completeness of a chain."""
    broken = first_break(chain.identity, chain.links)
    if broken is not None:
        chained = _say(CheckId.LEDGER_CHAIN, Reason.OUT_OF_ORDER, at=f"entry {broken}")
        return Standing((chained, waits(CheckId.LEDGER_COMPLETENESS)), None)
    chained = _say(CheckId.LEDGER_CHAIN, Reason.ALL_MATCH, entries=len(chain.links))
    anchors, found = _anchors(outside.anchored, context)
    kept = [Witnessed(each.count, each.time, KEPT) for each in outside.kept]
    if outside.counted:
        kept.append(Witnessed(len(chain.links), context.at, COUNTER))
    points = [*(each.checkpoint for each in outside.anchored), *outside.kept]
    fault = _contradiction(chain, points)
    witnessed = max((*found, *kept), key=lambda each: each.count, default=None)
    if fault is None and witnessed is None and anchors:
        # Somebody should bear witness: whether that one counts comes first.
        fault = waits(CheckId.LEDGER_COMPLETENESS, CheckId.LEDGER_ANCHOR)
    if fault is None:
        fault = _complete(chain, witnessed, rule=outside.rule)
    return Standing((chained, *anchors, fault), witnessed)


def _anchors(
    anchored: Iterable[AnchoredCheckpoint], context: AnchorContext
) -> tuple[list[Check], list[Witnessed]]:
    checks: list[Check] = []
    found: list[Witnessed] = []
    for each in anchored:
        if not each.is_outside:
            continue
        judged = judge_anchor(each, context)
        checks.append(
            check(
                CheckId.LEDGER_ANCHOR,
                judged.reason,
                subject=_CHECKPOINT,
                facts=judged.facts,
            )
        )
        if judged.moment is not None and judged.reason is Reason.TRUSTED:
            found.append(Witnessed(each.checkpoint.count, judged.moment, judged.name))
    return checks, found


def _contradiction(chain: Chain, points: Sequence[Checkpoint]) -> Check | None:
    """Say what a checkpoint says against the chain, believed or not: both cannot be."""
    for each in points:
        if each.ledger != chain.identity:
            return _say(CheckId.LEDGER_COMPLETENESS, Reason.FORKED, at="its name")
    most = max((each.count for each in points), default=0)
    if most > len(chain.links):
        return _say(
            CheckId.LEDGER_COMPLETENESS,
            Reason.CUT_OFF,
            entries=len(chain.links),
            seen=most,
        )
    for each in points:
        if each.head != chain.head(each.count):
            at = f"entry {each.count}"
            return _say(CheckId.LEDGER_COMPLETENESS, Reason.FORKED, at=at)
    return None


def _complete(
    chain: Chain, witnessed: Witnessed | None, *, rule: CompletenessRule
) -> Check:
    if witnessed is not None and witnessed.count:
        return _say(
            CheckId.LEDGER_COMPLETENESS,
            Reason.ANCHORED,
            entries=witnessed.count,
            name=witnessed.name,
            signed=witnessed.moment,
        )
    accepted = rule is CompletenessRule.SELF_ASSERTED_ACCEPTED
    reason = Reason.SELF_ASSERTED_ACCEPTED if accepted else Reason.SELF_ASSERTED
    return _say(CheckId.LEDGER_COMPLETENESS, reason, entries=len(chain.links))


def waits(check_id: CheckId, cause: CheckId = CheckId.LEDGER_CHAIN) -> Check:
    """Return a check of the ledger that waits for another."""
    return waiting(check_id, subject=SUBJECT, waits_for=cause)


def _say(check_id: CheckId, reason: Reason, **facts: str | int | datetime) -> Check:
    said: Facts = facts
    return check(check_id, reason, subject=SUBJECT, facts=said)
