"""Who registers and who asks, in tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from idwallet.errors import UsageError
from idwallet.report.evidence import Origin
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.pki import MOMENT, Fault, TestIdentity, TestPki
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose
from idwallet.trust.evidence import EvidenceAtHand, StatusListAtHand
from idwallet.trust.policy import RevocationRule
from idwallet.trust.relying_party import (
    AccessCertificate,
    RegistrationRules,
    access_certificate,
)
from idwallet.trust.relying_party.access import AccessPolicy
from idwallet.trust.signer import SignerFound, resolve_signer
from idwallet.trust.status_list import StatusListContent, issue_status_list
from idwallet.trust.status_list.bitmap import pack
from idwallet.trust.usages import STATUS_SIGNING

SHOP: Final = "VATXX-123456789"
BROKER: Final = "VATXX-987654321"
STATUS: Final = "https://registrar.example/status/1"
REVOKED: Final = 17
SUSPENDED: Final = 18
SIZE: Final = 1_000


# Nobody revokes certificates in the scene.
_POLICY: Final = replace(policies.STRICT, revocation=RevocationRule.IF_AT_HAND)


def lister_plan(plan: CertificatePlan) -> CertificatePlan:
    """Make a certificate that of who signs status lists for others."""
    return replace(plan, key_purposes=(STATUS_SIGNING,))


def access_plan(
    plan: CertificatePlan,
    *,
    identifier: str = SHOP,
    policy: str = AccessPolicy.LEGAL,
) -> CertificatePlan:
    """Make a reader's certificate an access certificate of an organisation."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, identifier),
            x509.NameAttribute(NameOID.COMMON_NAME, "TEST shop"),
        ]
    )
    named = x509.PolicyInformation(x509.ObjectIdentifier(policy), None)
    extension = (x509.CertificatePolicies([named]), False)
    return replace(plan, subject=subject, extensions=(*plan.extensions, extension))


class RegistrationScene:
    """A registrar, a shop that asks, and a wallet that knows both their anchors."""

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Make everybody."""
        self.at = at
        self.readers = TestPki(at=at, seed=seed)
        self.registrars = TestPki(at=at, seed=None if seed is None else seed + b"R")
        self.shop: TestIdentity = self.readers.reader(change=access_plan)
        self.registrar: TestIdentity = self.registrar_with(None)
        self.lister = self.registrars.issuer(
            "https://status.example", change=lister_plan
        )

    def registrar_with(self, fault: Fault | None) -> TestIdentity:
        """Certify a registrar, with whatever is wrong."""
        change = None if fault is Fault.LEAF_FOR_CODE else registrar_plan
        return self.registrars.issuer(
            "https://registrar.example", fault=fault, change=change
        )

    @property
    def rules(self) -> RegistrationRules:
        """Strict rules, with the registrar's status list at hand."""
        content = StatusListContent(
            uri=STATUS,
            bits=2,
            array=pack([(REVOKED, 1), (SUSPENDED, 2)], bits=2, size=SIZE),
            expires=self.at + timedelta(hours=12),
        )
        token = issue_status_list(
            content,
            signer=self.lister.signer,
            certificates=self.lister.chain,
            at=self.at,
        )
        piece = StatusListAtHand(
            uri=STATUS,
            token=token.encode(),
            origin=Origin(source="application", taken=self.at),
        )
        store = self.registrars.store(
            purposes=[Purpose.REGISTER_READERS, Purpose.SIGN_STATUS_LISTS]
        )
        evidence = EvidenceAtHand(status_lists=[piece])
        return RegistrationRules(store.with_evidence(evidence), _POLICY, self.at)

    def found(self, who: TestIdentity) -> SignerFound:
        """Return a reader as a wallet finds it.

        Raises:
            UsageError: the scene does not believe it.
        """
        found = resolve_signer(
            who.chain,
            kid=None,
            name=None,
            store=self.readers.store(purposes=[Purpose.READ_CREDENTIALS]),
            purpose=Purpose.READ_CREDENTIALS,
            at=self.at,
            algorithms=policies.STRICT.algorithms,
        )
        if not isinstance(found, SignerFound):
            raise UsageError("the reader of the scene must be believed")
        return found

    def access(self, who: TestIdentity | None = None) -> AccessCertificate:
        """Return the access certificate of the shop, or of another reader.

        Raises:
            UsageError: it has none.
        """
        found = access_certificate(self.found(who or self.shop))
        if not isinstance(found, AccessCertificate):
            raise UsageError("the reader of the scene must have an access certificate")
        return found


def registrar_plan(plan: CertificatePlan) -> CertificatePlan:
    """Make a certificate that of a registrar: of no purpose among those that exist."""
    return replace(plan, key_purposes=())
