"""Judge whether somebody may act for whom a credential is about.

A verifier asks it of a proof (`evaluate_guardian`), a wallet of what it is given
(`evaluate_handed`) and again of what it is about to sign (`judge_acting`): by the same
rules, so that no wallet signs what no verifier takes.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.text import show
from idwallet.credentials.compact.evaluate import (
    CompactVerdict,
    all_of,
    evaluate_issued,
)
from idwallet.credentials.compact.guardian import (
    GUARDIAN,
    Act,
    Delegation,
    child_of,
    takes,
    withdrawn_by,
)
from idwallet.credentials.compact.structures import (
    CompactCredential,
    CompactProof,
    IssuedCompact,
)
from idwallet.credentials.required import STORED_MDOC, Context, HeldBy, required_of
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import signature_reason
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import (
    Check,
    CheckId,
    EvidenceKind,
    EvidenceUsed,
    Facts,
    Outcome,
    Reason,
    Required,
    check,
)
from idwallet.trust.evidence import WithdrawnAtHand
from idwallet.trust.policy import DelegationRule
from idwallet.trust.revocation.structures import Unsettled
from idwallet.trust.withdrawn import WithdrawnSaid, withdrawn_at_hand

_DELEGATION: Final = CheckId.HOLDER_DELEGATION
_OF: Final = "guardian_of"
_ACTS: Final = "acts"


class GuardianVerdict(NamedTuple):
    """The checks of who acted for whom; nothing where the holder acted alone."""

    checks: tuple[Check, ...] = ()
    required: Required = frozenset()
    evidence: tuple[EvidenceUsed, ...] = ()

    @property
    def is_delegated(self) -> bool:
        """Whether the holder acted alone, or delegated to whom showed it."""
        return all(
            each.outcome is Outcome.PASSED
            for each in self.checks
            if each.id is _DELEGATION
        )

    @property
    def child(self) -> str | None:
        """The pseudonym of whom it is about; None where the holder acted alone."""
        own = (each for each in self.checks if each.id is _DELEGATION)
        names = [dict(each.facts).get("name") for each in own]
        return next((each for each in names if isinstance(each, str)), None)


class Acted(NamedTuple):
    """Who would act for whom: nothing of it is judged.

    `claims` are the names of what would be shown of the child's card. `right` says
    whose guardian somebody is; None where there is none. `withdrawn` are statements of
    `guardian.withdraw` at hand.
    """

    child: CompactCredential
    delegation: Delegation
    right: CompactCredential | None
    claims: tuple[str, ...]
    withdrawn: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        """Show what was delegated only."""
        return f"Acted({self.delegation!r})"


class ActingVerdict(NamedTuple):
    """The check of a delegation, and the lists that were looked at for it."""

    check: Check
    evidence: tuple[EvidenceUsed, ...] = ()


class Handed(NamedTuple):
    """The checks of a card that somebody was given to act with.

    `card` is the verdict on the child's card. It says nothing of `holder.binding`:
    whose key the card has, the delegation says.
    """

    checks: tuple[Check, ...]
    required: Required
    card: CompactVerdict
    evidence: tuple[EvidenceUsed, ...]


NOBODY_ACTS: Final = GuardianVerdict()
"""The holder acted alone."""


def right_of(subject: str) -> str:
    """Return what the checks of a guardian's own credential are about."""
    return f"{subject}.guardian"


def evaluate_guardian(
    proof: CompactProof,
    *,
    context: Context,
    subject: str,
    withdrawn: Iterable[bytes] = (),
) -> GuardianVerdict:
    """Judge a delegation and the right behind it; never raises because of them.

    `withdrawn` are statements of `guardian.withdraw` at hand.
    """
    delegation, right = proof.delegation, proof.right
    if delegation is None or right is None:
        return NOBODY_ACTS
    shown = tuple(_claims(proof))
    acted = Acted(proof.credential, delegation, right, shown, tuple(withdrawn))
    return _evaluated(acted, context=context, subject=subject)


def _evaluated(acted: Acted, *, context: Context, subject: str) -> GuardianVerdict:
    own = judge_acting(acted, context=context, subject=subject)
    checks: tuple[Check, ...] = (own.check,)
    evidence = own.evidence
    if acted.right is not None:
        held = HeldBy(frozenset({acted.delegation.guardian.thumbprint}))
        verdict = evaluate_issued(
            acted.right, None, expected=held, context=context, subject=right_of(subject)
        )
        checks, evidence = checks + verdict.checks, evidence + verdict.evidence
    required = required_of((_DELEGATION,), subject) | required_of(
        STORED_MDOC, right_of(subject)
    )
    return GuardianVerdict(checks, required, evidence)


def evaluate_handed(
    card: IssuedCompact, acted: Acted, *, context: Context, subject: str
) -> Handed:
    """Judge the card of a child, what was delegated over it, and the right behind it.

    Never raises because of them. What of `acted` is about the card has to be of it.
    """
    verdict = evaluate_issued(
        card.credential, all_of(card), expected=None, context=context, subject=subject
    )
    guardian = _evaluated(acted, context=context, subject=subject)
    own = tuple(each for each in STORED_MDOC if each is not CheckId.HOLDER_BINDING)
    return Handed(
        (*verdict.checks, *guardian.checks),
        required_of(own, subject) | guardian.required,
        verdict,
        verdict.evidence + guardian.evidence,
    )


