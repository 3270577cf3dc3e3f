"""Revocation of the certificates of a validated path, at a moment, from evidence.

Nothing is fetched: the evidence is at hand or it is not. What it cannot settle is
`Unknown`, which is never good.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet import limits
from idwallet.codec.text import show
from idwallet.errors import UsageError
from idwallet.report import CrlNeeded, OcspNeeded
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath
from idwallet.trust.revocation.authority import Authorities, Budget, BudgetError
from idwallet.trust.revocation.evidence import Evidence
from idwallet.trust.revocation.ocsp import ocsp_request
from idwallet.trust.revocation.reading import Reading
from idwallet.trust.revocation.scope import distribution_points
from idwallet.trust.revocation.statements import settle
from idwallet.trust.revocation.structures import (
    Revocation,
    RevocationRules,
    Unknown,
    Unsettled,
)


def judge_revocation(
    path: ValidatedPath,
    *,
    evidence: Evidence,
    at: datetime,
    rules: RevocationRules,
    index: int = 0,
) -> Revocation:
    """Judge whether a certificate of a path is revoked, the leaf unless told.

    It never raises because of the evidence. That the path itself holds at `at` is
    what `validate_path` says; a path that was judged at another moment is not looked
    at again.

    Raises:
        UsageError: `at` has no zone, or the path has no certificate of that index.
    """
    if at.utcoffset() is None:
        raise UsageError("the moment judged needs a zone")
    if not 0 <= index < len(path.certificates):
        raise UsageError("the path has no certificate of that index")
    certificate, *above = path.certificates[index:]
    anchor = path.anchor.certificate
    issuers = (*above, *(() if anchor is None else (anchor,)))
    return _Work(evidence, at=at, rules=rules).judge(certificate, issuers)


def judge_path_revocation(
    path: ValidatedPath, *, evidence: Evidence, at: datetime, rules: RevocationRules
) -> tuple[tuple[Certificate, Revocation], ...]:
    """Judge each certificate of a path, leaf first; the anchor is believed as it is.

    Raises:
        UsageError: `at` has no zone.
    """
    return tuple(
        (
            certificate,
            judge_revocation(path, evidence=evidence, at=at, rules=rules, index=n),
        )
        for n, certificate in enumerate(path.certificates)
    )


_Status = Callable[[Certificate, tuple[Certificate, ...]], Revocation]


def _not_asked(*_: object) -> Revocation:
    """Leave it at that: a delegate is not vouched for by another in turn."""
    return Unknown(Unsettled.NO_EVIDENCE, ())


class _Work:
    """One judgement, with what is left of its budget."""

    def __init__(
        self, evidence: Evidence, *, at: datetime, rules: RevocationRules
    ) -> None:
        self.evidence = evidence
        self.at = at
        self.rules = rules
        self.budget = Budget()

    def judge(
        self, certificate: Certificate, above: tuple[Certificate, ...]
    ) -> Revocation:
        needs = _needs(certificate, above)
        if self.evidence.is_too_much:
            return Unknown(Unsettled.BUDGET_EXCEEDED, needs)
        try:
            return self._judge(certificate, above, status=self._delegate_status)
        except BudgetError:
            return Unknown(Unsettled.BUDGET_EXCEEDED, needs)

    def _delegate_status(
        self, certificate: Certificate, above: tuple[Certificate, ...]
    ) -> Revocation:
        """Judge a delegate by evidence that needs no delegate's word in turn."""
        return self._judge(certificate, above, status=_not_asked)

    def _judge(
        self,
        certificate: Certificate,
        above: tuple[Certificate, ...],
        *,
        status: _Status,
    ) -> Revocation:
        authorities = Authorities(
            issuers=above,
            algorithms=self.rules.algorithms,
            at=self.at,
            budget=self.budget,
            status=status,
        )
        reading = Reading(certificate, authorities, evidence=self.evidence)
        statements = [*reading.of_crls(), *reading.of_responses()]
        return settle(
            statements,
            rules=self.rules,
            at=self.at,
            faults=reading.faults,
            needs=_needs(certificate, above),
        )


def evidence_addresses(certificate: Certificate) -> tuple[str, ...]:
    """Return where a certificate says that evidence about it is kept (RFC 5280 4.2)."""
    needs = _needs(certificate, ())
    return tuple(uri for each in needs for uri in each.uris)


def _needs(
    certificate: Certificate, above: tuple[Certificate, ...]
) -> tuple[CrlNeeded | OcspNeeded, ...]:
    """Say what would settle it, from what the certificate says of itself."""
    points = distribution_points(certificate)
    crls = _addresses(name for each in points for name in each.full_name or ())
    asked = _addresses(
        each.access_location
        for extension in certificate.native.extensions
        if isinstance(extension.value, x509.AuthorityInformationAccess)
        for each in extension.value
        if each.access_method == AuthorityInformationAccessOID.OCSP
    )
    crl = CrlNeeded(show(certificate.issuer), crls)
    if not asked:
        return (crl,)
    request = ocsp_request(certificate, issuer=above[0]) if above else b""
    return OcspNeeded(asked, request), crl


def _addresses(names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    """Return the first web addresses; other schemes are nothing that we fetch."""
    found = dict.fromkeys(
        name.value
        for name in names
        if isinstance(name, x509.UniformResourceIdentifier)
        and name.value.lower().startswith(("http://", "https://"))
        and len(name.value) <= limits.URI_CHARACTERS
    )
    return tuple(found)[: limits.REVOCATION_URIS]
