"""What the provider of a wallet says of it, signed: who said it, and does it stand?

Attestations of wallets (OpenID4VCI 1.0 Appendix E) and of keys (Appendix D) are both
such. They are judged in full or not at all: whoever sends one learns that it is not
accepted, never which part of it; the error raised here says it to this side.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, read_object
from idwallet.codec.moment import require_aware
from idwallet.codec.numeric_date import numeric_date
from idwallet.credentials.required import Context
from idwallet.credentials.status import (
    Issued,
    judge_issuer_revocation,
    judge_status,
)
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import VALID, Jws, read_compact, signature_reason
from idwallet.errors import LimitError, MalformedError
from idwallet.report import CheckId, Checks, Outcome
from idwallet.trust.anchors import Purpose
from idwallet.trust.policy import StatusRule
from idwallet.trust.signer import (
    SignerFound,
    SignerRefused,
    resolve_signer,
    unless_distrusted,
)

_SKIPPED: Final = frozenset({CheckId.CREDENTIAL_TRACKING})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of such statements: its ``typ``, what it is called, and its clause."""

    typ: str
    name: str
    clause: str

    def fault(self, what: str, at: str = "") -> MalformedError:
        """Return the error that says what is wrong with one."""
        return MalformedError(what, at=f"{self.name}{at}", clause=self.clause)


@dataclass(frozen=True, slots=True, repr=False)
class Statement:
    """A statement that was read; nothing of it is believed until it was judged."""

    kind: Kind
    jws: Jws
    claims: JsonObject

    def __repr__(self) -> str:
        """Show the kind only."""
        return f"Statement({self.kind.name})"

    def text(self, name: str) -> str | None:
        """Return a claim that is a text, None where it is not there.

        Raises:
            MalformedError: it is another thing, empty, or too long.
        """
        if name not in self.claims:
            return None
        value = self.claims[name]
        if not isinstance(value, str) or not value:
            raise self.kind.fault("not a non-empty string", f"/{name}")
        if len(value) > limits.URI_CHARACTERS:
            at = f"{self.kind.name}/{name}"
            raise LimitError("too long", at=at, clause="idwallet limits")
        return value

    def moment(self, name: str) -> datetime | None:
        """Return a claim that is a NumericDate, None where it is not there.

        Raises:
            MalformedError: it is none.
        """
        if name not in self.claims:
            return None
        found = numeric_date(self.claims[name])
        if found is None:
            raise self.kind.fault("no NumericDate", f"/{name}")
        return found


def read_statement(text: str, kind: Kind) -> Statement:
    """Read a statement of a kind, and believe nothing of it.

    Raises:
        MalformedError: it is no compact JWS of that type, or holds no object.
        LimitError: longer than `limits.PROOF_BYTES`.
        UnsupportedError: its header asks for what is not known here.
    """
    jws = read_compact(
        text, at=kind.name, understood=frozenset(), max_bytes=limits.PROOF_BYTES
    )
    if jws.header.typ != kind.typ:
        # Else a proof, a presentation or a token would serve as one (RFC 8725 3.11).
        raise kind.fault("another typ", "/header/typ")
    claims = read_object(jws.payload, at=kind.name, clause=kind.clause)
    return Statement(kind, jws, claims)


def judge_statement(
    found: Statement,
    *,
    context: Context,
    purpose: Purpose = Purpose.ATTEST_WALLETS,
    name: str | None = None,
    status: StatusRule = StatusRule.IF_PRESENT,
) -> SignerFound:
    """Return who made a statement, if it is believed at that moment.

    Whoever signed must be believed for `purpose`, by its chain (``x5c``) or a key
    pinned under ``iss``; for `name`, and for the ``iss`` where it says one. What it
    says of its own status is looked up in the evidence at hand, and what that does not
    settle is not accepted, unless `status` does without.

    Raises:
        MalformedError: nobody believed signed it, the signature does not verify, it is
            over, not yet valid or from the future, or it was taken back.
        UsageError: the moment has no zone.
    """
    require_aware(context.at)
    signer = _signer(found, context=context, purpose=purpose, name=name)
    allowed = context.policy.algorithms
    if signature_reason(found.jws, key=signer.key, allowed=allowed) is not VALID:
        raise found.kind.fault("the signature does not verify")
    _require_current(found, context=context)
    _require_standing(found, signer, context=context, status=status)
    return signer


def _signer(
    found: Statement, *, context: Context, purpose: Purpose, name: str | None
) -> SignerFound:
    header, said = found.jws.header, found.text("iss")
    signer = unless_distrusted(
        resolve_signer(
            header.x5c,
            kid=None if header.x5c else header.kid,
            name=name or said,
            store=context.trust,
            purpose=purpose,
            at=context.at,
            algorithms=context.policy.algorithms,
        )
    )
    if isinstance(signer, SignerRefused):
        raise found.kind.fault(f"nobody believed signed it: {signer.reason.value}")
    return signer


def _require_current(found: Statement, *, context: Context) -> None:
    at, skew = context.at, context.policy.clock_skew
    expires, since = found.moment("exp"), found.moment("nbf")
    issued = found.moment("iat")
    if expires is not None and at - skew >= expires:
        raise found.kind.fault("expired", "/exp")
    if since is not None and at + skew < since:
        raise found.kind.fault("not yet valid", "/nbf")
    if issued is not None and at + skew < issued:
        raise found.kind.fault("from the future", "/iat")


def _require_standing(
    found: Statement, signer: SignerFound, *, context: Context, status: StatusRule
) -> None:
    """Refuse what was taken back, or may have been: it, or who signed it."""
    checks = Checks(found.kind.name)
    issued = Issued(signer, authentic=True)
    policy = replace(context.policy, status=status)
    judged = replace(context, policy=policy)
    judge_issuer_revocation(issued, context=judged, checks=checks)
    judge_status(found.claims, issued, context=judged, checks=checks)
    for each in checks.made(issued.origins):
        if each.id not in _SKIPPED and each.outcome is not Outcome.PASSED:
            raise found.kind.fault(f"{each.id.value}: {each.reason.value}")


def public_jwk(value: object, *, kind: Kind, at: str) -> PublicKey:
    """Return the key of a JWK.

    Raises:
        MalformedError: it is no JWK, or one with a private part.
        UnsupportedError: of a kind that is not known here.
    """
    if not isinstance(value, dict):
        raise kind.fault("not an object", at)
    return PublicKey.from_jwk(value, at=f"{kind.name}{at}")
