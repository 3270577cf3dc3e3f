"""A verifier's request, judged by a wallet before a person sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import Jws, signature_facts, signature_reason
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.openid4vp.client import (
    ClientId,
    ClientIdPrefix,
    names_certificate,
)
from idwallet.protocols.openid4vp.parameters import (
    Parameters,
    Validity,
    host_of,
    read_client,
    read_parameters,
    read_validity,
)
from idwallet.protocols.openid4vp.refusals import ErrorCode, code_for
from idwallet.protocols.openid4vp.request import (
    TYP,
    RequestObject,
    compose,
    open_jws,
    read_claims,
)
from idwallet.report import (
    Check,
    CheckId,
    Facts,
    Outcome,
    Reason,
    Required,
    check,
    waiting,
)
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.timely import untimely

SUBJECT: Final = "request"

REQUIRED: Final[Required] = frozenset(
    {
        (CheckId.REQUEST_FORMAT, SUBJECT),
        (CheckId.REQUEST_SIGNATURE, SUBJECT),
        (CheckId.REQUEST_VALIDITY, SUBJECT),
        (CheckId.READER_AUTHORISED, SUBJECT),
    }
)
"""Without these four no request passes."""


@dataclass(frozen=True, slots=True)
class RequestVerdict:
    """The checks of one request and, only if all passed, the request.

    `signer` is the verifier as the trust store knows it, only if all passed. `error` is
    the code that OpenID4VP 1.0 section 8.5 has for the first failure, or None. A wallet
    sends it only to a verifier that it has authenticated; to all others it answers
    nothing.
    """

    checks: tuple[Check, ...]
    required: Required
    request: RequestObject | None
    signer: SignerFound | None
    error: ErrorCode | None

    @property
    def asker(self) -> str | None:
        """The verifier's name: a certificate's subject or a registered one.

        It is text safe to show, and not unique: two anchors may certify one subject.
        """
        return None if self.signer is None else self.signer.name


class _Judged(NamedTuple):
    """One check, and the code that answers its failure."""

    check: Check
    error: ErrorCode


class _Reader(NamedTuple):
    """Who signed, as far as the key material tells."""

    check: Check
    key: PublicKey | None
    signer: SignerFound | None


class _Context(NamedTuple):
    """Whom the wallet trusts, by which policy, at which moment."""

    trust: TrustStore
    policy: Policy
    at: datetime


class _Opened(NamedTuple):
    """A request of which carrier, token and client identifier could be read."""

    jws: Jws
    claims: JsonObject
    client: ClientId
    outer_client_id: str | None


def evaluate_request(
    raw: str | bytes, *, trust: TrustStore, policy: Policy, at: datetime
) -> RequestVerdict:
    """Judge a request from any carrier; whatever the bytes are, it returns.

    The four checks run independently once the client identifier can be read: a
    forged parameter fails ``request.format`` and leaves the signature to be judged.
    Before that, the other three wait.

    Raises:
        UsageError: `at` has no zone.
    """
    require_aware(at)
    try:
        opened = _open(raw)
    except (MalformedError, UnsupportedError) as fault:
        return _unread(_format_fault(fault))
    if isinstance(opened, Check):
        return _unread(_Judged(opened, ErrorCode.INVALID_REQUEST))
    context = _Context(trust, policy, at)
    formed, parameters = _judge_format(opened, policy)
    timed, validity = _judge_validity(opened.claims, context)
    reader = _judge_reader(opened, parameters, context=context)
    signed = _judge_signature(opened.jws, reader.key, policy=policy)
    judged = (
        formed,
        _Judged(signed, ErrorCode.INVALID_REQUEST_OBJECT),
        _Judged(timed, ErrorCode.INVALID_REQUEST_OBJECT),
        _Judged(reader.check, _reader_error(reader.check.reason)),
    )
    checks = tuple(each.check for each in judged)
    if all(each.outcome is Outcome.PASSED for each in checks):
        request = compose(parameters, validity) if parameters and validity else None
        return RequestVerdict(checks, REQUIRED, request, reader.signer, None)
    return RequestVerdict(checks, REQUIRED, None, None, _first_error(judged))


def _open(raw: str | bytes) -> _Opened | Check:
    carried, jws = open_jws(raw)
    if jws.header.typ != TYP:
        # §5: what is not typed as a request object must not be processed as one.
        return _say(
            CheckId.REQUEST_FORMAT,
            Reason.TYP_MISMATCH,
            facts={"found": show(jws.header.typ or "")},
        )
    claims = read_claims(jws)
    return _Opened(jws, claims, read_client(claims), carried.client_id)


def _unread(formed: _Judged) -> RequestVerdict:
    others = (
        CheckId.REQUEST_SIGNATURE,
        CheckId.REQUEST_VALIDITY,
        CheckId.READER_AUTHORISED,
    )
    waits = tuple(_wait(each, CheckId.REQUEST_FORMAT) for each in others)
    return RequestVerdict((formed.check, *waits), REQUIRED, None, None, formed.error)


def _judge_format(opened: _Opened, policy: Policy) -> tuple[_Judged, Parameters | None]:
    prefix = opened.client.prefix
    if prefix.value not in policy.profile.request_prefixes:
        refused = _say(
            CheckId.REQUEST_FORMAT,
            Reason.OUTSIDE_PROFILE,
            facts={
                "what": f"client identifier prefix {prefix.value}",
                "at": "/client_id",
            },
        )
        return _Judged(refused, ErrorCode.INVALID_REQUEST), None
    try:
        parameters = read_parameters(opened.claims, opened.client)
    except (MalformedError, UnsupportedError) as fault:
        return _format_fault(fault), None
    formed = _say(CheckId.REQUEST_FORMAT, Reason.WELL_FORMED)
    return _Judged(formed, ErrorCode.INVALID_REQUEST), parameters


def _judge_validity(
    claims: JsonObject, context: _Context
) -> tuple[Check, Validity | None]:
    try:
        validity = read_validity(claims)
    except MalformedError as fault:
        said = {"what": fault.what, "at": fault.at}
        return _say(CheckId.REQUEST_VALIDITY, Reason.MALFORMED, facts=said), None
    reason, facts = _window(validity, context)
    return _say(CheckId.REQUEST_VALIDITY, reason, facts=facts), validity


def _window(validity: Validity, context: _Context) -> tuple[Reason, Facts | None]:
    early = context.at - context.policy.clock_skew
    late = context.at + context.policy.clock_skew
    for since in (validity.issued, validity.not_before):
        if since is not None and late < since:
            return Reason.NOT_YET_VALID, {"since": since}
    if early >= validity.expires:
        return Reason.EXPIRED, {"until": validity.expires}
    if validity.expires - late > limits.REQUEST_LIFETIME_MAXIMUM:
        return Reason.MALFORMED, {"what": "lives too long", "at": "/exp"}
    return Reason.CURRENT, None


def _judge_signature(jws: Jws, key: PublicKey | None, *, policy: Policy) -> Check:
    if key is None:
        return _wait(CheckId.REQUEST_SIGNATURE, CheckId.READER_AUTHORISED)
    reason = signature_reason(jws, key=key, allowed=policy.algorithms)
    facts = signature_facts(reason, jws)
    return _say(CheckId.REQUEST_SIGNATURE, reason, facts=facts)


def _judge_reader(
    opened: _Opened, parameters: Parameters | None, *, context: _Context
) -> _Reader:
    client, header = opened.client, opened.jws.header
    pinned = client.prefix is ClientIdPrefix.PRE_REGISTERED
    if not pinned and not header.x5c:
        # §5.9.3: the key is that of the leaf in `x5c`; `kid` or `jwk` are no other way.
        refused = _say(CheckId.READER_AUTHORISED, Reason.NO_KEY_MATERIAL)
        return _Reader(refused, None, None)
    signer = resolve_signer(
        () if pinned else header.x5c,
        kid=header.kid if pinned else None,
        name=client.text if pinned else None,
        store=context.trust,
        purpose=Purpose.READ_CREDENTIALS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )
    if opened.outer_client_id not in (None, client.text):
        # RFC 9101 §5: somebody put one verifier's request under another's name.
        return _Reader(_mismatch(opened.outer_client_id or ""), signer.key, None)
    if isinstance(signer, SignerRefused):
        refused = _say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)
        return _Reader(refused, signer.key, None)
    if pinned:
        judged = _say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)
    else:
        judged = _judge_certificate(
            opened, signer, parameters=parameters, policy=context.policy
        )
    return _Reader(_timely(judged, signer, context=context), signer.key, signer)


def _timely(judged: Check, signer: SignerFound, *, context: _Context) -> Check:
    """Say what speaks against whom the wallet believes; requests are signed now."""
    if judged.outcome is not Outcome.PASSED:
        return judged
    against = untimely(
        signer.anchor,
        signed=context.at,
        trust=context.trust,
        policy=context.policy,
        at=context.at,
    )
    if against is None:
        return judged
    return check(
        CheckId.READER_AUTHORISED,
        against.reason,
        subject=judged.subject,
        needs=against.needs,
        facts={"name": signer.name, **against.facts},
    )


def _judge_certificate(
    opened: _Opened,
    signer: SignerFound,
    *,
    parameters: Parameters | None,
    policy: Policy,
) -> Check:
    client, chain = opened.client, opened.jws.header.x5c
    leaf = Certificate.from_der(chain[0], at="request/header/x5c/0")
    if not names_certificate(client, leaf):
        return _mismatch(client.text)
    # That the leaf is not self-signed, which HAIP asks too, the path has shown.
    anchor = signer.anchor.certificate
    if policy.profile == HAIP_1_0 and anchor is not None and anchor.der in chain:
        what = "the trust anchor stands in x5c (HAIP 1.0 section 5)"
        facts = {"name": signer.name, "what": what}
        return _say(CheckId.READER_AUTHORISED, Reason.CERTIFICATE_PROFILE, facts=facts)
    free = client.text in signer.anchor.issuer_names
    if client.prefix is ClientIdPrefix.X509_SAN_DNS and not free:
        # §5.9.3: unless the identifier is one of those known, answers go to its host.
        if parameters is None:
            return _wait(CheckId.READER_AUTHORISED, CheckId.REQUEST_FORMAT)
        host = host_of(parameters.response_uri)
        if host != client.value.lower():
            return _say(
                CheckId.READER_AUTHORISED,
                Reason.RESPONSE_URI_MISMATCH,
                facts={"found": show(host), "name": show(client.value)},
            )
    return _say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)


def _format_fault(fault: MalformedError | UnsupportedError) -> _Judged:
    facts = {"what": fault.what, "at": fault.at}
    said = _say(CheckId.REQUEST_FORMAT, fault_reason(fault), facts=facts)
    return _Judged(said, code_for(fault))


def _reader_error(reason: Reason) -> ErrorCode:
    # §8.5: what a prefix requires and was not kept is an invalid request; a client
    # that is who it says and is not trusted is unauthorised (RFC 6749 §4.1.2.1).
    broken = {
        Reason.CLIENT_ID_MISMATCH,
        Reason.RESPONSE_URI_MISMATCH,
        Reason.NO_KEY_MATERIAL,
    }
    if reason in broken:
        return ErrorCode.INVALID_REQUEST
    return ErrorCode.UNAUTHORIZED_CLIENT


def _first_error(judged: tuple[_Judged, ...]) -> ErrorCode | None:
    failed = (each for each in judged if each.check.outcome is Outcome.FAILED)
    return next((each.error for each in failed), None)


def _mismatch(client_id: str) -> Check:
    return _say(
        CheckId.READER_AUTHORISED,
        Reason.CLIENT_ID_MISMATCH,
        facts={"found": show(client_id)},
    )


def _say(check_id: CheckId, reason: Reason, *, facts: Facts | None = None) -> Check:
    return check(check_id, reason, subject=SUBJECT, facts=facts)


def _wait(check_id: CheckId, waits_for: CheckId) -> Check:
    return waiting(check_id, subject=SUBJECT, waits_for=waits_for)
