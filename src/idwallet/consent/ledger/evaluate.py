"""Whether an exported ledger is what it says, and exactly what that proves.

One engine, two doors: `evaluate_ledger_export` returns a verdict whatever the bytes
are, `verify_ledger_export` raises unless it passed.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from idwallet.codec.moment import require_aware
from idwallet.consent.ledger.anchor import AnchorContext
from idwallet.consent.ledger.chain import Checkpoint, entry_digest
from idwallet.consent.ledger.entry import Entry, read_entry
from idwallet.consent.ledger.export import ExportParts, Position, read_export
from idwallet.consent.ledger.position import NO_EVIDENCE, LedgerEntry
from idwallet.consent.ledger.standing import (
    REQUIRED,
    SUBJECT,
    Chain,
    CompletenessRule,
    Outside,
    Witnessed,
    judge_chain,
    waits,
)
from idwallet.errors import (
    MalformedError,
    UsageError,
    fault_reason,
    require_passed,
)
from idwallet.report import (
    Check,
    CheckId,
    Facts,
    Outcome,
    Reason,
    Report,
    check,
)
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy


class Proves(StrEnum):
    """One thing that a verified ledger proves, or leaves open; words are in `explain`.

    What none proves: that all that happened was entered, and that an entry is true. The
    owner's wallet wrote it; a receipt is the word of the other side.
    """

    ORDER = "order"
    """What stands here was entered in this order, and nothing changed since."""
    COMPLETE = "complete"
    """Of the entries up to the witnessed one none is missing."""
    REST_OPEN = "rest_open"
    """After the witnessed entry there may have been more than is shown."""
    OWNERS_WORD = "owners_word"
    """Nobody but the owner says how many entries there were."""
    CONCEALED = "concealed"
    """Entries were erased or are not shown: that they were there is proven, no more."""


@dataclass(frozen=True, slots=True)
class VerifiedLedger:
    """A ledger that passed, and what is proven by that.

    `complete_to` is how many entries somebody else bears witness of, `as_of` since
    when, `witness` who; None and 0 where nobody does.

    Raises `VerificationError` when made with a report that did not pass.
    """

    report: Report
    identity: bytes
    entries: tuple[LedgerEntry, ...]
    complete_to: int
    as_of: datetime | None
    witness: str | None

    def __post_init__(self) -> None:
        """Exist only with a passed report."""
        require_passed(self.report)

    @property
    def concealed(self) -> int:
        """How many entries were erased or are not shown."""
        return sum(each.entry is None for each in self.entries)

    @property
    def proves(self) -> tuple[Proves, ...]:
        """What is proven, and what is not, in the order of the codes."""
        is_witnessed = self.complete_to > 0
        found = {
            Proves.ORDER: True,
            Proves.COMPLETE: is_witnessed,
            Proves.REST_OPEN: is_witnessed,
            Proves.OWNERS_WORD: not is_witnessed,
            Proves.CONCEALED: self.concealed > 0,
        }
        return tuple(each for each, holds in found.items() if holds)


@dataclass(frozen=True, slots=True)
class UnverifiedLedger:
    """A ledger that did not pass: a report and nothing else."""

    report: Report

    def __post_init__(self) -> None:
        """Refuse a report that passed."""
        if self.report.outcome is Outcome.PASSED:
            raise UsageError("a passed report belongs to a verified ledger")


def verify_ledger_export(
    data: bytes,
    *,
    trust: TrustStore,
    policy: Policy,
    at: datetime,
    kept: tuple[Checkpoint, ...] = (),
    rule: CompletenessRule = CompletenessRule.ANCHORED,
) -> VerifiedLedger:
    """Return a ledger that holds, or raise.

    `kept` are checkpoints that you have from before: a ledger that contradicts one, or
    is shorter, fails. `trust` says which authorities and which parties' receipts are
    believed as witnesses at the moment `at`.

    Raises:
        VerificationFailed: something was changed, taken out, put in or cut off.
        VerificationIndeterminate: nobody who is believed bears witness of it, and
            `rule` does not accept that.
        UsageError: `at` has no zone.
    """
    judged = evaluate_ledger_export(
        data, trust=trust, policy=policy, at=at, kept=kept, rule=rule
    )
    if isinstance(judged, UnverifiedLedger):
        require_passed(judged.report)
        raise UsageError("a passed report belongs to a verified ledger")
    return judged


def evaluate_ledger_export(
    data: bytes,
    *,
    trust: TrustStore,
    policy: Policy,
    at: datetime,
    kept: tuple[Checkpoint, ...] = (),
    rule: CompletenessRule = CompletenessRule.ANCHORED,
) -> VerifiedLedger | UnverifiedLedger:
    """Judge an export; whatever the bytes are, it returns. See `verify_ledger_export`.

    Raises:
        UsageError: `at` has no zone.
    """
    require_aware(at)
    context = AnchorContext(trust, policy, at)
    try:
        parts = read_export(data)
        entries = tuple(map(_entry, parts.positions))
    except MalformedError as error:
        return UnverifiedLedger(_report(_unread(error), context))
    outside = Outside(parts.checkpoints, kept, rule)
    checks, witnessed = _judge(parts, entries, outside=outside, context=context)
    formed = _say(CheckId.LEDGER_FORMAT, Reason.WELL_FORMED)
    report = _report((formed, *checks), context)
    if report.outcome is not Outcome.PASSED:
        return UnverifiedLedger(report)
    return VerifiedLedger(
        report,
        parts.identity,
        entries,
        0 if witnessed is None else witnessed.count,
        None if witnessed is None else witnessed.moment,
        None if witnessed is None else witnessed.name,
    )


def _unread(error: MalformedError) -> tuple[Check, ...]:
    facts: Facts = {"what": error.what, "at": error.at}
    return (
        _say(CheckId.LEDGER_FORMAT, fault_reason(error), facts=facts),
        waits(CheckId.LEDGER_CHAIN, CheckId.LEDGER_FORMAT),
        waits(CheckId.LEDGER_COMPLETENESS, CheckId.LEDGER_FORMAT),
    )


def _report(checks: tuple[Check, ...], context: AnchorContext) -> Report:
    return Report(
        checks,
        REQUIRED,
        context.at,
        context.policy.name,
        anchors=context.trust.evidence.anchors,
    )


def _entry(position: Position) -> LedgerEntry:
    """Read an entry that has its digest; any other is not looked into."""
    entry = None
    octets, digest = position.octets, position.link.digest
    if octets is not None and _is_digest(octets, digest):
        entry = read_entry(octets, at=f"entries/{position.index}")
    return LedgerEntry(position.index, entry, digest, position.evidence)


def _is_digest(octets: bytes, digest: bytes) -> bool:
    return hmac.compare_digest(entry_digest(octets), digest)


def _judge(
    parts: ExportParts,
    entries: tuple[LedgerEntry, ...],
    *,
    outside: Outside,
    context: AnchorContext,
) -> tuple[tuple[Check, ...], Witnessed | None]:
    for place, (position, entry) in enumerate(
        zip(parts.positions, entries, strict=True)
    ):
        fault = None
        if position.index != place:
            fault = Reason.OUT_OF_ORDER
        elif not _is_whole(position, entry.entry):
            fault = Reason.INTEGRITY_MISMATCH
        if fault is not None:
            facts: Facts = {"at": f"entry {place}"}
            chained = _say(CheckId.LEDGER_CHAIN, fault, facts=facts)
            return (chained, waits(CheckId.LEDGER_COMPLETENESS)), None
    links = tuple(each.link for each in parts.positions)
    standing = judge_chain(Chain(parts.identity, links), outside, context=context)
    return standing.checks, standing.witnessed


def _is_whole(position: Position, entry: Entry | None) -> bool:
    """Whether content and evidence are those that the chain holds the digests of."""
    if entry is None:
        # What nobody can hold against its digest is not shown as if one could.
        return position.octets is None and position.evidence == NO_EVIDENCE
    return position.evidence.is_of(entry)


def _say(check_id: CheckId, reason: Reason, *, facts: Facts | None = None) -> Check:
    return check(check_id, reason, subject=SUBJECT, facts=facts)
