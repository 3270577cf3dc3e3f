"""A ledger judged in the wallet that keeps it."""

from collections.abc import Sequence
from typing import Final

from idwallet.consent.ledger.anchor import AnchorContext
from idwallet.consent.ledger.records import Head, Kept
from idwallet.consent.ledger.standing import (
    REQUIRED,
    SUBJECT,
    Chain,
    Outside,
    judge_chain,
    waits,
)
from idwallet.report import Check, CheckId, Facts, Reason, Report, check

_FORMED: Final = check(CheckId.LEDGER_FORMAT, Reason.WELL_FORMED, subject=SUBJECT)


def judge_kept(
    head: Head, kept: Sequence[Kept], *, outside: Outside, context: AnchorContext
) -> Report:
    """Judge the records of a ledger against its head, and what stands outside."""
    checks = _fault(head, kept)
    if not checks:
        chain = Chain(head.identity, tuple(each.link for each in kept))
        checks = judge_chain(chain, outside, context=context).checks
    return Report(
        (_FORMED, *checks),
        REQUIRED,
        context.at,
        context.policy.name,
        anchors=context.trust.evidence.anchors,
    )


def _fault(head: Head, kept: Sequence[Kept]) -> tuple[Check, ...]:
    """Return the checks that tell what is wrong with the records, if anything is."""
    for place, each in enumerate(kept):
        if each.index != place or place >= head.count:
            return _broken(Reason.OUT_OF_ORDER, place)
        if not each.is_whole():
            return _broken(Reason.INTEGRITY_MISMATCH, place)
    if len(kept) == head.count:
        return ()
    facts: Facts = {"entries": len(kept), "seen": head.count}
    cut = check(
        CheckId.LEDGER_COMPLETENESS, Reason.CUT_OFF, subject=SUBJECT, facts=facts
    )
    whole: Facts = {"entries": len(kept)}
    chained = check(
        CheckId.LEDGER_CHAIN, Reason.ALL_MATCH, subject=SUBJECT, facts=whole
    )
    return (chained, cut)


def _broken(reason: Reason, place: int) -> tuple[Check, ...]:
    facts: Facts = {"at": f"entry {place}"}
    chained = check(CheckId.LEDGER_CHAIN, reason, subject=SUBJECT, facts=facts)
    return (chained, waits(CheckId.LEDGER_COMPLETENESS))
