"""Who asks: by which certificate or key, and under which name."""

from typing import Final

from idwallet.codec.text import show
from idwallet.codec.web import read_web_address
from idwallet.credentials.required import Context
from idwallet.envelope.jws import JwsHeader
from idwallet.errors import MalformedError
from idwallet.profiles import ProfileRule
from idwallet.protocols.openid4vp.attestation import Attestation, judge_attestation
from idwallet.protocols.openid4vp.client import (
    ClientIdPrefix,
    names_certificate,
)
from idwallet.protocols.openid4vp.decentralized import judge_decentralized
from idwallet.protocols.openid4vp.judging import Opened, Reader, say, wait
from idwallet.protocols.openid4vp.mode import host_of
from idwallet.protocols.openid4vp.parameters import Parameters
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.strangers import judge_stranger
from idwallet.report import Check, CheckId, Outcome, Reason, check
from idwallet.trust.anchors import Purpose
from idwallet.trust.certificate import Certificate
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.timely import untimely

# What a prefix requires and was not kept.
_BROKEN: Final = frozenset(
    {
        Reason.CLIENT_ID_MISMATCH,
        Reason.RESPONSE_URI_MISMATCH,
        Reason.NO_KEY_MATERIAL,
        Reason.ORIGIN_MISMATCH,
        Reason.KEY_NOT_IN_IDENTIFIER,
        Reason.KEY_UNUSABLE,
    }
)


def reader_error(reason: Reason) -> ErrorCode:
    """Return the code that answers a reader who was refused.

    What a prefix requires and was not kept is an invalid request (OpenID4VP 1.0 section
    8.5); a client that is who it says and is not trusted is unauthorised (RFC 6749
    section 4.1.2.1).
    """
    if reason in _BROKEN:
        return ErrorCode.INVALID_REQUEST
    return ErrorCode.UNAUTHORIZED_CLIENT


def judge_reader(
    opened: Opened, parameters: Parameters | None, *, context: Context
) -> Reader:
    """Find who asks, and say whether it is known that they do.

    `parameters` are None where they could not be read. Whoever signed for other pages
    than the one that asks has not asked (section A.2).
    """
    found = _judge_reader(opened, parameters, context=context)
    expected, origin = opened.expected, opened.origin
    if expected is None or origin is None or origin in expected:
        return found
    facts = {"found": show(origin), "name": show(expected[0])}
    foreign = say(CheckId.READER_AUTHORISED, Reason.ORIGIN_MISMATCH, facts=facts)
    return found._replace(check=foreign, signer=None)


def _judge_reader(
    opened: Opened, parameters: Parameters | None, *, context: Context
) -> Reader:
    if opened.jws is None:
        name = opened.origin or opened.client.text
        stranger = judge_stranger(name, parameters, context=context)
        return Reader(stranger, None, None)
    header = opened.jws.header
    if opened.client.prefix is ClientIdPrefix.DECENTRALIZED_IDENTIFIER:
        return _identified(opened, header, parameters=parameters, context=context)
    if opened.client.prefix is ClientIdPrefix.VERIFIER_ATTESTATION:
        return _attested(opened, header, parameters=parameters, context=context)
    return _certified(opened, header, parameters=parameters, context=context)


def _identified(
    opened: Opened,
    header: JwsHeader,
    *,
    parameters: Parameters | None,
    context: Context,
) -> Reader:
    found = judge_decentralized(
        opened, header.kid, parameters=parameters, context=context
    )
    if opened.outer_client_id not in (None, opened.client.text):
        return Reader(_mismatch(opened.outer_client_id or ""), found.key, None)
    if found.signer is None:
        return found
    return found._replace(check=_timely(found.check, found.signer, context=context))


def _attested(
    opened: Opened,
    header: JwsHeader,
    *,
    parameters: Parameters | None,
    context: Context,
) -> Reader:
    said = judge_attestation(header.parameters, context=context)
    client, found, signer = opened.client, said.found, said.signer
    more = (said.check,)
    if opened.outer_client_id not in (None, client.text):
        return Reader(_mismatch(opened.outer_client_id or ""), said.key, None, more)
    if said.reader is not None or found is None or signer is None:
        waits = wait(CheckId.READER_AUTHORISED, said.check.id)
        return Reader(said.reader or waits, said.key, None, more)
    judged = _judge_attested(opened, found, parameters=parameters)
    made = _timely(judged, signer, context=context)
    return Reader(made, said.key, signer, more, attested=show(found.subject))


