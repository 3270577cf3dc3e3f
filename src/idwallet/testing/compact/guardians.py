"""A parent who answers for a child, honestly and not, every step open to change."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec import b64
from idwallet.codec.cbor import read_cbor
from idwallet.codec.qr_text import QrKind, write_qr_text
from idwallet.credentials.compact.guardian import (
    GUARDIAN,
    Act,
    child_of,
    delegate,
    read_delegation,
    withdraw,
)
from idwallet.credentials.compact.issue import Compact, CompactShape
from idwallet.credentials.compact.present import Acting, Addressed, proof_bytes
from idwallet.credentials.compact.structures import IssuedCompact, read_issued
from idwallet.credentials.compact.values import ClaimValue
from idwallet.credentials.model import Format
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Origin, Reason, Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.standing import StandingRequest
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.compact.draft import twelve_claims
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.bundle.withdrawn import write_withdrawn
from idwallet.trust.evidence import (
    NOTHING_AT_HAND,
    EvidenceAtHand,
    WithdrawnAtHand,
)
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import DelegationRule

HOUR: Final = timedelta(hours=1)
WINDOW: Final = timedelta(seconds=30)
DELEGATION: Final = CheckId.HOLDER_DELEGATION


def withdrawn_list(statement: bytes) -> bytes:
    """Return a list of one statement, or of none."""
    return write_withdrawn([statement] if statement else [])


class GuardianDraft:
    """A child with a card, a parent with a right, and everything open to change."""

    def __init__(self, scene: Scene) -> None:
        """Make their keys, and what they have of one another."""
        self.scene = scene
        self.child = SoftwareSigner.generate(Algorithm.ES256)
        self.parent = SoftwareSigner.generate(Algorithm.ES256)
        self.stranger = SoftwareSigner.generate(Algorithm.ES256)
        self.guarded = self.child.public_key
        self.right_key = self.parent.public_key
        self.right_type = GUARDIAN
        self.right_acts = ["age", "hotel"]
        self.right_life = 8 * HOUR
        self.right_shape = CompactShape.SINGLE_PURPOSE
        self.delegated_to = self.parent.public_key
        self.delegated_by: Signer = self.child
        self.acts = [Act.AGE]
        self.since, self.until = scene.at, scene.at + HOUR
        self.signed_by: Signer = self.parent
        self.shown = ("age_over_18",)
        self.policy = RETAIL
        self.withdrawn_by: Signer | None = None
        self.listed_by: Signer | None = None
        self.listed: Callable[[bytes], bytes] = withdrawn_list
        self.list_taken: datetime | None = None
        self.later = timedelta()
        self.asks = False
        self.octets = b""

    def _issue(self, content: Compact, key: HolderKey, *, life: timedelta) -> bytes:
        made = self.scene.issuer.issue(
            content, holder_key=key, valid_until=self.scene.at + life, at=self.scene.at
        )
        return b64.decode(made.raw, at="x", clause="x")

    def judge(self) -> Report:
        """Judge what the parent shows, as the till would."""
        octets = delegate(
            self.delegated_to,
            acts=self.acts,
            signer=self.delegated_by,
            since=self.since,
            until=self.until,
        )
        self.octets = octets
        verifier = self.scene.new_verifier(policy=self.policy)
        if self.asks:
            return self._asked(verifier, octets)
        standing = verifier.standing_request(
            Query.claims("national-id", *self.shown), window=WINDOW
        )
        if self.withdrawn_by is not None:
            delegation = read_delegation(octets, at="x")
            standing = standing.without(withdraw(delegation, signer=self.withdrawn_by))
        return self.judged(self.proof(octets, Addressed(standing.audience)), standing)

    def _asked(self, verifier: Verifier, octets: bytes) -> Report:
        """Judge the answer to a question of the till."""
        if self.withdrawn_by is not None:
            delegation = read_delegation(octets, at="x")
            verifier = verifier.without(withdraw(delegation, signer=self.withdrawn_by))
        query = Query.claims("national-id", *self.shown, formats=[Format.COMPACT])
        request = verifier.request(query, purpose="a sale", at=self.scene.at)
        to = Addressed(request.client_id, request.nonce)
        return self.judged(self.proof(octets, to), request)

    def judged(
        self, proof: bytes, request: StandingRequest | PresentationRequest
    ) -> Report:
        """Judge a proof."""
        own = TrustAnchor.from_signer_certificate(
            self.scene.issuer_identity.chain[0],
            name="the issuer's own certificate",
            purposes=[Purpose.ISSUE_CREDENTIALS],
        )
        return evaluate_presentation(
            write_qr_text(QrKind.PROOF, proof),
            request=request,
            trust=TrustStore([own], evidence=self._evidence()),
            at=self.scene.at + self.later,
        ).report

    def _evidence(self) -> EvidenceAtHand:
        """Return the list of delegations taken back, where somebody made one."""
        if self.list_taken is None and self.listed_by is None:
            return NOTHING_AT_HAND
        listed = b""
        if self.listed_by is not None:
            delegation = read_delegation(self.octets, at="x")
            listed = withdraw(delegation, signer=self.listed_by)
        origin = Origin(taken=self.list_taken or self.scene.at, source="bundle")
        made = WithdrawnAtHand(
            name="families", statements=self.listed(listed), origin=origin
        )
        return EvidenceAtHand(withdrawn=[made])

    def proof(self, delegation: bytes, to: Addressed) -> bytes:
        """Return what the parent shows."""
        key = HolderKey.unproven(self.child.public_key, reason="a test")
        content = Compact("national-id", twelve_claims())
        card = read_issued(self._issue(content, key, life=12 * HOUR), at="card")
        names = list(card.claims)
        acting = Acting(read_cbor(delegation, at="x"), self._right().value)
        return proof_bytes(
            card,
            tuple(names.index(each) for each in self.shown),
            signer=self.signed_by,
            to=replace(to, acting=acting),
            at=self.scene.at + self.later,
        )

    def _right(self) -> IssuedCompact:
        claims: dict[str, ClaimValue] = {
            "guardian_of": child_of(self.guarded),
            "acts": self.right_acts,
        }
        key = HolderKey.unproven(self.right_key, reason="a test")
        content = Compact(self.right_type, claims, shape=self.right_shape)
        issued = self._issue(content, key, life=self.right_life)
        return read_issued(issued, at="right")


@dataclass(frozen=True, slots=True)
class GuardianForgery(Forged[GuardianDraft]):
    """A guardian whom no till may believe; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[GuardianDraft, GuardianDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: GuardianDraft(scene))


