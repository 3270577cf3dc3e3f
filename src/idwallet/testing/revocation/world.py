"""A small world in which revocation is judged: a path, and who may speak of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import UsageError
from idwallet.testing.certificates import (
    CertificatePlan,
    PrivateKey,
    key_from_seed,
    key_identifier,
    test_name,
)
from idwallet.testing.pki import MDOC_SIGNER, MOMENT
from idwallet.testing.revocation.plans import DAY, CrlPlan, OcspPlan, SinglePlan
from idwallet.testing.revocation.writing import unrecognised
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.path import ValidatedPath, validate_path
from idwallet.trust.revocation import (
    Evidence,
    OcspAnswer,
    Revocation,
    RevocationRules,
    judge_revocation,
)

OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_CA_USAGE: Final = frozenset(
    {KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN, KeyUsage.DIGITAL_SIGNATURE}
)


def no_check() -> tuple[x509.ExtensionType, bool]:
    """Return the extension that exempts a responder (RFC 6960 4.2.2.2.1)."""
    return x509.OCSPNoCheck(), False


def ocsp_address(uri: str) -> tuple[x509.ExtensionType, bool]:
    """Return where a certificate's responder is (RFC 5280 4.2.2.1)."""
    responder = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(uri)
    )
    return x509.AuthorityInformationAccess([responder]), False


@lru_cache(maxsize=64)
def key_of(label: str, algorithm: Algorithm = Algorithm.ES256) -> PrivateKey:
    """Return the test key of that label: the same on every run, and no secret."""
    return key_from_seed(algorithm, seed=b"revocation", label=label)


def certified(
    label: str,
    *,
    above: CertificatePlan | None,
    key: PrivateKey | None = None,
    **changes: object,
) -> CertificatePlan:
    """Plan a certificate under another, or a root; a leaf that signs unless changed."""
    mine = key or key_of(label)
    signing = mine if above is None else above.key
    plan = CertificatePlan(
        subject=test_name(label),
        issuer=test_name(label) if above is None else above.subject,
        key=mine,
        signing_key=signing,
        serial=1 + sum(label.encode()),
        not_before=MOMENT - 365 * DAY,
        not_after=MOMENT + 365 * DAY,
        subject_key_id=key_identifier(mine),
        authority_key_id=key_identifier(signing),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]  # any field


def authority(
    label: str, *, above: CertificatePlan | None, **changes: object
) -> CertificatePlan:
    """Plan a CA."""
    usual: dict[str, object] = {"is_ca": True, "key_usage": _CA_USAGE}
    return certified(label, above=above, **{**usual, **changes})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A root, a CA below it, and a leaf."""

    root: CertificatePlan
    ca: CertificatePlan
    leaf: CertificatePlan

    @staticmethod
    def sound() -> "World":
        """Return one with nothing wrong in it."""
        root = authority("root", above=None)
        ca = authority("CA", above=root)
        leaf = certified(
            "leaf",
            above=ca,
            key_purposes=(MDOC_SIGNER,),
            extensions=(ocsp_address("http://ocsp.example/"),),
        )
        return World(root=root, ca=ca, leaf=leaf)

    def path(self) -> ValidatedPath:
        """Return the validated path of the leaf, whatever signs it.

        Raises:
            UsageError: the path does not hold, so nothing can be judged of it.
        """
        chain = [
            Certificate.from_der(plan.to_der(), at="test path")
            for plan in (self.leaf, self.ca)
        ]
        anchor = TrustAnchor.from_certificate(
            self.root.to_der(),
            name="idwallet TEST root",
            purposes=[Purpose.ISSUE_CREDENTIALS],
        )
        found = validate_path(
            chain,
            store=TrustStore([anchor]),
            purpose=Purpose.ISSUE_CREDENTIALS,
            at=min(MOMENT, self.leaf.not_after),
            algorithms=frozenset(Algorithm),
        )
        if not isinstance(found, ValidatedPath):
            raise UsageError("the path of the test world does not hold")
        return found

    def crl(self, **changes: object) -> CrlPlan:
        """Plan the CA's complete CRL, on which nobody stands."""
        plan = CrlPlan(
            issuer=self.ca.subject,
            signing_key=self.ca.key,
            authority_key_id=self.ca.subject_key_id,
        )
        return replace(plan, **changes)  # type: ignore[arg-type]  # any field

    def delegate(self, **changes: object) -> CertificatePlan:
        """Plan who signs CRLs on the CA's behalf, under a name of its own."""
        usual: dict[str, object] = {"key_usage": frozenset({KeyUsage.CRL_SIGN})}
        return certified("CRL signer", above=self.ca, **{**usual, **changes})  # type: ignore[arg-type]

    def responder(self, **changes: object) -> CertificatePlan:
        """Plan an OCSP responder that the CA delegated to."""
        usual: dict[str, object] = {
            "key_purposes": (OCSP_SIGNING,),
            "extensions": (no_check(),),
        }
        return certified("responder", above=self.ca, **{**usual, **changes})  # type: ignore[arg-type]

    def answer(self, responder: CertificatePlan | None = None) -> OcspPlan:
        """Plan a response that says good, signed by the CA or a responder."""
        single = SinglePlan(
            issuer=self.ca.subject, issuer_key=self.ca.key, serial=self.leaf.serial
        )
        if responder is None:
            return OcspPlan(signing_key=self.ca.key, singles=(single,))
        return OcspPlan(
            signing_key=responder.key,
            singles=(single,),
            certificates=(responder.to_der(),),
        )


