"""Who may sign evidence about the certificates of a CA.

It is the CA itself, or whom a CA of the same validated path certified for it directly
(RFC 5280 6.3.3 (f), RFC 6960 4.2.2.2).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.material import NO_MATERIAL, Material
from idwallet.trust.names import violation
from idwallet.trust.revocation.crl import Crl
from idwallet.trust.revocation.signatures import issued_fault
from idwallet.trust.revocation.structures import (
    Good,
    Revocation,
    Revoked,
    Unsettled,
)

OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_OCSP_NO_CHECK: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.5")


class BudgetError(Exception):
    """The signature checks are used up. It never leaves this package."""


class Budget:
    """What is left of the work that one judgement may cost."""

    def __init__(self) -> None:
        """Start with `limits.REVOCATION_SIGNATURE_CHECKS`."""
        self._signatures = limits.REVOCATION_SIGNATURE_CHECKS

    def spend(self) -> None:
        """Take one signature check.

        Raises:
            BudgetError: none is left.
        """
        if self._signatures == 0:
            raise BudgetError
        self._signatures -= 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What a signer's word counts.

    With `refused` it counts nothing. With `bar` it may say that a certificate is
    revoked, which stays true, and may not vouch that it is good. `material` is what
    says so of a delegate.
    """

    refused: Unsettled | None = None
    bar: Unsettled | None = None
    material: Material = field(default=NO_MATERIAL, repr=False)


@dataclass(frozen=True, slots=True)
class Authorities:
    """The CAs of a validated path, from a certificate's issuer up to the anchor.

    `status` tells whether a delegate is revoked, by other evidence.
    """

    issuers: tuple[Certificate, ...]
    algorithms: frozenset[Algorithm]
    at: datetime
    budget: Budget
    status: Callable[[Certificate, tuple[Certificate, ...]], Revocation]

    @property
    def issuer(self) -> Certificate:
        """The certificate's own issuer."""
        return self.issuers[0]

    def crl_signer(self, signer: Certificate, *, signed_at: datetime) -> Standing:
        """Judge who signed a CRL at that moment.

        RFC 5280 6.3.3 (f): a key usage extension must have cRLSign; a delegate, whom
        nothing else marks as one, must have the extension.
        """
        is_ca_here = signer in self.issuers
        usage = signer.key_usage
        if KeyUsage.CRL_SIGN not in (usage or ()) and not (
            is_ca_here and usage is None
        ):
            return _NOT_AUTHORISED
        if is_ca_here:
            return self._own(signer)
        return self._delegate(signer, self.issuers, signed_at=signed_at, exempt=False)

    def ocsp_signer(self, signer: Certificate, *, signed_at: datetime) -> Standing:
        """Judge who signed a response at that moment.

        RFC 6960 4.2.2.2: the issuer itself, or whom it certified directly with
        id-kp-OCSPSigning. A CA below it is no responder, whatever it carries.
        """
        usage = signer.key_usage
        if usage is not None and KeyUsage.DIGITAL_SIGNATURE not in usage:
            return _NOT_AUTHORISED  # RFC 5280 4.2.1.3
        if signer == self.issuer:
            return self._own(signer)
        if OCSP_SIGNING not in (signer.extended_key_usage or ()) or signer.is_ca:
            return _NOT_AUTHORISED
        exempt = _has(signer, _OCSP_NO_CHECK)  # RFC 6960 4.2.2.2.1
        return self._delegate(
            signer, self.issuers[:1], signed_at=signed_at, exempt=exempt
        )

    def _own(self, signer: Certificate) -> Standing:
        """Judge the word of a CA of the path itself.

        A path may have been judged as of an earlier moment than this. Whoever holds the
        keys of a CA that ended since writes any date on what it signs, so that it says
        nothing good (EN 319 102-1 5.6.2.2: what is believed of the past existed then,
        by proof).
        """
        ended = not _valid(signer, self.at)
        return Standing(bar=Unsettled.SIGNER_EXPIRED if ended else None)

    def _delegate(
        self,
        signer: Certificate,
        issuers: tuple[Certificate, ...],
        *,
        signed_at: datetime,
        exempt: bool,
    ) -> Standing:
        if signer.unsupported or not _valid(signer, signed_at):
            return _NOT_AUTHORISED
        found = self._issued(signer, issuers)
        if isinstance(found, Unsettled):
            return Standing(refused=found)
        status = None if exempt else self.status(signer, issuers[found:])
        if isinstance(status, Revoked):
            return _NOT_AUTHORISED
        if not _valid(signer, self.at):
            return Standing(bar=Unsettled.SIGNER_EXPIRED)
        own = Material(certificates=(signer.der,))
        if exempt:
            return Standing(material=own)
        if isinstance(status, Good):
            return Standing(material=own.plus(status.material))
        return Standing(bar=Unsettled.SIGNER_STATUS)

    def _issued(
        self, signer: Certificate, issuers: tuple[Certificate, ...]
    ) -> int | Unsettled:
        """Return which of these issued the delegate, or why none did.

        Only who is certified directly by one of them counts, so there is no path to
        search for; what the CAs constrain holds for delegates too.
        """
        fault = Unsettled.SIGNER_NOT_AUTHORISED
        for n, issuer in enumerate(issuers):
            if issuer.subject_der != signer.issuer_der or is_other_key(signer, issuer):
                continue
            if not _names_hold(signer, self.issuers[n:]):
                continue
            self.budget.spend()
            found = issued_fault(signer, upper=issuer, allowed=self.algorithms)
            if found is None:
                return n
            fault = found
        return fault


_NOT_AUTHORISED: Final = Standing(refused=Unsettled.SIGNER_NOT_AUTHORISED)


def _valid(certificate: Certificate, at: datetime) -> bool:
    return certificate.not_before <= at <= certificate.not_after


def is_other_key(lower: Certificate | Crl, upper: Certificate) -> bool:
    """Whether the identifiers say that another key signed (RFC 5280 4.2.1.1, 5.2.1)."""
    wanted, had = lower.authority_key_id, upper.subject_key_id
    return wanted is not None and had is not None and wanted != had


def _names_hold(signer: Certificate, above: Iterable[Certificate]) -> bool:
    """RFC 5280 6.1.3 (b) and (c), within the budget of paths."""
    constraints = [each.constraints for each in above if each.constraints is not None]
    if len(signer.names) * sum(each.size for each in constraints) > (
        limits.PATH_NAME_CHECKS
    ):
        return False
    return not violation(signer.names, constraints)


def _has(certificate: Certificate, oid: x509.ObjectIdentifier) -> bool:
    return any(each.oid == oid for each in certificate.native.extensions)
