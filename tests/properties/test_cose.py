from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from idwallet.codec.cbor import CborKey, CborTag, CborValue, read_cbor, write_cbor
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import (
    ChainRule,
    CoseForm,
    CoseHeaders,
    CoseRules,
    CoseSign1,
    MacKey,
    PayloadPlace,
    TagForm,
    TagRule,
    mac_mac0,
    mac_matches,
    read_cwt,
    read_mac0,
    read_sign1,
    sign1_of,
    sign_sign1,
    signature_reason,
)
from idwallet.envelope.cose.frame import _regular, frame_of
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason

SIGNERS: Final = {each: SoftwareSigner.generate(each) for each in DEFAULT_ALGORITHMS}
ES256: Final = SIGNERS[Algorithm.ES256]
KEY: Final = MacKey(bytes(range(32)))
RULES: Final = {
    TagForm.TAGGED: CoseRules(TagRule.TAGGED, chain=ChainRule.EITHER),
    TagForm.UNTAGGED: CoseRules(TagRule.UNTAGGED, chain=ChainRule.EITHER),
    TagForm.CWT: CoseRules(TagRule.CWT_TAGGED, chain=ChainRule.EITHER),
}
TAGGED: Final = RULES[TagForm.TAGGED]
# Nothing but the payload, the headers and the signature: no octet is without meaning.
MESSAGE: Final = sign_sign1(
    b"\xa1\x01\x02", signer=ES256, headers=CoseHeaders({16: "a/b"})
)
MAC: Final = mac_mac0(b"\xa1\x01\x02", key=KEY, headers=CoseHeaders({16: "a/b"}))

labels = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=4)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=4)
    | st.binary(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(labels | st.binary(max_size=3), inner, max_size=3)
        | st.builds(CborTag, st.sampled_from([1, 17, 18, 24, 61]), inner)
    ),
    max_leaves=8,
)
read_by_us = {1, 2, 3, 4, 16, 33}
extensions = st.dictionaries(
    labels.filter(lambda each: each not in read_by_us), values, max_size=4
)
usual = st.dictionaries(st.integers(17, 30) | st.just(5), st.binary(max_size=300))
forms = st.builds(CoseForm, st.sampled_from(TagForm), st.sampled_from(PayloadPlace))


def reason(sign1: CoseSign1, algorithm: Algorithm = Algorithm.ES256) -> Reason:
    key = SIGNERS[algorithm].public_key
    return signature_reason(sign1, key=key, allowed=DEFAULT_ALGORITHMS)


@given(
    st.binary(max_size=120)
    | values.map(write_cbor)
    | st.lists(values, min_size=4, max_size=4).map(
        lambda parts: write_cbor(CborTag(18, parts))
    ),
    st.sampled_from(TagRule),
)
@example(b"", TagRule.TAGGED)
@example(b"\xd2", TagRule.TAGGED)
@example(b"\x84", TagRule.UNTAGGED)
def test_reading_any_bytes_as_a_message_only_ever_refuses_them(
    data: bytes, rule: TagRule
) -> None:
    for read in (read_sign1, read_mac0):
        try:
            read(data, at="cose", rules=CoseRules(rule, chain=ChainRule.EITHER))
        except (MalformedError, UnsupportedError) as error:
            assert error.clause  # noqa: PT017 - the invariant is about the refusal


@given(
    st.dictionaries(
        st.sampled_from([1, 2, 3, 4, 16, 33]) | labels, values | st.just(-7), max_size=5
    ),
    st.dictionaries(st.sampled_from([1, 2, 3, 4, 16, 33]) | labels, values, max_size=5),
    values,
    values,
)
def test_reading_any_headers_only_ever_refuses_them(
    protected: dict[CborKey, CborValue],
    unprotected: dict[CborKey, CborValue],
    payload: CborValue,
    signature: CborValue,
) -> None:
    parts: list[CborValue] = [write_cbor(protected), unprotected, payload, signature]
    try:
        sign1 = sign1_of(parts, at="cose", rules=RULES[TagForm.UNTAGGED])
    except (MalformedError, UnsupportedError):
        return
    assert reason(sign1) is not Reason.VALID


@given(st.binary(max_size=80) | values.map(write_cbor))
def test_reading_any_bytes_as_claims_only_ever_refuses_them(data: bytes) -> None:
    try:
        read_cwt(data, at="cwt")
    except (MalformedError, UnsupportedError) as error:
        assert error.clause  # noqa: PT017 - the invariant is about the refusal


# --- what is made ---------------------------------------------------------------------


@given(
    extensions,
    extensions,
    st.binary(max_size=300),
    st.binary(max_size=30),
    st.sampled_from(sorted(DEFAULT_ALGORITHMS, key=str)),
    forms,
)
def test_what_is_signed_reads_back_and_is_valid(
    protected: dict[CborKey, CborValue],
    unprotected: dict[CborKey, CborValue],
    payload: bytes,
    aad: bytes,
    algorithm: Algorithm,
    form: CoseForm,
) -> None:
    outside = {each: unprotected[each] for each in unprotected.keys() - protected}
    data = sign_sign1(
        payload,
        signer=SIGNERS[algorithm],
        headers=CoseHeaders(protected, outside),
        form=form,
        external_aad=aad,
    )
    detached = None if form.payload is PayloadPlace.ATTACHED else payload
    sign1 = read_sign1(
        data, at="cose", rules=RULES[form.tag], detached=detached, external_aad=aad
    )
    assert sign1.payload == payload
    assert {each: sign1.header.parameters[each] for each in protected} == protected
    assert dict(sign1.unprotected) == outside
    assert reason(sign1, algorithm) is Reason.VALID
    assert write_cbor(read_cbor(data, at="cose")) == data


