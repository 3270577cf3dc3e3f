"""How often a copy is shown is what the policy says, and never more."""

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.consent.reuse import (
    ONCE_ONLY,
    BatchState,
    Copy,
    RefillReason,
    ReuseMethod,
    ReusePolicy,
    WhenEmpty,
    new_batch_state,
    read_batch_state,
    read_reuse_policy,
)
from idwallet.errors import BatchEmpty, MalformedError, UnsupportedError, UsageError

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENDS = AT + timedelta(days=14)


def policy(method: ReuseMethod, *, again: bool = False, **terms: object) -> ReusePolicy:
    empty = WhenEmpty.SHOW_AGAIN if again else WhenEmpty.REFUSE
    return ReusePolicy(method=method, when_empty=empty, **terms)  # type: ignore[arg-type]


def state(kept: ReusePolicy = ONCE_ONLY, count: int = 5) -> BatchState:
    return new_batch_state(
        "card",
        [Copy(f"copy-{n}", f"key-{n}") for n in range(count)],
        policy=kept,
        valid_until=ENDS,
        random=secrets.token_bytes,
    )


def shown(held: BatchState, *parties: str) -> tuple[BatchState, list[str]]:
    """Show a copy to each party in turn."""
    names = []
    for party in parties:
        pick = held.pick(party, random=secrets.token_bytes)
        names.append(pick.copy.name)
        held = held.after(pick, party)
    return held, names


def test_each_copy_is_shown_once_in_a_drawn_order_and_then_none() -> None:
    held, names = shown(state(), *"abcde")
    assert sorted(names) == [f"copy-{n}" for n in range(5)]
    assert (held.unused, held.copies, held.spent) == (0, (), 5)
    assert sorted(held.orphans) == [f"key-{n}" for n in range(5)]
    with pytest.raises(BatchEmpty) as refused:
        held.pick("a", random=secrets.token_bytes)
    assert refused.value.card == "card"
    assert "ask the issuer" in str(refused.value)
    orders = {tuple(shown(state(), *"abcde")[1]) for _ in range(20)}
    assert len(orders) > 1


def test_the_last_copy_alone_is_shown_again_where_the_policy_says_so() -> None:
    held, names = shown(state(policy(ReuseMethod.ONCE_ONLY, again=True)), *"abcdefg")
    assert len(set(names[:5])) == 5
    assert set(names[5:]) == {names[4]}
    assert [each.name for each in held.copies] == [names[4]]
    assert held.spent == 4
    assert held.pick("x", random=secrets.token_bytes).again


def test_a_party_that_asks_again_gets_its_own_copy_and_no_other_party_does() -> None:
    kept = policy(ReuseMethod.PER_RELYING_PARTY)
    held, names = shown(state(kept), "a", "b", "a", "c", "b")
    assert names[0] == names[2]
    assert names[1] == names[4]
    assert len(set(names)) == 3
    held, more = shown(held, "d", "e")
    assert len({*names, *more}) == 5
    with pytest.raises(BatchEmpty):
        held.pick("f", random=secrets.token_bytes)
    assert held.pick("a", random=secrets.token_bytes).again
    assert held.spent == 0


def test_a_copy_lent_to_another_party_stays_that_of_the_first() -> None:
    kept = policy(ReuseMethod.PER_RELYING_PARTY, again=True)
    held, names = shown(state(kept, count=1), "a", "b", "a")
    assert set(names) == {"copy-0"}
    assert (
        held.copies[0].party
        == held.after(held.pick("a", random=secrets.token_bytes), "a").copies[0].party
    )


def test_a_batch_that_rotates_shows_every_copy_before_any_again() -> None:
    _, names = shown(state(policy(ReuseMethod.ROTATING_BATCH)), *"abcdefghijklmno")
    for round_ in (names[:5], names[5:10], names[10:]):
        assert sorted(round_) == [f"copy-{n}" for n in range(5)]


def test_a_copy_of_limited_time_is_the_same_each_time() -> None:
    held, names = shown(state(policy(ReuseMethod.LIMITED_TIME)), *"abc")
    assert len(set(names)) == 1
    assert held.pick("d", random=secrets.token_bytes).again


