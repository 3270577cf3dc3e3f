"""A wallet says how its cards stand now: taken back, over, or as good as ever."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.credentials.possession import HolderKey
from idwallet.crypto.seal import SealKey
from idwallet.errors import UsageError
from idwallet.explain import explain
from idwallet.report import CheckId, Outcome, Reason, Report, StatusListNeeded
from idwallet.roles.holder import Holder
from idwallet.roles.record import HeldCredential
from idwallet.testing.compact.family import Family
from idwallet.testing.evidence import LIST, status_list
from idwallet.testing.scene import LIFE, Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.policies import WALLET, StatusRule
from idwallet.trust.status_list import StatusReference

SCENE = Scene(seed=b"idwallet TEST how cards stand")
AT = SCENE.at
REVOKED = 1


def with_list(entries: Iterable[tuple[int, int]] = (), *, by: str = "") -> TrustStore:
    """Return the wallet's trust with the issuer's newest list at hand."""
    signer = SCENE.reader_identity if by == "another" else SCENE.issuer_identity
    found = status_list(signer, entries=entries, at=AT)
    return SCENE.trust.with_evidence(EvidenceAtHand(status_lists=[found]))


def card_in(wallet: Holder, *, index: int = 5) -> HeldCredential:
    """Store a card whose status stands at that place."""
    content = replace(SCENE.content(), status=StatusReference(LIST, index))
    return wallet.add(SCENE.issue(content), at=AT)


def batch_in(wallet: Holder, indices: Iterable[int]) -> HeldCredential:
    """Store a batch of which each copy has a status of its own."""
    statuses = [StatusReference(LIST, each) for each in indices]
    keys = [SCENE.new_holder_signer().public_key for _ in statuses]
    copies = SCENE.issuer.issue_batch(
        SCENE.content(),
        holder_keys=[HolderKey.unproven(e, reason="a test key") for e in keys],
        valid_until=AT + LIFE,
        at=AT,
        statuses=statuses,
    )
    return wallet.add_batch(copies, at=AT)


def status_of(report: Report) -> Reason:
    (found,) = (e for e in report.checks if e.id is CheckId.CREDENTIAL_STATUS)
    return found.reason


def test_a_card_that_was_taken_back_is_told_and_one_that_was_not_passes() -> None:
    wallet = SCENE.new_wallet()
    card = card_in(wallet)
    for entries, outcome in (
        ([], Outcome.PASSED),
        ([(4, REVOKED), (6, REVOKED)], Outcome.PASSED),
        ([(5, REVOKED)], Outcome.FAILED),
    ):
        report = wallet.evaluate(card, at=AT, trust=with_list(entries))
        assert report.outcome is outcome
    assert status_of(report) is Reason.REVOKED
    assert report.anchors == with_list().evidence.anchors
    for lang in ("en", "ru"):
        told = explain(report, lang=lang, reader="holder")  # type: ignore[arg-type]
        assert told.lines
    # It stays where it is: who deletes it is the person.
    assert wallet.credentials() == (card,)


def test_a_list_of_somebody_else_takes_no_card_back() -> None:
    wallet = SCENE.new_wallet()
    card = card_in(wallet)
    trust = with_list([(5, REVOKED)], by="another")
    assert status_of(wallet.evaluate(card, at=AT, trust=trust)) is not Reason.REVOKED


def test_without_a_list_nothing_is_known_and_the_list_is_named() -> None:
    wallet = SCENE.new_wallet()
    report = wallet.evaluate(card_in(wallet), at=AT)
    assert report.outcome is Outcome.INDETERMINATE
    (missing,) = report.missing()
    assert isinstance(missing, StatusListNeeded)
    assert missing.uri == LIST


@pytest.mark.parametrize("late", [LIFE - timedelta(minutes=9), LIFE + timedelta(1)])
def test_a_card_whose_time_is_over_fails(late: timedelta) -> None:
    wallet = SCENE.new_wallet()
    (card,) = (wallet.add(SCENE.issue(), at=AT),)
    outcome = wallet.evaluate(card, at=AT + late).outcome
    assert outcome is (Outcome.FAILED if late > LIFE else Outcome.PASSED)


def test_of_a_batch_one_copy_that_was_taken_back_is_told() -> None:
    wallet = SCENE.new_wallet()
    card = batch_in(wallet, [11, 41, 71])
    assert wallet.evaluate(card, at=AT, trust=with_list()).outcome is Outcome.PASSED
    for place in (11, 41, 71):
        report = wallet.evaluate(card, at=AT, trust=with_list([(place, REVOKED)]))
        assert status_of(report) is Reason.REVOKED


def test_a_card_without_its_key_fails_and_one_of_a_child_is_not_asked_here() -> None:
    wallet = SCENE.new_wallet()
    signer = SCENE.new_holder_signer()
    key = HolderKey.unproven(signer.public_key, reason="a test key")
    made = SCENE.issuer.issue(
        SCENE.content(), holder_key=key, valid_until=AT + LIFE, at=AT
    )
    card = wallet.add(made, at=AT)
    SCENE.keys.delete(card.thumbprint)
    failed = wallet.evaluate(card, at=AT).failed()
    assert [each.id for each in failed] == [CheckId.HOLDER_BINDING]
    family = Family(Scene())
    with pytest.raises(UsageError, match="owner"):
        family.parent.wallet.evaluate(family.ward(), at=family.at)
    with pytest.raises(UsageError, match="zone"):
        wallet.evaluate(card, at=datetime(2026, 11, 27))  # noqa: DTZ001


def test_a_policy_that_demands_a_status_demands_it_of_cards_that_are_held() -> None:
    held = SCENE.new_wallet().add(SCENE.issue(), at=AT)  # it has none
    for rule, outcome in (
        (StatusRule.NOT_REQUIRED_ACCEPTED, Outcome.PASSED),
        (StatusRule.IF_PRESENT, Outcome.PASSED),
        (StatusRule.REQUIRED, Outcome.FAILED),
    ):
        wallet = Holder(
            store=MemoryStore(),
            seal=SealKey(bytes(32)),
            keys=SCENE.keys,
            trust=SCENE.trust,
            policy=replace(WALLET, status=rule),
        )
        assert wallet.evaluate(held, at=AT).outcome is outcome


def test_a_batch_with_no_copy_left_says_nothing() -> None:
    wallet = SCENE.new_wallet()
    card = batch_in(wallet, [1, 41])
    wallet.delete(card.name)
    with pytest.raises(UsageError, match="copy"):
        wallet.evaluate(card, at=AT)