def changed(**values: object) -> Callable[[GuardianDraft], None]:
    """Return what sets fields of the draft."""

    def change(family: GuardianDraft) -> None:
        for name, value in values.items():
            setattr(family, name, value)

    return change


def by(name: str, of: str) -> Callable[[GuardianDraft], None]:
    """Return what puts somebody else's key, or signature, in that place."""

    def change(family: GuardianDraft) -> None:
        signer: SoftwareSigner = getattr(family, of)
        wanted = name.endswith("_by")
        setattr(family, name, signer if wanted else signer.public_key)

    return change


def _over(family: GuardianDraft) -> None:
    family.later = HOUR + timedelta(seconds=60)


def _not_yet(family: GuardianDraft) -> None:
    family.since = family.scene.at + timedelta(minutes=5)


_ALL: Final[
    tuple[tuple[str, CheckId, Reason, Callable[[GuardianDraft], None]], ...]
] = (
    (
        "delegated by a stranger",
        DELEGATION,
        Reason.INVALID,
        by("delegated_by", "stranger"),
    ),
    (
        "delegated by the parent",
        DELEGATION,
        Reason.INVALID,
        by("delegated_by", "parent"),
    ),
    ("withdrawn by the child", DELEGATION, Reason.REVOKED, by("withdrawn_by", "child")),
    (
        "withdrawn by the parent",
        DELEGATION,
        Reason.REVOKED,
        by("withdrawn_by", "parent"),
    ),
    (
        "withdrawn by the child, as the bundle says",
        DELEGATION,
        Reason.REVOKED,
        by("listed_by", "child"),
    ),
    (
        "withdrawn by the parent, as the bundle says",
        DELEGATION,
        Reason.REVOKED,
        by("listed_by", "parent"),
    ),
    ("over", DELEGATION, Reason.EXPIRED, _over),
    ("not begun", DELEGATION, Reason.NOT_YET_VALID, _not_yet),
    (
        "the guardian of another child",
        DELEGATION,
        Reason.NOT_GUARDIAN,
        by("guarded", "stranger"),
    ),
    (
        "a right of another type",
        DELEGATION,
        Reason.NOT_GUARDIAN,
        changed(right_type="urn:example:club:1"),
    ),
    (
        "a right that keeps claims back",
        CheckId.CREDENTIAL_FORMAT,
        Reason.MALFORMED,
        changed(right_shape=CompactShape.SELECTIVE),
    ),
    (
        "an act that the right has not",
        DELEGATION,
        Reason.WIDER_THAN_RIGHT,
        changed(acts=[Act.AGE, Act.SCHOOL]),
    ),
    (
        "longer than the right",
        DELEGATION,
        Reason.WIDER_THAN_RIGHT,
        changed(right_life=timedelta(minutes=30)),
    ),
    (
        "a claim that the act does not take",
        DELEGATION,
        Reason.CLAIM_NOT_ADMITTED,
        changed(shown=("family_name",)),
    ),
    (
        "a policy that names no guardians",
        DELEGATION,
        Reason.NOT_AUTHORIZED,
        changed(
            policy=replace(RETAIL, name="alone", delegation=DelegationRule.REFUSED)
        ),
    ),
    (
        "shown by a stranger",
        CheckId.HOLDER_BINDING,
        Reason.INVALID,
        by("signed_by", "stranger"),
    ),
    (
        "shown by the child under the parent's right",
        CheckId.HOLDER_BINDING,
        Reason.INVALID,
        by("signed_by", "child"),
    ),
    (
        "the right of another guardian",
        CheckId.HOLDER_BINDING,
        Reason.KEY_NOT_HELD,
        by("right_key", "stranger"),
    ),
)

