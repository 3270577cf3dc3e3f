"""Messages that are none, each beside the message that it was made from."""

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.envelope.cose import (
    ChainRule,
    CoseMac0,
    CoseRules,
    CoseSign1,
    TagRule,
    mac0_of,
    read_mac0,
    read_sign1,
    sign1_of,
)
from idwallet.envelope.cose.structures import signing_input, string_head
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.cose.forge import (
    ES256,
    HMAC,
    PAYLOAD,
    TAGGED,
    UNTAGGED,
    array,
    judged,
    mac_array,
    message,
    reason,
)

ALG = {1: ES256}
GOOD = message(ALG, unprotected={4: b"12"})


def refusal(
    data: bytes, rules: CoseRules = TAGGED, detached: bytes | None = None
) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        read_sign1(data, at="cose", rules=rules, detached=detached)
    return caught.value


def test_a_message_comes_apart_into_what_was_signed() -> None:
    sign1 = read_sign1(GOOD, at="cose", rules=TAGGED)
    assert sign1.header.algorithm == ES256
    assert sign1.protected == b"\xa1\x01\x26"
    assert sign1.unprotected == {4: b"12"}
    assert (sign1.kid, sign1.x5chain) == (b"12", ())
    assert sign1.payload == PAYLOAD
    assert len(sign1.signature) == 64
    assert sign1.signing_input == write_cbor(
        ["Signature1", b"\xa1\x01\x26", b"", PAYLOAD]
    )
    assert reason(sign1) is Reason.VALID


def test_a_message_in_a_larger_structure_comes_apart_alike() -> None:
    assert sign1_of(array(ALG), at="x", rules=UNTAGGED).payload == PAYLOAD
    made = array(ALG, unprotected={4: b"12", 33: [b"a", b"b"]})
    rules = CoseRules(TagRule.UNTAGGED, chain=ChainRule.EITHER)
    whole = read_sign1(write_cbor(made), at="cose", rules=rules)
    assert sign1_of(made, at="cose", rules=rules) == whole


@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, 65_535, 65_536])
def test_any_length_of_payload_and_aad_is_covered_as_cbor_writes_it(size: int) -> None:
    data = bytes(size)
    covered = signing_input(data, external_aad=data, payload=data)
    assert covered == write_cbor(["Signature1", data, data, data])
    good = message({**ALG, 99: data[:20_000]}, payload=data, aad=data)
    sign1 = read_sign1(good, at="cose", rules=TAGGED, external_aad=data)
    assert (sign1.payload, reason(sign1)) == (data, Reason.VALID)


def test_the_head_of_a_string_longer_than_memory_is_right() -> None:
    assert string_head(1 << 32) == b"\x5b" + (1 << 32).to_bytes(8)
    assert string_head((1 << 32) - 1) == b"\x5a\xff\xff\xff\xff"


# --- tags ----------------------------------------------------------------------------

_FORMS = {
    "untagged": lambda each: each,
    "sign1": lambda each: CborTag(18, each),
    "mac0": lambda each: CborTag(17, each),
    "cwt sign1": lambda each: CborTag(61, CborTag(18, each)),
    "cwt mac0": lambda each: CborTag(61, CborTag(17, each)),
    "cwt untagged": lambda each: CborTag(61, each),
    "sign1 twice": lambda each: CborTag(18, CborTag(18, each)),
    "cwt twice": lambda each: CborTag(61, CborTag(61, CborTag(18, each))),
    "cwt inside": lambda each: CborTag(18, CborTag(61, each)),
    "sign": lambda each: CborTag(98, each),
    "encrypt0": lambda each: CborTag(16, each),
    "self-described": lambda each: CborTag(55799, CborTag(18, each)),
}
_SIGN1 = {
    TagRule.TAGGED: {"sign1"},
    TagRule.UNTAGGED: {"untagged"},
    TagRule.TAG_OPTIONAL: {"untagged", "sign1"},
    TagRule.CWT_TAGGED: {"cwt sign1"},
    TagRule.CWT_TAG_OPTIONAL: {"sign1", "cwt sign1"},
}


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("rule", TagRule)
def test_a_message_is_tagged_as_the_caller_expects_or_refused(
    rule: TagRule, form: str
) -> None:
    rules = CoseRules(rule)
    value = _FORMS[form](array(ALG))
    data = write_cbor(value)
    if form in _SIGN1[rule]:
        assert judged(data, rules=rules) is Reason.VALID
        assert reason(sign1_of(value, at="cose", rules=rules)) is Reason.VALID
        return
    for refused in (refusal(data, rules), _refused_value(value, rules)):
        assert refused.what == "not tagged as expected"
        assert (refused.at, refused.clause) == ("cose", "RFC 9052 §2")


