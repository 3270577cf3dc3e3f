"""Proof that a holder has the private key that a credential is to be bound to."""

import hmac
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.codec.numeric_date import numeric_date
from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import (
    Jws,
    read_compact,
    sign_compact,
    signature_facts,
    signature_reason,
)
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
    fault_reason,
    require_passed,
)
from idwallet.report import (
    Check,
    CheckId,
    Facts,
    Reason,
    Report,
    check,
    waiting,
)
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy

PROOF_TYP: Final = "openid4vci-proof+jwt"

_SUBJECT: Final = "proof"
_CLAUSE: Final = "OpenID4VCI 1.0 Appendix F.1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KEY_PARAMETERS: Final = frozenset({"jwk", "kid", "x5c"})
_CHECKS: Final = (
    CheckId.PROOF_FORMAT,
    CheckId.PROOF_SIGNATURE,
    CheckId.PROOF_AUDIENCE,
    CheckId.PROOF_NONCE,
    CheckId.PROOF_FRESHNESS,
)
_REQUIRED: Final = frozenset((check_id, _SUBJECT) for check_id in _CHECKS)
_WITNESS: Final = object()
"""Held by nobody outside: what is made without it did not come from here."""


@dataclass(frozen=True, slots=True)
class ProvenKey:
    """A key whose holder signed a fresh challenge with it.

    Only `prove_possession` makes one. `report` holds the checks that were passed.
    """

    key: PublicKey
    report: Report = field(repr=False)
    witness: InitVar[object]

    def __post_init__(self, witness: object) -> None:
        """Refuse what no proof stands behind.

        Raises:
            UsageError: somebody else than `prove_possession` called.
            VerificationError: the report did not pass.
        """
        if witness is not _WITNESS:
            raise UsageError("a ProvenKey comes from prove_possession")
        require_passed(self.report)


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A key that somebody vouches for without a proof; `reason` says why.

    Only `HolderKey.unproven` makes one, so that the word stands where it is done.
    """

    key: PublicKey
    reason: str
    witness: InitVar[object]

    def __post_init__(self, witness: object) -> None:
        """Refuse construction past `unproven`.

        Raises:
            UsageError: somebody else than `unproven` called.
        """
        if witness is not _WITNESS:
            raise UsageError("a HolderKey comes from HolderKey.unproven")

    @classmethod
    def unproven(cls, key: PublicKey, *, reason: str) -> "HolderKey":
        """Vouch for a key: a credential bound to it may be bound to anybody's.

        `reason` is for whoever reads the issuing program, as "made on our own card".

        Raises:
            UsageError: no reason is given.
        """
        if not reason.strip():
            raise UsageError("say why the key needs no proof of possession")
        return cls(key, reason, _WITNESS)


def prove_possession(
    proof: str,
    *,
    audience: str,
    nonce: str,
    at: datetime,
    policy: Policy = WALLET,
    named: PublicKey | None = None,
) -> ProvenKey:
    """Check a JWT proof (OpenID4VCI 1.0 Appendix F.1) and return the key it proves.

    `audience` is the issuer's own identifier, `nonce` the one it gave out for this
    very request. That a nonce serves once is the caller's to see to. Of `policy`, the
    algorithms and the clock skew apply. `named` is the key that a ``kid`` in the header
    stands for, where you know it, as from a key attestation beside it: it has to be the
    one that signed.

    Raises:
        VerificationFailed: a ``proof.*`` check failed; the report has all of them.
        UnsupportedError: see `idwallet.envelope.jws.signature_reason`.
        UsageError: an audience or nonce that is empty or no text, or a moment without
            a time zone.
    """
    _require_usable(audience, nonce=nonce, at=at)
    checks, key = _judge(proof, _Expected(audience, nonce, at, policy, named))
    report = Report(checks=checks, required=_REQUIRED, at=at, policy=policy.name)
    if key is None:
        raise VerificationFailed(report)
    return ProvenKey(key, report, _WITNESS)


def make_proof(
    signer: Signer,
    *,
    audience: str,
    nonce: str | None,
    at: datetime,
    attestation: str | None = None,
) -> str:
    """Sign the proof that a wallet sends to an issuer for the signer's key.

    `audience` is the issuer's identifier, `nonce` what the issuer gave out, None for
    one that gives none out. `attestation` is a key attestation that names the key.

    Raises:
        UsageError: an audience or nonce that is empty or no text, or a moment without
            a time zone.
        SignerError: the key could not sign.
    """
    _require_usable(audience, nonce="none" if nonce is None else nonce, at=at)
    claims: JsonObject = {
        "aud": audience,
        "iat": (at - _EPOCH) // timedelta(seconds=1),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    header: JsonObject = {"typ": PROOF_TYP, "jwk": signer.public_key.to_jwk()}
    if attestation is not None:
        header["key_attestation"] = attestation
    return sign_compact(write_json(claims), header=header, signer=signer)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a proof is judged against."""

    audience: str
    nonce: str
    at: datetime
    policy: Policy
    named: PublicKey | None


