from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.testing.draft import ABSENT
from idwallet.testing.status import StatusDraft, StatusScene, status_draft
from idwallet.testing.status_draft import LIST, REVOKED
from idwallet.trust.status_list import (
    FreshnessRule,
    ListFault,
    ListJudgement,
    ListRefused,
    ListSource,
    StaleRule,
    StatusKind,
    StatusList,
    StatusReason,
    evaluate_status_list,
    judge_status,
)
from idwallet.trust.status_list.bitmap import pack

SCENE = StatusScene(seed=b"judge")
HOUR = timedelta(hours=1)
WEEK = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=7))
SKEW = SCENE.context.policy.clock_skew


def judged(
    made: StatusDraft,
    *,
    after: timedelta = timedelta(),
    rule: FreshnessRule | None = None,
    taken: datetime | None = None,
    index: int = 4,
) -> ListJudgement:
    """Read a list when it is issued, and ask it some time after."""
    found = evaluate_status_list(
        made.token(), ListSource(LIST, taken=taken), context=SCENE.context
    )
    context = replace(
        SCENE.context, at=SCENE.at + after, freshness=rule or FreshnessRule()
    )
    return judge_status(
        found, uri=LIST, index=index, issuer=SCENE.found_issuer(), context=context
    )


def lasting(**claims: int | str) -> StatusDraft:
    """A list without an end of its own, but for what is given here."""
    made = status_draft(SCENE)
    made.claims = {"exp": 253_402_300_799, "ttl": 253_402_300_799, **claims}
    return made


# --- what an entry says -------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (0, StatusReason.VALID),
        (1, StatusReason.REVOKED),
        (2, StatusReason.SUSPENDED),
        (3, StatusReason.APPLICATION_SPECIFIC),
        (4, StatusReason.UNASSIGNED),
        (11, StatusReason.UNASSIGNED),
        (12, StatusReason.APPLICATION_SPECIFIC),
        (200, StatusReason.UNASSIGNED),
    ],
)
def test_a_status_comes_to_what_it_means(number: int, reason: StatusReason) -> None:
    made = status_draft(SCENE)
    made.entries = {"bits": 8}
    made.array = pack([(4, number)], bits=8, size=8)
    found = judged(made)
    assert found.reason is reason
    assert found.status is not None
    assert found.status.number == number


def test_an_answer_says_which_list_and_as_of_when() -> None:
    found = judged(status_draft(SCENE), after=HOUR / 2)
    assert found.as_of == SCENE.at
    assert dict(found.facts) == {
        "found": LIST,
        "signed": SCENE.at,
        "until": SCENE.at + 12 * HOUR,
    }


def test_a_list_that_does_not_end_says_no_end() -> None:
    made = status_draft(SCENE)
    made.claims = {"exp": None}
    assert judged(made).reason is StatusReason.LIST_REFUSED
    made.claims = {"exp": ABSENT}
    assert set(judged(made).facts) == {"found", "signed"}


def test_an_index_out_of_bounds_is_told_from_an_absent_list() -> None:
    found = judged(status_draft(SCENE), index=10**6)
    assert found.reason is StatusReason.INDEX_OUT_OF_BOUNDS
    assert (found.status, found.as_of) == (None, SCENE.at)


def test_no_list_is_a_need_and_names_its_address() -> None:
    found = judge_status(
        None,
        uri=LIST,
        index=4,
        issuer=SCENE.found_issuer(),
        context=SCENE.context,
    )
    assert found == ListJudgement(StatusReason.LIST_NEEDED, None, {"found": LIST})


def test_a_list_kept_under_another_address_says_nothing() -> None:
    good = status_draft(SCENE).evaluated()
    found = judge_status(
        good,
        uri=LIST + "2",
        index=4,
        issuer=SCENE.found_issuer(),
        context=SCENE.context,
    )
    assert found.refused is not None
    assert found.refused.fault is ListFault.URI_MISMATCH


