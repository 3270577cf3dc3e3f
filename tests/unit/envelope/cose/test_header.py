"""The rules of both headers: each broken one beside the message that keeps it."""

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborTag, CborValue
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    TagRule,
    read_sign1,
    sign1_of,
    x5chain_parameter,
)
from idwallet.envelope.cose.header import read_header
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.cose.forge import (
    ANY_CHAIN,
    ES256,
    TAGGED,
    Headers,
    array,
    encoded,
    judged,
    message,
)

ALG: Headers = {1: ES256}
LEAF, ROOT = b"\x30\x03leaf", b"\x30\x03root"


def refusal(
    protected: Headers | bytes,
    unprotected: Headers | None = None,
    rules: CoseRules = TAGGED,
) -> MalformedError:
    data = message(protected, unprotected=unprotected)
    with pytest.raises(MalformedError) as caught:
        read_sign1(data, at="cose", rules=rules)
    return caught.value


def test_a_header_comes_apart_into_what_the_sender_says() -> None:
    values: Headers = {
        **ALG,
        3: "application/cwt",
        4: b"12",
        16: "application/statuslist+cwt",
        33: LEAF,
        -70000: [1, {"a": 2}],
        "own": None,
    }
    header = read_header(encoded(values), at="cose")
    assert header.algorithm == ES256
    assert header.content_type == "application/cwt"
    assert header.typ == "application/statuslist+cwt"
    assert header.kid == b"12"
    assert header.x5chain == (LEAF,)
    assert header.critical == frozenset()
    assert dict(header.parameters) == values
    assert len(header.parameters) == len(values)


def test_a_header_of_one_parameter_leaves_the_others_out() -> None:
    header = read_header(encoded(ALG), at="cose")
    assert (header.typ, header.content_type, header.kid) == (None, None, None)
    assert header.x5chain == ()


def test_content_type_and_typ_may_be_numbers_of_coap() -> None:
    header = read_header(encoded({**ALG, 3: 61, 16: 0}), at="cose")
    assert (header.content_type, header.typ) == (61, 0)


def test_a_remembered_header_cannot_be_changed() -> None:
    values: Headers = {**ALG, 99: [1], 98: {1: [2]}, 97: CborTag(1000, [3])}
    first = read_header(encoded(values), at="cose")
    listed, tagged = first.parameters[99], first.parameters[97]
    assert isinstance(listed, list)
    assert isinstance(tagged, CborTag)
    assert isinstance(tagged.value, list)
    listed.clear()
    tagged.value.clear()
    with pytest.raises(TypeError):
        first.parameters[1] = 0
    second = read_header(encoded(values), at="cose")
    assert second is first
    assert dict(second.parameters) == values


def test_a_header_too_long_to_remember_is_read_each_time() -> None:
    long = encoded({**ALG, 33: bytes([1]) * limits.HEADER_CACHE_BYTES})
    assert read_header(long, at="cose") is not read_header(long, at="cose")


def test_a_header_shows_no_values() -> None:
    header = read_header(encoded({**ALG, 4: b"kid-of-a-person"}), at="cose")
    assert repr(header.parameters) == "CoseParameters(1, 4)"
    assert 4 in header.parameters
    assert 5 not in header.parameters


def test_a_header_longer_than_the_bound_is_refused() -> None:
    fits = {**ALG, 99: bytes(limits.COSE_HEADER_BYTES - 10)}
    assert judged(message(fits)) is Reason.VALID
    error = refusal({**ALG, 99: bytes(limits.COSE_HEADER_BYTES)})
    assert isinstance(error, LimitError)
    assert error.at == "cose/protected"


# --- what the protected header is ----------------------------------------------------


@pytest.mark.parametrize("empty", [b"", b"\xa0"])
def test_both_forms_of_an_empty_header_are_read_and_lack_alg(empty: bytes) -> None:
    assert judged(message(ALG)) is Reason.VALID
    error = refusal(empty)
    assert (error.what, error.clause) == ("no protected alg", "RFC 9052 §3.1")


@pytest.mark.parametrize("protected", [b"\x80", b"\x01", b"\xf6", b"\x41\xa0"])
def test_a_protected_header_that_is_no_map_is_refused(protected: bytes) -> None:
    error = refusal(protected)
    assert (error.at, error.clause) == ("cose/protected", "RFC 9052 §3")


@pytest.mark.parametrize(
    "protected",
    [
        b"\xa1\x01\x26\x00",  # an octet behind it
        b"\xa1\x01",  # cut off
        b"\xa2\x01\x26\x01\x26",  # alg twice
        b"\xa1\x18\x01\x26",  # a label not in its shortest form
        b"\xbf\x01\x26\xff",  # indefinite length
    ],
    ids=bytes.hex,
)
def test_a_protected_header_in_faulty_cbor_is_refused(protected: bytes) -> None:
    assert judged(message(b"\xa1\x01\x26")) is Reason.VALID
    assert refusal(protected).at == "cose/protected"


