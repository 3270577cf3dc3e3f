"""Judge whether somebody may act for whom a credential is about."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.text import show
from idwallet.credentials.compact.evaluate import CompactVerdict, evaluate_issued
from idwallet.credentials.compact.guardian import (
    GUARDIAN,
    Act,
    Delegation,
    child_of,
    takes,
    withdrawn_by,
)
from idwallet.credentials.compact.structures import CompactCredential, CompactProof
from idwallet.credentials.required import STORED_MDOC, Context, HeldBy, required_of
from idwallet.envelope.cose import signature_reason
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import (
    Check,
    CheckId,
    EvidenceUsed,
    Facts,
    Outcome,
    Reason,
    Required,
    check,
)
from idwallet.trust.policy import DelegationRule

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


class _Known(NamedTuple):
    """The right that was shown, judged, and what delegations are known to be over."""

    right: CompactVerdict
    withdrawn: tuple[bytes, ...]


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
    held = HeldBy(frozenset({delegation.guardian.thumbprint}))
    verdict = evaluate_issued(
        right, None, expected=held, context=context, subject=right_of(subject)
    )
    known = _Known(verdict, tuple(withdrawn))
    reason, facts = _reason(proof, delegation, context=context, known=known)
    made = check(_DELEGATION, reason, subject=subject, facts=facts)
    required = required_of((_DELEGATION,), subject) | required_of(
        STORED_MDOC, right_of(subject)
    )
    return GuardianVerdict((made, *verdict.checks), required, verdict.evidence)


def _reason(
    proof: CompactProof, delegation: Delegation, *, context: Context, known: _Known
) -> tuple[Reason, Facts]:
    """Return the first thing that speaks against it, or who acted for whom."""
    if context.policy.delegation is DelegationRule.REFUSED:
        return Reason.NOT_AUTHORIZED, {"at": "policy"}
    signed = signature_reason(
        delegation.envelope,
        key=proof.credential.key,
        allowed=context.policy.algorithms,
    )
    if signed is not Reason.VALID:
        return Reason.INVALID, {}
    if _is_withdrawn(proof, delegation, context=context, withdrawn=known.withdrawn):
        return Reason.REVOKED, {}
    against = _untimely(delegation, context) or _wider(
        proof, delegation, right=known.right
    )
    return against or (
        Reason.DELEGATED_ACCEPTED,
        {
            "by": pseudonym(delegation.guardian.thumbprint),
            "name": pseudonym(proof.credential.key.thumbprint),
            "what": ", ".join(sorted(delegation.acts)),
            "until": delegation.until,
        },
    )


def _untimely(delegation: Delegation, context: Context) -> tuple[Reason, Facts] | None:
    at, skew = context.at, context.policy.clock_skew
    if at - skew >= delegation.until:
        return Reason.EXPIRED, {"until": delegation.until}
    if at + skew < delegation.since:
        return Reason.NOT_YET_VALID, {"since": delegation.since}
    return None


def _wider(
    proof: CompactProof, delegation: Delegation, *, right: CompactVerdict
) -> tuple[Reason, Facts] | None:
    """Say what goes further than the right, or than what was delegated."""
    if not _is_guardian(right, proof.credential):
        return Reason.NOT_GUARDIAN, {}
    wider = delegation.acts - _acts(right)
    if wider or delegation.until > right.credential.valid_until:
        return Reason.WIDER_THAN_RIGHT, {"what": ", ".join(sorted(wider)) or "time"}
    for claim in _claims(proof):
        if not takes(delegation.acts, claim):
            return Reason.CLAIM_NOT_ADMITTED, {"paths": (f"/{show(claim)}",)}
    return None


def pseudonym(thumbprint: str) -> str:
    """Return by what a report names a key: no name of a person stands in one."""
    return f"key {thumbprint[:8]}"


def _is_withdrawn(
    proof: CompactProof,
    delegation: Delegation,
    *,
    context: Context,
    withdrawn: tuple[bytes, ...],
) -> bool:
    """Whether the child's key or the guardian's took it back; no other key can."""
    for statement in withdrawn:
        try:
            said = withdrawn_by(statement, at="withdrawn")
        except (MalformedError, UnsupportedError):
            continue  # what nobody can read takes nothing back
        if said.payload != delegation.identity:
            continue
        for key in (proof.credential.key, delegation.guardian):
            reason = signature_reason(said, key=key, allowed=context.policy.algorithms)
            if reason is Reason.VALID:
                return True
    return False


def _is_guardian(right: CompactVerdict, child: CompactCredential) -> bool:
    named = right.claims.get(_OF)
    return (
        right.credential.type == GUARDIAN
        and right.credential.single is not None
        and named == b64.encode(child_of(child.key))
    )


def _acts(right: CompactVerdict) -> frozenset[Act]:
    listed = right.claims.get(_ACTS)
    known = {each.value: each for each in Act}
    names = listed if isinstance(listed, list) else []
    return frozenset(
        known[each] for each in names if isinstance(each, str) and each in known
    )


def _claims(proof: CompactProof) -> Iterable[str]:
    shown, single = proof.shown, proof.credential.single
    return (single or {}) if shown is None else shown.claims
