"""What is known about the revocation of a certificate, as data."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UsageError
from idwallet.report import CrlNeeded, OcspNeeded
from idwallet.trust.material import NO_MATERIAL, Material


class RevocationReason(StrEnum):
    """Why a certificate is revoked for good (RFC 5280 5.3.1).

    `certificateHold` and `removeFromCRL` are no members: the first is `OnHold`, the
    second lifts it.
    """

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    CA_COMPROMISE = "ca_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation_of_operation"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"
    AA_COMPROMISE = "aa_compromise"


class Unsettled(StrEnum):
    """Why the evidence at hand does not say; the later members say more.

    Of several the last that applies is told.
    """

    NO_EVIDENCE = "no evidence"
    """Nothing at hand speaks of the certificate."""
    MALFORMED = "malformed"
    """Evidence breaks its format, or passes a bound."""
    RESPONDER_REFUSED = "responder refused"
    """An OCSP response is no answer (RFC 6960 2.3)."""
    OUT_OF_SCOPE = "out of scope"
    """A CRL covers other certificates, or not every reason (RFC 5280 5.2.5)."""
    BASE_MISSING = "base missing"
    """A delta CRL lacks the complete CRL it changes (RFC 5280 5.2.4)."""
    UNSUPPORTED = "unsupported"
    """A critical extension is unknown (RFC 5280 5.2, 5.3), or the version."""
    SIGNER_UNKNOWN = "signer unknown"
    """The certificate of who signed is not at hand."""
    SIGNER_NOT_AUTHORISED = "signer not authorised"
    """Who signed may not speak for the certificate's issuer."""
    ALGORITHM_NOT_ALLOWED = "algorithm not allowed"
    """It is signed with an algorithm that the rules do not name."""
    SIGNATURE_INVALID = "signature invalid"
    """The signature does not verify."""
    SIGNER_EXPIRED = "signer expired"
    """Who signed on the issuer's behalf is no longer valid, so cannot vouch."""
    SIGNER_STATUS = "signer status"
    """Whether the delegated signer itself is revoked is not known."""
    NONCE_MISMATCH = "nonce mismatch"
    """The response is not the answer to the question asked (RFC 6960 4.4.1)."""
    RESPONDER_UNKNOWN = "responder unknown"
    """The responder does not know the certificate; that is not good (RFC 6960 2.2)."""
    CERTIFICATE_EXPIRED = "certificate expired"
    """Taken after the certificate's end, when entries may be gone."""
    STALE = "stale"
    """Past its next update, or older than the rules allow."""
    NOT_YET = "not yet"
    """The moment judged lies before the evidence: a clock is wrong."""
    BUDGET_EXCEEDED = "budget exceeded"
    """There is more evidence than a bound lets anybody look at."""


@dataclass(frozen=True, slots=True)
class Good:
    """Not revoked: as the evidence of `as_of` says, which may be used to `until`.

    With a proof of existence it says that no revocation reaches back before it.
    `material` is the evidence that says it, with what vouches for who signed that.
    """

    as_of: datetime
    until: datetime
    material: Material = field(default=NO_MATERIAL, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Revoked:
    """Revoked from `at` on, where an invalidity date may lie before the revocation."""

    at: datetime
    reason: RevocationReason
    as_of: datetime


@dataclass(frozen=True, slots=True)
class OnHold:
    """Suspended since `at`: try later, it is neither good nor revoked yet."""

    at: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """The evidence does not say; `needs` names what would settle it."""

    reason: Unsettled
    needs: tuple[CrlNeeded | OcspNeeded, ...]


Revocation = Good | Revoked | OnHold | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRules:
    """What evidence must keep to count.

    Evidence vouches for a certificate while it is at most `maximum_age` old, or when
    it was taken after `existed_before`. That is a moment before which, by proof, what
    the certificate signed existed: a revocation from then on does not undo it.
    `algorithms` bounds who may sign evidence, as it does for chains.
    """

    maximum_age: timedelta
    algorithms: frozenset[Algorithm]
    existed_before: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse rules that would switch a check off.

        Raises:
            UsageError: the age is not above zero or passes
                `limits.REVOCATION_AGE_MAXIMUM`, there is no algorithm, or the proof
                of existence has no zone.
        """
        if not timedelta(0) < self.maximum_age <= limits.REVOCATION_AGE_MAXIMUM:
            raise UsageError("revocation evidence needs a finite maximum age")
        if not self.algorithms:
            raise UsageError("revocation rules need the algorithms that may sign")
        if self.existed_before is not None and self.existed_before.utcoffset() is None:
            raise UsageError("a proof of existence needs a moment with a zone")


EVERY_REASON: Final = frozenset(ReasonFlags) - {
    ReasonFlags.unspecified,
    ReasonFlags.remove_from_crl,
}
"""The reasons that a CRL scope can be divided by (RFC 5280 4.2.1.13, 6.3.2 (a))."""

FINAL_REASONS: Final = {
    ReasonFlags.unspecified: RevocationReason.UNSPECIFIED,
    ReasonFlags.key_compromise: RevocationReason.KEY_COMPROMISE,
    ReasonFlags.ca_compromise: RevocationReason.CA_COMPROMISE,
    ReasonFlags.affiliation_changed: RevocationReason.AFFILIATION_CHANGED,
    ReasonFlags.superseded: RevocationReason.SUPERSEDED,
    ReasonFlags.cessation_of_operation: RevocationReason.CESSATION_OF_OPERATION,
    ReasonFlags.privilege_withdrawn: RevocationReason.PRIVILEGE_WITHDRAWN,
    ReasonFlags.aa_compromise: RevocationReason.AA_COMPROMISE,
}
"""The reasons that do not pass; a hold and its lifting are none."""
