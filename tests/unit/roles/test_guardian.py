"""A parent answers for a child: what was delegated, by which right, and no more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

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
from idwallet.credentials.compact.structures import read_issued, read_proof
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UsageError
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.compact import twelve_claims
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import DelegationRule

HOUR = timedelta(hours=1)
WINDOW = timedelta(seconds=30)
DELEGATION = CheckId.HOLDER_DELEGATION


class Family:
    """A child with a card, a parent with a right, and everything open to change."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.child = SoftwareSigner.generate(Algorithm.ES256)
        self.parent = SoftwareSigner.generate(Algorithm.ES256)
        self.stranger = SoftwareSigner.generate(Algorithm.ES256)
        self.guarded = self.child.public_key
        self.right_key = self.parent.public_key
        self.right_type = GUARDIAN
        self.right_acts = ["age", "hotel"]
        self.right_life = 8 * HOUR
        self.delegated_to = self.parent.public_key
        self.delegated_by: Signer = self.child
        self.acts = [Act.AGE]
        self.since, self.until = scene.at, scene.at + HOUR
        self.signed_by: Signer = self.parent
        self.shown = ("age_over_18",)
        self.policy = RETAIL
        self.withdrawn_by: Signer | None = None
        self.later = timedelta()

    def _issue(self, content: Compact, key: HolderKey, life: timedelta) -> bytes:
        made = self.scene.issuer.issue(
            content, holder_key=key, valid_until=self.scene.at + life, at=self.scene.at
        )
        return b64.decode(made.raw, at="x", clause="x")

    def judge(self) -> Report:
        at = self.scene.at
        card = read_issued(
            self._issue(
                Compact("national-id", twelve_claims()),
                HolderKey.unproven(self.child.public_key, reason="a test"),
                12 * HOUR,
            ),
            at="card",
        )
        claims = {"guardian_of": child_of(self.guarded), "acts": self.right_acts}
        right = read_issued(
            self._issue(
                Compact(self.right_type, claims, shape=CompactShape.SINGLE_PURPOSE),
                HolderKey.unproven(self.right_key, reason="a test"),
                self.right_life,
            ),
            at="right",
        )
        octets = delegate(
            self.delegated_to,
            acts=self.acts,
            signer=self.delegated_by,
            since=self.since,
            until=self.until,
        )
        names = list(card.claims)
        identity = self.scene.verifier.identity.client_id
        proof = proof_bytes(
            card,
            tuple(names.index(each) for each in self.shown),
            signer=self.signed_by,
            to=Addressed(
                f"{identity}#till",
                acting=Acting(read_cbor(octets, at="x"), right.value),
            ),
            at=at + self.later,
        )
        verifier = self.scene.new_verifier(policy=self.policy)
        standing = verifier.standing_request(
            Query.claims("national-id", *self.shown), window=WINDOW
        )
        if self.withdrawn_by is not None:
            ended = withdraw(read_delegation(octets, at="x"), signer=self.withdrawn_by)
            standing = standing.without(ended)
        own = TrustAnchor.from_signer_certificate(
            self.scene.issuer_identity.chain[0],
            name="the issuer's own certificate",
            purposes=[Purpose.ISSUE_CREDENTIALS],
        )
        return evaluate_presentation(
            write_qr_text(QrKind.PROOF, proof),
            request=standing,
            trust=TrustStore([own]),
            at=at + self.later,
        ).report


@cache
def scene() -> Scene:
    return Scene()


def failed(report: Report) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in report.failed()}


def test_a_parent_answers_for_a_child_and_the_verdict_says_who_for_whom() -> None:
    family = Family(scene())
    report = family.judge()
    assert report.outcome is Outcome.PASSED
    (said,) = (each for each in report.checks if each.id is DELEGATION)
    assert said.reason is Reason.DELEGATED_ACCEPTED
    assert said.fact("by") == f"key {family.parent.public_key.thumbprint[:8]}"
    assert said.fact("name") == f"key {family.child.public_key.thumbprint[:8]}"
    assert said.fact("what") == "age"
    subjects = {each.subject for each in report.checks}
    assert any(each.endswith(".guardian") for each in subjects)


def changed(**values: object) -> Callable[[Family], None]:
    def change(family: Family) -> None:
        for name, value in values.items():
            setattr(family, name, value)

    return change