def test_a_header_need_not_be_deterministic_to_be_covered_as_received() -> None:
    # RFC 9052 §3: the bytes that were received are what is signed.
    unsorted = b"\xa2\x04\x41k\x01\x26"
    assert unsorted != encoded({1: ES256, 4: b"k"})
    assert judged(message(unsorted)) is Reason.VALID


@pytest.mark.parametrize("label", [b"bytes", b""])
def test_a_label_of_another_type_is_refused(label: bytes) -> None:
    assert judged(message({**ALG, "text": 1}, unprotected={"x": 1})) is Reason.VALID
    assert refusal({**ALG, label: 1}).clause == "RFC 9052 §1.5"
    assert refusal(ALG, {label: 1}).at == "cose/unprotected"


@pytest.mark.parametrize(
    ("label", "value"),
    [
        (1, None),
        (1, True),
        (1, 1.0),
        (1, b"ES256"),
        (1, [ES256]),
        (3, b"text"),
        (3, -1),
        (3, True),
        (4, "12"),
        (4, 12),
        (4, None),
        (16, b"text"),
        (16, -1),
        (16, ["a"]),
    ],
)
def test_a_parameter_of_another_type_is_refused(label: int, value: CborValue) -> None:
    good: Headers = {1: ES256, 3: "text", 4: b"12", 16: "text"}
    assert judged(message(good)) is Reason.VALID
    assert refusal({**good, label: value}).at == f"cose/protected/{label}"


# --- what must be protected ----------------------------------------------------------


def test_an_unprotected_alg_is_refused() -> None:
    assert judged(message(ALG, unprotected={5: b""})) is Reason.VALID
    assert refusal(b"", ALG).what == "no protected alg"
    assert refusal({4: b"12"}, ALG).what == "no protected alg"
    both = refusal(ALG, ALG)
    assert (both.what, both.at) == (
        "a label stands in both headers",
        "cose/unprotected",
    )


@pytest.mark.parametrize(("label", "value"), [(2, [4]), (16, "application/cwt")])
def test_what_counts_only_when_signed_is_refused_outside(
    label: int, value: CborValue
) -> None:
    good: Headers = {**ALG, 4: b"12", label: value}
    assert judged(message(good)) is Reason.VALID
    error = refusal({**ALG, 4: b"12"}, {label: value})
    assert error.what == "a parameter that must be protected"
    assert error.at == "cose/unprotected"


@pytest.mark.parametrize("label", [4, 33, 99, "own"])
def test_a_label_in_both_headers_is_refused(label: int | str) -> None:
    inside: Headers = {**ALG, label: b"x"}
    assert judged(message(inside)) is Reason.VALID
    assert judged(message(ALG, unprotected={label: b"x"}), rules=ANY_CHAIN) is (
        Reason.VALID
    )
    error = refusal(inside, {label: b"x"}, ANY_CHAIN)
    assert (error.what, error.clause) == (
        "a label stands in both headers",
        "RFC 9052 §3",
    )


# --- kid -----------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [True, False])
def test_kid_is_bytes_from_either_header(inside: bool) -> None:
    kid: Headers = {4: b"\x00\xff"}
    data = message({**ALG, **kid} if inside else ALG, unprotected={} if inside else kid)
    assert read_sign1(data, at="cose", rules=TAGGED).kid == b"\x00\xff"
    assert judged(data) is Reason.VALID


@pytest.mark.parametrize("kid", ["12", 12, None, [b"12"]])
def test_an_unprotected_kid_of_another_type_is_refused(kid: CborValue) -> None:
    assert refusal(ALG, {4: kid}).at == "cose/unprotected/4"


# --- crit ----------------------------------------------------------------------------


def test_a_critical_parameter_must_be_one_the_caller_acts_on() -> None:
    data = message({**ALG, 2: [-70000, "own"], -70000: 1, "own": 2})
    acting = CoseRules(TagRule.TAGGED, understood=frozenset({-70000, "own"}))
    assert judged(data, rules=acting) is Reason.VALID
    partly = CoseRules(TagRule.TAGGED, understood=frozenset({-70000}))
    for rules in (TAGGED, partly):
        with pytest.raises(UnsupportedError) as caught:
            read_sign1(data, at="cose", rules=rules)
        assert caught.value.at == "cose/protected/2"


def test_parameters_that_every_reader_knows_may_be_called_critical() -> None:
    data = message({**ALG, 2: [1, 2, 3, 4, 33], 3: 0, 4: b"k", 33: LEAF})
    sign1 = read_sign1(data, at="cose", rules=TAGGED)
    assert sign1.header.critical == {1, 2, 3, 4, 33}
    assert judged(data) is Reason.VALID


def test_a_critical_typ_is_for_the_caller_to_act_on() -> None:
    data = message({**ALG, 2: [16], 16: "a/b"})
    acting = CoseRules(TagRule.TAGGED, understood=frozenset({16}))
    assert judged(data, rules=acting) is Reason.VALID
    with pytest.raises(UnsupportedError):
        judged(data)


