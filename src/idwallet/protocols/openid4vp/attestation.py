"""Verifier attestations: somebody trusted says who asks (OpenID4VP 1.0 section 12)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import Jws, read_compact, signature_facts, signature_reason
from idwallet.errors import LimitError, MalformedError, UnsupportedError, fault_reason
from idwallet.protocols.openid4vp.judging import say, wait
from idwallet.protocols.openid4vp.parameters import AUDIENCE
from idwallet.report import Check, CheckId, FactValue, Reason
from idwallet.trust.anchors import Purpose
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer

TYP: Final = "verifier-attestation+jwt"
"""The only `typ` of a verifier attestation."""

HEADER: Final = "jwt"
"""The header parameter of a request object that holds one."""

_CLAUSE: Final = "OpenID4VP 1.0 §12"
_AT: Final = "attestation"
_ID: Final = CheckId.READER_ATTESTATION


class Attestation(NamedTuple):
    """An attestation that was read, and of which nothing is verified.

    `subject` is the client identifier without its prefix, `key` what the verifier signs
    with. `addresses` are where its answers may go; None bounds nothing.
    """

    jws: Jws
    issuer: str
    subject: str
    expires: datetime
    not_before: datetime | None
    key: PublicKey
    addresses: tuple[str, ...] | None


class Attested(NamedTuple):
    """What an attestation comes to; `reader` says what stands in the way, or None.

    `key` must have signed the request. `signer` is who attests, where they are
    believed.
    """

    check: Check
    reader: Check | None
    key: PublicKey | None = None
    signer: SignerFound | None = None
    found: Attestation | None = None


def read_attestation(token: JsonValue) -> Attestation:
    """Read a verifier attestation, and believe nothing of it.

    Raises:
        MalformedError: it is no compact JWS, another kind of token, or a claim is
            missing or breaks its rules.
        LimitError: it is longer than its bound.
        UnsupportedError: its header or its key asks for what is not known here.
    """
    if not isinstance(token, str):
        raise MalformedError("no text", at=_AT, clause=_CLAUSE)
    jws = read_compact(token, at=_AT, understood=frozenset())
    if jws.header.typ != TYP:
        raise MalformedError("another typ", at=f"{_AT}/header/typ", clause=_CLAUSE)
    claims = json.read_object(
        jws.payload, at=_AT, clause="RFC 7519 §7.2", max_bytes=limits.JWS_HEADER_BYTES
    )
    if claims.get("aud", AUDIENCE) not in (AUDIENCE, [AUDIENCE]):
        raise MalformedError("for others", at=f"{_AT}/aud", clause="RFC 7519 §4.1.3")
    expires = _moment(claims, "exp")
    if expires is None:
        raise MalformedError("no exp", at=f"{_AT}/exp", clause=_CLAUSE)
    return Attestation(
        jws,
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub"),
        expires=expires,
        not_before=_moment(claims, "nbf"),
        key=_key(claims),
        addresses=_addresses(claims),
    )


def judge_attestation(header: Mapping[str, JsonValue], *, context: Context) -> Attested:
    """Judge the attestation in the header of a request object; it never raises.

    Who attests must be believed for `Purpose.ATTEST_READERS`, and for the name in
    ``iss``. Whether it is about who asks is judged elsewhere.
    """
    if HEADER not in header:
        missing = say(CheckId.READER_AUTHORISED, Reason.NO_KEY_MATERIAL)
        return Attested(wait(_ID, CheckId.READER_AUTHORISED), missing)
    try:
        found = read_attestation(header[HEADER])
    except (MalformedError, UnsupportedError) as fault:
        facts = {"what": fault.what, "at": fault.at}
        said = say(_ID, fault_reason(fault), facts=facts)
        return Attested(said, wait(CheckId.READER_AUTHORISED, _ID))
    signer = resolve_signer(
        found.jws.header.x5c,
        kid=None if found.jws.header.x5c else found.jws.header.kid,
        name=found.issuer,
        store=context.trust,
        purpose=Purpose.ATTEST_READERS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )
    if isinstance(signer, SignerRefused):
        refused = say(CheckId.READER_AUTHORISED, signer.reason, facts=signer.facts)
        waits = wait(_ID, CheckId.READER_AUTHORISED)
        return Attested(waits, refused, key=found.key)
    reason, told = _judge(found, signer, context=context)
    stands = None if reason is Reason.VALID else wait(CheckId.READER_AUTHORISED, _ID)
    return Attested(say(_ID, reason, facts=told), stands, found.key, signer, found)


def _judge(
    found: Attestation, signer: SignerFound, *, context: Context
) -> tuple[Reason, dict[str, FactValue]]:
    """Judge signature and times, in that order."""
    policy = context.policy
    reason = signature_reason(found.jws, key=signer.key, allowed=policy.algorithms)
    if reason is not Reason.VALID:
        return reason, dict(signature_facts(reason, found.jws) or {})
    since = found.not_before
    if since is not None and context.at + policy.clock_skew < since:
        return Reason.NOT_YET_VALID, {"since": since}
    if context.at - policy.clock_skew >= found.expires:
        return Reason.EXPIRED, {"until": found.expires}
    return Reason.VALID, {"name": signer.name, "until": found.expires}


def _key(claims: JsonObject) -> PublicKey:
    at = f"{_AT}/cnf"
    confirmation = claims.get("cnf")
    found = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(found, dict):
        raise MalformedError("no jwk", at=at, clause="RFC 7800 §3.2")
    return PublicKey.from_jwk(found, at=f"{at}/jwk")


def _addresses(claims: JsonObject) -> tuple[str, ...] | None:
    if "redirect_uris" not in claims:
        return None
    at, listed = f"{_AT}/redirect_uris", claims["redirect_uris"]
    if not isinstance(listed, list):
        raise MalformedError("no list", at=at, clause=_CLAUSE)
    if len(listed) > limits.ATTESTED_ADDRESSES:
        raise LimitError("too many entries", at=at, clause=_CLAUSE)
    found = tuple(each for each in listed if isinstance(each, str))
    if len(found) != len(listed):
        raise MalformedError("no address", at=at, clause=_CLAUSE)
    return found


def _text(claims: JsonObject, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedError("no text", at=f"{_AT}/{name}", clause=_CLAUSE)
    if len(value) > limits.URI_CHARACTERS:
        raise LimitError("too long", at=f"{_AT}/{name}", clause=_CLAUSE)
    return value


def _moment(claims: JsonObject, name: str) -> datetime | None:
    if name not in claims:
        return None
    moment = numeric_date(claims[name])
    if moment is None:
        raise MalformedError("no NumericDate", at=f"{_AT}/{name}", clause="RFC 7519 §2")
    return moment
