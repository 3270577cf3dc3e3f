"""What is wrong with each forged compact credential, and what has to be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idwallet.report import CheckId, Reason
from idwallet.testing.compact import at_hand, issued, shown
from idwallet.testing.compact.changes import Forger, proving, signing
from idwallet.testing.compact.draft import (
    CompactDraft,
    CompactScene,
    asked_draft,
    compact_draft,
    single_draft,
)
from idwallet.testing.corpus.forgery import Forged

_C, _R = CheckId, Reason


@dataclass(frozen=True, slots=True)
class CompactForgery(Forged[CompactDraft]):
    """A compact credential shown that nobody may accept; see `Forged`."""

    begin: Callable[[CompactScene], CompactDraft] = compact_draft

    def twins(self, scene: CompactScene) -> tuple[CompactDraft, CompactDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: self.begin(scene))


_SINGLE: Final[tuple[tuple[str, Forger], ...]] = (
    ("claims shown of one that shows all", proving(4, [1, b"", b""])),
    ("no claims at all", signing(6, [])),
    ("a name without a value", signing(6, [0])),
    ("one claim twice", signing(6, [0, True, 0, False])),
    ("a root in the other shape", signing(0, 2)),
)


def _formats() -> list[CompactForgery]:
    made: list[CompactForgery] = []
    for name, forge in (*issued.FORMATS, *shown.FORMATS):
        made.append(CompactForgery(name, _C.CREDENTIAL_FORMAT, _R.MALFORMED, forge))
    for name, forge in (*issued.UNSUPPORTED, *shown.UNSUPPORTED):
        made.append(CompactForgery(name, _C.CREDENTIAL_FORMAT, _R.UNSUPPORTED, forge))
    for name, forge in issued.LIMITS:
        reason = _R.LIMIT_EXCEEDED
        made.append(CompactForgery(name, _C.CREDENTIAL_FORMAT, reason, forge))
    for name, forge in _SINGLE:
        check, reason = _C.CREDENTIAL_FORMAT, _R.MALFORMED
        made.append(CompactForgery(name, check, reason, forge, begin=single_draft))
    return made


def _all() -> tuple[CompactForgery, ...]:
    made = _formats()
    for name, reason, forge in issued.SIGNATURES:
        made.append(CompactForgery(name, _C.ISSUER_SIGNATURE, reason, forge))
    for name, forge in issued.CHANGED:
        check, reason = _C.ISSUER_SIGNATURE, _R.INVALID
        made.append(CompactForgery(name, check, reason, forge, begin=single_draft))
    for name, reason, forge in issued.TRUST:
        made.append(CompactForgery(name, _C.ISSUER_TRUST, reason, forge))
    for name, reason, forge in at_hand.TRUST:
        check, begin = _C.ISSUER_TRUST, at_hand.at_hand_draft
        made.append(CompactForgery(name, check, reason, forge, begin=begin))
    for name, reason, forge in shown.DISCLOSURES:
        made.append(CompactForgery(name, _C.CREDENTIAL_DISCLOSURES, reason, forge))
    for name, check, reason, forge in (*issued.VALIDITIES, *shown.BINDINGS):
        made.append(CompactForgery(name, check, reason, forge))
    for name, check, reason, forge in shown.ANSWERS:
        made.append(CompactForgery(name, check, reason, forge, begin=asked_draft))
    return tuple(made)


COMPACT_FORGERIES: Final = _all()
"""Every forged compact credential, by the check that it is about."""
