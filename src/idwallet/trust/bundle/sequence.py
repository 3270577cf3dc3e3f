"""That no older bundle is taken after a newer one (bundle.md §7)."""

import hmac
from dataclasses import replace
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.errors import PortError
from idwallet.ports import BundleMark, BundleState
from idwallet.report import Check, CheckId, Facts, Reason, check
from idwallet.trust.bundle.freshness import SUBJECT

_BUSY: Final = "what is remembered of the bundle changes too fast"


def sequence_check(mark: BundleMark, *, before: BundleMark | None) -> Check:
    """Judge the number of the bundle of `mark` after the one of `before`."""
    reason = sequence_reason(mark, before=before)
    facts: Facts = {"sequence": mark.sequence}
    if reason is Reason.ANOTHER_SERIES:
        facts = {"found": show(mark.series)}
    elif reason is Reason.ROLLED_BACK and before is not None:
        facts = {"sequence": mark.sequence, "seen": before.sequence}
    return check(CheckId.BUNDLE_SEQUENCE, reason, subject=SUBJECT, facts=facts)


def sequence_reason(mark: BundleMark, *, before: BundleMark | None) -> Reason:
    """Say whether a bundle may be taken after another.

    Returns:
        CURRENT; ANOTHER_SERIES; ROLLED_BACK for a lower number; FORKED for the same
        number with other content, which an honest operator never signs.
    """
    if before is None:
        return Reason.CURRENT
    if mark.series != before.series:
        return Reason.ANOTHER_SERIES
    if mark.sequence < before.sequence:
        return Reason.ROLLED_BACK
    same = hmac.compare_digest(mark.digest, before.digest)
    if mark.sequence == before.sequence and not same:
        return Reason.FORKED
    return Reason.CURRENT


def remember(mark: BundleMark, *, state: BundleState) -> Check | None:
    """Put the mark into the state; return the check that now stands in the way, if any.

    Raises:
        PortError: the state cannot be read or written.
    """
    for _ in range(limits.BUNDLE_STATE_TRIES):
        before = state.mark()
        judged = sequence_check(mark, before=before)
        if judged.reason is not Reason.CURRENT:
            return judged
        kept = _with_heir(mark, before)
        # What is remembered already needs no writing: a full disk does not matter.
        if before == kept or state.advance(before, kept):
            return None
    raise PortError(_BUSY)


def _with_heir(mark: BundleMark, before: BundleMark | None) -> BundleMark:
    """Keep the heir that the same key announced before: its first word holds."""
    if before is None or not before.heir or before.signer != mark.signer:
        return mark
    return replace(mark, retires=before.retires, heir=before.heir)