def _judge_attested(
    opened: Opened, found: Attestation, *, parameters: Parameters | None
) -> Check:
    """Say whether an attestation is about who asks, and where the answer goes."""
    asker, name = CheckId.READER_AUTHORISED, show(found.subject)
    if found.subject != opened.client.value:
        return _mismatch(opened.client.text)
    if found.addresses is not None and opened.origin is not None:
        # Who may be answered at these addresses is answered on their pages.
        if opened.origin not in {_origin(each) for each in found.addresses}:
            place = {"found": show(opened.origin), "name": name}
            return say(asker, Reason.RESPONSE_URI_MISMATCH, facts=place)
    elif found.addresses is not None:
        if parameters is None:
            return wait(asker, CheckId.REQUEST_FORMAT)
        if parameters.response_uri not in found.addresses:
            place = {"found": show(host_of(parameters.response_uri)), "name": name}
            return say(asker, Reason.RESPONSE_URI_MISMATCH, facts=place)
    facts = {"name": name, "by": show(found.issuer)}
    return say(asker, Reason.ATTESTED, facts=facts)


def _certified(
    opened: Opened,
    header: JwsHeader,
    *,
    parameters: Parameters | None,
    context: Context,
) -> Reader:
    client = opened.client
    pinned = client.prefix is ClientIdPrefix.PRE_REGISTERED
    if not pinned and not header.x5c:
        # §5.9.3: the key is that of the leaf in `x5c`; `kid` or `jwk` are no other way.
        refused = say(CheckId.READER_AUTHORISED, Reason.NO_KEY_MATERIAL)
        return Reader(refused, None, None)
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
        return Reader(_mismatch(opened.outer_client_id or ""), signer.key, None)
    if isinstance(signer, SignerRefused):
        refused = say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)
        return Reader(refused, signer.key, None)
    if pinned:
        judged = say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)
    else:
        judged = _judge_certificate(
            opened,
            signer,
            chain=header.x5c,
            parameters=parameters,
            policy=context.policy,
        )
    return Reader(_timely(judged, signer, context=context), signer.key, signer)


def _timely(judged: Check, signer: SignerFound, *, context: Context) -> Check:
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
    opened: Opened,
    signer: SignerFound,
    *,
    chain: tuple[bytes, ...],
    parameters: Parameters | None,
    policy: Policy,
) -> Check:
    client = opened.client
    leaf = Certificate.from_der(chain[0], at="request/header/x5c/0")
    if not names_certificate(client, leaf):
        return _mismatch(client.text)
    # That the leaf is not self-signed, which HAIP asks too, the path has shown.
    anchor = signer.anchor.certificate
    keeps = ProfileRule.ANCHOR_NOT_SENT in policy.profile.rules
    if keeps and anchor is not None and anchor.der in chain:
        what = "the trust anchor stands in x5c (HAIP 1.0 section 5)"
        facts = {"name": signer.name, "what": what}
        return say(CheckId.READER_AUTHORISED, Reason.CERTIFICATE_PROFILE, facts=facts)
    # §5.9.3: over a browser the address plays no part, the origin does.
    free = client.text in signer.anchor.issuer_names or opened.origin is not None
    if client.prefix is ClientIdPrefix.X509_SAN_DNS and not free:
        # §5.9.3: unless the identifier is one of those known, answers go to its host.
        if parameters is None:
            return wait(CheckId.READER_AUTHORISED, CheckId.REQUEST_FORMAT)
        host = host_of(parameters.response_uri)
        if host != client.value.lower():
            return say(
                CheckId.READER_AUTHORISED,
                Reason.RESPONSE_URI_MISMATCH,
                facts={"found": show(host), "name": show(client.value)},
            )
    return say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)


def _origin(address: str) -> str | None:
    try:
        return read_web_address(address, at="redirect_uris").origin
    except MalformedError:
        return None


def _mismatch(client_id: str) -> Check:
    return say(
        CheckId.READER_AUTHORISED,
        Reason.CLIENT_ID_MISMATCH,
        facts={"found": show(client_id)},
    )
