"""CRLs by delegates: indirect, and signed by who may or may not."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from cryptography import x509

from idwallet.testing.certificates import (
    CertificatePlan,
    test_name,
    unknown_extension,
)
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation.case import Case, Outcome
from idwallet.testing.revocation.crl_cases import (
    POINT,
    SOUND,
    entry,
    scene,
)
from idwallet.testing.revocation.plans import HOUR, CrlPlan, EntryPlan, scope
from idwallet.testing.revocation.world import Scene, key_of
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.revocation import Revoked, Unsettled

_U = Unsettled


_OWN_POINT: Final = "http://crl.example/signers.crl"


def _points(
    uri: str, *, signer: x509.Name | None = None
) -> tuple[x509.ExtensionType, bool]:
    names = [x509.UniformResourceIdentifier(uri)]
    issuers = None if signer is None else [x509.DirectoryName(signer)]
    point = x509.DistributionPoint(names, None, None, issuers)
    return x509.CRLDistributionPoints([point]), False


_SIGNER: Final = SOUND.delegate(extensions=(_points(_OWN_POINT),))
_LEAF_POINT: Final = _points(POINT, signer=_SIGNER.subject)
_LEAF: Final = replace(SOUND.leaf, extensions=(*SOUND.leaf.extensions, _LEAF_POINT))
_WORLD: Final = replace(SOUND, leaf=_LEAF)
_CRL: Final = CrlPlan(
    issuer=_SIGNER.subject,
    signing_key=_SIGNER.key,
    authority_key_id=_SIGNER.subject_key_id,
    scope=scope(uri=POINT, indirect=True),
    # Neither is the leaf: one is the delegate's own, one another CA's.
    entries=(entry(), entry(issuer=test_name("another"))),
)
# The delegate's own status stands on the CA's CRL, which does not cover the leaf.
_OWN: Final = SOUND.crl(scope=scope(uri=_OWN_POINT))


def _delegated(
    *crls: CrlPlan, signers: tuple[CertificatePlan, ...] = (_SIGNER,)
) -> Scene:
    return scene(*crls, world=_WORLD, certificates=signers)


def _case(name: str, expected: Outcome, *, clause: str, forged: Scene) -> Case:
    return Case(
        name=f"delegate: {name}",
        clause=f"RFC 5280 {clause}",
        forged=forged,
        twin=_delegated(_CRL, _OWN),
        expected=expected,
    )


def delegate_cases() -> Iterator[Case]:
    """Yield indirect CRLs, and delegates who may not sign them."""
    yield _case(
        "the CRL is not indirect",
        _U.OUT_OF_SCOPE,
        clause="6.3.3 (b)(1)",
        forged=_delegated(replace(_CRL, scope=None, entries=()), _OWN),
    )
    yield _case(
        "its certificate is not at hand",
        _U.SIGNER_UNKNOWN,
        clause="6.3.3 (f)",
        forged=_delegated(_CRL, _OWN, signers=()),
    )
    listed = (entry(), entry(issuer=SOUND.ca.subject))
    yield _case(
        "listed under the certificate's issuer",
        Revoked,
        clause="5.3.3",
        forged=_delegated(replace(_CRL, entries=listed), _OWN),
    )
    yield _case(
        "its own status is unknown",
        _U.SIGNER_STATUS,
        clause="6.3.3 (f)",
        forged=_delegated(_CRL),
    )
    itself = (EntryPlan(serial=_SIGNER.serial),)
    yield _case(
        "it is revoked itself",
        _U.SIGNER_NOT_AUTHORISED,
        clause="6.3.3 (f)",
        forged=_delegated(_CRL, replace(_OWN, entries=itself)),
    )
    for name, (expected, signer) in _faulty().items():
        forged = _delegated(_CRL, _OWN, signers=(signer,))
        yield _case(name, expected, clause="6.3.3 (f)", forged=forged)


def _faulty() -> Mapping[str, tuple[Outcome, CertificatePlan]]:
    refused = _U.SIGNER_NOT_AUTHORISED
    stranger = key_of("another CA")
    usage = frozenset({KeyUsage.DIGITAL_SIGNATURE})
    marks = (*_SIGNER.extensions, unknown_extension())
    return {
        "without cRLSign": (refused, replace(_SIGNER, key_usage=usage)),
        "without key usage": (refused, replace(_SIGNER, key_usage=None)),
        "under another key of the CA's name": (
            _U.SIGNATURE_INVALID,
            replace(_SIGNER, signing_key=stranger),
        ),
        "under another CA": (
            refused,
            replace(_SIGNER, issuer=test_name("another"), signing_key=stranger),
        ),
        "expired since": (
            _U.SIGNER_EXPIRED,
            replace(_SIGNER, not_after=MOMENT - HOUR / 2),
        ),
        "not valid when it signed": (
            refused,
            replace(_SIGNER, not_before=MOMENT - HOUR / 2),
        ),
        "with a critical extension unknown": (
            refused,
            replace(_SIGNER, extensions=marks),
        ),
    }