def test_an_address_is_shown_with_care() -> None:
    nasty = "https://issuer.example/\u202e1"
    found = judge_status(
        None, uri=nasty, index=0, issuer=SCENE.found_issuer(), context=SCENE.context
    )
    assert "\u202e" not in str(found.facts["found"])


def test_a_refusal_keeps_what_is_wrong_and_where() -> None:
    made = status_draft(SCENE)
    made.entries = {"bits": 3}
    found = judged(made)
    assert found.reason is StatusReason.LIST_REFUSED
    assert dict(found.facts) == {
        "found": LIST,
        "what": "not 1, 2, 4 or 8",
        "at": "status_list/bits",
    }


def test_a_refusal_without_words_of_its_own_names_the_fault() -> None:
    made = status_draft(SCENE)
    made.asked = LIST
    made.claims = {"aud": "https://a.example"}
    found = judged(made)
    assert found.facts["what"] == "audience"
    assert found.facts["signed"] == SCENE.at


# --- how old it is ------------------------------------------------------------------


def _reason(made: StatusDraft, rule: FreshnessRule, after: timedelta) -> StatusReason:
    return judged(made, after=after, rule=rule).reason


def test_a_list_is_fresh_for_its_time_to_live_and_no_longer() -> None:
    made, strict = lasting(ttl=3600), FreshnessRule()
    assert _reason(made, strict, HOUR) is StatusReason.VALID
    late = judged(made, after=HOUR + timedelta(seconds=1), rule=strict)
    assert late.reason is StatusReason.LIST_STALE
    assert dict(late.facts) == {
        "found": LIST,
        "what": "stale",
        "signed": SCENE.at,
        "window": 3600,
    }


def test_a_stale_list_is_accepted_where_the_rule_says_so_and_said_to_be() -> None:
    made = lasting(ttl=3600)
    assert _reason(made, WEEK, HOUR) is StatusReason.VALID
    second = timedelta(seconds=1)
    assert _reason(made, WEEK, HOUR + second) is StatusReason.VALID_STALE_ACCEPTED
    week = timedelta(days=7)
    assert _reason(made, WEEK, week) is StatusReason.VALID_STALE_ACCEPTED
    assert _reason(made, WEEK, week + second) is StatusReason.LIST_STALE


def test_what_a_stale_list_revokes_stays_revoked() -> None:
    found = judged(lasting(ttl=3600), after=2 * HOUR, rule=WEEK, index=REVOKED)
    assert found.reason is StatusReason.REVOKED


def test_a_stale_list_is_accepted_only_until_it_expires() -> None:
    end = int((SCENE.at + 5 * HOUR).timestamp())
    made = lasting(ttl=3600, exp=end)
    second = timedelta(seconds=1)
    before, after = 5 * HOUR + SKEW - second, 5 * HOUR + SKEW
    assert _reason(made, WEEK, before) is StatusReason.VALID_STALE_ACCEPTED
    found = judged(made, after=after, rule=WEEK)
    assert found.reason is StatusReason.LIST_EXPIRED
    assert found.facts["until"] == SCENE.at + 5 * HOUR


def test_without_limits_of_its_own_a_list_has_those_of_the_rule() -> None:
    made = status_draft(SCENE)
    made.claims = {"exp": ABSENT, "ttl": ABSENT}
    rule = FreshnessRule(maximum_age=3 * HOUR)
    assert _reason(made, rule, 3 * HOUR) is StatusReason.VALID
    late = 3 * HOUR + timedelta(seconds=1)
    assert _reason(made, rule, late) is StatusReason.LIST_STALE


def test_a_long_time_to_live_does_not_outlive_the_rule() -> None:
    made, rule = lasting(), FreshnessRule(maximum_age=3 * HOUR)
    assert _reason(made, rule, 4 * HOUR) is StatusReason.LIST_STALE


