"""Who signs, who stamps the time, and what is known about them, to DSS and to us."""

from dataclasses import replace
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet.crypto.algorithms import Algorithm
from idwallet.testing.authorities import document_signer, timestamp_authority
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand
from tests.interop.dss.peer import Known

SCENE: Final = DocumentScene(seed=b"idwallet TEST documents and DSS")
KEYS: Final = (
    *(Algorithm.ES256, Algorithm.ES384, Algorithm.ES512),
    *(Algorithm.RS256, Algorithm.PS256, Algorithm.EDDSA),
)
"""What DSS has: there is no ML-DSA in it."""


def _reachable(plan: CertificatePlan) -> CertificatePlan:
    """Say where the issuer and its CRL are, as CAs do (RFC 5280 4.2.1.13, 4.2.2.1).

    Nobody goes there: the process has no such source.
    """
    place = x509.UniformResourceIdentifier("http://ca.example/")
    access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
    points = x509.DistributionPoint([place], None, None, None)
    more = (
        (x509.AuthorityInformationAccess([access]), False),
        (x509.CRLDistributionPoints([points]), False),
    )
    return replace(plan, extensions=(*plan.extensions, *more))


@cache
def certified(algorithm: Algorithm, name: str = "signer") -> TestIdentity:
    """Somebody who signs with a key of that kind."""
    return document_signer(
        SCENE.pki,
        f"https://{name}-{algorithm.name.lower()}.example",
        algorithm=algorithm,
        # One has a CA below the root. The name of such a CA is always the same, and two
        # CAs of one name are the same one to RFC 5280 6.3.3 (f), but not to DSS.
        intermediates=1 if (algorithm, name) == (Algorithm.ES256, "signer") else 0,
        change=_reachable,
    )


AUTHORITY: Final = timestamp_authority(SCENE.pki, intermediates=0)
FIRST: Final = certified(Algorithm.ES256)
SECOND: Final = certified(Algorithm.ES256, "second")
WITNESS: Final = certified(Algorithm.ES384, "witness")


@cache
def _crls() -> tuple[CrlAtHand, ...]:
    everybody = (AUTHORITY, SCENE.authority, *map(certified, KEYS), SECOND, WITNESS)
    return tuple({e.der: e for w in everybody for e in crls(w, at=SCENE.at)}.values())


def known() -> Known:
    """What DSS is told: the root of the scene, and a CRL of every CA in it."""
    found = tuple(e.der for e in _crls() if isinstance(e.der, bytes))
    return Known(trusted=(SCENE.pki.root.der,), crls=found)


def trust() -> TrustStore:
    """What we are told: the same."""
    return SCENE.pki.store().with_evidence(EvidenceAtHand(crls=_crls()))
