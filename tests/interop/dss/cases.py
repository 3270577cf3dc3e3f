"""Everything we sign that DSS judges, one line for each case.

A case says who signed what how, and what DSS has to find: the level of each signature
in the order in which DSS lists them, signatures on signatures included.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import CAdES, Level, Packaging
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.authorities import document_signer
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand
from tests.interop.dss.peer import Known, Named

SCENE: Final = DocumentScene(seed=b"idwallet TEST documents and DSS")
FILE: Final = Named("contract.txt", CONTRACT)


@dataclass(frozen=True)
class Signed:
    """What was signed: a file, and those beside it."""

    file: Named
    beside: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Case:
    """One signed file. `levels` are those that DSS has to find."""

    name: str
    levels: tuple[str, ...]
    make: Callable[[], Signed]

    def __str__(self) -> str:
        return self.name


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
        change=_reachable,
    )


FIRST: Final = certified(Algorithm.ES256)
SECOND: Final = certified(Algorithm.ES256, "second")
WITNESS: Final = certified(Algorithm.ES384, "witness")


@cache
def _crls() -> tuple[CrlAtHand, ...]:
    everybody = (SCENE.authority, *map(certified, KEYS), SECOND, WITNESS)
    return tuple({e.der: e for w in everybody for e in crls(w, at=SCENE.at)}.values())


def known() -> Known:
    """What DSS is told: the root of the scene, and a CRL of every CA in it."""
    found = tuple(e.der for e in _crls() if isinstance(e.der, bytes))
    return Known(trusted=(SCENE.pki.root.der,), crls=found)


def trust() -> TrustStore:
    """What we are told: the same."""
    return SCENE.pki.store().with_evidence(EvidenceAtHand(crls=_crls()))


def signer(profile: CAdES, who: TestIdentity = FIRST) -> DocumentSigner:
    """Somebody's signer, with the scene's authority where the level wants one."""
    tsa = TestTsa(SCENE.pki, identity=SCENE.authority)
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain,
        authority=None if profile.level is Level.B_B else tsa,
    )


def cades(
    level: Level, packaging: Packaging, algorithm: Algorithm = Algorithm.ES256
) -> Case:
    """One person, one document, as CAdES."""
    profile = CAdES(level=level, packaging=packaging)

    def make() -> Signed:
        who = certified(algorithm)
        made = signer(profile, who).sign(CONTRACT, signing_time=SCENE.at)
        beside = (FILE,) if packaging is Packaging.DETACHED else ()
        return Signed(Named("contract.txt.p7s", made), beside)

    name = f"CAdES {level.value} {packaging.value} {algorithm.name}"
    return Case(name, (f"CAdES_BASELINE_{level.value[2:]}",), make)


def _crowd(level: Level) -> Signed:
    """Two people beside each other, and a third on the first one's signature."""
    profile = CAdES(level=level)
    made = signer(profile).sign(CONTRACT, signing_time=SCENE.at)
    second = signer(profile, SECOND)
    made = second.sign(CONTRACT, signing_time=SCENE.at, beside=made)
    witness = signer(profile, WITNESS)
    made = witness.counter_sign(made, signing_time=SCENE.at, number=0)
    return Signed(Named("contract.txt.p7s", made), (FILE,))


_LEVELS: Final = (Level.B_B, Level.B_T)
_APART: Final = (Packaging.DETACHED, Packaging.ENVELOPING)
CASES: Final = (
    *(cades(level, kind) for level in _LEVELS for kind in _APART),
    *(cades(Level.B_T, Packaging.DETACHED, algorithm) for algorithm in KEYS[1:]),
    Case("CAdES B-B several", ("CAdES_BASELINE_B",) * 3, lambda: _crowd(Level.B_B)),
    Case("CAdES B-T several", ("CAdES_BASELINE_T",) * 3, lambda: _crowd(Level.B_T)),
)