WITHDRAWALS_ASKED: Final = replace(
    RETAIL, name="asks", delegation=DelegationRule.WITHDRAWALS_REQUIRED
)
"""A till that has to know which delegations were taken back."""


def _asking(family: GuardianDraft) -> None:
    family.policy, family.list_taken = WITHDRAWALS_ASKED, family.scene.at


def _list_of(age: timedelta) -> Callable[[GuardianDraft], None]:
    def change(family: GuardianDraft) -> None:
        family.list_taken = family.scene.at - age

    return change


_UNKNOWN: Final[
    tuple[tuple[str, CheckId, Reason, Callable[[GuardianDraft], None]], ...]
] = (
    (
        "no list of those taken back",
        DELEGATION,
        Reason.UNKNOWN,
        changed(list_taken=None),
    ),
    (
        "a list that cannot be read",
        DELEGATION,
        Reason.UNKNOWN,
        changed(listed=lambda _: b"\xa1"),
    ),
    (
        "a list that is too old",
        DELEGATION,
        Reason.STALE,
        _list_of(RETAIL.freshness.maximum_age + timedelta(seconds=1)),
    ),
    (
        "a list that is still to come",
        DELEGATION,
        Reason.CLOCK_BEFORE_EVIDENCE,
        _list_of(-RETAIL.clock_skew - timedelta(seconds=1)),
    ),
)

GUARDIAN_FORGERIES: Final = (
    *(GuardianForgery(*each) for each in _ALL),
    *(GuardianForgery(*each, _asking) for each in _UNKNOWN),
)
"""Every guardian whom no till may believe, by the check that it is about."""