def _refused_value(value: CborValue, rules: CoseRules) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        sign1_of(value, at="cose", rules=rules)
    return caught.value


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("rule", TagRule)
def test_a_mac_is_tagged_as_the_caller_expects_or_refused(
    rule: TagRule, form: str
) -> None:
    value = _FORMS[form](mac_array({1: HMAC}))
    expected = {each.replace("sign1", "mac0") for each in _SIGN1[rule]}
    for read in (
        lambda: read_mac0(write_cbor(value), at="cose", rules=CoseRules(rule)),
        lambda: mac0_of(value, at="cose", rules=CoseRules(rule)),
    ):
        if form in expected:
            assert isinstance(read(), CoseMac0)
            continue
        with pytest.raises(MalformedError) as caught:
            read()
        assert caught.value.what == "not tagged as expected"


# --- the array -----------------------------------------------------------------------


@pytest.mark.parametrize("more", [b"\x00", b"\xf6", b"\xd2", GOOD])
def test_octets_behind_the_message_are_refused(more: bytes) -> None:
    assert judged(GOOD) is Reason.VALID
    assert refusal(GOOD + more).at == "cose"
    irregular = message(ALG, unprotected={-1: 1})
    assert judged(irregular) is Reason.VALID
    assert refusal(irregular + more).at == "cose"


@pytest.mark.parametrize(
    "data", [GOOD, message(ALG, unprotected={-1: 1})], ids=["usual", "irregular"]
)
def test_a_message_cut_off_anywhere_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        refusal(data[:end])


@pytest.mark.parametrize("count", [0, 1, 3, 5])
def test_an_array_of_other_than_four_is_refused(count: int) -> None:
    parts = [*array(ALG), b""][:count]
    assert judged(write_cbor(CborTag(18, array(ALG)))) is Reason.VALID
    assert refusal(write_cbor(CborTag(18, parts))).what == "not an array of four"


@pytest.mark.parametrize("value", [None, b"", "", {}, 1, 1.5, True])
def test_what_is_no_array_is_refused(value: CborValue) -> None:
    assert refusal(write_cbor(CborTag(18, value))).what == "not an array of four"
    assert refusal(write_cbor(value)).what == "not tagged as expected"


@pytest.mark.parametrize("place", [0, 2, 3])
@pytest.mark.parametrize("value", ["text", 1, [], {}, True, CborTag(24, b"")])
def test_a_part_that_is_no_byte_string_is_refused(place: int, value: CborValue) -> None:
    parts = array(ALG)
    assert judged(write_cbor(CborTag(18, parts))) is Reason.VALID
    parts[place] = value
    error = refusal(write_cbor(CborTag(18, parts)))
    assert error.what == "not a byte string"
    assert error.at == "cose/" + ("protected", "", "payload", "proof")[place]


@pytest.mark.parametrize("place", [0, 3])
def test_a_part_that_is_absent_is_refused(place: int) -> None:
    parts = array(ALG)
    parts[place] = None
    assert refusal(write_cbor(CborTag(18, parts))).what == "not a byte string"


def test_an_unprotected_header_that_is_no_map_is_refused() -> None:
    parts = array(ALG)
    for fault in (b"", [], None):
        parts[1] = fault
        assert refusal(write_cbor(CborTag(18, parts))).at == "cose/unprotected"


def test_a_message_longer_than_the_bound_is_refused_unread() -> None:
    error = refusal(GOOD + bytes(limits.CBOR_BYTES))
    assert isinstance(error, LimitError)


@pytest.mark.parametrize("unprotected", [{}, {-1: 1}])
def test_a_signature_longer_than_the_bound_is_refused(
    unprotected: dict[int, int],
) -> None:
    parts = array(ALG, unprotected=dict(unprotected))
    parts[3] = bytes(limits.COSE_SIGNATURE_BYTES)
    assert judged(write_cbor(CborTag(18, parts))) is Reason.INVALID
    parts[3] = bytes(limits.COSE_SIGNATURE_BYTES + 1)
    error = refusal(write_cbor(CborTag(18, parts)))
    assert isinstance(error, LimitError)
    assert error.at == "cose/proof"


# --- strict CBOR around the byte strings ----------------------------------------------

_HEAD, _TAIL = b"\xd2\x84\x43\xa1\x01\x26", b"\x41p\x41s"


