"""Who operates lists of trust in tests, and who stands on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.pki import MOMENT, Fault, TestIdentity, TestPki
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.freshness import FreshnessRule
from idwallet.trust.lists import ExpectedList, ListRules
from idwallet.trust.usages import LIST_SIGNING

TERRITORY: Final = "XX"
MONTH: Final = timedelta(days=30)


def signs_lists(plan: CertificatePlan) -> CertificatePlan:
    """Make a certificate one for signing lists, and nothing else."""
    return replace(
        plan,
        key_purposes=(LIST_SIGNING,),
        key_usage=frozenset({KeyUsage.CONTENT_COMMITMENT}),
    )


class ListScene:
    """An operator of lists, somebody on them, and a reader who knows the operator."""

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Make everybody."""
        self.at = at
        self.pki = TestPki(at=at, seed=seed)
        self.operator = self.signer("https://lists.example")
        self.next_operator = self.signer("https://lists.example")
        self.stranger = self.signer("https://stranger.example")
        self.issuer = self.pki.issuer("https://issuer.example")
        self.listed_ca = TestPki(at=at, seed=None if seed is None else seed + b"CA")

    def signer(self, name: str, *, fault: Fault | None = None) -> TestIdentity:
        """Certify somebody who signs lists."""
        change = None if fault is Fault.LEAF_FOR_CODE else signs_lists
        return self.pki.issuer(name, fault=fault, change=change)

    @property
    def rules(self) -> ListRules:
        """The strictest rules, at the moment of the scene."""
        return ListRules(policy=policies.STRICT, freshness=FreshnessRule(), at=self.at)

    def store(self, signers: Iterable[TestIdentity] | None = None) -> TrustStore:
        """Return a store that believes these signers of lists: the operator, else."""
        chosen = (self.operator,) if signers is None else tuple(signers)
        return TrustStore(
            [
                TrustAnchor.from_signer_certificate(
                    each.chain[0],
                    name="idwallet TEST list operator",
                    purposes=[Purpose.SIGN_TRUSTED_LISTS],
                )
                for each in chosen
            ]
        )

    def root_store(self) -> TrustStore:
        """Return a store that believes whom the test root certifies to sign lists."""
        return self.pki.store(purposes=[Purpose.SIGN_TRUSTED_LISTS])


@dataclass(slots=True)
class ListedEntry:
    """One service of a list; `history` has what it was before, the newest first."""

    type: str
    certificates: tuple[bytes, ...]
    status: str | None = None
    since: datetime | None = None
    history: tuple[tuple[str, str | None, datetime | None], ...] = ()
    operator: str = "TEST provider"
    name: str = "TEST service"
    types: tuple[str, ...] = ("org.iso.18013.5.1.mDL",)
    country: str | None = "XX"


@dataclass(slots=True)
class PointedList:
    """A pointer to another list."""

    location: str
    certificates: tuple[bytes, ...]
    territory: str = TERRITORY
    type: str = ""


@dataclass(slots=True)
class ListFacts:
    """What any list says, in whatever form; change a field, then write it."""

    entries: list[ListedEntry]
    issued: datetime
    next_update: datetime | None
    type: str
    territory: str = TERRITORY
    sequence: int | None = 7
    operator: str = "TEST operator"
    pointers: list[PointedList] = field(default_factory=list)


def expected(scene: ListScene, facts: ListFacts) -> ExpectedList:
    """Return what a reader expects who knows the operator and this very list."""
    return ExpectedList(
        signers=scene.store(),
        type=facts.type,
        territory=facts.territory or None,
        seen=None,
    )