@pytest.mark.parametrize(
    "crit", [[], None, 4, "4", {4: 4}, [b"4"], [None], [4, True], [[4]], [4.0]]
)
def test_a_crit_that_lists_no_labels_is_refused(crit: CborValue) -> None:
    good: Headers = {**ALG, 2: [4], 4: b"k"}
    assert judged(message(good)) is Reason.VALID
    assert refusal({**good, 2: crit}).at == "cose/protected/2"


def test_a_crit_that_names_an_absent_parameter_is_refused() -> None:
    assert judged(message({**ALG, 2: [4], 4: b"k"})) is Reason.VALID
    assert refusal({**ALG, 2: [4]}).what == "names an absent parameter"
    # Under the signature it must be, and not beside it (RFC 9052 §3.1).
    assert refusal({**ALG, 2: [4]}, {4: b"k"}).what == "names an absent parameter"


def test_a_crit_of_more_labels_than_the_bound_is_refused() -> None:
    many = list(range(100, 100 + limits.COSE_CRIT_LABELS + 1))
    values: Headers = {**ALG, **dict.fromkeys(many, 1)}
    rules = CoseRules(TagRule.TAGGED, understood=frozenset(many))
    fits = message({**values, 2: [*many[1:]]})
    assert judged(fits, rules=rules) is Reason.VALID
    error = refusal({**values, 2: [*many]}, rules=rules)
    assert isinstance(error, LimitError)


# --- x5chain (RFC 9360 §2) -----------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "value"),
    [((LEAF,), LEAF), ((LEAF, ROOT), [LEAF, ROOT]), ((LEAF,) * 6, [LEAF] * 6)],
)
@pytest.mark.parametrize("inside", [True, False])
def test_a_chain_is_one_certificate_or_an_array_of_several(
    chain: tuple[bytes, ...], value: CborValue, inside: bool
) -> None:
    held: Headers = {33: value}
    data = message(
        {**ALG, **held} if inside else ALG, unprotected={} if inside else held
    )
    assert read_sign1(data, at="cose", rules=ANY_CHAIN).x5chain == chain
    assert x5chain_parameter(chain) == value


@pytest.mark.parametrize(
    "value", [[], [LEAF], b"", [LEAF, b""], [LEAF, "x"], "x", None, 1, {1: LEAF}]
)
@pytest.mark.parametrize("inside", [True, False])
def test_a_chain_of_another_shape_is_refused(value: CborValue, inside: bool) -> None:
    held: Headers = {33: value}
    error = refusal(
        {**ALG, **held} if inside else ALG, {} if inside else held, ANY_CHAIN
    )
    assert error.at == f"cose/{'' if inside else 'un'}protected/33"
    assert error.clause == "RFC 9360 §2"


def test_a_chain_longer_than_the_bound_is_refused() -> None:
    long: Headers = {33: [LEAF] * (limits.CHAIN_CERTIFICATES + 1)}
    assert isinstance(refusal(ALG, long, ANY_CHAIN), LimitError)
    assert isinstance(refusal({**ALG, **long}), LimitError)


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        (ChainRule.PROTECTED, True, False),
        (ChainRule.UNPROTECTED, False, True),
        (ChainRule.EITHER, True, True),
    ],
)
def test_a_chain_stands_where_the_profile_has_it(
    rule: ChainRule, inside: bool, outside: bool
) -> None:
    rules = CoseRules(TagRule.TAGGED, chain=rule)
    assert judged(message(ALG), rules=rules) is Reason.VALID
    held: Headers = {33: [LEAF, ROOT]}
    for allowed, protected, unprotected in (
        (inside, {**ALG, **held}, {}),
        (outside, ALG, held),
    ):
        if allowed:
            data = message(protected, unprotected=unprotected)
            assert judged(data, rules=rules) is Reason.VALID
        else:
            error = refusal(protected, unprotected, rules)
            assert error.what == "x5chain where the profile does not have it"


def test_addresses_and_thumbprints_of_certificates_find_nothing() -> None:
    # The tests' network block would turn a look-up into an error.
    held: Headers = {
        32: LEAF,
        34: [-16, b"digest"],
        35: CborTag(32, "https://attacker.example/chain"),
    }
    data = message({**ALG, **held})
    assert judged(data) is Reason.VALID
    assert read_sign1(data, at="cose", rules=TAGGED).x5chain == ()


def test_what_the_unprotected_header_holds_is_kept_read_only() -> None:
    data = message(ALG, unprotected={99: [1], 4: b"k"})
    sign1 = read_sign1(data, at="cose", rules=TAGGED)
    assert dict(sign1.unprotected) == {99: [1], 4: b"k"}
    with pytest.raises(TypeError):
        sign1.unprotected[1] = 2
    assert dict(read_sign1(message(ALG), at="x", rules=TAGGED).unprotected) == {}


def test_the_unprotected_header_must_be_a_map() -> None:
    good = array(ALG)
    sign1_of(good, at="cose", rules=CoseRules(TagRule.UNTAGGED))
    for fault in (None, b"", [], 1):
        with pytest.raises(MalformedError) as caught:
            sign1_of(
                [good[0], fault, *good[2:]],
                at="cose",
                rules=CoseRules(TagRule.UNTAGGED),
            )
        assert caught.value.at == "cose/unprotected"
