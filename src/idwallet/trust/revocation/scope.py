"""Which certificates and reasons a CRL speaks of (RFC 5280 6.3.3 (b) and (d))."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography import x509

from idwallet import limits
from idwallet.codec.der import inside, sequence
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation.crl import Crl
from idwallet.trust.revocation.structures import EVERY_REASON

_Names = frozenset[x509.GeneralName | bytes]
"""Names of a distribution point; a directory name by its DER."""


@dataclass(frozen=True, slots=True)
class _Point:
    """A distribution point as a certificate names it (RFC 5280 4.2.1.13)."""

    names: _Names
    issuers: frozenset[bytes]
    reasons: frozenset[x509.ReasonFlags]


def covered(crl: Crl, certificate: Certificate) -> frozenset[x509.ReasonFlags]:
    """Return the reasons for which a CRL answers for a certificate; none if empty."""
    if not _kind_matches(crl.scope, certificate):
        return frozenset()
    found: frozenset[x509.ReasonFlags] = frozenset()
    for point in _points(certificate):
        if _issuer_matches(point, crl, certificate=certificate) and _name_matches(
            point, crl
        ):
            found |= point.reasons
    only = None if crl.scope is None else crl.scope.only_some_reasons
    return found if only is None else found & only


def concerns(crl: Crl, certificate: Certificate) -> bool:
    """Whether a CRL comes from where the certificate's status is kept."""
    return crl.issuer_der == certificate.issuer_der or any(
        crl.issuer_der in point.issuers for point in _points(certificate)
    )


def crl_issuers_of(certificate: Certificate) -> frozenset[bytes]:
    """Return who may issue the CRLs that `concerns` says yes to, as DER names."""
    named = (issuer for point in _points(certificate) for issuer in point.issuers)
    return frozenset({certificate.issuer_der, *named})


def _kind_matches(
    scope: x509.IssuingDistributionPoint | None, certificate: Certificate
) -> bool:
    """RFC 5280 6.3.3 (b)(2)(ii) to (iv)."""
    if scope is None:
        return True
    if scope.only_contains_attribute_certs:
        return False
    if scope.only_contains_user_certs:
        return not certificate.is_ca
    return certificate.is_ca or not scope.only_contains_ca_certs


def _issuer_matches(point: _Point, crl: Crl, *, certificate: Certificate) -> bool:
    """RFC 5280 6.3.3 (b)(1)."""
    if point.issuers:
        indirect = crl.scope is not None and crl.scope.indirect_crl
        return indirect and crl.issuer_der in point.issuers
    return crl.issuer_der == certificate.issuer_der


def _name_matches(point: _Point, crl: Crl) -> bool:
    """RFC 5280 6.3.3 (b)(2)(i)."""
    scope = crl.scope
    if scope is None or (scope.full_name is None and scope.relative_name is None):
        return True
    names = _names(scope.full_name, scope.relative_name, base=crl.issuer_der)
    return bool(names & (point.names or point.issuers))


def _points(certificate: Certificate) -> Iterator[_Point]:
    """Yield the certificate's points, then the one that is always assumed.

    RFC 5280 6.3.3, last paragraph: the issuer's own name stands for a CRL that no
    point names.
    """
    for each in distribution_points(certificate):
        issuers = frozenset(_directory_names(each.crl_issuer or ()))
        base = next(iter(issuers), certificate.issuer_der)
        yield _Point(
            names=_names(each.full_name, each.relative_name, base=base),
            issuers=issuers,
            reasons=EVERY_REASON if each.reasons is None else each.reasons,
        )
    own = certificate.issuer_der
    yield _Point(names=frozenset({own}), issuers=frozenset(), reasons=EVERY_REASON)


def distribution_points(
    certificate: Certificate,
) -> tuple[x509.DistributionPoint, ...]:
    """Return the first of the points, as many as are looked at."""
    for each in certificate.native.extensions:
        if isinstance(each.value, x509.CRLDistributionPoints):
            return tuple(each.value)[: limits.CRL_DISTRIBUTION_POINTS]
    return ()


def _names(
    full: Iterable[x509.GeneralName] | None,
    relative: x509.RelativeDistinguishedName | None,
    *,
    base: bytes,
) -> _Names:
    if relative is None:
        names = tuple(full or ())
        others = (n for n in names if not isinstance(n, x509.DirectoryName))
        return frozenset((*others, *_directory_names(names)))
    # RFC 5280 4.2.1.13: the fragment is appended to the name of the CRL's issuer.
    return frozenset({sequence(_contents(base) + _contents(_alone(relative)))})


def _directory_names(names: Iterable[x509.GeneralName]) -> Iterator[bytes]:
    for name in names:
        if isinstance(name, x509.DirectoryName):
            yield name.value.public_bytes()


def _alone(relative: x509.RelativeDistinguishedName) -> bytes:
    return x509.Name([relative]).public_bytes()


def _contents(name: bytes) -> bytes:
    parts = inside(name)
    return name[parts[0].start :] if parts else b""
