"""Judge a reader's request (ISO/IEC 18013-5 9.1.4, Annex B.1.7).

The steps, in the order of the code:

1. read the request and its signatures;
2. judge each signature over what it has to cover, for this conversation;
3. find whom the trust store believes behind it, and hold it to the profile;
4. find the one reader who asks for every document, or say that nobody is known;
5. judge whether that reader's certificate was taken back.

A signature that does not hold is never taken for none: a request is refused with it.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.text import show
from idwallet.credentials.admitted import beyond_admission
from idwallet.credentials.mdoc.match_request import read_query
from idwallet.credentials.mdoc.reader import read_signatures
from idwallet.credentials.mdoc.request import DeviceRequest, read_device_request
from idwallet.credentials.mdoc.rows import with_clauses
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.credentials.query import Query
from idwallet.credentials.required import Context, required_of
from idwallet.credentials.status import Issued, judge_issuer_revocation
from idwallet.envelope.cose import CoseSign1, signature_reason
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Facts,
    Outcome,
    Reason,
    Required,
    check,
    waiting,
)
from idwallet.trust.anchors import Purpose
from idwallet.trust.policy import ReaderRule, SignerProfileRule
from idwallet.trust.reader_profile import reader_deviations
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.timely import untimely

SUBJECT: Final = "request"
_SIGNATURE, _READER = CheckId.REQUEST_SIGNATURE, CheckId.READER_AUTHORISED
_ALWAYS: Final = (CheckId.REQUEST_FORMAT, _READER)


@dataclass(frozen=True, slots=True)
class ReaderVerdict:
    """The checks of one request and, only if all passed, the request.

    `query` says what is asked for in the words of any query. `signer` is the reader as
    the trust store knows it, None where nobody signed for
    every document: then nobody knows who asks, and the policy accepts that.
    """

    checks: tuple[Check, ...]
    required: Required
    request: DeviceRequest | None = None
    query: Query | None = None
    signer: SignerFound | None = None
    evidence: tuple[EvidenceUsed, ...] = ()


class _Signed(NamedTuple):
    """One signature, judged; `said` is what its signer comes to."""

    reason: Reason
    facts: Facts
    signer: SignerFound | SignerRefused
    said: Check

    @property
    def is_believed(self) -> bool:
        """Whether it is known who signed."""
        return self.said.outcome is Outcome.PASSED


def evaluate_device_request(
    data: bytes, *, handover: Handover, context: Context
) -> ReaderVerdict:
    """Judge a request for one conversation; never raises because of its octets.

    Raises:
        UsageError: the moment judged has no zone.
    """
    try:
        request = read_device_request(data, at=SUBJECT)
        query = read_query(request, at=SUBJECT)
        single, over_all = read_signatures(request, handover.transcript(), at=SUBJECT)
    except (MalformedError, UnsupportedError) as error:
        return _unread(error)
    by_document = [e and _judge(e, context) for e in single]
    by_all = [_judge(each, context) for each in over_all]
    reader, signer = _reader(by_document, by_all, context=context)
    reader = _admitted(reader, query, context=context)
    formed = check(CheckId.REQUEST_FORMAT, Reason.WELL_FORMED, subject=SUBJECT)
    signed = _signature([e for e in (*by_document, *by_all) if e is not None])
    still, used = _revocation(reader, signer, signed=signed, context=context)
    checks = with_clauses((formed, *signed, reader, *still))
    required = _required((*_ALWAYS, *(each.id for each in (*signed, *still))))
    if all(each.outcome is Outcome.PASSED for each in checks):
        return ReaderVerdict(checks, required, request, query, signer, used)
    return ReaderVerdict(checks, required, evidence=used)


def _required(checks: tuple[CheckId, ...]) -> Required:
    return required_of(checks, SUBJECT)


def _unread(error: MalformedError | UnsupportedError) -> ReaderVerdict:
    facts = {"what": error.what, "at": error.at}
    checks = (
        check(
            CheckId.REQUEST_FORMAT, fault_reason(error), subject=SUBJECT, facts=facts
        ),
        _wait(_READER, CheckId.REQUEST_FORMAT),
    )
    return ReaderVerdict(with_clauses(checks), _required(_ALWAYS))


def _wait(check_id: CheckId, waits_for: CheckId) -> Check:
    return waiting(check_id, subject=SUBJECT, waits_for=waits_for)


def _say(reason: Reason, facts: Facts) -> Check:
    return check(_READER, reason, subject=SUBJECT, facts=facts)


# Steps 2 and 3.


def _judge(signed: CoseSign1, context: Context) -> _Signed:
    signer = resolve_signer(
        signed.x5chain,
        kid=None,
        name=None,
        store=context.trust,
        purpose=Purpose.READ_CREDENTIALS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )
    said = _trust(signer, context)
    if signer.key is None:
        return _Signed(Reason.WAITING, {}, signer, said)
    reason = signature_reason(signed, key=signer.key, allowed=context.policy.algorithms)
    facts: Facts = {}
    if reason is Reason.ALGORITHM_NOT_ALLOWED:
        facts = {"found": show(str(signed.header.algorithm))}
    elif reason is Reason.KEY_UNUSABLE:
        facts = {"what": "the key does not do what the header names"}
    return _Signed(reason, facts, signer, said)


def _signature(signed: list[_Signed]) -> tuple[Check, ...]:
    """Return what the signatures come to; none of them may be wrong."""
    if not signed:
        return ()
    worst = next((e for e in signed if e.reason is not Reason.VALID), signed[0])
    if worst.reason is Reason.WAITING:
        return (_wait(_SIGNATURE, _READER),)
    return (check(_SIGNATURE, worst.reason, subject=SUBJECT, facts=worst.facts),)


def _trust(signer: SignerFound | SignerRefused, context: Context) -> Check:
    if isinstance(signer, SignerRefused):
        return _say(signer.reason, signer.facts)
    against = untimely(
        signer.anchor,
        signed=context.at,  # a request is signed now: its conversation is of now
        trust=context.trust,
        policy=context.policy,
        at=context.at,
    )
    if against is not None:
        facts = {"name": signer.name, **against.facts}
        return check(
            _READER, against.reason, subject=SUBJECT, needs=against.needs, facts=facts
        )
    found = () if signer.path is None else reader_deviations(signer.path.leaf)
    if not found:
        return _say(signer.reason, signer.facts)
    facts = {"name": signer.name, "what": ", ".join(each.value for each in found)}
    if context.policy.signer_profile is SignerProfileRule.ISO_18013_5:
        return _say(Reason.CERTIFICATE_PROFILE, facts)
    return _say(Reason.DEVIATIONS_ACCEPTED, facts)


# Step 4.


def _reader(
    by_document: list[_Signed | None], by_all: list[_Signed], *, context: Context
) -> tuple[Check, SignerFound | None]:
    """Return who asks for every document, and the check that says so."""
    for each in by_document:
        if each is not None and not each.is_believed:
            return each.said, None
    believed = [each for each in by_all if each.is_believed]
    if by_all and not believed:
        return by_all[0].said, None
    if not by_all and None in by_document:
        # One document that nobody signed for: whoever carried the rest may ask for it.
        return _anonymous(context), None
    return _one_reader([e for e in by_document if e is not None], believed)


def _anonymous(context: Context) -> Check:
    if context.policy.readers is ReaderRule.ANONYMOUS_ACCEPTED:
        return _say(Reason.ANONYMOUS_ACCEPTED, {})
    return _say(Reason.NO_KEY_MATERIAL, {})


def _admitted(reader: Check, query: Query, *, context: Context) -> Check:
    """Hold a reader whom nobody knows to what the policy names for strangers."""
    if reader.reason is not Reason.ANONYMOUS_ACCEPTED:
        return reader
    beyond = beyond_admission(query, context.policy.unauthenticated)
    if not beyond:
        return reader
    paths = beyond[: limits.REPORTED_PATHS]
    return _say(Reason.CLAIM_NOT_ADMITTED, {"found": "reader", "paths": paths})


def _one_reader(
    own: list[_Signed], believed: list[_Signed]
) -> tuple[Check, SignerFound | None]:
    """Return the reader of all documents; two are never shown to be one.

    `believed` are those who signed everything, of whom one is enough: a reader signs
    with several certificates so that each wallet knows one of them.
    """
    first = (*own, *believed)[0]
    name = _name(first)
    for each in own if not believed else ():
        if each.signer.key != first.signer.key:
            facts = {"name": name, "found": _name(each)}
            return _say(Reason.MISMATCH, facts), None
    chosen = believed[0] if believed else first
    signer = chosen.signer
    return chosen.said, signer if isinstance(signer, SignerFound) else None


def _name(signed: _Signed) -> str:
    return signed.signer.name if isinstance(signed.signer, SignerFound) else ""


# Step 5.


def _revocation(
    reader: Check,
    signer: SignerFound | None,
    *,
    signed: tuple[Check, ...],
    context: Context,
) -> tuple[tuple[Check, ...], tuple[EvidenceUsed, ...]]:
    """Say whether the certificate of who asks was taken back; nothing of nobody."""
    if not signed or (signer is None and reader.outcome is Outcome.PASSED):
        return (), ()
    authentic = signer is not None and all(
        each.outcome is Outcome.PASSED for each in signed
    )
    checks = Checks(SUBJECT)
    used = judge_issuer_revocation(
        Issued(signer, authentic),
        context=context,
        checks=checks,
        asks=CheckId.READER_REVOCATION,
        after=_READER,
    )
    origins = signer.anchor.fetch_origins if signer and authentic else None
    return checks.made(origins), used
