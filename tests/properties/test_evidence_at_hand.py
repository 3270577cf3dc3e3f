"""What holds of verdicts whatever evidence is at hand, and whenever they are made."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from idwallet.credentials.required import Context, HeldBy
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import Check, CheckId, Outcome, Reason
from idwallet.testing.corpus.taken_back import listed
from idwallet.testing.draft import draft
from idwallet.testing.evidence import crls, status_list
from idwallet.testing.pki import TestIdentity
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, StatusListAtHand
from idwallet.trust.freshness import FreshnessRule, StaleRule
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy, RevocationRule, StatusRule

HOUR: Final = timedelta(hours=1)
SCENE: Final = Scene(seed=b"evidence at hand")
STRANGER: Final = SCENE.pki.issuer("https://stranger.example")
STATUS, ISSUER = CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_REVOCATION
HOURS: Final = st.integers(min_value=-5, max_value=5).map(lambda n: 6 * n)

Lists = list[StatusListAtHand]
Crls = list[CrlAtHand]


def _shown() -> str:
    made = draft(SCENE)
    listed(made)
    return made.shown()


SHOWN: Final = _shown()
HELD: Final = HeldBy(frozenset({SCENE.holder_signer.public_key.thumbprint}))


@cache
def a_list(since: int, value: int, *, life: int, by: str) -> StatusListAtHand:
    signer: TestIdentity = SCENE.issuer_identity if by == "issuer" else STRANGER
    return status_list(
        signer,
        entries=[(7, value)] if value else [],
        at=SCENE.at + since * HOUR,
        life=life * HOUR,
    )


@cache
def a_crl(number: int, since: int, *, revoked: bool, life: int) -> CrlAtHand:
    return crls(
        SCENE.issuer_identity,
        revoked={number: None} if revoked else {},
        at=SCENE.at + since * HOUR,
        life=life * HOUR,
    )[number]


LISTS: Final = st.builds(
    a_list,
    HOURS,
    st.integers(min_value=0, max_value=4),
    life=st.sampled_from([6, 24, 240]),
    by=st.sampled_from(["issuer", "issuer", "stranger"]),
)
CRLS: Final = st.builds(
    a_crl,
    st.integers(min_value=0, max_value=1),
    HOURS,
    revoked=st.booleans(),
    life=st.sampled_from([12, 48]),
)
POLICIES: Final = st.builds(
    lambda stale, hours, days: replace(
        WALLET,
        status=StatusRule.REQUIRED,
        revocation=RevocationRule.REQUIRED,
        freshness=FreshnessRule(stale, hours * HOUR),
        revocation_age=days * 24 * HOUR,
    ),
    st.sampled_from(StaleRule),
    st.sampled_from([1, 12, 48]),
    st.sampled_from([1, 7]),
)


def store(lists: Lists, revocation: Crls) -> TrustStore:
    evidence = EvidenceAtHand(status_lists=lists, crls=revocation)
    return SCENE.trust.with_evidence(evidence)


def judged(trust: TrustStore, policy: Policy, *, at: datetime) -> dict[CheckId, Check]:
    verdict = evaluate(
        SHOWN, expected=HELD, context=Context(trust, policy, at), subject="card"
    )
    return {each.id: each for each in verdict.checks}


def passed(found: dict[CheckId, Check]) -> bool:
    return all(found[each].outcome is Outcome.PASSED for each in (STATUS, ISSUER))


FEW: Final = st.lists(LISTS, max_size=3)
SOME: Final = st.lists(CRLS, max_size=4)


@given(FEW, SOME, POLICIES, HOURS, st.data())
def test_whatever_is_removed_what_passes_is_fresh_under_the_policy(
    lists: Lists, revocation: Crls, policy: Policy, hours: int, data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(lists))) if lists else []
    at = SCENE.at + hours * HOUR
    found = judged(store(kept[:4], revocation), policy, at=at)
    status = found[STATUS]
    if status.outcome is Outcome.PASSED:
        signed = status.fact("signed")
        assert isinstance(signed, datetime)
        assert timedelta() <= at - signed <= policy.freshness.maximum_age
        if status.reason is Reason.NOT_REVOKED:
            assert at - signed <= HOUR
        else:
            assert policy.freshness.stale is StaleRule.ACCEPTED
    issuer = found[ISSUER]
    if issuer.outcome is Outcome.PASSED:
        signed = issuer.fact("signed")
        assert isinstance(signed, datetime)
        assert timedelta() <= at - signed <= policy.revocation_age


@given(LISTS, st.integers(0, 1), POLICIES, HOURS, st.data())
def test_removing_evidence_never_turns_a_no_or_an_open_question_into_a_pass(
    one: StatusListAtHand,
    revoked: int,
    policy: Policy,
    hours: int,
    data: st.DataObject,
) -> None:
    since = data.draw(HOURS)
    both = [
        a_crl(0, since, revoked=revoked == 1, life=48),
        a_crl(1, since, revoked=False, life=48),
    ]
    at = SCENE.at + hours * HOUR
    whole = judged(store([one], both), policy, at=at)
    if not passed(whole):
        lists = data.draw(st.sampled_from([[one], []]))
        less = data.draw(st.sampled_from([both, both[:1], both[1:], []]))
        assert not passed(judged(store(lists, less), policy, at=at))


@given(LISTS, SOME, POLICIES, HOURS, HOURS)
def test_a_later_moment_never_makes_what_was_too_old_fresh_again(
    one: StatusListAtHand, revocation: Crls, policy: Policy, first: int, other: int
) -> None:
    early, late = (SCENE.at + hours * HOUR for hours in sorted((first, other)))
    before = judged(store([one], []), policy, at=early)[STATUS]
    after = judged(store([one], []), policy, at=late)[STATUS]
    gone = {Reason.LIST_EXPIRED, Reason.LIST_STALE}
    if before.reason in gone:
        assert after.reason in gone
    revoked = judged(store([], revocation), policy, at=early)[ISSUER]
    if revoked.reason is Reason.REVOKED:
        still = judged(store([], revocation), policy, at=late)[ISSUER]
        assert still.reason is Reason.REVOKED


@given(FEW, SOME, POLICIES, HOURS)
def test_the_order_of_evidence_changes_nothing_that_is_decided(
    lists: Lists, revocation: Crls, policy: Policy, hours: int
) -> None:
    at = SCENE.at + hours * HOUR
    one = judged(store(lists, revocation), policy, at=at)
    turned = judged(store(lists[::-1], revocation[::-1]), policy, at=at)
    assert {e: c.outcome for e, c in one.items()} == {
        e: c.outcome for e, c in turned.items()
    }


@given(FEW, SOME, POLICIES, st.lists(HOURS, min_size=2, max_size=4))
def test_what_a_store_remembers_changes_no_verdict(
    lists: Lists, revocation: Crls, policy: Policy, hours: list[int]
) -> None:
    warm = store(lists, revocation)
    for each in hours:
        at = SCENE.at + each * HOUR
        cold = judged(store(lists, revocation), policy, at=at)
        assert judged(warm, policy, at=at) == cold


@given(FEW, SOME, POLICIES, HOURS)
def test_a_forged_credential_names_no_need_whatever_is_at_hand(
    lists: Lists, revocation: Crls, policy: Policy, hours: int
) -> None:
    verdict = evaluate(
        FORGED,
        expected=HELD,
        context=Context(store(lists, revocation), policy, SCENE.at + hours * HOUR),
        subject="card",
    )
    assert not [each for each in verdict.checks if each.needs]


def _forged() -> str:
    made = draft(SCENE)
    listed(made)
    made.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)
    return made.shown()


FORGED: Final = _forged()
