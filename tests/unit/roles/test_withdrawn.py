"""What ends a delegation travels in a trust bundle, and a policy may ask for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from idwallet import limits
from idwallet.credentials.model import Format
from idwallet.credentials.query import Query
from idwallet.errors import UsageError, VerificationFailed, VerificationIndeterminate
from idwallet.report import (
    BundleNeeded,
    Check,
    CheckId,
    EvidenceKind,
    Outcome,
    Reason,
    Report,
)
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import Verifier
from idwallet.testing.bundle import BundleScene
from idwallet.testing.compact.family import CARD, Family
from idwallet.testing.compact.guardians import GuardianDraft
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle import BundlePart, build_bundle
from idwallet.trust.bundle.state import MemoryBundleState
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import DelegationRule

DELEGATION = CheckId.HOLDER_DELEGATION
STRICTER = replace(
    RETAIL, name="stricter", delegation=DelegationRule.WITHDRAWALS_REQUIRED
)
SECOND = timedelta(seconds=1)
AGE = Query.claims(CARD, "age_over_18", formats=[Format.COMPACT])


@cache
def scene() -> Scene:
    return Scene()


def said(report: Report) -> Check:
    (found,) = (each for each in report.checks if each.id is DELEGATION)
    return found


def required() -> GuardianDraft:
    family = GuardianDraft(scene())
    family.policy, family.list_taken = STRICTER, family.scene.at
    return family


def test_a_list_that_names_nobody_is_enough_for_a_policy_that_asks_for_one() -> None:
    report = required().judge()
    assert report.outcome is Outcome.PASSED
    (used,) = (e for e in report.evidence if e.kind is EvidenceKind.WITHDRAWN)
    assert (used.about, used.as_of, used.check) == ("families", scene().at, DELEGATION)


def test_a_strangers_statement_in_a_list_ends_nothing() -> None:
    family = GuardianDraft(scene())
    family.listed_by = family.stranger
    assert family.judge().outcome is Outcome.PASSED
    family.listed_by = family.child
    assert said(family.judge()).reason is Reason.REVOKED


def none_at_hand(family: GuardianDraft) -> None:
    family.list_taken = None


def too_old(family: GuardianDraft) -> None:
    oldest = family.scene.at - STRICTER.freshness.maximum_age
    family.list_taken = oldest
    assert family.judge().outcome is Outcome.PASSED
    family.list_taken = oldest - SECOND


def to_come(family: GuardianDraft) -> None:
    ahead = family.scene.at + STRICTER.clock_skew
    family.list_taken = ahead
    assert family.judge().outcome is Outcome.PASSED
    family.list_taken = ahead + SECOND


def broken(family: GuardianDraft) -> None:
    family.listed = lambda _: b"\xa1"


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (none_at_hand, Reason.UNKNOWN),
        (too_old, Reason.STALE),
        (to_come, Reason.CLOCK_BEFORE_EVIDENCE),
        (broken, Reason.UNKNOWN),
    ],
)
@pytest.mark.parametrize("asks", [False, True])
def test_what_is_not_known_is_open_where_the_policy_asks(
    forge: Callable[[GuardianDraft], None], reason: Reason, *, asks: bool
) -> None:
    family = required()
    family.asks = asks
    assert family.judge().outcome is Outcome.PASSED
    forge(family)
    report = family.judge()
    assert report.outcome is Outcome.INDETERMINATE
    assert said(report).reason is reason


@pytest.mark.parametrize("forge", [none_at_hand, too_old, to_come])
def test_a_policy_that_does_not_ask_believes_what_nobody_took_back(
    forge: Callable[[GuardianDraft], None],
) -> None:
    family = required()
    family.policy = RETAIL
    forge(family)
    assert family.judge().outcome is Outcome.PASSED


def test_a_list_that_cannot_be_read_is_no_silence_under_any_policy() -> None:
    family = required()
    family.policy = RETAIL
    broken(family)
    found = said(family.judge())
    assert found.outcome is Outcome.INDETERMINATE
    assert found.fact("what") == "malformed"


def test_what_was_taken_back_is_a_no_even_by_an_old_list() -> None:
    family = required()
    family.listed_by = family.child
    too_old_at = family.scene.at - 2 * STRICTER.freshness.maximum_age
    family.list_taken = too_old_at
    assert said(family.judge()).reason is Reason.REVOKED


def of_bundle(family: Family, *statements: bytes, sequence: int = 1) -> TrustStore:
    operator = BundleScene(at=family.at)
    issued = family.at
    roots = BundlePart.of_anchors(
        [*family.till_trust().anchors, *family.scene.trust.anchors],
        name="roots",
        as_of=issued,
    )
    ended = BundlePart.of_withdrawn(statements, name="families", as_of=issued)
    content = replace(operator.content(sequence), issued=issued, parts=[roots, ended])
    return TrustStore.from_bundle(
        build_bundle(content, signer=operator.operator),
        operator=operator.operator.public_key,
        state=MemoryBundleState(),
        at=family.at,
    )


def judged_by(family: Family, trust: TrustStore) -> Report:
    verifier = family.scene.new_verifier(policy=STRICTER)
    request = verifier.request(AGE, purpose="a sale", at=family.at)
    wallet = family.parent.wallet
    (ward,) = wallet.wards()
    asked = wallet.read_request(request.message.raw, at=family.at)
    choice = wallet.match_ward(asked, ward, at=family.at).choose()
    (code,) = wallet.present_qr(asked, choice, at=family.at).codes
    return evaluate_presentation(
        code.text, request=request, trust=trust, at=family.at
    ).report


def test_a_bundle_brings_it_to_a_till() -> None:
    family = Family(scene())
    ward = family.ward()
    statement = family.child.wallet.take_back(
        family.child.wallet.delegations()[0].octets, at=family.at
    )
    assert judged_by(family, of_bundle(family)).outcome is Outcome.PASSED
    newer = of_bundle(family, statement, sequence=2)
    found = said(judged_by(family, newer))
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.REVOKED)
    assert ward.name


def test_a_bundle_brings_it_to_the_wallet_too() -> None:
    family = Family(scene())
    handed = family.delegated()
    ward = family.parent.wallet.add_ward(handed, at=family.at)
    statement = family.child.wallet.take_back(handed.delegation, at=family.at)
    knowing = family.parent.opened(of_bundle(family, statement))
    asked = knowing.show_unasked(AGE, at=family.at)
    for act in (
        lambda: knowing.match_ward(asked, ward, at=family.at),
        lambda: knowing.add_ward(handed, at=family.at),
    ):
        with pytest.raises(VerificationFailed) as error:
            act()
        assert said(error.value.report).reason is Reason.REVOKED


def test_what_is_missing_is_a_newer_bundle() -> None:
    family = Family(scene())
    family.ward()
    trust = of_bundle(family)
    old = trust.evidence.withdrawn[0]
    long_ago = replace(old.origin, taken=family.at - timedelta(days=8))
    stale = trust.with_evidence(
        type(trust.evidence)(
            withdrawn=[replace(old, origin=long_ago)],
            anchors=trust.evidence.anchors,
            renewal=trust.evidence.renewal,
        )
    )
    found = said(judged_by(family, stale))
    assert found.reason is Reason.STALE
    assert found.needs == (BundleNeeded("idwallet TEST shops", 1),)
    both = trust.with_evidence(trust.evidence.plus(stale.evidence))
    assert judged_by(family, both).outcome is Outcome.PASSED


def test_a_wallet_of_such_a_policy_signs_nothing_without_a_list() -> None:
    family = Family(scene())
    handed = family.delegated()
    ward = family.parent.wallet.add_ward(handed, at=family.at)
    family.parent.policy = STRICTER
    asking = family.parent.opened(family.scene.trust)
    asked = asking.show_unasked(AGE, at=family.at)
    with pytest.raises(VerificationIndeterminate):
        asking.match_ward(asked, ward, at=family.at)
    knowing = family.parent.opened(of_bundle(family))
    assert knowing.match_ward(asked, ward, at=family.at).found.is_satisfiable()


def test_statements_given_to_a_verifier_are_bounded() -> None:
    one = scene().new_verifier()
    many = (b"x",) * limits.DELEGATIONS_WITHDRAWN

    def made(withdrawn: tuple[bytes, ...]) -> Verifier:
        return Verifier(
            identity=one.identity,
            policy=one.policy,
            replay=one.replay,
            withdrawn=withdrawn,
        )

    assert made(many).withdrawn == many
    with pytest.raises(UsageError, match="DELEGATIONS_WITHDRAWN"):
        made((*many, b"y"))
