"""A whole public key infrastructure for tests, broken on request.

    pki = TestPki()
    issuer = pki.issuer("https://issuer.example")
    issuer.signer, issuer.chain          # sign a token, fill its x5c header
    pki.store()                          # believes what the root signed

    forged = pki.issuer(fault=Fault.CA_EXPIRED)

Every chain with a fault has a twin: the same call without it.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from idwallet.codec.pem import write_pem
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import UsageError
from idwallet.testing.certificates import (
    CertificatePlan,
    PrivateKey,
    key_from_seed,
    key_identifier,
    policy_constraints,
    test_name,
    unknown_extension,
)
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage

MOMENT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The moment around which test certificates are valid, unless told otherwise."""

MDOC_SIGNER: Final = "1.0.18013.5.1.2"
MDOC_READER: Final = "1.0.18013.5.1.6"
CODE_SIGNING: Final = "1.3.6.1.5.5.7.3.3"


class Fault(StrEnum):
    """What can be wrong with a chain; the comments give the reason it leads to."""

    LEAF_EXPIRED = "leaf expired"  # CERTIFICATE_EXPIRED
    LEAF_NOT_YET_VALID = "leaf not yet valid"  # CERTIFICATE_NOT_YET_VALID
    CA_EXPIRED = "CA expired"  # CERTIFICATE_EXPIRED
    CA_NOT_YET_VALID = "CA not yet valid"  # CERTIFICATE_NOT_YET_VALID
    CA_IS_NO_CA = "CA is no CA"  # CERTIFICATE_PROFILE, as all below to the next mark
    CA_MUST_NOT_SIGN = "CA without keyCertSign"
    CA_FOR_WEB_SERVERS = "CA for something else"
    PATH_TOO_LONG = "one CA more than pathLen allows"
    LEAF_IS_CA = "leaf is a CA"
    LEAF_MUST_NOT_SIGN = "leaf without digitalSignature"
    LEAF_FOR_CODE = "leaf for something else"
    NAME_EXCLUDED = "name excluded by the CA"
    NAME_NOT_PERMITTED = "name not permitted by the CA"
    UNKNOWN_CRITICAL = "critical extension nobody knows"
    POLICY_CONSTRAINED = "policy constraints"
    ALGORITHM_NOT_NAMED = "signed with an algorithm no default policy names"
    WRONG_SIGNER = "signed by another key"  # NO_TRUSTED_PATH, as all below
    WRONG_KEY_IDENTIFIER = "names another issuer key"
    WRONG_ISSUER_NAME = "names another issuer"
    SELF_SIGNED = "leaf signed by itself"
    STRANGER_ROOT = "under a root of the same name that is not the anchor"


@dataclass(frozen=True, slots=True)
class TestCa:
    """Whoever signs a certificate; `identifier` is what it says about the key."""

    __test__ = False

    name: x509.Name
    key: PrivateKey
    identifier: bytes


@dataclass(frozen=True, slots=True)
class TestIdentity:
    """Somebody with a test key and a test chain (leaf first, without the root).

    `above` are the CAs over it, its own issuer first and the root last.
    """

    __test__ = False

    name: str
    signer: SoftwareSigner
    certificate: Certificate
    chain: tuple[bytes, ...]
    above: tuple[TestCa, ...] = field(default=(), repr=False)

    @property
    def chain_pem(self) -> str:
        """The chain as PEM, leaf first."""
        return "".join(write_pem("CERTIFICATE", der) for der in self.chain)


def _signs(plan: CertificatePlan, recipe: "_Recipe") -> Algorithm | None:
    """Return what a key signs with that leaves a choice; a change may swap the key."""
    is_rsa = recipe.algorithm in {Algorithm.PS256, Algorithm.RS256}
    is_rsa = is_rsa and isinstance(plan.key, rsa.RSAPrivateKey)
    return recipe.algorithm if is_rsa else None


Change = Callable[[CertificatePlan], CertificatePlan]
"""What to alter in a certificate before it is signed."""

_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)
_CA_USAGE: Final = frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN})


def _expired(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, not_after=plan.not_before + _DAY / 2)


def _not_yet_valid(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, not_before=plan.not_before + 2 * _DAY)


def _unchanged(plan: CertificatePlan) -> CertificatePlan:
    return plan


def _with(**changes: object) -> Change:
    return lambda plan: replace(plan, **changes)  # type: ignore[arg-type]  # any field


def _excluding(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, excluded=(x509.DNSName("example"),))


def _permitting(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, permitted=(x509.DNSName("elsewhere.example.net"),))


