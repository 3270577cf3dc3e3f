"""A wallet proves what it is (draft-ietf-oauth-attestation-based-client-auth-08).

Two tokens in header fields: what the wallet's provider attests of it, and a proof, made
for one server, by the key that the attestation names.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import (
    VALID,
    read_compact,
    sign_compact,
    signature_reason,
)
from idwallet.errors import MalformedError
from idwallet.ports import Random
from idwallet.protocols.http import Headers
from idwallet.protocols.oauth.provider import (
    Kind,
    Statement,
    judge_statement,
    public_jwk,
    read_statement,
)
from idwallet.trust.policy import StatusRule
from idwallet.trust.signer import SignerFound

HEADER: Final = "OAuth-Client-Attestation"
POP_HEADER: Final = "OAuth-Client-Attestation-PoP"
CHALLENGE_HEADER: Final = "OAuth-Client-Attestation-Challenge"
METHOD: Final = "attest_jwt_client_auth"
"""The method's name in a server's metadata (section 10.1)."""

TYP: Final = "oauth-client-attestation+jwt"
POP_TYP: Final = "oauth-client-attestation-pop+jwt"

_DRAFT: Final = "draft-ietf-oauth-attestation-based-client-auth-08"
_POP: Final = f"{_DRAFT} §5.2"
_AT: Final = "client attestation proof"
_KIND: Final = Kind(TYP, "client attestation", f"{_DRAFT} §5.1")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PROOF_SECONDS: Final = 60
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class WalletAttestation:
    """What a wallet shows for itself: the attestation, and the key that it names.

    Have another one, with another key, for each issuer: else issuers who compare notes
    know one person by it (HAIP 1.0 section 4.4.1, OpenID4VCI 1.0 section 15.4.4).
    """

    attestation: str = field(repr=False)
    signer: Signer = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedClient:
    """A wallet that showed what it is, and proved it for this request.

    `provider` is who attests. `wallet` and `link` are the provider's own words: pass
    them through `idwallet.codec.text.show`. `identity` tells one proof from another;
    `challenge` is what it brought, None where it brought none.
    """

    client_id: str
    key: PublicKey
    provider: SignerFound
    expires: datetime
    wallet: str | None
    link: str | None
    identity: bytes = field(repr=False)
    challenge: str | None = field(repr=False)
    signed: datetime


def attested_headers(
    held: WalletAttestation,
    *,
    client_id: str,
    audience: str,
    challenge: str | None,
    at: datetime,
    random: Random,
) -> Headers:
    """Return the header fields of one request (section 6.1); signs once.

    `audience` is the identifier of the authorization server, `challenge` what it gave
    out, None where it gave none.

    Raises:
        UsageError: `at` has no zone.
        SignerError: the key could not sign.
    """
    require_aware(at)
    issued = (at - _EPOCH) // timedelta(seconds=1)
    claims: JsonObject = {
        "iss": client_id,
        "aud": audience,
        "jti": b64.encode(random(_ID_BYTES)),
        "iat": issued,
        # Section 5.2 lets it be left out; servers of earlier drafts want one.
        "exp": issued + _PROOF_SECONDS,
    }
    if challenge is not None:
        claims["challenge"] = challenge
    proof = sign_compact(
        write_json(claims), header={"typ": POP_TYP}, signer=held.signer
    )
    return ((HEADER, held.attestation), (POP_HEADER, proof))


def judge_client(
    attestation: str,
    proof: str,
    *,
    audience: str,
    context: Context,
    status: StatusRule = StatusRule.IF_PRESENT,
) -> AttestedClient:
    """Judge an attestation and the proof that came with it (section 9).

    Whoever attests must be believed for `Purpose.ATTEST_WALLETS`, under the name in
    ``iss``. Whether the challenge is one that was given out, and that a proof serves
    once, is the caller's to see to.

    Raises:
        MalformedError: it is not accepted: see `judge_statement`; or the proof is not
            by the key that it names, for another server or client, or too old.
        UnsupportedError: a key or an algorithm that is not known here.
        UsageError: the moment has no zone.
    """
    found = read_statement(attestation, _KIND)
    client, expires = found.text("sub"), found.moment("exp")
    if client is None or found.text("iss") is None or expires is None:
        raise _KIND.fault("no sub, iss or exp")
    key = _key(found)
    wallet, link = found.text("wallet_name"), found.text("wallet_link")
    provider = judge_statement(found, context=context, status=status)
    claims = _proof(proof, key, context=context)
    challenge = _require_for(claims, client, audience=audience)
    return AttestedClient(
        client_id=client,
        key=key,
        provider=provider,
        expires=expires,
        wallet=wallet,
        link=link,
        identity=_identity(claims, key),
        challenge=challenge,
        signed=_signed(claims, context),
    )


def _key(found: Statement) -> PublicKey:
    confirmation = found.claims.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    return public_jwk(jwk, kind=_KIND, at="/cnf/jwk")


def _require_for(claims: JsonObject, client: str, *, audience: str) -> str | None:
    """Return the challenge of a proof that is that client's, for that server."""
    if not _same(claims.get("iss"), client):
        raise _fault("of another client")
    if claims.get("aud") != audience:
        raise _fault("for another server")
    challenge = claims.get("challenge")
    if challenge is not None and not isinstance(challenge, str):
        raise _fault("a challenge that is no text")
    return challenge


def _proof(text: str, key: PublicKey, *, context: Context) -> JsonObject:
    jws = read_compact(
        text, at=_AT, understood=frozenset(), max_bytes=limits.PROOF_BYTES
    )
    if jws.header.typ != POP_TYP:
        raise _fault("another typ")
    allowed = context.policy.algorithms
    if signature_reason(jws, key=key, allowed=allowed) is not VALID:
        raise _fault("not by the key that is attested")
    return read_object(jws.payload, at=_AT, clause=_POP)


def _signed(claims: JsonObject, context: Context) -> datetime:
    """Return when the proof was signed: lately, and not in the future (section 9).

    It may say itself until when it serves, and from when on (RFC 7519 section 4.1).
    """
    signed, since, until = (_moment(claims, each) for each in ("iat", "nbf", "exp"))
    if signed is None:
        raise _fault("no time")
    at, skew = context.at, context.policy.clock_skew
    starts = max(signed, since or signed)
    if not starts - skew <= at <= signed + limits.DPOP_LIFETIME + skew:
        raise _fault("too old, or from the future")
    if until is not None and at - skew >= until:
        raise _fault("over")
    return signed


def _moment(claims: JsonObject, name: str) -> datetime | None:
    found = numeric_date(claims.get(name))
    if found is None and name in claims:
        raise _fault("a time that is none")
    return found


def _identity(claims: JsonObject, key: PublicKey) -> bytes:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise _fault("no jti")
    made = f"idwallet client attestation/1 {key.thumbprint} {jti}"
    return hashlib.sha256(made.encode()).digest()


def _same(found: object, expected: str) -> bool:
    text = found if isinstance(found, str) else ""
    return hmac.compare_digest(text.encode(), expected.encode())


def _fault(what: str) -> MalformedError:
    return MalformedError(what, at=_AT, clause=_POP)