@pytest.mark.parametrize(
    ("good", "faulty"),
    [
        (b"\xa1\x04\x41k", b"\xa1\x18\x04\x41k"),  # a longer label than needed
        (b"\xa1\x18\x20\x41k", b"\xa1\x19\x00\x20\x41k"),
        (b"\xa1\x04\x41k", b"\xa1\x04\x58\x01k"),  # a longer length than needed
        (b"\xa1\x04\x41k", b"\xa1\x04\x59\x00\x01k"),
        (b"\xa1\x04\x41k", b"\xa1\x04\x5a\x00\x00\x00\x01k"),
        (b"\xa1\x04\x41k", b"\xb8\x01\x04\x41k"),
        (b"\xa2\x04\x41k\x05\x41k", b"\xa2\x04\x41k\x04\x41k"),  # a label twice
        (b"\xa0", b"\xbf\xff"),  # indefinite lengths
        (b"\xa1\x04\x41k", b"\xa1\x04\x5f\x41k\xff"),
    ],
)
def test_a_second_spelling_of_the_same_message_is_refused(
    good: bytes, faulty: bytes
) -> None:
    read_sign1(_HEAD + good + _TAIL, at="cose", rules=TAGGED)
    assert refusal(_HEAD + faulty + _TAIL).clause == "RFC 9052 §2"


def test_a_label_that_cbor_allows_and_cose_does_not_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        read_sign1(_HEAD + b"\xa1\x80\x41k" + _TAIL, at="cose", rules=TAGGED)


@pytest.mark.parametrize("head", [b"\xd8\x12", b"\xd9\x00\x12"])
def test_a_tag_in_a_longer_form_is_refused(head: bytes) -> None:
    assert judged(GOOD) is Reason.VALID
    refusal(head + GOOD[1:])


# --- detached payload ----------------------------------------------------------------


def test_a_detached_payload_is_covered_and_only_taken_when_given() -> None:
    data = message(ALG, payload=None, covered=b"document")
    good = read_sign1(data, at="cose", rules=TAGGED, detached=b"document")
    assert (good.payload, reason(good)) == (b"document", Reason.VALID)
    other = read_sign1(data, at="cose", rules=TAGGED, detached=b"document ")
    assert reason(other) is Reason.INVALID
    error = refusal(data)
    assert (error.what, error.at) == ("no payload", "cose/payload")


def test_a_payload_beside_the_detached_one_is_refused() -> None:
    assert judged(GOOD) is Reason.VALID
    error = refusal(GOOD, detached=PAYLOAD)
    assert error.what == "a payload beside the detached one"


def test_an_empty_payload_is_not_an_absent_one() -> None:
    empty = message(ALG, payload=b"")
    assert judged(empty) is Reason.VALID
    assert refusal(empty, detached=b"").at == "cose/payload"
    absent = message(ALG, payload=None, covered=b"")
    assert refusal(absent).what == "no payload"
    sign1 = read_sign1(absent, at="cose", rules=TAGGED, detached=b"")
    assert reason(sign1) is Reason.VALID


@pytest.mark.parametrize("payload", [b"\xf7", b"\xf4", b"\xe0", b"\xf8\xff"])
def test_a_simple_value_but_null_is_no_payload(payload: bytes) -> None:
    tail = write_cbor(array(ALG)[3])
    read_sign1(_HEAD + b"\xa0\xf6" + tail, at="x", rules=TAGGED, detached=b"")
    with pytest.raises((MalformedError, UnsupportedError)):
        read_sign1(_HEAD + b"\xa0" + payload + tail, at="x", rules=TAGGED, detached=b"")


def test_a_mac_with_a_detached_payload_follows_the_same_rules() -> None:
    data = write_cbor(CborTag(17, mac_array({1: HMAC}, payload=None)))
    assert read_mac0(data, at="x", rules=TAGGED, detached=b"").payload == b""
    with pytest.raises(MalformedError):
        read_mac0(data, at="x", rules=TAGGED)
    whole = write_cbor(CborTag(17, mac_array({1: HMAC})))
    with pytest.raises(MalformedError):
        read_mac0(whole, at="x", rules=TAGGED, detached=PAYLOAD)


# --- external_aad --------------------------------------------------------------------


def test_what_is_signed_beside_the_message_is_covered() -> None:
    data = message(ALG, aad=b"session")
    good = read_sign1(data, at="cose", rules=TAGGED, external_aad=b"session")
    assert reason(good) is Reason.VALID
    for other in (b"", b"Session", b"session "):
        sign1 = read_sign1(data, at="cose", rules=TAGGED, external_aad=other)
        assert reason(sign1) is Reason.INVALID


def test_octets_cannot_move_between_aad_and_payload() -> None:
    data = message(ALG, payload=b"bc", aad=b"a")
    good = read_sign1(data, at="cose", rules=TAGGED, external_aad=b"a")
    assert reason(good) is Reason.VALID
    parts = array(ALG, payload=b"bc", aad=b"a")
    parts[2] = b"c"
    moved = sign1_of(parts, at="cose", rules=UNTAGGED, external_aad=b"ab")
    assert reason(moved) is Reason.INVALID


def test_reading_judges_nothing() -> None:
    parts = array({1: 5})
    parts[3] = b""
    assert isinstance(sign1_of(parts, at="cose", rules=UNTAGGED), CoseSign1)