def _judge(
    proof: str, expected: _Expected
) -> tuple[tuple[Check, ...], PublicKey | None]:
    """Run every check that can run; the key is there if the proof holds one."""
    try:
        if len(proof) > limits.PROOF_BYTES:
            raise LimitError("proof too long", at=_SUBJECT, clause=_CLAUSE)
        # RFC 7797 §7: no JWT has an unencoded payload, so nothing may be critical.
        jws = read_compact(proof, at=_SUBJECT, understood=frozenset())
    except (MalformedError, UnsupportedError) as error:
        return (_faulty(error), *map(_waiting, _CHECKS[1:])), None
    key, signature = _signature(jws, expected)
    try:
        claims = read_object(jws.payload, at=f"{_SUBJECT}/payload", clause=_CLAUSE)
    except MalformedError as error:
        formed = _typ_fault(jws) or _faulty(error)
        return (formed, signature, *map(_waiting, _CHECKS[2:])), key
    return (
        _typ_fault(jws) or _form(jws, claims, named=expected.named is not None),
        signature,
        _compared(
            CheckId.PROOF_AUDIENCE, claims.get("aud"), expected=expected.audience
        ),
        _compared(CheckId.PROOF_NONCE, claims.get("nonce"), expected=expected.nonce),
        _freshness(claims, expected),
    ), key


def _typ_fault(jws: Jws) -> Check | None:
    # Without this a key binding, a request or an ID token would serve as a proof.
    if jws.header.typ == PROOF_TYP:
        return None
    facts = {"found": show(jws.header.typ or "no typ")}
    return _say(CheckId.PROOF_FORMAT, Reason.TYP_MISMATCH, facts=facts)


def _form(jws: Jws, claims: JsonObject, *, named: bool) -> Check:
    try:
        _require_one_jwk(jws, named=named)
        _require_claim_types(claims)
    except (MalformedError, UnsupportedError) as error:
        return _faulty(error)
    return _say(CheckId.PROOF_FORMAT, Reason.WELL_FORMED)


def _require_one_jwk(jws: Jws, *, named: bool) -> None:
    found = _KEY_PARAMETERS & jws.header.parameters.keys()
    at = f"{_SUBJECT}/header"
    if len(found) > 1:
        # A `kid` of an honest key beside the `jwk` of another: whoever prefers one of
        # them silently binds the credential to what the other reader did not judge.
        raise MalformedError("more than one key", at=at, clause=_CLAUSE)
    if not found:
        raise MalformedError("no key", at=at, clause=_CLAUSE)
    if named and found == {"kid"}:
        return
    if "jwk" not in found:
        # What `kid` or `x5c` stand for would have to be believed: nothing here
        # resolves a DID or trusts a certificate for a holder's key.
        raise UnsupportedError("a key that is not a jwk", at=at, clause=_CLAUSE)
    if not isinstance(jws.header.parameters["jwk"], dict):
        raise MalformedError("not an object", at=f"{at}/jwk", clause="RFC 7515 §4.1.3")