def by(name: str, of: str) -> Callable[[Family], None]:
    def change(family: Family) -> None:
        signer: SoftwareSigner = getattr(family, of)
        wanted = name.endswith("_by")
        setattr(family, name, signer if wanted else signer.public_key)

    return change


def a_day_later(family: Family) -> None:
    family.later = HOUR + timedelta(seconds=61)


def not_yet(family: Family) -> None:
    family.since = family.scene.at + timedelta(minutes=5)


FORGERIES: dict[str, tuple[CheckId, Reason, Callable[[Family], None]]] = {
    "delegated by a stranger": (
        DELEGATION,
        Reason.INVALID,
        by("delegated_by", "stranger"),
    ),
    "delegated by the parent": (
        DELEGATION,
        Reason.INVALID,
        by("delegated_by", "parent"),
    ),
    "withdrawn by the child": (
        DELEGATION,
        Reason.REVOKED,
        by("withdrawn_by", "child"),
    ),
    "withdrawn by the parent": (
        DELEGATION,
        Reason.REVOKED,
        by("withdrawn_by", "parent"),
    ),
    "over": (DELEGATION, Reason.EXPIRED, a_day_later),
    "not begun": (DELEGATION, Reason.NOT_YET_VALID, not_yet),
    "the guardian of another child": (
        DELEGATION,
        Reason.NOT_GUARDIAN,
        by("guarded", "stranger"),
    ),
    "a right of another type": (
        DELEGATION,
        Reason.NOT_GUARDIAN,
        changed(right_type="urn:example:club:1"),
    ),
    "an act that the right has not": (
        DELEGATION,
        Reason.WIDER_THAN_RIGHT,
        changed(acts=[Act.AGE, Act.SCHOOL]),
    ),
    "longer than the right": (
        DELEGATION,
        Reason.WIDER_THAN_RIGHT,
        changed(right_life=timedelta(minutes=30)),
    ),
    "a claim that the act does not take": (
        DELEGATION,
        Reason.CLAIM_NOT_ADMITTED,
        changed(shown=("family_name",)),
    ),
    "a policy that names no guardians": (
        DELEGATION,
        Reason.NOT_AUTHORIZED,
        changed(
            policy=replace(RETAIL, name="alone", delegation=DelegationRule.REFUSED)
        ),
    ),
    "shown by a stranger": (
        CheckId.HOLDER_BINDING,
        Reason.INVALID,
        by("signed_by", "stranger"),
    ),
    "shown by the child under the parent's right": (
        CheckId.HOLDER_BINDING,
        Reason.INVALID,
        by("signed_by", "child"),
    ),
    "the right of another guardian": (
        CheckId.HOLDER_BINDING,
        Reason.KEY_NOT_HELD,
        by("right_key", "stranger"),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_the_fault_moves_its_check_and_no_other(name: str) -> None:
    check_id, reason, change = FORGERIES[name]
    family = Family(scene())
    assert family.judge().outcome is Outcome.PASSED
    change(family)
    report = family.judge()
    assert failed(report) == {check_id: reason}


def test_a_strangers_statement_takes_nothing_back() -> None:
    family = Family(scene())
    family.withdrawn_by = family.stranger
    assert family.judge().outcome is Outcome.PASSED


def test_acts_add_up() -> None:
    family = Family(scene())
    family.acts, family.shown = [Act.AGE, Act.HOTEL], ("age_over_18", "family_name")
    assert family.judge().outcome is Outcome.PASSED


@pytest.mark.parametrize("life", [timedelta(), timedelta(days=1), -HOUR])
def test_a_delegation_lives_for_less_than_a_day(life: timedelta) -> None:
    key = SoftwareSigner.generate(Algorithm.ES256)
    at = scene().at
    with pytest.raises(UsageError):
        delegate(key.public_key, acts=[Act.AGE], signer=key, since=at, until=at + life)


def test_no_act_is_no_delegation() -> None:
    key = SoftwareSigner.generate(Algorithm.ES256)
    at = scene().at
    with pytest.raises(UsageError):
        delegate(key.public_key, acts=[], signer=key, since=at, until=at + HOUR)


@pytest.mark.parametrize("octets", [b"", b"\x80", b"\xf6", bytes(40)])
def test_what_is_no_delegation_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        read_delegation(octets, at="x")


def test_a_proof_with_half_of_a_delegation_is_refused() -> None:
    with pytest.raises(MalformedError):
        read_proof(b"\x84\x40\xa0\x41\x80\x41\x00", at="x")