def judge_acting(acted: Acted, *, context: Context, subject: str) -> ActingVerdict:
    """Judge the delegation alone: the child's signature, its end, its width.

    Whoever relies on it judges card and right as well.
    """
    if context.policy.delegation is DelegationRule.REFUSED:
        refused = {"at": "policy"}
        return ActingVerdict(
            check(_DELEGATION, Reason.NOT_AUTHORIZED, subject=subject, facts=refused)
        )
    said = withdrawn_at_hand(acted.delegation.identity, trust=context.trust)
    reason, facts = _reason(acted, said, context=context)
    renewal = context.trust.evidence.renewal
    needs = () if renewal is None or reason not in _OPEN else (renewal.need,)
    made = check(_DELEGATION, reason, subject=subject, facts=facts, needs=needs)
    return ActingVerdict(made, tuple(_used(each, subject) for each in said.lists))


_OPEN: Final = frozenset({Reason.UNKNOWN, Reason.STALE})
"""What a newer bundle would settle."""


def _used(piece: WithdrawnAtHand, subject: str) -> EvidenceUsed:
    return EvidenceUsed(
        kind=EvidenceKind.WITHDRAWN,
        check=_DELEGATION,
        subject=subject,
        about=show(piece.name),
        as_of=piece.origin.taken,
        origin=piece.origin,
    )


def _reason(
    acted: Acted, said: WithdrawnSaid, *, context: Context
) -> tuple[Reason, Facts]:
    """Return the first thing that speaks against it, or who acted for whom."""
    delegation, key = acted.delegation, acted.child.key
    signed = signature_reason(
        delegation.envelope, key=key, allowed=context.policy.algorithms
    )
    if signed is not Reason.VALID:
        return Reason.INVALID, {}
    if _is_withdrawn(acted, said, context=context):
        return Reason.REVOKED, {}
    return (
        _untimely(delegation, context)
        or _wider(acted)
        or _unsettled(said, context)
        or (
            Reason.DELEGATED_ACCEPTED,
            {
                "by": pseudonym(delegation.guardian.thumbprint),
                "name": pseudonym(key.thumbprint),
                "what": ", ".join(sorted(delegation.acts)),
                "until": delegation.until,
            },
        )
    )


def _unsettled(said: WithdrawnSaid, context: Context) -> tuple[Reason, Facts] | None:
    """Say why it is not known whether it was taken back, where that matters."""
    if said.unread:
        # Whatever a policy accepts: something was said, and nobody knows what.
        return Reason.UNKNOWN, {"what": Unsettled.MALFORMED.value}
    policy, at = context.policy, context.at
    if policy.delegation is not DelegationRule.WITHDRAWALS_REQUIRED:
        return None
    if said.taken is None:
        return Reason.UNKNOWN, {"what": Unsettled.NO_EVIDENCE.value}
    if said.taken - at > policy.clock_skew:
        return Reason.CLOCK_BEFORE_EVIDENCE, {"since": said.taken}
    if at - said.taken > policy.freshness.maximum_age:
        return Reason.STALE, {"signed": said.taken}
    return None


def _untimely(delegation: Delegation, context: Context) -> tuple[Reason, Facts] | None:
    at, skew = context.at, context.policy.clock_skew
    if at - skew >= delegation.until:
        return Reason.EXPIRED, {"until": delegation.until}
    if at + skew < delegation.since:
        return Reason.NOT_YET_VALID, {"since": delegation.since}
    return None


def _wider(acted: Acted) -> tuple[Reason, Facts] | None:
    """Say what goes further than the right, or than what was delegated."""
    delegation, right = acted.delegation, acted.right
    if right is None or not is_guardian(right, acted.child.key):
        return Reason.NOT_GUARDIAN, {}
    wider = delegation.acts - acts_of(right)
    if wider or delegation.until > right.valid_until:
        return Reason.WIDER_THAN_RIGHT, {"what": ", ".join(sorted(wider)) or "time"}
    for claim in acted.claims:
        if not takes(delegation.acts, claim):
            return Reason.CLAIM_NOT_ADMITTED, {"paths": (f"/{show(claim)}",)}
    return None


def pseudonym(thumbprint: str) -> str:
    """Return by what a report names a key: no name of a person stands in one."""
    return f"key {thumbprint[:8]}"


def _is_withdrawn(acted: Acted, said: WithdrawnSaid, *, context: Context) -> bool:
    """Whether the child's key or the guardian's took it back; no other key can."""
    delegation = acted.delegation
    keys = (acted.child.key, delegation.guardian)
    return any(
        ends(statement, delegation, by=keys, allowed=context.policy.algorithms)
        for statement in (*acted.withdrawn, *said.statements)
    )


def ends(
    statement: bytes,
    delegation: Delegation,
    *,
    by: Iterable[PublicKey],
    allowed: frozenset[Algorithm],
) -> bool:
    """Return whether one of these keys took the delegation back by the statement."""
    if delegation.identity not in statement:
        return False  # it is about another one; most are
    try:
        said = withdrawn_by(statement, at="withdrawn")
    except (MalformedError, UnsupportedError):
        return False  # what nobody can read takes nothing back
    return said.payload == delegation.identity and any(
        signature_reason(said, key=key, allowed=allowed) is Reason.VALID for key in by
    )


def is_guardian(right: CompactCredential, child: PublicKey) -> bool:
    """Return whether a right names the child with that key; it is not judged."""
    single = right.single
    return (
        right.type == GUARDIAN
        and single is not None
        and single.get(_OF) == b64.encode(child_of(child))
    )


def acts_of(right: CompactCredential) -> frozenset[Act]:
    """Return the acts that a right names, of those known here; it is not judged."""
    listed = (right.single or {}).get(_ACTS)
    known = {each.value: each for each in Act}
    names = listed if isinstance(listed, list) else []
    return frozenset(
        known[each] for each in names if isinstance(each, str) and each in known
    )


def _claims(proof: CompactProof) -> Iterable[str]:
    shown, single = proof.shown, proof.credential.single
    return (single or {}) if shown is None else shown.claims