def archive_cutoff(moment: datetime) -> tuple[x509.ExtensionType, bool]:
    """Return how far back a responder remembers (RFC 6960 4.4.4)."""
    text = f"{moment:%Y%m%d%H%M%SZ}".encode()
    return unrecognised("1.3.6.1.5.5.7.48.1.6", b"\x18\x0f" + text)


def covers_expired(moment: datetime) -> tuple[x509.ExtensionType, bool]:
    """Return from when on expired certificates stay on a CRL (X.509 9.5.2.9)."""
    text = f"{moment:%Y%m%d%H%M%SZ}".encode()
    return unrecognised("2.5.29.60", b"\x18\x0f" + text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Evidence at hand in a world, and the moment and rules it is judged by.

    `responses` are answers as they came; `nonce` is what all of them were asked with.
    """

    world: World = field(default_factory=World.sound)
    crls: tuple[CrlPlan | bytes, ...] = ()
    responses: tuple[OcspPlan | bytes, ...] = ()
    nonce: bytes | None = None
    certificates: tuple[CertificatePlan, ...] = ()
    at: datetime = MOMENT
    maximum_age: timedelta = 7 * DAY
    existed_before: datetime | None = None
    algorithms: frozenset[Algorithm] = DEFAULT_ALGORITHMS

    @property
    def evidence(self) -> Evidence:
        """What can be read of the evidence."""
        return Evidence.read(
            crls=tuple(map(_der, self.crls)),
            responses=tuple(OcspAnswer(_der(r), self.nonce) for r in self.responses),
            certificates=tuple(each.to_der() for each in self.certificates),
        )

    @property
    def rules(self) -> RevocationRules:
        """The rules."""
        return RevocationRules(
            maximum_age=self.maximum_age,
            algorithms=self.algorithms,
            existed_before=self.existed_before,
        )

    def judge(self, index: int = 0) -> Revocation:
        """Judge the leaf, or the CA above it with `index` 1."""
        return judge_revocation(
            self.world.path(),
            evidence=self.evidence,
            at=self.at,
            rules=self.rules,
            index=index,
        )

    def changed(self, **changes: object) -> "Scene":
        """Return the scene with other fields."""
        return replace(self, **changes)  # type: ignore[arg-type]  # any field


def _der(plan: CrlPlan | OcspPlan | bytes) -> bytes:
    return plan if isinstance(plan, bytes) else plan.to_der()
