"""What holds for every status list, whatever stands in it."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.errors import MalformedError
from idwallet.testing.status import StatusScene, status_draft
from idwallet.testing.status_draft import LIST
from idwallet.trust.status_list import (
    FreshnessRule,
    ListRefused,
    ListSource,
    StaleRule,
    StatusList,
    StatusListContent,
    StatusReason,
    evaluate_status_list,
    issue_status_list,
    judge_status,
)
from idwallet.trust.status_list.bitmap import deflate, inflate, pack

BITS = st.sampled_from([1, 2, 4, 8])
RELIED_ON = frozenset({StatusReason.VALID, StatusReason.VALID_STALE_ACCEPTED})
HOURS = st.integers(-48, 400).map(lambda n: timedelta(hours=n))


@cache
def scene() -> StatusScene:
    return StatusScene(seed=b"properties of status lists")


@given(st.data())
def test_every_entry_comes_back_from_a_signed_list(data: st.DataObject) -> None:
    bits, size = data.draw(BITS), data.draw(st.integers(1, 500))
    entry = st.tuples(st.integers(0, size - 1), st.integers(0, (1 << bits) - 1))
    entries = dict(data.draw(st.lists(entry, max_size=30)))
    array = pack(entries.items(), bits=bits, size=size)
    issuer = scene().issuer
    token = issue_status_list(
        StatusListContent(uri=LIST, bits=bits, array=array),
        signer=issuer.signer,
        certificates=issuer.chain,
        at=scene().at,
    )
    found = evaluate_status_list(token, ListSource(LIST), context=scene().context)
    assert isinstance(found, StatusList)
    assert size <= found.size < size + 8
    for index in range(found.size):
        assert found.status(index).number == entries.get(index, 0)


@given(st.binary(max_size=5_000))
def test_an_array_comes_back_from_its_stream(array: bytes) -> None:
    assert inflate(deflate(array), at="lst") == array


@given(st.binary(min_size=1, max_size=300), st.data())
def test_no_stream_with_a_flipped_bit_gives_another_list(
    array: bytes, data: st.DataObject
) -> None:
    stream = bytearray(deflate(array))
    place = data.draw(st.integers(0, len(stream) * 8 - 1))
    stream[place >> 3] ^= 1 << (place & 7)
    try:
        found = inflate(bytes(stream), at="lst")
    except MalformedError:
        return
    assert found == array  # as where only the window's size was said otherwise


@given(st.binary(max_size=400))
def test_no_octets_make_a_list_or_an_error(token: bytes) -> None:
    found = evaluate_status_list(token, ListSource(LIST), context=scene().context)
    assert isinstance(found, ListRefused)


@given(st.data())
def test_no_token_with_a_changed_octet_is_accepted(data: st.DataObject) -> None:
    token = bytearray(_token())
    place = data.draw(st.integers(0, len(token) - 1))
    token[place] = data.draw(st.integers(0, 255).filter(lambda n: n != token[place]))
    found = evaluate_status_list(
        bytes(token), ListSource(LIST), context=scene().context
    )
    assert isinstance(found, ListRefused)


@cache
def _token() -> bytes:
    return status_draft(scene()).token().encode("ascii")


@given(st.binary(max_size=100))
def test_whatever_a_trusted_signer_compresses_raises_nothing(stream: bytes) -> None:
    made = status_draft(scene())
    made.entries = {"lst": b64.encode(stream)}
    found = made.evaluated()
    assert isinstance(found, ListRefused | StatusList)


@cache
def _list() -> StatusList:
    made = status_draft(scene())
    made.claims = {"exp": int((scene().at + timedelta(days=9)).timestamp())}
    found = made.evaluated()
    assert isinstance(found, StatusList)
    return found


def _reason(after: timedelta, rule: FreshnessRule) -> StatusReason:
    context = replace(scene().context, at=scene().at + after, freshness=rule)
    return judge_status(
        _list(), uri=LIST, index=4, issuer=scene().found_issuer(), context=context
    ).reason


@given(HOURS, HOURS, st.sampled_from(StaleRule), st.integers(1, 300))
def test_what_was_too_old_is_never_young_again(
    one: timedelta, other: timedelta, stale: StaleRule, age: int
) -> None:
    rule = FreshnessRule(stale, timedelta(hours=age))
    early, late = sorted((one, other))
    if early >= timedelta() and _reason(late, rule) in RELIED_ON:
        assert _reason(early, rule) in RELIED_ON


@given(HOURS, st.integers(1, 300), st.integers(0, 100))
def test_a_stricter_rule_accepts_nothing_more(
    after: timedelta, age: int, more: int
) -> None:
    strict = FreshnessRule(StaleRule.REFUSED, timedelta(hours=age))
    lax = FreshnessRule(StaleRule.ACCEPTED, timedelta(hours=age + more))
    if _reason(after, strict) in RELIED_ON:
        assert _reason(after, lax) in RELIED_ON


@given(HOURS)
def test_what_is_accepted_stale_is_said_to_be(after: timedelta) -> None:
    lax = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=30))
    strict = FreshnessRule(StaleRule.REFUSED, timedelta(days=30))
    is_stale = _reason(after, lax) is StatusReason.VALID_STALE_ACCEPTED
    assert is_stale is (
        _reason(after, lax) in RELIED_ON and _reason(after, strict) not in RELIED_ON
    )
