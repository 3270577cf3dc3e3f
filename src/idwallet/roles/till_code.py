"""Judge what is printed at a till, before a wallet shows anything there."""

from typing import Final, NamedTuple

from idwallet.codec.qr_text import QrKind, read_qr_text
from idwallet.codec.text import show
from idwallet.credentials.required import Context
from idwallet.credentials.status import Issued, judge_issuer_revocation
from idwallet.envelope.cose import signature_reason
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.protocols.openid4vp.client import (
    ClientId,
    names_certificate,
    read_client_id,
)
from idwallet.protocols.qr.till import ReadTillCode, TillCode, read_till_code
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
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.timely import untimely

_SUBJECT: Final = "request"
_ASKED: Final = (
    CheckId.REQUEST_FORMAT,
    CheckId.READER_AUTHORISED,
    CheckId.REQUEST_SIGNATURE,
    CheckId.REQUEST_VALIDITY,
    CheckId.READER_REVOCATION,
)
REQUIRED: Final[Required] = frozenset((each, _SUBJECT) for each in _ASKED)
"""Without these no printed code is answered."""


class TillVerdict(NamedTuple):
    """The checks of a printed code and, only if it could be read, what it says."""

    checks: tuple[Check, ...]
    code: TillCode | None = None
    signer: SignerFound | None = None
    evidence: tuple[EvidenceUsed, ...] = ()


def evaluate_till_code(text: str, *, context: Context) -> TillVerdict:
    """Judge a printed code; never raises because of it."""
    try:
        read, client = _read(text)
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        formed = _said(CheckId.REQUEST_FORMAT, fault_reason(error), facts=facts)
        waits = tuple(_waits(each, CheckId.REQUEST_FORMAT) for each in _ASKED[1:])
        return TillVerdict((formed, *waits))
    signer = _signer(read, context)
    authorised = _authorised(signer, client, context=context)
    signed = _signature(read, signer, context=context)
    believed = {authorised.outcome, signed.outcome} == {Outcome.PASSED}
    checks = Checks(_SUBJECT)
    known = signer if isinstance(signer, SignerFound) else None
    used = judge_issuer_revocation(
        Issued(known, believed),
        context=context,
        checks=checks,
        asks=CheckId.READER_REVOCATION,
        after=CheckId.READER_AUTHORISED,
    )
    made = (
        _said(CheckId.REQUEST_FORMAT, Reason.WELL_FORMED),
        authorised,
        signed,
        _validity(read.code, context),
        *checks.made(known.anchor.fetch_origins if known and believed else None),
    )
    return TillVerdict(made, read.code, known, used)


def _read(text: str) -> tuple[ReadTillCode, ClientId]:
    found = read_qr_text(text, at="code")
    if found.kind is not QrKind.TILL:
        raise MalformedError(
            "no code of a till", at="code", clause="idwallet compact 1 §12"
        )
    read = read_till_code(found.octets, at="code")
    return read, read_client_id(read.code.client_id, at="code/client_id")


def _signer(read: ReadTillCode, context: Context) -> SignerFound | SignerRefused:
    return resolve_signer(
        read.envelope.x5chain,
        kid=None,
        name=None,
        store=context.trust,
        purpose=Purpose.READ_CREDENTIALS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )


def _authorised(
    signer: SignerFound | SignerRefused, client: ClientId, *, context: Context
) -> Check:
    if isinstance(signer, SignerFound):
        leaf = None if signer.path is None else signer.path.leaf
        if leaf is None or not names_certificate(client, leaf):
            # Somebody's own certificate under another one's name.
            facts: Facts = {"found": show(client.text)}
            reason = Reason.CLIENT_ID_MISMATCH
            return _said(CheckId.READER_AUTHORISED, reason, facts=facts)
        against = untimely(
            signer.anchor,
            signed=None,
            trust=context.trust,
            policy=context.policy,
            at=context.at,
        )
        if against is not None:
            return check(
                CheckId.READER_AUTHORISED,
                against.reason,
                subject=_SUBJECT,
                needs=against.needs,
                facts={"name": signer.name, **against.facts},
            )
    is_known = isinstance(signer, SignerFound)
    known = {n: v for n, v in signer.facts.items() if n != "until" or not is_known}
    return _said(CheckId.READER_AUTHORISED, signer.reason, facts=known or None)


def _signature(
    read: ReadTillCode, signer: SignerFound | SignerRefused, *, context: Context
) -> Check:
    if signer.key is None:
        return _waits(CheckId.REQUEST_SIGNATURE, CheckId.READER_AUTHORISED)
    reason = signature_reason(
        read.envelope, key=signer.key, allowed=context.policy.algorithms
    )
    facts: Facts | None = None
    if reason is Reason.ALGORITHM_NOT_ALLOWED:
        facts = {"found": str(read.envelope.header.algorithm)}
    elif reason is Reason.KEY_UNUSABLE:
        facts = {"what": "the key does not do what the header names"}
    return _said(CheckId.REQUEST_SIGNATURE, reason, facts=facts)


def _validity(code: TillCode, context: Context) -> Check:
    skew = context.policy.clock_skew
    if context.at + skew < code.since:
        facts: Facts = {"since": code.since}
        return _said(CheckId.REQUEST_VALIDITY, Reason.NOT_YET_VALID, facts=facts)
    if context.at - skew >= code.until:
        facts = {"until": code.until}
        return _said(CheckId.REQUEST_VALIDITY, Reason.EXPIRED, facts=facts)
    return _said(CheckId.REQUEST_VALIDITY, Reason.CURRENT)


def _said(check_id: CheckId, reason: Reason, *, facts: Facts | None = None) -> Check:
    return check(check_id, reason, subject=_SUBJECT, facts=facts)


def _waits(check_id: CheckId, cause: CheckId) -> Check:
    return waiting(check_id, subject=_SUBJECT, waits_for=cause)
