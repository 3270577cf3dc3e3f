"""Each forged compact credential fails one check, and its twin passes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import permutations

import pytest

from idwallet.credentials.compact.issue import CompactLife
from idwallet.credentials.presence import PersonVerified
from idwallet.crypto.algorithms import Algorithm
from idwallet.report import TABLE, Check, CheckId, Outcome, Reason
from idwallet.testing.certificates import CertificatePlan, key_from_seed
from idwallet.testing.compact import (
    COMPACT_FORGERIES,
    CompactForgery,
    CompactScene,
    compact_draft,
)
from idwallet.testing.compact.at_hand import at_hand_draft, bring, issued_by
from idwallet.testing.compact.draft import CompactDraft, asked_draft
from idwallet.testing.corpus.forgery import moved
from idwallet.testing.pki import TestIdentity
from idwallet.trust.certificate import Certificate
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import PresenceRule


@cache
def scene() -> CompactScene:
    return CompactScene()


@pytest.mark.parametrize("forgery", COMPACT_FORGERIES, ids=lambda each: each.name)
def test_the_fault_moves_its_check_and_no_other(forgery: CompactForgery) -> None:
    valid, forged = forgery.twins(scene())
    before, after = valid.judge(), forged.judge()
    assert before.outcome is Outcome.PASSED, [
        (each.id, each.reason, each.facts)
        for each in before.checks
        if each.outcome is not Outcome.PASSED
    ]
    assert after.outcome is Outcome.FAILED
    hit, waiting = moved(before, after)
    assert hit == {forgery.check}
    assert waiting <= set(CheckId) - {forgery.check}
    (found,) = (each for each in after.checks if each.id is forgery.check)
    assert found.reason is forgery.reason, found
    assert found.outcome is TABLE[forgery.check, forgery.reason].outcome


def test_names_of_forgeries_are_their_own() -> None:
    names = [each.name for each in COMPACT_FORGERIES]
    assert len(set(names)) == len(names) >= 60


SECOND = timedelta(seconds=1)
LIFE = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("ago", "reason"),
    [
        (LIFE + RETAIL.clock_skew, Reason.EXPIRED),
        (LIFE + RETAIL.clock_skew - SECOND, Reason.CURRENT),
        (-RETAIL.clock_skew, Reason.CURRENT),
        (-RETAIL.clock_skew - SECOND, Reason.NOT_YET_VALID),
    ],
)
def test_a_life_begins_and_ends_to_the_second(ago: timedelta, reason: Reason) -> None:
    made = compact_draft(scene())
    made.life = CompactLife(made.at - ago, 10)
    assert made.policy.clock_skew == RETAIL.clock_skew
    (said,) = (
        each for each in made.judge().checks if each.id is CheckId.CREDENTIAL_VALIDITY
    )
    assert said.reason is reason


@pytest.mark.parametrize(
    ("skew", "away", "reason"),
    [
        (60, -30, Reason.FRESH),
        (60, -31, Reason.TOO_OLD),
        (60, 30, Reason.FRESH),
        (60, 31, Reason.FROM_THE_FUTURE),
        (5, 5, Reason.FRESH),
        (5, 6, Reason.FROM_THE_FUTURE),
    ],
)
def test_a_window_is_of_the_tills_clock_to_the_second(
    skew: int, away: int, reason: Reason
) -> None:
    made = compact_draft(scene())
    made.policy = replace(made.policy, name="skewed", clock_skew=skew * SECOND)
    made.moment = made.at + away * SECOND
    assert made.bound.window == 30 * SECOND
    (said,) = (
        each
        for each in made.judge().checks
        if each.id is CheckId.PRESENTATION_FRESHNESS
    )
    assert said.reason is reason


@pytest.mark.parametrize(
    ("early", "reason"),
    [(0, Reason.CURRENT), (1, Reason.SIGNED_OUTSIDE_CERTIFICATE)],
)
def test_none_is_older_than_the_certificate_of_its_issuer(
    early: int, reason: Reason
) -> None:
    made = compact_draft(scene())
    identity = scene().pki.issuer()
    made.issuer, made.chain = identity.signer, identity.chain
    since = Certificate.from_der(identity.chain[0], at="x").not_before
    made.life = CompactLife(since - early * SECOND, 3 * 24 * 60)
    (said,) = (
        each for each in made.judge().checks if each.id is CheckId.CREDENTIAL_VALIDITY
    )
    assert said.reason is reason


@pytest.mark.parametrize("ago", [0, 1, 23])
def test_what_was_issued_before_a_renewal_passes_with_both_certificates_at_hand(
    ago: int,
) -> None:
    """One key, certified for one name a day ago and again an hour ago."""
    made = at_hand_draft(scene())
    key = key_from_seed(Algorithm.ES256, seed=b"renewed", label="key")

    def certified(since: datetime) -> TestIdentity:
        def change(plan: CertificatePlan) -> CertificatePlan:
            return replace(plan, key=key, not_before=since)

        return scene().pki.issuer(intermediates=0, change=change)

    hour = timedelta(hours=1)
    old, new = certified(made.at - 24 * hour), certified(made.at - hour)
    issued_by(made, old)
    made.life = CompactLife(made.at - ago * hour, 24 * 60 - 1)
    for order in permutations((*old.chain, *new.chain)):
        bring(made, order)
        assert made.judge().outcome is Outcome.PASSED
    bring(made, new.chain)
    (said,) = (
        each for each in made.judge().checks if each.id is CheckId.CREDENTIAL_VALIDITY
    )
    assert (said.reason is Reason.CURRENT) is (ago <= 1)


@pytest.mark.parametrize("how", PersonVerified)
@pytest.mark.parametrize("rule", PresenceRule)
@pytest.mark.parametrize("begin", [compact_draft, asked_draft])
def test_the_word_of_the_wallet_counts_where_the_policy_takes_it(
    begin: Callable[[CompactScene], CompactDraft],
    rule: PresenceRule,
    how: PersonVerified,
) -> None:
    made = begin(scene())
    made.person = how
    made.policy = replace(made.policy, name="present", presence=rule)
    said = presence(made)
    taken = how is not PersonVerified.NONE and rule is not PresenceRule.COMPARED
    assert (said.reason is Reason.ATTESTED) is taken
    assert dict(said.facts) == ({"what": how.value} if taken else {})


def test_a_stranger_who_signs_attests_nothing() -> None:
    made = compact_draft(scene())
    made.person = PersonVerified.FACE
    assert presence(made).reason is Reason.ATTESTED
    made.signed_by = scene().stranger
    assert presence(made).reason is Reason.NOT_ESTABLISHED_ACCEPTED


def test_how_a_person_was_verified_takes_one_octet() -> None:
    plain, attested = compact_draft(scene()), compact_draft(scene())
    attested.seed = plain.seed
    attested.person = PersonVerified.OTHER_INHERENCE
    assert len(attested.proof()) == len(plain.proof()) + 1


def presence(made: CompactDraft) -> Check:
    (said,) = (
        each for each in made.judge().checks if each.id is CheckId.HOLDER_PRESENCE
    )
    return said


@pytest.mark.parametrize("rule", PresenceRule)
@pytest.mark.parametrize("begin", [compact_draft, asked_draft])
def test_nobodys_presence_is_accepted_where_no_policy_says_so(
    begin: Callable[[CompactScene], CompactDraft], rule: PresenceRule
) -> None:
    made = begin(scene())
    made.policy = replace(made.policy, name="present", presence=rule)
    (said,) = (
        each for each in made.judge().checks if each.id is CheckId.HOLDER_PRESENCE
    )
    accepted = rule is PresenceRule.NOT_ESTABLISHED_ACCEPTED
    assert (said.reason is Reason.NOT_ESTABLISHED_ACCEPTED) is accepted
    assert (said.outcome is Outcome.PASSED) is accepted
