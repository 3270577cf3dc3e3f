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
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.profiles import IdentifierListVersion
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceKind,
    EvidenceUsed,
    FactValue,
    IdentifierListNeeded,
    Need,
    Outcome,
    Reason,
    StatusListNeeded,
    check,
)
from idwallet.report.verdict import Answer
from idwallet.trust.identifier_list.at_hand import identifier_at_hand
from idwallet.trust.identifier_list.structures import (
    IdentifierReference,
    read_identifier_reference,
)
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
from idwallet.trust.signer import SignerFound
from idwallet.trust.status_list.at_hand import (
    FAILED,
    PASSED,
    StatusAtHand,
    status_at_hand,
)
from idwallet.trust.status_list.judge import StatusReason
from idwallet.trust.status_list.structures import ListContext

Used = tuple[EvidenceUsed, ...]
_NONE: Final[Used] = ()

# What most verifications say and ask, ready made: Python 3.11 takes as long to look up
# a member of an Enum as to call a function.
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

    `signer` is None where the trust store refused whoever signed. `believed` says that
    nothing else speaks against it, as when its keys were lost: then lists are asked all
    the same, for a no, and nobody is sent anywhere.
    """

    signer: SignerFound | None
    authentic: bool
    believed: bool = True

    @property
    def origins(self) -> frozenset[str] | None:
        """From where what it needs may be fetched; None if nobody believed says so."""
        if self.signer is None or not (self.authentic and self.believed):
            return None
        return self.signer.anchor.fetch_origins


# --- the issuer ----------------------------------------------------------------------


def judge_issuer_revocation(
    issued: Issued,
    *,
    context: Context,
    checks: Checks,
    asks: CheckId = _REVOCATION,
    after: CheckId = CheckId.ISSUER_TRUST,
) -> Used:
    """Answer ``issuer.revocation``; return the evidence that was looked at.

    Needs are named only where the signature stands: a forged credential that carries
    somebody's chain would else make verifiers fetch. `asks` is the check that is
    answered where it is not an issuer who signed, `after` what finds the signer.
    """
    signer = issued.signer
    if signer is None:
        checks.wait(asks, after)
        return _NONE
    name = ("name", signer.name)
    path, rule = signer.path, context.policy.revocation
    if path is None:
        # A pinned key has no certificate: who stops believing it takes the pin away.
        checks.answers.append((asks, Reason.KEY_PINNED, (name,)))
    elif rule is _IF_AT_HAND and not context.trust.evidence.knows_certificates:
        checks.answers.append((asks, _UNKNOWN, (name, _NO_EVIDENCE)))
    elif rule is RevocationRule.NOT_REQUIRED_ACCEPTED:
        checks.answers.append((asks, Reason.NOT_REQUIRED_ACCEPTED, (name,)))
    else:
        return _look_up(path, issued, context=context, checks=checks, asks=asks)
    return _NONE


def _look_up(
    path: ValidatedPath,
    issued: Issued,
    *,
    context: Context,
    checks: Checks,
    asks: CheckId,
) -> Used:
    policy = context.policy
    said = revocation_at_hand(path, trust=context.trust, policy=policy, at=context.at)
    reason, facts = _of_certificate(said, policy.revocation)
    open_ones = {Reason.UNKNOWN, Reason.STALE}
    needs = said.needs if issued.authentic and reason in open_ones else ()
    facts = {"name": said.certificate.shown, **facts}
    made = check(asks, reason, subject=checks.subject, needs=needs, facts=facts)
    checks.add(made)
    return tuple(
        EvidenceUsed(
            kind=each.kind,
            check=asks,
            subject=checks.subject,
            about=each.about,
            as_of=each.as_of,
            origin=each.origin,
        )
        for each in said.used
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
    if said.unread is not None and rule is _IF_AT_HAND:  # which is no silence
        return Reason.UNKNOWN, {"what": said.unread.value}
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
        asked = _read(members["status"], context)
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        unknown = isinstance(error, UnsupportedError)
        reason = Reason.UNSUPPORTED if unknown else Reason.MALFORMED
        checks.say(CheckId.CREDENTIAL_STATUS, reason, facts=facts)
        return _NONE
    said = _ask(asked, issued, context=context)
    if rule is StatusRule.NOT_REQUIRED_ACCEPTED:
        found = {"found": show(asked[0].uri)}
        reason = Reason.STATUS_NOT_REQUIRED_ACCEPTED
        checks.say(CheckId.CREDENTIAL_STATUS, reason, facts=found)
    elif not said:
        checks.wait(CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_SIGNATURE)
    else:
        _answer(said, checks=checks)
    if not said:
        checks.wait(CheckId.CREDENTIAL_TRACKING, CheckId.ISSUER_SIGNATURE)
    return tuple(used for each in said for used in _told(each, checks=checks))


class _Said(NamedTuple):
    """What the lists of one mechanism say, and what would settle it if they do not."""

    need: StatusListNeeded | IdentifierListNeeded
    kind: EvidenceKind
    at_hand: StatusAtHand


_Asked = tuple[StatusListNeeded | IdentifierReference, ...]


def _read(value: object, context: Context) -> _Asked:
    """Read what a credential says, by each mechanism that the profile has.

    Where it says two things, both have to be settled.
    """
    version = context.policy.profile.identifier_list
    said = value if isinstance(value, dict) else {}
    if version is IdentifierListVersion.NONE or "identifier_list" not in said:
        return (read_status(value),)
    reference = read_identifier_reference(said["identifier_list"])
    return (read_status(value), reference) if "status_list" in said else (reference,)


def _ask(asked: _Asked, issued: Issued, *, context: Context) -> tuple[_Said, ...]:
    """Ask the lists at hand; none where nobody believed stands behind the credential.

    A need that names a URI exists only once its carrier is trusted: else a forged
    credential would make verifiers fetch, and parse what they never would.
    """
    signer = issued.signer
    if signer is None or not issued.authentic:
        return ()
    policy = context.policy
    lists = ListContext(context.trust, policy, policy.freshness, context.at)
    return tuple(_asked(each, signer=signer, context=lists) for each in asked)


def _asked(
    what: StatusListNeeded | IdentifierReference,
    *,
    signer: SignerFound,
    context: ListContext,
) -> _Said:
    if isinstance(what, StatusListNeeded):
        said = status_at_hand(what.uri, what.index, issuer=signer, context=context)
        return _Said(what, EvidenceKind.STATUS_LIST, said)
    said = identifier_at_hand(what, issuer=signer, context=context)
    return _Said(IdentifierListNeeded(what.uri), EvidenceKind.IDENTIFIER_LIST, said)


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


def _answer(said: tuple[_Said, ...], *, checks: Checks) -> None:
    """Say the worst of what is said: one mechanism cannot excuse the other."""
    judged = max(said, key=_weight).at_hand.judgement
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
        needs = tuple(each.need for each in said if _is_open(each))
    checks.add(
        check(
            CheckId.CREDENTIAL_STATUS,
            reason,
            subject=checks.subject,
            needs=needs,
            facts=judged.facts,
        )
    )


def _is_open(said: _Said) -> bool:
    return _REASONS[said.at_hand.judgement.reason] in _OPEN


def _weight(said: _Said) -> int:
    """Order what is said: a no, then what is open, then a yes by a policy's leave."""
    reason = said.at_hand.judgement.reason
    if reason in FAILED:
        return 3
    if reason in PASSED:
        return int(reason is not StatusReason.VALID)
    return 2


def _told(said: _Said, *, checks: Checks) -> Used:
    """Say whether many share the list, and return which piece was looked at."""
    if said.at_hand.piece is None:
        return _NONE
    about, found = show(said.need.uri), said.at_hand.found
    if found is not None:
        small = found.size < limits.STATUS_LIST_HERD
        reason = Reason.LIST_TOO_SMALL_ACCEPTED if small else Reason.LIST_SHARED
        facts: dict[str, FactValue] = {"found": about, "entries": found.size}
        checks.say(CheckId.CREDENTIAL_TRACKING, reason, facts=facts)
    used = EvidenceUsed(
        kind=said.kind,
        check=CheckId.CREDENTIAL_STATUS,
        subject=checks.subject,
        about=about,
        as_of=said.at_hand.judgement.as_of,
        origin=said.at_hand.piece.origin,
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