@pytest.mark.parametrize("method", ReuseMethod)
@given(
    parties=st.lists(st.sampled_from("abcdef"), max_size=40),
    count=st.integers(1, 8),
    again=st.booleans(),
)
def test_no_copy_is_seen_more_often_than_the_method_allows(
    method: ReuseMethod, parties: list[str], count: int, again: bool
) -> None:
    held = state(policy(method, again=again), count=count)
    seen: list[tuple[str, str]] = []
    for party in parties:
        try:
            pick = held.pick(party, random=secrets.token_bytes)
        except BatchEmpty:
            assert not again
            assert method in {ReuseMethod.ONCE_ONLY, ReuseMethod.PER_RELYING_PARTY}
            break
        assert pick.again is (pick.copy.name in {name for name, _ in seen})
        seen.append((pick.copy.name, party))
        gone = held.gone_after(pick, party)
        after = held.after(pick, party)
        assert {e.name for e in gone} == {e.name for e in held.copies} - {
            e.name for e in after.copies
        }
        held = read_batch_state("card", after.to_bytes())
        assert held == after
    times = Counter(name for name, _ in seen)
    if method is ReuseMethod.ONCE_ONLY and not again:
        assert max(times.values(), default=0) <= 1
    if method is ReuseMethod.PER_RELYING_PARTY and not again:
        assert len({name for name, _ in seen}) == len(set(seen))
    if method is ReuseMethod.ROTATING_BATCH and seen:
        assert (
            max(times.values()) - (min(times.values()) if len(times) == count else 0)
            <= 1
        )


def due(held: BatchState, at: datetime = AT) -> RefillReason | None:
    hint = held.refill(at=at)
    return None if hint is None else hint.reason


def test_more_copies_are_due_before_the_last_is_shown_and_before_they_end() -> None:
    fresh = state(policy(ReuseMethod.ONCE_ONLY, refill_unused=2, batch_size=5))
    assert due(fresh) is None
    assert due(shown(fresh, *"ab")[0]) is None
    held, _ = shown(fresh, *"abc")
    hint = held.refill(at=AT)
    assert hint is not None
    assert (hint.reason, hint.left, hint.ask_for) == (RefillReason.FEW_LEFT, 2, 5)
    assert due(shown(held, *"de")[0]) is RefillReason.EMPTY
    day = timedelta(days=1)
    assert due(fresh, ENDS - day - timedelta(seconds=1)) is None
    assert due(fresh, ENDS - day) is RefillReason.ENDS_SOON
    assert due(fresh, ENDS) is RefillReason.ENDED


@pytest.mark.parametrize(
    "method", [ReuseMethod.ROTATING_BATCH, ReuseMethod.LIMITED_TIME]
)
def test_a_batch_that_never_empties_is_due_by_time_alone(method: ReuseMethod) -> None:
    held, _ = shown(state(policy(method)), *"abcdefgh")
    assert due(held) is None
    assert due(held, ENDS - timedelta(hours=1)) is RefillReason.ENDS_SOON


def test_whom_a_copy_is_for_cannot_be_read_out_of_the_record() -> None:
    kept = policy(ReuseMethod.PER_RELYING_PARTY)
    one, other = (shown(state(kept), "x509_hash:shop")[0] for _ in range(2))
    assert b"shop" not in one.to_bytes()
    parties = [{e.party for e in each.copies if e.party} for each in (one, other)]
    assert parties[0] != parties[1]


def test_a_copy_of_another_moment_is_not_counted() -> None:
    held = state()
    pick = held.pick("a", random=secrets.token_bytes)
    with pytest.raises(UsageError):
        held.after(pick, "a").after(pick, "b")


@pytest.mark.parametrize("one", ReuseMethod)
@pytest.mark.parametrize("other", ReuseMethod)
def test_of_two_policies_the_stricter_holds(
    one: ReuseMethod, other: ReuseMethod
) -> None:
    joined = policy(one, again=True).stricter(policy(other))
    order = list(ReuseMethod)
    assert order.index(joined.method) == min(order.index(one), order.index(other))
    assert joined.when_empty is WhenEmpty.REFUSE
    both = policy(one, again=True).stricter(policy(other, again=True))
    assert both.when_empty is WhenEmpty.SHOW_AGAIN