def test_the_time_to_live_counts_from_when_the_list_was_fetched() -> None:
    made = lasting(ttl=3600)
    fetched = SCENE.at + 2 * HOUR
    found = judged(made, after=3 * HOUR, taken=fetched)
    assert found.reason is StatusReason.VALID
    late = judged(made, after=3 * HOUR + timedelta(seconds=1), taken=fetched)
    assert late.reason is StatusReason.LIST_STALE


@pytest.mark.parametrize(
    ("ahead", "reason"),
    [
        (timedelta(seconds=2), StatusReason.VALID),
        (timedelta(seconds=60), StatusReason.VALID),
        (timedelta(seconds=61), StatusReason.LIST_STALE),
    ],
)
def test_a_list_fetched_while_a_credential_is_judged_is_as_fresh_as_can_be(
    ahead: timedelta, reason: StatusReason
) -> None:
    # The moment judged is when the answer came; what it lacked is got after that, and
    # a list is often older than the time that it may be kept.
    made = status_draft(SCENE)
    found = judged(made, after=3 * HOUR, taken=SCENE.at + 3 * HOUR + ahead)
    assert found.reason is reason


@pytest.mark.parametrize("taken", [-timedelta(days=1), timedelta(days=1)])
def test_a_fetch_before_the_issue_or_yet_to_come_counts_for_nothing(
    taken: timedelta,
) -> None:
    made = lasting(ttl=3600)
    found = judged(made, after=2 * HOUR, taken=SCENE.at + taken)
    assert found.reason is StatusReason.LIST_STALE


def test_however_lately_fetched_a_list_is_as_old_as_its_issue() -> None:
    rule = FreshnessRule(maximum_age=3 * HOUR)
    made = lasting(ttl=3600)
    fetched = SCENE.at + 4 * HOUR
    found = judged(made, after=4 * HOUR, taken=fetched, rule=rule)
    assert found.reason is StatusReason.LIST_STALE
    assert found.facts["window"] == 3 * 3600


def test_a_clock_before_the_list_leaves_it_open() -> None:
    made = lasting()
    assert judged(made, after=-SKEW).reason is StatusReason.VALID
    found = judged(made, after=-SKEW - timedelta(seconds=1))
    assert found.reason is StatusReason.LIST_FROM_THE_FUTURE
    assert found.facts["signed"] == SCENE.at


def test_a_list_once_read_is_asked_about_many_credentials() -> None:
    found = status_draft(SCENE).evaluated()
    assert isinstance(found, StatusList)
    reasons = {
        judge_status(
            found,
            uri=LIST,
            index=index,
            issuer=SCENE.found_issuer(),
            context=SCENE.context,
        ).reason
        for index in range(1_001)
    }
    assert reasons == {
        StatusReason.VALID,
        StatusReason.REVOKED,
        StatusReason.SUSPENDED,
        StatusReason.INDEX_OUT_OF_BOUNDS,
    }


def test_a_delegate_s_list_is_as_good_as_the_issuer_s() -> None:
    made = status_draft(SCENE, by=SCENE.delegate)
    assert made.judgement().reason is StatusReason.VALID
    assert isinstance(status_draft(SCENE).evaluated(), StatusList)
    assert not isinstance(made.evaluated(), ListRefused)
    assert judged(made).status is not None
    assert judged(made).status.kind is StatusKind.VALID  # type: ignore[union-attr]


def test_a_list_read_under_another_policy_is_held_to_this_one() -> None:
    found = status_draft(SCENE).evaluated()
    policy = replace(SCENE.context.policy, algorithms=frozenset({Algorithm.EDDSA}))
    answer = judge_status(
        found,
        uri=LIST,
        index=4,
        issuer=SCENE.found_issuer(),
        context=replace(SCENE.context, policy=policy),
    )
    assert answer.refused is not None
    assert answer.refused.fault is ListFault.ALGORITHM_NOT_ALLOWED
