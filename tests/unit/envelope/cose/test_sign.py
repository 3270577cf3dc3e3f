"""What is made is what a strict reader takes, and nothing else can be made."""

from collections.abc import Callable

import pytest

from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cose import (
    ChainRule,
    CoseForm,
    CoseHeaders,
    CoseRules,
    PayloadPlace,
    Sign1Signer,
    TagForm,
    TagRule,
    mac0_value,
    mac_mac0,
    mac_matches,
    read_mac0,
    read_sign1,
    sign1_of,
    sign_sign1,
    x5chain_parameter,
)
from idwallet.errors import UsageError
from idwallet.report import Reason
from tests.unit.envelope.cose.forge import (
    ANY_CHAIN,
    KEY,
    PAYLOAD,
    TAGGED,
    UNTAGGED,
    Headers,
    judged,
    reason,
    signer,
)

RULES = {
    TagForm.TAGGED: TagRule.TAGGED,
    TagForm.UNTAGGED: TagRule.UNTAGGED,
    TagForm.CWT: TagRule.CWT_TAGGED,
}


def sign(headers: CoseHeaders) -> bytes:
    return sign_sign1(PAYLOAD, signer=signer(), headers=headers)


def mac(headers: CoseHeaders) -> bytes:
    return mac_mac0(PAYLOAD, key=KEY, headers=headers)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_alg_is_the_signers(algorithm: Algorithm) -> None:
    data = sign_sign1(PAYLOAD, signer=signer(algorithm))
    header = read_sign1(data, at="cose", rules=TAGGED).header
    assert header.algorithm == algorithm.cose


@pytest.mark.parametrize("form", TagForm)
@pytest.mark.parametrize("place", PayloadPlace)
def test_every_form_reads_back(form: TagForm, place: PayloadPlace) -> None:
    written = CoseForm(form, place)
    detached = None if place is PayloadPlace.ATTACHED else PAYLOAD
    rules = CoseRules(RULES[form])
    signed = sign_sign1(PAYLOAD, signer=signer(), form=written)
    sign1 = read_sign1(signed, at="cose", rules=rules, detached=detached)
    assert (sign1.payload, reason(sign1)) == (PAYLOAD, Reason.VALID)
    macked = mac_mac0(PAYLOAD, key=KEY, form=written)
    mac0 = read_mac0(macked, at="cose", rules=rules, detached=detached)
    assert mac0.payload == PAYLOAD
    assert mac_matches(mac0, key=KEY)


@pytest.mark.parametrize("form", TagForm)
@pytest.mark.parametrize("place", PayloadPlace)
def test_the_value_for_a_larger_structure_is_what_is_written(
    form: TagForm, place: PayloadPlace
) -> None:
    written = CoseForm(form, place)
    headers = CoseHeaders({3: "a/b"}, {4: b"12", 33: [b"a", b"b"]})
    value = mac0_value(PAYLOAD, key=KEY, headers=headers, form=written)
    data = mac_mac0(PAYLOAD, key=KEY, headers=headers, form=written)
    assert write_cbor(value) == data
    by = Sign1Signer(signer(Algorithm.EDDSA), headers=headers, form=written)
    # EdDSA signs alike twice.
    assert write_cbor(by.sign_value(PAYLOAD)) == by.sign(PAYLOAD)


def test_what_is_written_is_deterministic_cbor() -> None:
    headers = CoseHeaders({16: "a/b", 3: 0}, {33: b"leaf", 4: b"12", -1: {2: 1, 1: 2}})
    data = sign(headers)
    assert write_cbor(read_cbor(data, at="cose")) == data
    protected = read_sign1(data, at="cose", rules=ANY_CHAIN).protected
    assert write_cbor(read_cbor(protected, at="header")) == protected


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65_536])
def test_a_payload_of_any_length_is_written_shortest(size: int) -> None:
    data = sign_sign1(bytes(size), signer=signer())
    assert write_cbor(read_cbor(data, at="cose")) == data
    assert judged(data) is Reason.VALID


def test_one_signer_signs_many_payloads_under_one_header() -> None:
    by = Sign1Signer(signer(), headers=CoseHeaders({4: b"12"}))
    for payload in (b"one", b"two"):
        sign1 = read_sign1(by.sign(payload), at="cose", rules=TAGGED)
        assert (sign1.payload, sign1.kid) == (payload, b"12")
        assert reason(sign1) is Reason.VALID


def test_what_stands_beside_the_message_is_signed() -> None:
    data = sign_sign1(PAYLOAD, signer=signer(), external_aad=b"session")
    good = read_sign1(data, at="cose", rules=TAGGED, external_aad=b"session")
    assert reason(good) is Reason.VALID
    assert judged(data) is Reason.INVALID
    value = Sign1Signer(signer(), form=CoseForm(TagForm.UNTAGGED)).sign_value(
        PAYLOAD, external_aad=b"session"
    )
    held = sign1_of(value, at="x", rules=UNTAGGED, external_aad=b"session")
    assert reason(held) is Reason.VALID


def test_a_chain_is_written_where_the_caller_puts_it() -> None:
    held: Headers = {33: x5chain_parameter((b"leaf", b"root"))}
    for headers, rule in (
        (CoseHeaders(protected=held), ChainRule.PROTECTED),
        (CoseHeaders(unprotected=held), ChainRule.UNPROTECTED),
    ):
        rules = CoseRules(TagRule.TAGGED, chain=rule)
        sign1 = read_sign1(sign(headers), at="cose", rules=rules)
        assert sign1.x5chain == (b"leaf", b"root")


def test_critical_parameters_can_be_written() -> None:
    data = sign(CoseHeaders({2: [99], 99: 1}))
    rules = CoseRules(TagRule.TAGGED, understood=frozenset({99}))
    assert judged(data, rules=rules) is Reason.VALID


@pytest.mark.parametrize("make", [sign, mac])
@pytest.mark.parametrize(
    ("protected", "unprotected"),
    [
        ({1: -7}, {}),
        ({}, {1: -7}),
        ({4: "12"}, {}),
        ({}, {4: "12"}),
        ({16: 1.5}, {}),
        ({}, {16: "a/b"}),
        ({}, {2: [4]}),
        ({2: []}, {}),
        ({2: [99]}, {}),
        ({4: b"1"}, {4: b"1"}),
        ({33: []}, {}),
        ({33: [b"leaf"]}, {}),
        ({b"bytes": 1}, {}),
        ({}, {b"bytes": 1}),
        ({True: -7}, {}),
        ({99: bytes(30_000)}, {}),
        ({99: object()}, {}),
        ({}, {99: object()}),
    ],
    ids=lambda each: str(each)[:12],
)
def test_headers_that_no_strict_reader_takes_cannot_be_made(
    make: Callable[[CoseHeaders], bytes], protected: Headers, unprotected: Headers
) -> None:
    make(CoseHeaders({4: b"1"}, {33: b"leaf"}))
    with pytest.raises(UsageError):
        make(CoseHeaders(protected, unprotected))


def test_a_value_handed_out_does_not_reach_into_the_signer() -> None:
    by = Sign1Signer(signer(), headers=CoseHeaders({}, {4: b"12"}))
    first = by.sign_value(PAYLOAD)
    held: CborValue = first.value if hasattr(first, "value") else first
    assert isinstance(held, list)
    assert isinstance(held[1], dict)
    held[1].clear()
    again = sign1_of(by.sign_value(PAYLOAD), at="x", rules=TAGGED)
    assert again.kid == b"12"
