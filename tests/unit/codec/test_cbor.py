import struct
from types import MappingProxyType

import pytest

from idwallet import limits
from idwallet.codec import cbor
from idwallet.codec.cbor import (
    CborTag,
    read_cbor,
    read_cbor_each,
    read_cbor_head,
    read_cbor_item,
    write_cbor,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

# RFC 8949 appendix A, the rows in preferred form that we have types for.
EXAMPLES = [
    ("00", 0),
    ("17", 23),
    ("1818", 24),
    ("1903e8", 1000),
    ("1a000f4240", 1000000),
    ("1b000000e8d4a51000", 1000000000000),
    ("1bffffffffffffffff", 18446744073709551615),
    ("3bffffffffffffffff", -18446744073709551616),
    ("20", -1),
    ("3863", -100),
    ("f90000", 0.0),
    ("f98000", -0.0),
    ("f93c00", 1.0),
    ("fb3ff199999999999a", 1.1),
    ("f97bff", 65504.0),
    ("fa47c35000", 100000.0),
    ("fa7f7fffff", 3.4028234663852886e38),
    ("fb7e37e43c8800759c", 1.0e300),
    ("f90001", 5.960464477539063e-8),
    ("f90400", 0.00006103515625),
    ("f9c400", -4.0),
    ("f97c00", float("inf")),
    ("f9fc00", float("-inf")),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("c249010000000000000000", CborTag(2, b"\x01" + bytes(8))),
    (
        "c074323031332d30332d32315432303a30343a30305a",
        CborTag(0, "2013-03-21T20:04:00Z"),
    ),
    ("c11a514b67b0", CborTag(1, 1363896240)),
    ("d74401020304", CborTag(23, b"\x01\x02\x03\x04")),
    ("d818456449455446", CborTag(24, b"dIETF")),
    (
        "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
        CborTag(32, "http://www.example.com"),
    ),
    ("40", b""),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("60", ""),
    ("62225c", '"\\'),
    ("62c3bc", "ü"),
    ("64f0908591", "\U00010151"),
    ("80", []),
    ("83010203", [1, 2, 3]),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("a0", {}),
    ("a201020304", {1: 2, 3: 4}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ("826161a161626163", ["a", {"b": "c"}]),
]


@pytest.mark.parametrize(("octets", "value"), EXAMPLES)
def test_the_examples_of_the_standard_read_and_write(
    octets: str, value: cbor.CborValue
) -> None:
    found = read_cbor(bytes.fromhex(octets), at="payload")
    assert repr(found) == repr(value)
    assert write_cbor(value).hex() == octets


@pytest.mark.parametrize(
    ("valid", "forged", "what", "clause"),
    [
        ("00", "", "CBOR ends early", "RFC 8949 §3"),
        ("00", "0000", "octets behind the value", "RFC 8949 §4.2"),
        ("a10102", "a10102ff", "octets behind the value", "RFC 8949 §4.2"),
        ("17", "1817", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("18ff", "1900ff", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("19ffff", "1a0000ffff", "head is not in its shortest form", "RFC 8949 §4.2"),
        (
            "1affffffff",
            "1b00000000ffffffff",
            "head is not in its shortest form",
            "RFC 8949 §4.2",
        ),
        ("20", "3800", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("4101", "580101", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("6161", "780161", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("8101", "980101", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("a10101", "b8010101", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("c101", "d80101", "head is not in its shortest form", "RFC 8949 §4.2"),
        ("4101", "5f4101ff", "indefinite length", "RFC 8949 §4.2"),
        ("6161", "7f6161ff", "indefinite length", "RFC 8949 §4.2"),
        ("8101", "9f01ff", "indefinite length", "RFC 8949 §4.2"),
        ("a10102", "bf0102ff", "indefinite length", "RFC 8949 §4.2"),
        ("00", "1c", "reserved CBOR head", "RFC 8949 §4.2"),
        ("c100", "dd00", "reserved CBOR head", "RFC 8949 §4.2"),
        ("f6", "fc", "reserved CBOR head", "RFC 8949 §3"),
        ("f6", "ff", "reserved CBOR head", "RFC 8949 §3"),
        ("1818", "18", "CBOR ends early", "RFC 8949 §3"),
        ("1903e8", "1903", "CBOR ends early", "RFC 8949 §3"),
        ("420102", "4201", "CBOR ends early", "RFC 8949 §3"),
        ("58180" + "1" * 47, "5818", "CBOR ends early", "RFC 8949 §3"),
        ("820102", "8201", "CBOR ends early", "RFC 8949 §3"),
        ("824101f6", "8241", "CBOR ends early", "RFC 8949 §3"),
        ("a10102", "a101", "CBOR ends early", "RFC 8949 §3"),
        ("c100", "c1", "CBOR ends early", "RFC 8949 §3"),
        ("f93c00", "f93c", "CBOR ends early", "RFC 8949 §3"),
        ("fa47c35000", "fa47", "CBOR ends early", "RFC 8949 §3"),
        ("f6", "f8", "CBOR ends early", "RFC 8949 §3"),
        ("f5", "f815", "simple value in two octets", "RFC 8949 §3.3"),
        ("a201010201", "a201010101", "duplicate map key", "RFC 8949 §4.2"),
        ("a2616101616201", "a2616101616101", "duplicate map key", "RFC 8949 §4.2"),
        ("a2416101616101", "a2416101416101", "duplicate map key", "RFC 8949 §4.2"),
        ("62c3bc", "62c328", "text is not UTF-8", "RFC 8949 §4.2"),
        ("64f0908591", "63eda080", "text is not UTF-8", "RFC 8949 §4.2"),
        ("a162c2bc00", "a161c200", "text is not UTF-8", "RFC 8949 §4.2"),
    ],
)  # fmt: skip
def test_octets_outside_the_rules_are_refused(
    valid: str, forged: str, what: str, clause: str
) -> None:
    read_cbor(bytes.fromhex(valid), at="payload")
    with pytest.raises(MalformedError) as caught:
        read_cbor(bytes.fromhex(forged), at="payload")
    assert not isinstance(caught.value, LimitError)
    assert (caught.value.what, caught.value.clause) == (what, clause)
    assert caught.value.at == "payload"


@pytest.mark.parametrize(
    ("valid", "forged"),
    [
        ("f6", "f7"),
        ("f6", "e0"),
        ("f4", "f3"),
        ("f6", "f820"),
        ("f6", "f8ff"),
        ("81f6", "81f7"),
    ],
)
def test_a_simple_value_without_a_meaning_here_is_unsupported(
    valid: str, forged: str
) -> None:
    read_cbor(bytes.fromhex(valid), at="payload")
    with pytest.raises(UnsupportedError) as caught:
        read_cbor(bytes.fromhex(forged), at="payload")
    assert caught.value.what == "simple value"
    assert caught.value.clause == "RFC 8949 §3.3"


@pytest.mark.parametrize(
    "key",
    ["80", "8101", "a0", "c100", "f4", "f5", "f6", "f93c00", "fb3ff0000000000000"],
)
def test_a_map_key_is_an_integer_text_or_a_byte_string(key: str) -> None:
    # 1, 1.0 and true are equal to Python: only one of them may be a key.
    for well in ("01", "20", "1818", "6161", "4161"):
        read_cbor(bytes.fromhex(f"a1{well}00"), at="payload")
    with pytest.raises(UnsupportedError) as caught:
        read_cbor(bytes.fromhex(f"a1{key}00"), at="payload")
    assert caught.value.what == "map key is no integer, text or byte string"
    read_cbor(bytes.fromhex(f"a100{key}"), at="payload")


def test_keys_are_told_from_values_behind_a_nested_map() -> None:
    assert read_cbor(bytes.fromhex("a201a1028003f4"), at="x") == {1: {2: []}, 3: False}
    with pytest.raises(UnsupportedError):
        read_cbor(bytes.fromhex("a201a10280f403"), at="x")


# Every tag that cbor2 gives a meaning of its own to, and some that it does not.
TAGS = [
    *range(6), 24, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004,
    43000, 55799, 63, 65536, 2**32, 2**64 - 1,
]  # fmt: skip
CONTENTS: list[cbor.CborValue] = [
    "2013-03-21T20:04:00Z",
    "a(b",
    0,
    1363896240,
    b"\xc0\x00\x02\x01",
    [1, 2],
    [4, b"\xc0\x00\x02\x01"],
    {b"\x7f\x00\x00\x01": 8},
    [],
]


@pytest.mark.parametrize("number", TAGS)
def test_no_tag_becomes_anything_but_a_tag(number: int) -> None:
    for content in CONTENTS:
        tag = CborTag(number, content)
        assert read_cbor(write_cbor(tag), at="payload") == tag
        nested: cbor.CborValue = [{1: CborTag(number, tag)}, tag]
        assert read_cbor(write_cbor(nested), at="payload") == nested


def test_a_reference_to_a_shared_value_makes_no_cycle() -> None:
    octets = bytes.fromhex("d81c81d81d00")
    assert read_cbor(octets, at="x") == CborTag(28, [CborTag(29, 0)])


def test_maps_are_read_in_the_order_they_came() -> None:
    value = read_cbor(bytes.fromhex("a2616201616102"), at="payload")
    assert isinstance(value, dict)
    assert list(value) == ["b", "a"]


def test_floats_are_read_in_any_width() -> None:
    for octets in ("f93e00", "fa3fc00000", "fb3ff8000000000000"):
        assert read_cbor(bytes.fromhex(octets), at="payload") == 1.5


def test_an_item_keeps_exactly_the_octets_received() -> None:
    octets = bytes.fromhex("ff" + "a2616201616102" + "00")
    item = read_cbor_item(octets, offset=1, at="payload")
    assert item.raw == octets[1:8]
    assert item.end == 8
    assert item.value == {"b": 1, "a": 2}
    assert read_cbor_item(octets, offset=item.end, at="payload").raw == b"\x00"


@pytest.mark.parametrize("offset", [1, 2])
def test_an_item_behind_the_end_is_refused(offset: int) -> None:
    with pytest.raises(MalformedError):
        read_cbor_item(b"\x00", offset=offset, at="payload")


@pytest.mark.parametrize("count", [0, 1, 23, 24, 60])
def test_any_number_of_values_is_read_at_once(count: int) -> None:
    parts = [write_cbor({"n": n, "of": [n]}) for n in range(count)]
    assert read_cbor_each(parts, at="") == [{"n": n, "of": [n]} for n in range(count)]


def test_no_octet_of_one_value_stands_with_its_neighbour() -> None:
    first, second = write_cbor([1, [2, 3]]), write_cbor([4])
    both = first + second
    assert read_cbor_each([first, second], at="items") == [[1, [2, 3]], [4]]
    for border in (len(first) - 1, len(first) + 1):
        with pytest.raises(MalformedError) as refused:
            read_cbor_each([both[:border], both[border:]], at="items")
        assert refused.value.at == "items/0"


def test_a_negative_offset_is_the_callers_mistake() -> None:
    with pytest.raises(UsageError):
        read_cbor_item(b"\x00", offset=-1, at="payload")


@pytest.mark.parametrize("level", ["81", "c1", "a100"])
def test_nesting_has_a_limit(level: str) -> None:
    read_cbor(bytes.fromhex(level * limits.CBOR_DEPTH + "00"), at="payload")
    for deeper in (level * (limits.CBOR_DEPTH + 1) + "00", level * 100_000 + "00"):
        with pytest.raises(LimitError) as caught:
            read_cbor(bytes.fromhex(deeper), at="payload")
        assert caught.value.what == "CBOR is nested too deeply"


def test_an_empty_array_is_a_level_too() -> None:
    read_cbor(bytes.fromhex("8180"), at="payload", max_depth=2)
    with pytest.raises(LimitError):
        read_cbor(bytes.fromhex("8180"), at="payload", max_depth=1)
    read_cbor(b"\x00", at="payload", max_depth=0)


def test_the_number_of_items_has_a_limit() -> None:
    most = limits.CBOR_ITEMS - 1
    read_cbor(b"\x9a" + struct.pack(">I", most) + bytes(most), at="payload")
    with pytest.raises(LimitError) as caught:
        read_cbor(b"\x9a" + struct.pack(">I", most + 1) + bytes(most + 1), at="payload")
    assert caught.value.what == "too many CBOR items"


def test_the_size_has_a_limit() -> None:
    read_cbor(b"\x42ab", at="payload", max_bytes=3)
    with pytest.raises(LimitError) as caught:
        read_cbor(b"\x43abc", at="payload", max_bytes=3)
    assert caught.value.what == "CBOR is too long"


@pytest.mark.parametrize("head", ["9b", "bb", "5b", "7b"])
def test_a_length_beyond_the_input_allocates_nothing(head: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_cbor(bytes.fromhex(head + "ffffffffffffffff"), at="payload")
    assert caught.value.what == "CBOR ends early"


def test_map_keys_are_written_in_the_order_of_their_octets() -> None:
    # RFC 8949 section 4.2.1, its own example less the key types we refuse;
    # the older length-first order would put -1 before 100.
    value: cbor.CborValue = {"aa": 0, "z": 0, -1: 0, 100: 0, 10: 0, b"": 0}
    keys = ["0a", "1864", "20", "40", "617a", "626161"]
    assert write_cbor(value).hex() == "a6" + "".join(f"{key}00" for key in keys)


def test_every_nan_is_written_alike() -> None:
    (odd,) = struct.unpack(">d", bytes.fromhex("fff8000000000001"))
    assert write_cbor(odd) == write_cbor(float("nan")) == b"\xf9\x7e\x00"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**64, "number is too large for a CBOR head"),
        (-(2**64) - 1, "number is too large for a CBOR head"),
        (CborTag(2**64, 0), "number is too large for a CBOR head"),
        (CborTag(-1, 0), "number is too large for a CBOR head"),
        ("\ud800", "a lone surrogate is not text"),
        ({True: 1}, "a map key is an integer, text or a byte string"),
        ({1.0: 1}, "float cannot stand here in CBOR"),
        ({None: 1}, "NoneType cannot stand here in CBOR"),
        ((1,), "tuple cannot stand here in CBOR"),
        ([bytearray()], "bytearray cannot stand here in CBOR"),
        (MappingProxyType({}), "mappingproxy cannot stand here in CBOR"),
    ],
)
def test_what_cbor_cannot_carry_is_not_written(value: object, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        write_cbor(value)  # type: ignore[arg-type]
    assert str(caught.value) == why


def test_nothing_is_written_that_our_reader_would_refuse_as_too_deep() -> None:
    deep: cbor.CborValue = 0
    for _ in range(limits.CBOR_DEPTH):
        deep = [deep]
    read_cbor(write_cbor(deep), at="payload")
    deeper: list[cbor.CborValue] = [[deep], {1: deep}, CborTag(1, deep)]
    for each in deeper:
        with pytest.raises(UsageError):
            write_cbor(each)


def test_no_message_holds_what_was_read() -> None:
    forged = bytes.fromhex("a2") + b"\x66canary\x00" * 2
    with pytest.raises(MalformedError) as caught:
        read_cbor(forged, at="payload")
    assert "canary" not in str(caught.value)


# --- heads alone ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "head"),
    [
        (b"\x17", (0, 23, 1)),
        (b"\x18\x18", (0, 24, 2)),
        (b"\x43abc", (2, 3, 1)),
        (b"\xa0", (5, 0, 1)),
        (b"\xb9\x01\x00", (5, 256, 3)),
        (b"\xbb" + b"\xff" * 8, (5, 2**64 - 1, 9)),
        (b"\xf5", (7, 21, 1)),
        (b"\xd2", (6, 18, 1)),
    ],
)
def test_a_head_says_what_follows_and_how_much(
    octets: bytes, head: tuple[int, int, int]
) -> None:
    assert tuple(read_cbor_head(octets, offset=0, at="")) == head
    major, argument, end = head
    later = read_cbor_head(b"\x00" + octets, offset=1, at="")
    assert tuple(later) == (major, argument, end + 1)


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x18", b"\xb9\x01", b"\x18\x17", b"\xb9\x00\xff", b"\xbf", b"\xbc"],
    ids=lambda each: each.hex() or "nothing",
)
def test_a_head_cut_off_or_longer_than_needed_is_malformed(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        read_cbor_head(octets, offset=0, at="")


@pytest.mark.parametrize("offset", [-1, 1, 2])
def test_there_is_no_head_outside_of_the_octets(offset: int) -> None:
    with pytest.raises(MalformedError):
        read_cbor_head(b"\x00", offset=offset, at="")
