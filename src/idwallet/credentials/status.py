"""Whether a credential, or the certificate of who issued it, was taken back.

Of any format: what a credential says about its status has one form in SD-JWT VC and in
ISO mdoc (Token Status List section 6). Evidence comes from `context.trust` and nowhere
else; what it does not settle stays open, with the need that would.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.text import show
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceKind,
    EvidenceUsed,
    FactValue,
    Need,
    Outcome,
    Reason,
    StatusListNeeded,
    check,
)
from idwallet.report.verdict import Answer
from idwallet.trust.path import ValidatedPath
from idwallet.trust.policy import RevocationRule, StatusRule
from idwallet.trust.revocation.at_hand import PathAtHand, revocation_at_hand
from idwallet.trust.revocation.structures import (
    Good,
    OnHold,
    Revoked,
    Unknown,
    Unsettled,
)
from idwallet.trust.signer import SignerFound, SignerRefused
from idwallet.trust.status_list.at_hand import StatusAtHand, status_at_hand
from idwallet.trust.status_list.judge import StatusReason
from idwallet.trust.status_list.structures import ListContext

Used = tuple[EvidenceUsed, ...]
_NONE: Final[Used] = ()

# What most verifications say and ask, ready made: Python 3.11 takes as long to look up
# a member of an Enum as to call a function.
_TRUST: Final = CheckId.ISSUER_TRUST
_REVOCATION: Final = CheckId.ISSUER_REVOCATION
_UNKNOWN: Final = Reason.UNKNOWN_ACCEPTED
_NO_EVIDENCE: Final = ("what", Unsettled.NO_EVIDENCE.value)
_IF_AT_HAND: Final = RevocationRule.IF_AT_HAND
_REQUIRED: Final = StatusRule.REQUIRED
_NO_STATUS: Final[Answer] = (CheckId.CREDENTIAL_STATUS, Reason.NO_STATUS, ())
_NO_STATUS_ACCEPTED: Final[Answer] = (
    CheckId.CREDENTIAL_STATUS,
    Reason.NO_STATUS_ACCEPTED,
    (),
)


class Issued(NamedTuple):
    """Who issued what is judged, and whether the issuer's signature stands.

    `signer` is None where the trust store refused whoever signed.
    """

    signer: SignerFound | None
    authentic: bool


# --- the issuer ----------------------------------------------------------------------


def issuer_trust(signer: SignerFound | SignerRefused, context: Context) -> Answer:
    """Return what ``issuer.trust`` comes to.

    A clock that stands before the moment at which the anchors were taken proves
    nothing of whom they vouch for.
    """
    taken = context.trust.evidence.anchors.taken
    if (
        taken is not None
        and isinstance(signer, SignerFound)
        and taken - context.at > context.policy.clock_skew
    ):
        given = (("name", signer.name), ("since", taken))
        return CheckId.ISSUER_TRUST, Reason.ANCHORS_FROM_THE_FUTURE, given
    return _TRUST, signer.reason, tuple(signer.facts.items())


def judge_issuer_revocation(
    issued: Issued, *, context: Context, checks: Checks
) -> Used:
    """Answer ``issuer.revocation``; return the evidence that was looked at.

    Needs are named only where the signature stands: a forged credential that carries
    somebody's chain would else make verifiers fetch.
    """
    signer = issued.signer
    if signer is None:
        checks.wait(CheckId.ISSUER_REVOCATION, CheckId.ISSUER_TRUST)
        return _NONE
    name = ("name", signer.name)
    path, rule = signer.path, context.policy.revocation
    if path is None:
        # A pinned key has no certificate: who stops believing it takes the pin away.
        checks.answers.append((_REVOCATION, Reason.KEY_PINNED, (name,)))
    elif rule is _IF_AT_HAND and not context.trust.evidence.knows_certificates:
        checks.answers.append((_REVOCATION, _UNKNOWN, (name, _NO_EVIDENCE)))
    elif rule is RevocationRule.NOT_REQUIRED_ACCEPTED:
        answer = (_REVOCATION, Reason.NOT_REQUIRED_ACCEPTED, (name,))
        checks.answers.append(answer)
    else:
        return _look_up(path, issued, context=context, checks=checks)
    return _NONE


def _look_up(
    path: ValidatedPath, issued: Issued, *, context: Context, checks: Checks
) -> Used:
    policy = context.policy
    said = revocation_at_hand(path, trust=context.trust, policy=policy, at=context.at)
    found = _issuer_check(said, issued, rule=policy.revocation, subject=checks.subject)
    checks.add(found)
    return tuple(
        EvidenceUsed(
            kind=each.kind,
            check=CheckId.ISSUER_REVOCATION,
            subject=checks.subject,
            about=each.about,
            as_of=each.as_of,
            origin=each.origin,
        )
        for each in said.used
    )


def _issuer_check(
    said: PathAtHand, issued: Issued, *, rule: RevocationRule, subject: str
) -> Check:
    reason, facts = _of_certificate(said, rule)
    open_ones = {Reason.UNKNOWN, Reason.STALE}
    needs = said.needs if issued.authentic and reason in open_ones else ()
    return check(
        CheckId.ISSUER_REVOCATION,
        reason,
        subject=subject,
        needs=needs,
        facts={"name": said.certificate.shown, **facts},
    )


def _of_certificate(
    said: PathAtHand, rule: RevocationRule
) -> tuple[Reason, dict[str, FactValue]]:
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
    return _of_unknown(found, rule), {"what": found.reason.value}


def _of_unknown(found: Unknown, rule: RevocationRule) -> Reason:
    if found.reason is Unsettled.NOT_YET:
        # Whatever a policy accepts: this device cannot tell what is current.
        return Reason.CLOCK_BEFORE_EVIDENCE
    if rule is RevocationRule.IF_AT_HAND:
        return Reason.UNKNOWN_ACCEPTED
    return Reason.STALE if found.reason is Unsettled.STALE else Reason.UNKNOWN


# --- the credential itself -----------------------------------------------------------


def judge_status(
    members: Mapping[str, object], issued: Issued, *, context: Context, checks: Checks
) -> Used:
    """Answer ``credential.status``; return the evidence that was looked at.

    `members` are those in which ``status`` stands, if it is there at all. Where a list
    was read, ``credential.tracking`` is answered too: whether many share it.
    """
    rule = context.policy.status
    if "status" not in members:
        checks.answers.append(_NO_STATUS if rule is _REQUIRED else _NO_STATUS_ACCEPTED)
        return _NONE
    try:
        needed = read_status(members["status"])
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        checks.say(CheckId.CREDENTIAL_STATUS, fault_reason(error), facts=facts)
        return _NONE
    said = _ask(needed, issued, context=context)
    if rule is StatusRule.NOT_REQUIRED_ACCEPTED:
        found = {"found": show(needed.uri)}
        reason = Reason.STATUS_NOT_REQUIRED_ACCEPTED
        checks.say(CheckId.CREDENTIAL_STATUS, reason, facts=found)
    elif said is None:
        checks.wait(CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_SIGNATURE)
    else:
        _answer(said, needed, checks=checks)
    if said is None:
        checks.wait(CheckId.CREDENTIAL_TRACKING, CheckId.ISSUER_SIGNATURE)
        return _NONE
    return _told(said, needed, checks=checks)


def _ask(
    needed: StatusListNeeded, issued: Issued, *, context: Context
) -> StatusAtHand | None:
    """Ask the lists at hand; None where nobody believed stands behind the credential.

    A need that names a URI exists only once its carrier is trusted: else a forged
    credential would make verifiers fetch, and parse what they never would.
    """
    if issued.signer is None or not issued.authentic:
        return None
    return status_at_hand(
        needed.uri,
        needed.index,
        issuer=issued.signer,
        context=ListContext(
            context.trust, context.policy, context.policy.freshness, context.at
        ),
    )


_REASONS: Final[Mapping[StatusReason, Reason]] = MappingProxyType(
    {
        StatusReason.VALID: Reason.NOT_REVOKED,
        StatusReason.VALID_STALE_ACCEPTED: Reason.NOT_REVOKED_STALE_ACCEPTED,
        StatusReason.LIST_NEEDED: Reason.STATUS_LIST_NEEDED,
        **{
            each: Reason(each.value)
            for each in StatusReason
            if each.value in set(Reason) and each is not StatusReason.VALID
        },
    }
)
# What another list would settle; the rest is what the list itself says, or a clock.
_OPEN: Final = frozenset(
    {
        Reason.STATUS_LIST_NEEDED,
        Reason.LIST_REFUSED,
        Reason.LIST_EXPIRED,
        Reason.LIST_STALE,
    }
)


def _answer(said: StatusAtHand, needed: StatusListNeeded, *, checks: Checks) -> None:
    judged = said.judgement
    reason = _REASONS[judged.reason]
    needs: tuple[Need, ...] = ()
    if reason in _OPEN:
        revoked = any(
            isinstance(each, Check)
            and each.id is CheckId.ISSUER_REVOCATION
            and each.outcome is Outcome.FAILED
            for each in checks.answers
        )
        if revoked:
            # Whoever holds a revoked key must not send anybody anywhere.
            checks.wait(CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_REVOCATION)
            return
        needs = (needed,)
    checks.add(
        check(
            CheckId.CREDENTIAL_STATUS,
            reason,
            subject=checks.subject,
            needs=needs,
            facts=judged.facts,
        )
    )


def _told(said: StatusAtHand, needed: StatusListNeeded, *, checks: Checks) -> Used:
    """Say whether many share the list, and return which piece was looked at."""
    if said.piece is None:
        return _NONE
    about = show(needed.uri)
    if said.found is not None:
        small = said.found.size < limits.STATUS_LIST_HERD
        reason = Reason.LIST_TOO_SMALL_ACCEPTED if small else Reason.LIST_SHARED
        facts: dict[str, FactValue] = {"found": about, "entries": said.found.size}
        checks.say(CheckId.CREDENTIAL_TRACKING, reason, facts=facts)
    used = EvidenceUsed(
        kind=EvidenceKind.STATUS_LIST,
        check=CheckId.CREDENTIAL_STATUS,
        subject=checks.subject,
        about=about,
        as_of=said.judgement.as_of,
        origin=said.piece.origin,
    )
    return (used,)


def read_status(value: object) -> StatusListNeeded:
    """Read what a credential says about its status (Token Status List section 6.2).

    Raises:
        MalformedError: index or URI is missing or of the wrong kind.
        UnsupportedError: a status mechanism other than ``status_list``.
    """
    clause = "Token Status List §6.2"
    if not isinstance(value, dict):
        raise MalformedError("no object", at="status", clause=clause)
    entry = value.get("status_list")
    if entry is None:
        raise UnsupportedError(
            "no status mechanism that is known", at="status", clause=clause
        )
    if not isinstance(entry, dict):
        raise MalformedError("no object", at="status.status_list", clause=clause)
    index, uri = entry.get("idx"), entry.get("uri")
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise MalformedError("no index", at="status.status_list.idx", clause=clause)
    if not isinstance(uri, str) or not uri:
        raise MalformedError("no URI", at="status.status_list.uri", clause=clause)
    return StatusListNeeded(uri, index)