def _require_claim_types(claims: JsonObject) -> None:
    at = f"{_SUBJECT}/payload"
    if not isinstance(claims.get("iss", ""), str):
        raise MalformedError("not a string", at=f"{at}/iss", clause=_CLAUSE)
    for name in ("exp", "nbf"):
        if name in claims and numeric_date(claims[name]) is None:
            raise MalformedError(
                "not a moment", at=f"{at}/{name}", clause="RFC 7519 §4.1"
            )


def _signature(jws: Jws, expected: _Expected) -> tuple[PublicKey | None, Check]:
    parameters = jws.header.parameters
    found, jwk = _KEY_PARAMETERS & parameters.keys(), parameters.get("jwk")
    if expected.named is not None and found == {"kid"}:
        return expected.named, _signed_by(expected.named, jws, policy=expected.policy)
    if not isinstance(jwk, dict) or len(found) != 1:
        return None, _waiting(CheckId.PROOF_SIGNATURE)
    try:
        key = PublicKey.from_jwk(jwk, at=f"{_SUBJECT}/header/jwk")
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what}
        return None, _say(CheckId.PROOF_SIGNATURE, Reason.KEY_UNUSABLE, facts=facts)
    return key, _signed_by(key, jws, policy=expected.policy)


def _signed_by(key: PublicKey, jws: Jws, *, policy: Policy) -> Check:
    reason = signature_reason(jws, key=key, allowed=policy.algorithms)
    facts = signature_facts(reason, jws)
    return _say(CheckId.PROOF_SIGNATURE, reason, facts=facts)


def _compared(check_id: CheckId, found: JsonValue, *, expected: str) -> Check:
    # Several audiences in a list are none: F.1 wants one string, and a proof made
    # for two issuers could be carried from one to the other.
    if not isinstance(found, str):
        return _say(check_id, Reason.ABSENT)
    matches = hmac.compare_digest(found.encode(), expected.encode())
    return _say(check_id, Reason.MATCHES if matches else Reason.MISMATCH)


def _freshness(claims: JsonObject, expected: _Expected) -> Check:
    signed = numeric_date(claims.get("iat"))
    if signed is None:
        return _say(CheckId.PROOF_FRESHNESS, Reason.ABSENT)
    at, skew = expected.at, expected.policy.clock_skew
    starts = max(signed, numeric_date(claims.get("nbf")) or signed)
    if starts > at + skew:
        return _say(
            CheckId.PROOF_FRESHNESS, Reason.FROM_THE_FUTURE, facts={"signed": starts}
        )
    ends, said = signed + limits.PROOF_LIFETIME, numeric_date(claims.get("exp"))
    # RFC 7519 §4.1.4: at its `exp` a proof is over already; a lifetime has its end.
    if at > ends + skew or (said is not None and at - said >= skew):
        ends = ends if said is None else min(ends, said)
        window = max(0, int((ends - signed).total_seconds()))
        facts: Facts = {"signed": signed, "window": window}
        return _say(CheckId.PROOF_FRESHNESS, Reason.TOO_OLD, facts=facts)
    return _say(CheckId.PROOF_FRESHNESS, Reason.FRESH)


def _faulty(error: MalformedError | UnsupportedError) -> Check:
    facts = {"what": error.what, "at": error.at}
    return _say(CheckId.PROOF_FORMAT, fault_reason(error), facts=facts)


def _waiting(check_id: CheckId) -> Check:
    return waiting(check_id, subject=_SUBJECT, waits_for=CheckId.PROOF_FORMAT)


def _say(check_id: CheckId, reason: Reason, *, facts: Facts | None = None) -> Check:
    return check(check_id, reason, subject=_SUBJECT, facts=facts)


def _require_usable(audience: str, *, nonce: str, at: datetime) -> None:
    if not audience or not nonce:
        raise UsageError("a proof needs an audience and a nonce")
    try:
        f"{audience}{nonce}".encode()
    except UnicodeEncodeError:
        raise UsageError("an audience and a nonce are text") from None
    require_aware(at)