def test_the_stricter_of_two_policies_asks_for_more_as_early_as_either() -> None:
    one = policy(ReuseMethod.ONCE_ONLY, refill_unused=4, batch_size=20)
    other = policy(ReuseMethod.ONCE_ONLY, refill_before=timedelta(days=3))
    joined = one.stricter(other)
    assert joined.refill_unused == 4
    assert joined.refill_before == timedelta(days=3)
    assert joined.batch_size == 20


@pytest.mark.parametrize(
    "terms",
    [
        {"refill_unused": -1},
        {"refill_before": timedelta(seconds=-1)},
        {"refill_unused": 5, "batch_size": 5},
        {"batch_size": limits.BATCH_CREDENTIALS + 1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(terms: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        policy(ReuseMethod.ONCE_ONLY, **terms)


def metadata(*details: str, **numbers: object) -> JsonObject:
    return {
        "credential_reuse_policy": {
            "id": "arf_annex_ii",
            "options": [{"details": list(details), **numbers}],  # type: ignore[dict-item]
        }
    }


def test_what_an_issuer_wants_is_read_from_its_metadata() -> None:
    found = read_reuse_policy(
        metadata(
            "per-relying-party",
            "once_only",
            batch_size=10,
            reissue_trigger_unused=3,
            reissue_trigger_lifetime_left=604_800,
        ),
        at="metadata",
    )
    assert found == ReusePolicy(
        method=ReuseMethod.PER_RELYING_PARTY,
        when_empty=WhenEmpty.SHOW_AGAIN,
        refill_unused=3,
        refill_before=timedelta(days=7),
        batch_size=10,
    )
    assert found.stricter(ONCE_ONLY).method is ReuseMethod.ONCE_ONLY
    assert read_reuse_policy({}, at="metadata") == ONCE_ONLY


@pytest.mark.parametrize(
    "broken",
    [
        {"credential_reuse_policy": None},
        {"credential_reuse_policy": {"options": []}},
        {"credential_reuse_policy": {"id": "arf_annex_ii"}},
        {"credential_reuse_policy": {"id": "arf_annex_ii", "options": []}},
        {"credential_reuse_policy": {"id": "arf_annex_ii", "options": ["once_only"]}},
        metadata(),
        metadata("once_only", batch_size=True),
        metadata("once_only", batch_size=-1),
        metadata("once_only", batch_size=2, reissue_trigger_unused=2),
        metadata("once_only", reissue_trigger_lifetime_left="1"),
        metadata("once_only", reissue_trigger_lifetime_left=10**10),
    ],
)
def test_a_broken_policy_of_an_issuer_is_malformed(broken: JsonObject) -> None:
    with pytest.raises(MalformedError):
        read_reuse_policy(broken, at="metadata")


@pytest.mark.parametrize(
    "unknown",
    [
        {"credential_reuse_policy": {"id": "another", "options": []}},
        metadata("twice_only"),
    ],
)
def test_a_policy_that_nobody_knows_is_unsupported(unknown: JsonObject) -> None:
    with pytest.raises(UnsupportedError):
        read_reuse_policy(unknown, at="metadata")


GOOD = state().to_bytes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"idwallet-batch/1", b"idwallet-batch/2"),
        (b'"spent":0', b'"spent":-1'),
        (b'"spent":0', b'"spent":null'),
        (b'"orphans":[]', b'"orphans":{}'),
        (b'"once_only"', b'"twice_only"'),
        (b'"copy-0","key-0",0', b'"copy-0","key-0",0.5'),
        (b'"copy-0","key-0",0', b'"copy-0",0,0'),
        (b'"secret":', b'"secrets":'),
        (b'"policy":{', b'"policy":[],"x":{'),
        (b'"refill_unused":2', b'"refill_unused":-2'),
        (b'"valid_until":', b'"valid_until":"x","y":'),
    ],
)
def test_a_record_that_was_written_otherwise_is_refused(old: bytes, new: bytes) -> None:
    assert read_batch_state("card", GOOD)
    assert old in GOOD
    with pytest.raises(MalformedError):
        read_batch_state("card", GOOD.replace(old, new, 1))
