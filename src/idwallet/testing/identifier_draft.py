"""Identifier lists whose every part can be bent before they are signed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    CoseForm,
    CoseHeaders,
    TagForm,
    sign_sign1,
    x5chain_parameter,
)
from idwallet.profiles import DRAFT
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.pki import MDOC_SIGNER, MOMENT, Fault, TestIdentity, TestPki
from idwallet.testing.status_draft import StatusScene
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.identifier_list import (
    IdentifierList,
    IdentifierReference,
    evaluate_identifier_list,
    judge_identifier,
)
from idwallet.trust.identifier_list.read import IDENTIFIER_LIST, TYP_CWT
from idwallet.trust.status_list import (
    FreshnessRule,
    ListContext,
    ListJudgement,
    ListRefused,
)

LIST: Final = "https://issuer.example/identifiers/1"
REVOKED: Final = bytes(range(16))
GOOD: Final = bytes(range(1, 17))
_LIFE: Final = timedelta(hours=12)


def for_lists(plan: CertificatePlan) -> CertificatePlan:
    """Take the document signer's purpose away, as Table B.9 has it; leave others."""
    is_signer = plan.key_purposes == (MDOC_SIGNER,)
    return replace(plan, key_purposes=()) if is_signer else plan


class IdentifierScene(StatusScene):
    """A document signer, who signs lists beside it, and a reader under the draft.

    `foreign_lister` is certified by another anchor of the reader, `unknown_lister` by
    nobody whom the reader knows.
    """

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Make everybody."""
        super().__init__(at=at, seed=seed)
        foreign = TestPki(at=at, seed=None if seed is None else seed + b" foreign")
        unknown = TestPki(at=at, seed=None if seed is None else seed + b" unknown")
        self.lister = self.list_signer()
        self.rsa_lister = self.list_signer(algorithm=Algorithm.PS256)
        self.foreign_lister = foreign.issuer(_NAME, change=for_lists)
        self.unknown_lister = unknown.issuer(_NAME, change=for_lists)
        self.root = self.pki.root.der
        self.foreign_root = foreign.root.der
        self.unknown_root = unknown.root.der
        issue = [Purpose.ISSUE_CREDENTIALS]
        self.context = ListContext(
            TrustStore(
                [self.pki.anchor(purposes=issue), foreign.anchor(purposes=issue)]
            ),
            replace(policies.STRICT, name="draft", profile=DRAFT),
            FreshnessRule(),
            at,
        )

    def list_signer(
        self, *, fault: Fault | None = None, algorithm: Algorithm | None = None
    ) -> TestIdentity:
        """Certify who signs lists, under the issuer's root."""
        return self.pki.issuer(
            _NAME, fault=fault, algorithm=algorithm, change=for_lists
        )


_NAME: Final = "https://status.example"


def _identifiers() -> dict[CborKey, CborValue]:
    return {REVOKED: {}, b"12": {}, b"another": {}}


@dataclass(slots=True)
class IdentifierDraft:
    """An identifier list before it is signed; change a field, then judge it.

    `identifier`, `certificate` and `asked` are what a credential says.
    """

    scene: IdentifierScene
    signer: Signer
    header: dict[CborKey, CborValue] = field(default_factory=dict)
    unprotected: dict[CborKey, CborValue] = field(default_factory=dict)
    claims: dict[CborKey, CborValue] = field(default_factory=dict)
    members: dict[CborKey, CborValue] = field(default_factory=dict)
    tag: TagForm = TagForm.TAGGED
    bend_payload: Callable[[bytes], bytes] = bytes
    bend: Callable[[bytes], bytes] = bytes
    asked: str = LIST
    identifier: bytes = GOOD
    certificate: bytes | None = None
    context: ListContext | None = None

    def signed_by(self, identity: TestIdentity) -> None:
        """Let somebody else sign, who names the chain that certifies it."""
        self.signer = identity.signer
        self.header[33] = x5chain_parameter(identity.chain)

    def allow(self, algorithm: Algorithm) -> None:
        """Let the reader's policy have one more algorithm."""
        policy = self.scene.context.policy
        wider = replace(policy, algorithms=policy.algorithms | {algorithm})
        self.context = replace(self.scene.context, policy=wider)

    def token(self) -> bytes:
        """Sign the list, and bend the token if that is the fault."""
        token = sign_sign1(
            self.bend_payload(write_cbor(self.claims)),
            signer=self.signer,
            headers=CoseHeaders(self.header, self.unprotected),
            form=CoseForm(self.tag),
        )
        return self.bend(token)

    def reference(self) -> IdentifierReference:
        """Return what the credential says."""
        return IdentifierReference(self.asked, self.identifier, self.certificate)

    def evaluated(self) -> IdentifierList | ListRefused:
        """Read the token as a reader does who fetched it."""
        return evaluate_identifier_list(
            self.token(),
            self.reference(),
            context=self.context or self.scene.context,
        )

    def judgement(self) -> ListJudgement:
        """Judge the status of a credential of the scene's issuer."""
        return judge_identifier(
            self.evaluated(),
            reference=self.reference(),
            issuer=self.scene.found_issuer(),
            context=self.context or self.scene.context,
        )


def identifier_draft(
    scene: IdentifierScene, *, by: TestIdentity | None = None
) -> IdentifierDraft:
    """Return an honest list, signed by the scene's signer of lists or somebody else."""
    signer = by or scene.lister
    at = int(scene.at.timestamp())
    members: dict[CborKey, CborValue] = {"identifiers": _identifiers()}
    claims: dict[CborKey, CborValue] = {
        2: LIST,
        4: at + int(_LIFE.total_seconds()),
        6: at,
        IDENTIFIER_LIST: members,
        65534: 3600,
    }
    made = IdentifierDraft(scene, signer.signer, claims=claims, members=members)
    made.header[16] = TYP_CWT
    made.signed_by(signer)
    return made