_LEAF_FAULTS: Final[Mapping[Fault | None, Change]] = MappingProxyType(
    {
        Fault.LEAF_EXPIRED: _expired,
        Fault.LEAF_NOT_YET_VALID: _not_yet_valid,
        Fault.LEAF_IS_CA: _with(is_ca=True),
        Fault.LEAF_MUST_NOT_SIGN: _with(
            key_usage=frozenset({KeyUsage.KEY_AGREEMENT}),
        ),
        Fault.LEAF_FOR_CODE: _with(key_purposes=(CODE_SIGNING,)),
        Fault.UNKNOWN_CRITICAL: _with(extensions=(unknown_extension(),)),
        Fault.WRONG_KEY_IDENTIFIER: _with(authority_key_id=b"another issuer key"),
        Fault.WRONG_ISSUER_NAME: _with(issuer=test_name("somebody else")),
        Fault.SELF_SIGNED: lambda plan: replace(
            plan, issuer=plan.subject, signing_key=plan.key, authority_key_id=None
        ),
    }
)
_CA_FAULTS: Final[Mapping[Fault | None, Change]] = MappingProxyType(
    {
        Fault.CA_EXPIRED: _expired,
        Fault.CA_NOT_YET_VALID: _not_yet_valid,
        Fault.CA_IS_NO_CA: _with(is_ca=False, path_length=None),
        Fault.CA_MUST_NOT_SIGN: _with(key_usage=frozenset({KeyUsage.CRL_SIGN})),
        Fault.CA_FOR_WEB_SERVERS: _with(key_purposes=(CODE_SIGNING,)),
        Fault.PATH_TOO_LONG: _with(path_length=0),
        Fault.NAME_EXCLUDED: _excluding,
        Fault.NAME_NOT_PERMITTED: _permitting,
        Fault.POLICY_CONSTRAINED: _with(extensions=(policy_constraints(),)),
    }
)
_NEED_CA: Final = frozenset({*_CA_FAULTS, Fault.ALGORITHM_NOT_NAMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """What the leaf of a chain shall say, and what shall be wrong."""

    names: tuple[x509.GeneralName, ...]
    key_purpose: str
    fault: Fault | None
    change: Change | None
    ca_change: Change | None
    algorithm: Algorithm


class TestPki:
    """A test root, CAs below it, and whoever they certify.

    Certificates are valid from a day before `at` until `life` after it. With a `seed`
    all keys and certificates are the same on every run; such keys are public knowledge.
    With `distinct` every CA has a name of its own, as in the world: then the list of
    one says nothing of whom another certified.
    """

    __test__ = False

    def __init__(
        self,
        *,
        at: datetime = MOMENT,
        seed: bytes | None = None,
        algorithm: Algorithm = Algorithm.ES256,
        life: timedelta = _YEAR,
        distinct: bool = False,
    ) -> None:
        """Make the root."""
        self._at = at
        self._life = life
        self._distinct = distinct
        self._seed = secrets.token_bytes(32) if seed is None else seed
        self._algorithm = algorithm
        self._made = 0
        self._root_key = self._key("root")
        self._root_der = self.root_plan().to_der()

    @property
    def at(self) -> datetime:
        """The moment around which everything is valid."""
        return self._at

    @property
    def life(self) -> timedelta:
        """How long from then on."""
        return self._life

    @property
    def root(self) -> Certificate:
        """The root certificate."""
        return Certificate.from_der(self._root_der, at="test root")

    @property
    def root_pem(self) -> str:
        """The root certificate as PEM."""
        return write_pem("CERTIFICATE", self._root_der)

    def root_plan(self) -> CertificatePlan:
        """Return what the root is made from, for tests that want another."""
        return self._plan("root", self._root_key, above=self._top_ca(self._root_key))

    def issuer(
        self,
        name: str = "https://issuer.example",
        *,
        fault: Fault | None = None,
        algorithm: Algorithm | None = None,
        intermediates: int = 1,
        change: Change | None = None,
        ca_change: Change | None = None,
    ) -> TestIdentity:
        """Certify an issuer of credentials; `name` is its `iss`, an https URL.

        `intermediates` CAs stand between it and the root. `change` may alter the plan
        of its own certificate in any way that `fault` does not foresee, `ca_change`
        those of the CAs.
        """
        host = urlsplit(name).hostname
        names: tuple[x509.GeneralName, ...] = (x509.UniformResourceIdentifier(name),)
        if host:
            names += (x509.DNSName(host),)
        recipe = _Recipe(
            names=names,
            key_purpose=MDOC_SIGNER,
            fault=fault,
            change=change,
            ca_change=ca_change,
            algorithm=algorithm or self._algorithm,
        )
        return self._certify(name, recipe, intermediates=intermediates)

    def reader(
        self,
        name: str = "reader.example",
        *,
        fault: Fault | None = None,
        algorithm: Algorithm | None = None,
        intermediates: int = 1,
        change: Change | None = None,
        ca_change: Change | None = None,
    ) -> TestIdentity:
        """Certify a relying party; `name` is its DNS name. Else as `issuer`."""
        recipe = _Recipe(
            names=(x509.DNSName(name),),
            key_purpose=MDOC_READER,
            fault=fault,
            change=change,
            ca_change=ca_change,
            algorithm=algorithm or self._algorithm,
        )
        return self._certify(name, recipe, intermediates=intermediates)

    def anchor(
        self,
        *,
        purposes: Iterable[Purpose] = tuple(Purpose),
        issuer_names: Iterable[str] = (),
    ) -> TrustAnchor:
        """Return the root as a trust anchor."""
        return TrustAnchor.from_certificate(
            self._root_der,
            name="idwallet TEST root",
            purposes=purposes,
            issuer_names=issuer_names,
            jurisdiction="XX",
        )

    def store(
        self,
        *,
        purposes: Iterable[Purpose] = tuple(Purpose),
        issuer_names: Iterable[str] = (),
    ) -> TrustStore:
        """Return a trust store that believes the root and nothing else."""
        return TrustStore([self.anchor(purposes=purposes, issuer_names=issuer_names)])

    def _certify(
        self, name: str, recipe: _Recipe, *, intermediates: int
    ) -> TestIdentity:
        if recipe.fault in _NEED_CA and not intermediates:
            raise UsageError("a fault of a CA needs an intermediate CA")
        if recipe.fault is Fault.PATH_TOO_LONG:
            intermediates += 1
        is_stranger = recipe.fault is Fault.STRANGER_ROOT
        above = self._top_ca(self._key("stranger") if is_stranger else self._root_key)
        chain: tuple[bytes, ...] = ()
        cas: tuple[TestCa, ...] = (above,)
        for left in reversed(range(intermediates)):
            above, der = self._intermediate(above, recipe, left=left)
            chain, cas = (der, *chain), (above, *cas)
        plan = self._leaf(name, recipe, above=above)
        der = plan.to_der()
        return TestIdentity(
            name=name,
            signer=SoftwareSigner(plan.key, algorithm=_signs(plan, recipe)),
            certificate=Certificate.from_der(der, at="test leaf"),
            chain=(der, *chain),
            above=cas,
        )

    def _top_ca(self, key: PrivateKey) -> TestCa:
        return TestCa(test_name("root"), key, key_identifier(self._root_key))

    def _intermediate(
        self, above: TestCa, recipe: _Recipe, *, left: int
    ) -> tuple[TestCa, bytes]:
        label = f"CA {left + 1}"
        if self._distinct:
            label += f" number {self._made}"
        unnamed = recipe.fault is Fault.ALGORITHM_NOT_NAMED
        key = self._key(label, Algorithm.ML_DSA_44 if unnamed else None)
        plan = replace(self._plan(label, key, above=above), path_length=left)
        faulty = _CA_FAULTS.get(recipe.fault, _unchanged)(plan)
        der = (recipe.ca_change or _unchanged)(faulty).to_der()
        return TestCa(plan.subject, key, key_identifier(key)), der

    def _leaf(self, name: str, recipe: _Recipe, *, above: TestCa) -> CertificatePlan:
        if recipe.fault is Fault.WRONG_SIGNER:
            above = replace(above, key=self._key("stranger"))
        plan = replace(
            self._plan(name, self._key(name, recipe.algorithm), above=above),
            is_ca=False,
            key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
            key_purposes=(recipe.key_purpose,),
            alternative_names=recipe.names,
        )
        faulty = _LEAF_FAULTS.get(recipe.fault, _unchanged)(plan)
        return (recipe.change or _unchanged)(faulty)

    def _plan(self, label: str, key: PrivateKey, *, above: TestCa) -> CertificatePlan:
        """Plan a CA's certificate; a leaf's differs in a few fields."""
        self._made += 1
        return CertificatePlan(
            subject=test_name(label),
            issuer=above.name,
            key=key,
            signing_key=above.key,
            serial=self._made,
            not_before=self._at - _DAY,
            not_after=self._at + self._life,
            is_ca=True,
            key_usage=_CA_USAGE,
            subject_key_id=key_identifier(key),
            authority_key_id=above.identifier,
        )

    def _key(self, label: str, algorithm: Algorithm | None = None) -> PrivateKey:
        wanted = algorithm or self._algorithm
        if wanted in {Algorithm.PS256, Algorithm.RS256}:
            return rsa.generate_private_key(65537, 2048)
        # One label may stand for several parties: each gets a key of its own.
        self._made += 1
        return key_from_seed(wanted, seed=self._seed, label=f"{label} {self._made}")