@given(extensions, st.binary(max_size=300), st.binary(max_size=30), forms)
def test_what_is_authenticated_reads_back_and_matches(
    protected: dict[CborKey, CborValue], payload: bytes, aad: bytes, form: CoseForm
) -> None:
    headers = CoseHeaders(protected)
    data = mac_mac0(payload, key=KEY, headers=headers, form=form, external_aad=aad)
    detached = None if form.payload is PayloadPlace.ATTACHED else payload
    mac0 = read_mac0(
        data, at="cose", rules=RULES[form.tag], detached=detached, external_aad=aad
    )
    assert mac_matches(mac0, key=KEY)


# --- what is changed on its way -------------------------------------------------------


@given(st.integers(0, len(MESSAGE) * 8 - 1))
def test_a_message_with_any_one_bit_flipped_is_not_valid(bit: int) -> None:
    changed = bytearray(MESSAGE)
    changed[bit // 8] ^= 1 << bit % 8
    assert _judged(bytes(changed)) is not Reason.VALID
    assert _judged(MESSAGE) is Reason.VALID


@given(st.integers(0, len(MAC) * 8 - 1))
def test_a_mac_with_any_one_bit_flipped_does_not_match(bit: int) -> None:
    changed = bytearray(MAC)
    changed[bit // 8] ^= 1 << bit % 8
    assert not _matched(bytes(changed))
    assert _matched(MAC)


def test_every_octet_of_a_message_counts() -> None:
    for place in range(len(MESSAGE)):
        for other in (0x00, 0x01, 0x18, 0x40, 0x58, 0x80, 0xA0, 0xF6, 0xFF):
            changed = MESSAGE[:place] + bytes((other,)) + MESSAGE[place + 1 :]
            if changed != MESSAGE:
                assert _judged(changed) is not Reason.VALID


@given(st.integers(0, len(MESSAGE)), st.binary(min_size=1, max_size=4))
def test_a_message_with_anything_put_in_is_not_valid(place: int, more: bytes) -> None:
    changed = MESSAGE[:place] + more + MESSAGE[place:]
    assert _judged(changed) is not Reason.VALID


@given(st.integers(0, len(MESSAGE) - 1), st.integers(1, 8))
def test_a_message_with_anything_left_out_is_not_valid(place: int, count: int) -> None:
    changed = MESSAGE[:place] + MESSAGE[place + count :]
    assert _judged(changed) is not Reason.VALID


def _judged(data: bytes) -> Reason | None:
    try:
        return reason(read_sign1(data, at="cose", rules=TAGGED))
    except (MalformedError, UnsupportedError):
        return None


def _matched(data: bytes) -> bool:
    try:
        return mac_matches(read_mac0(data, at="cose", rules=TAGGED), key=KEY)
    except (MalformedError, UnsupportedError):
        return False


# --- the short way reads what the long way reads --------------------------------------

bytes_strings = st.binary(max_size=300) | st.sampled_from(
    [bytes(23), bytes(24), bytes(255), bytes(256), bytes(65_535), bytes(65_536)]
)
messages = st.builds(
    lambda tags, *parts: write_cbor(_tagged(tags, list(parts))),
    st.sampled_from([(), (18,), (17,), (61, 18), (61, 17), (61,), (18, 18)]),
    bytes_strings | values,
    usual | extensions | values,
    st.none() | bytes_strings | values,
    bytes_strings | values,
)


def _tagged(tags: tuple[int, ...], value: CborValue) -> CborValue:
    for number in reversed(tags):
        value = CborTag(number, value)
    return value


@given(
    messages,
    st.sampled_from(TagRule),
    st.none() | st.tuples(st.integers(0, 40), st.integers(0, 255)),
)
def test_the_short_way_never_differs_from_the_long_one(
    data: bytes, rule: TagRule, change: tuple[int, int] | None
) -> None:
    if change is not None and change[0] < len(data):
        place, octet = change
        data = data[:place] + bytes((octet,)) + data[place + 1 :]
    for tags in (rule.sign1, rule.mac0):
        short = _regular(data, tags.starts)
        if short is not None:
            value = read_cbor(data, at="cose")
            assert frame_of(value, at="cose", tags=tags) == short


@given(usual, bytes_strings, st.none() | bytes_strings)
def test_the_usual_shape_goes_the_short_way(
    unprotected: dict[CborKey, CborValue], protected: bytes, payload: bytes | None
) -> None:
    value: CborValue = [protected, unprotected, payload, bytes(64)]
    data = write_cbor(CborTag(18, value))
    short = _regular(data, TagRule.TAGGED.sign1.starts)
    assert short == (protected, unprotected, payload, bytes(64))
