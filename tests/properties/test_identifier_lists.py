"""What holds for every identifier list, whatever stands in it."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import write_cbor
from idwallet.errors import IdWalletError, MalformedError
from idwallet.testing.identifier_draft import GOOD, LIST, REVOKED
from idwallet.testing.identifiers import IdentifierScene, identifier_draft
from idwallet.trust.identifier_list import (
    IdentifierList,
    IdentifierListContent,
    IdentifierReference,
    evaluate_identifier_list,
    identifier_table,
    issue_identifier_list,
    judge_identifier,
)
from idwallet.trust.identifier_list.table import read_identifiers
from idwallet.trust.status_list import (
    FreshnessRule,
    ListRefused,
    StaleRule,
    StatusReason,
)

IDENTIFIER = st.binary(min_size=1, max_size=64)
RELIED_ON = frozenset({StatusReason.VALID, StatusReason.VALID_STALE_ACCEPTED})
HOURS = st.integers(-48, 400).map(lambda n: timedelta(hours=n))
ASKED = IdentifierReference(LIST, GOOD)


@cache
def scene() -> IdentifierScene:
    return IdentifierScene(seed=b"properties of identifier lists")


@given(st.lists(IDENTIFIER, max_size=40), st.lists(IDENTIFIER, max_size=10))
def test_who_is_put_on_a_list_is_on_it_and_nobody_else(
    listed: list[bytes], others: list[bytes]
) -> None:
    token = issue_identifier_list(
        IdentifierListContent(
            uri=LIST,
            table=identifier_table(listed),
            expires=scene().at + timedelta(days=1),
        ),
        signer=scene().lister.signer,
        certificates=scene().lister.chain,
        at=scene().at,
    )
    found = evaluate_identifier_list(token, ASKED, context=scene().context)
    assert isinstance(found, IdentifierList)
    assert len(found.table) == len(set(listed))
    assert set(found.table) == set(listed)
    for each in (*listed, *others):
        assert found.lists(each) is (each in listed)


@given(st.lists(st.binary(min_size=2, max_size=2), unique=True), st.randoms())
def test_the_order_in_a_list_means_nothing(listed: list[bytes], random: object) -> None:
    random.shuffle(listed)  # type: ignore[attr-defined]
    head = write_cbor(len(listed))
    head = bytes([head[0] | 0xA0]) + head[1:]
    data = head + b"".join(write_cbor(each) + b"\xa0" for each in listed)
    table, end = read_identifiers(data, offset=0)
    assert end == len(data)
    assert list(table) == sorted(listed)


@given(st.binary(max_size=60))
def test_no_octets_make_identifiers_that_cbor_does_not_hold(octets: bytes) -> None:
    try:
        table, end = read_identifiers(octets, offset=0)
    except IdWalletError:
        return
    assert end <= len(octets)
    assert all(each in octets for each in table)


@given(st.binary(max_size=400))
def test_no_octets_make_a_list_or_an_error(token: bytes) -> None:
    found = evaluate_identifier_list(token, ASKED, context=scene().context)
    assert isinstance(found, ListRefused)


@given(st.binary(max_size=200))
def test_whatever_a_trusted_signer_signs_raises_nothing(payload: bytes) -> None:
    made = identifier_draft(scene())
    made.bend_payload = lambda _: payload
    assert isinstance(made.evaluated(), ListRefused)


@given(st.data())
def test_no_token_with_a_changed_octet_is_accepted(data: st.DataObject) -> None:
    token = bytearray(_token())
    place = data.draw(st.integers(0, len(token) - 1))
    token[place] = data.draw(st.integers(0, 255).filter(lambda n: n != token[place]))
    found = evaluate_identifier_list(bytes(token), ASKED, context=scene().context)
    assert isinstance(found, ListRefused)


@cache
def _token() -> bytes:
    return identifier_draft(scene()).token()


@cache
def _list() -> IdentifierList:
    made = identifier_draft(scene())
    made.claims[4] = int((scene().at + timedelta(days=9)).timestamp())
    found = made.evaluated()
    assert isinstance(found, IdentifierList)
    return found


def _reason(
    after: timedelta, rule: FreshnessRule, identifier: bytes = GOOD
) -> StatusReason:
    context = replace(scene().context, at=scene().at + after, freshness=rule)
    return judge_identifier(
        _list(),
        reference=IdentifierReference(LIST, identifier),
        issuer=scene().found_issuer(),
        context=context,
    ).reason


@given(HOURS, HOURS, st.sampled_from(StaleRule), st.integers(1, 300))
def test_what_was_too_old_is_never_young_again(
    one: timedelta, other: timedelta, stale: StaleRule, age: int
) -> None:
    rule = FreshnessRule(stale, timedelta(hours=age))
    early, late = sorted((one, other))
    if early >= timedelta() and _reason(late, rule) in RELIED_ON:
        assert _reason(early, rule) in RELIED_ON


@given(HOURS, st.sampled_from(StaleRule), st.integers(1, 300))
def test_who_is_listed_never_passes_and_who_is_not_only_by_a_fresh_list(
    after: timedelta, stale: StaleRule, age: int
) -> None:
    rule = FreshnessRule(stale, timedelta(hours=age))
    said = _reason(after, rule, REVOKED)
    assert said not in RELIED_ON
    assert (said is StatusReason.REVOKED) is (_reason(after, rule) in RELIED_ON)


def test_a_map_cut_off_anywhere_is_malformed() -> None:
    data = b"\xa3" + b"".join(b"\x42" + each + b"\xa0" for each in (b"ab", b"c", b"de"))
    data = data.replace(b"\x42c", b"\x41c")
    assert len(read_identifiers(data, offset=0)[0]) == 3
    for end in range(len(data)):
        try:
            read_identifiers(data[:end], offset=0)
        except MalformedError:
            continue
        raise AssertionError(end)
