"""A verifier's request, judged by a wallet before a person sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, NamedTuple, TypeVar

from idwallet.codec.json import JsonObject
from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.credentials.required import Context
from idwallet.credentials.status import Issued, judge_issuer_revocation
from idwallet.envelope.jws import Jws, signature_facts, signature_reason
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.formed import (
    Judged,
    format_fault,
    judge_format,
    judge_validity,
)
from idwallet.protocols.openid4vp.judging import SUBJECT, Opened, Reader, say, wait
from idwallet.protocols.openid4vp.known_by import TYP
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.protocols.openid4vp.parameters import (
    NO_TRANSACTIONS,
    Parameters,
    read_client,
)
from idwallet.protocols.openid4vp.reader import judge_reader, reader_error
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.registered import Registered, judge_registered
from idwallet.protocols.openid4vp.request import (
    RequestObject,
    compose,
    open_jws,
    read_claims,
)
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Outcome,
    Reason,
    Required,
)
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy
from idwallet.trust.relying_party import VerifiedRegistration
from idwallet.trust.signer import SignerFound

REQUIRED: Final[Required] = frozenset(
    {
        (CheckId.REQUEST_FORMAT, SUBJECT),
        (CheckId.REQUEST_SIGNATURE, SUBJECT),
        (CheckId.REQUEST_VALIDITY, SUBJECT),
        (CheckId.READER_AUTHORISED, SUBJECT),
        (CheckId.READER_REVOCATION, SUBJECT),
        (CheckId.READER_REGISTERED, SUBJECT),
    }
)
"""Without these no request passes."""


_Request = TypeVar("_Request")


@dataclass(frozen=True, slots=True)
class Verdict(Generic[_Request]):
    """The checks of one request and, only if all passed, the request.

    `signer` is the verifier as the trust store knows it, only if all passed. `error` is
    the code that OpenID4VP 1.0 section 8.5 has for the first failure, or None. A wallet
    sends it only to a verifier that it has authenticated; to all others it answers
    nothing.

    `attested` is the verifier's name where somebody else attests it; then `signer` is
    who does. Both are None where nobody vouches for it, and the policy admits that.

    `registration` is what the verifier is registered for, where it showed that, only if
    all passed; it speaks for the queries `registered_ids`, for all where there are
    none. `evidence` is what was looked at beside the trust anchors.
    """

    checks: tuple[Check, ...]
    required: Required
    request: _Request | None
    signer: SignerFound | None
    error: ErrorCode | None
    registration: VerifiedRegistration | None = None
    registered_ids: tuple[str, ...] = ()
    evidence: tuple[EvidenceUsed, ...] = ()
    attested: str | None = None

    @property
    def asker(self) -> str | None:
        """The verifier's name: a certificate's subject, a registered or attested one.

        It is text safe to show, and not unique: two anchors may certify one subject.
        """
        if self.signer is None or self.attested is not None:
            return self.attested
        return self.signer.name


RequestVerdict = Verdict[RequestObject]
"""What judging a request comes to that was sent to a wallet."""


class Received(NamedTuple):
    """A request as far as it was read; `formed` and `timed` say what came of that.

    `parameters` are None where they could not be read.
    """

    opened: Opened
    formed: Judged
    parameters: Parameters | None
    timed: Check


class Came(NamedTuple):
    """What judging who asks came to; `passed` says that every check did."""

    checks: tuple[Check, ...]
    required: Required
    reader: Reader
    registered: Registered
    evidence: tuple[EvidenceUsed, ...]
    error: ErrorCode | None

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(each.outcome is Outcome.PASSED for each in self.checks)

    def verdict(self, request: _Request | None) -> Verdict[_Request]:
        """Return the verdict; it has the request only if every check passed."""
        if not self.passed or request is None:
            return Verdict(
                self.checks,
                self.required,
                None,
                None,
                self.error,
                evidence=self.evidence,
            )
        return Verdict(
            self.checks,
            self.required,
            request,
            self.reader.signer,
            None,
            registration=self.registered.found,
            registered_ids=self.registered.query_ids,
            evidence=self.evidence,
            attested=self.reader.attested,
        )


def evaluate_request(
    raw: str | bytes,
    *,
    trust: TrustStore,
    policy: Policy,
    at: datetime,
    transactions: frozenset[str] = NO_TRANSACTIONS,
) -> RequestVerdict:
    """Judge a request from any carrier; whatever the bytes are, it returns.

    The checks run independently once the client identifier can be read: a forged
    parameter fails ``request.format`` and leaves the signature to be judged. Before
    that, the others wait. What the verifier is registered for waits until it is known
    who asks. `transactions` are the types of transaction data that the wallet can show.

    Raises:
        UsageError: `at` has no zone.
    """
    require_aware(at)
    try:
        opened = _open(raw)
    except (MalformedError, UnsupportedError) as fault:
        return unread(format_fault(fault))
    if isinstance(opened, Check):
        return unread(Judged(opened, ErrorCode.INVALID_REQUEST))
    return _judge(opened, context=Context(trust, policy, at), transactions=transactions)


def _judge(
    opened: Opened, *, context: Context, transactions: frozenset[str]
) -> RequestVerdict:
    formed, parameters = judge_format(opened, context.policy, transactions=transactions)
    timed, validity = judge_validity(opened, context)
    came = judge_received(Received(opened, formed, parameters, timed), context=context)
    return came.verdict(
        compose(parameters, validity) if parameters and validity else None
    )


def judge_received(received: Received, *, context: Context) -> Came:
    """Judge who asks, once it was read what they ask; it never raises for it."""
    opened, formed, parameters, timed = received
    reader = judge_reader(opened, parameters, context=context)
    signed = _judge_signature(opened.jws, reader, policy=context.policy)
    revoked, evidence = _judge_revocation(reader, signed, context=context)
    judged = (
        formed,
        Judged(signed, ErrorCode.INVALID_REQUEST_OBJECT),
        Judged(timed, ErrorCode.INVALID_REQUEST_OBJECT),
        *(Judged(each, ErrorCode.UNAUTHORIZED_CLIENT) for each in reader.more),
        Judged(reader.check, reader_error(reader.check.reason)),
        Judged(revoked, ErrorCode.UNAUTHORIZED_CLIENT),
    )
    registered = _judge_registered(
        judged, reader, parameters=parameters, context=context
    )
    also = (Judged(each, ErrorCode.UNAUTHORIZED_CLIENT) for each in registered.checks)
    more = frozenset((each.id, SUBJECT) for each in reader.more)
    return Came(
        (*(each.check for each in judged), *registered.checks),
        REQUIRED | registered.required | more,
        reader,
        registered,
        evidence,
        _first_error((*judged, *also)),
    )


def _open(raw: str | bytes) -> Opened | Check:
    carried = read_carrier(raw)
    if carried.parameters is not None:
        return _open_unsigned(carried.parameters)
    jws = open_jws(carried)
    if jws.header.typ != TYP:
        # §5: what is not typed as a request object must not be processed as one.
        return say(
            CheckId.REQUEST_FORMAT,
            Reason.TYP_MISMATCH,
            facts={"found": show(jws.header.typ or "")},
        )
    claims = read_claims(jws)
    client = read_client(claims)
    if client.prefix is ClientIdPrefix.REDIRECT_URI:
        raise MalformedError(
            "signed for somebody who has no key",
            at="/client_id",
            clause="OpenID4VP 1.0 §5.9.3",
        )
    by_link = carried.by_link
    return Opened(jws, claims, client, carried.client_id, by_link=by_link)


def _open_unsigned(claims: JsonObject) -> Opened:
    """Take an unsigned request only of whom that is the one way to ask (§5.9.3)."""
    client = read_client(claims)
    if client.prefix is not ClientIdPrefix.REDIRECT_URI:
        raise UnsupportedError(
            "an unsigned request", at="request", clause="OpenID4VP 1.0 §5"
        )
    return Opened(None, claims, client, None)


def unread(formed: Judged) -> Verdict[_Request]:
    """Return the verdict on a request of which not even the form can be judged."""
    others = (
        CheckId.REQUEST_SIGNATURE,
        CheckId.REQUEST_VALIDITY,
        CheckId.READER_AUTHORISED,
        CheckId.READER_REVOCATION,
        CheckId.READER_REGISTERED,
    )
    waits = tuple(wait(each, CheckId.REQUEST_FORMAT) for each in others)
    return Verdict((formed.check, *waits), REQUIRED, None, None, formed.error)


def _judge_signature(jws: Jws | None, reader: Reader, *, policy: Policy) -> Check:
    if jws is None and reader.check.outcome is Outcome.PASSED:
        return say(CheckId.REQUEST_SIGNATURE, Reason.ABSENT_ACCEPTED)
    key = reader.key
    if jws is None or key is None:
        return wait(CheckId.REQUEST_SIGNATURE, CheckId.READER_AUTHORISED)
    reason = signature_reason(jws, key=key, allowed=policy.algorithms)
    facts = signature_facts(reason, jws)
    return say(CheckId.REQUEST_SIGNATURE, reason, facts=facts)


def _judge_revocation(
    reader: Reader, signed: Check, *, context: Context
) -> tuple[Check, tuple[EvidenceUsed, ...]]:
    """Say whether the certificate of who asks was taken back, as is known."""
    trusted = reader.check.outcome is Outcome.PASSED
    if trusted and reader.signer is None:
        return say(CheckId.READER_REVOCATION, Reason.ABSENT_ACCEPTED), ()
    authentic = trusted and signed.outcome is Outcome.PASSED
    checks = Checks(SUBJECT)
    evidence = judge_issuer_revocation(
        Issued(reader.signer if trusted else None, authentic),
        context=context,
        checks=checks,
        asks=CheckId.READER_REVOCATION,
        after=CheckId.READER_AUTHORISED,
    )
    origins = reader.signer.anchor.fetch_origins if reader.signer else None
    (made,) = checks.made(origins if authentic else None)
    return made, evidence


def _judge_registered(
    judged: tuple[Judged, ...],
    reader: Reader,
    *,
    parameters: Parameters | None,
    context: Context,
) -> Registered:
    """Judge the registration once it stands who asks, and that they still may."""
    waits_for = next(
        (e.check.id for e in judged if e.check.outcome is not Outcome.PASSED), None
    )
    if waits_for is not None or parameters is None:
        cause = waits_for or CheckId.REQUEST_FORMAT
        return Registered((wait(CheckId.READER_REGISTERED, cause),))
    # Who attests is not who asks: their certificate is no access certificate for it.
    signer = reader.signer if reader.attested is None else None
    return judge_registered(parameters.verifier_info, signer, context=context)


def _first_error(judged: tuple[Judged, ...]) -> ErrorCode | None:
    failed = (each for each in judged if each.check.outcome is Outcome.FAILED)
    return next((each.error for each in failed), None)
