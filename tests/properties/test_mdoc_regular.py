"""The quick way to read a mobile security object, and the long one: they agree."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import (
    ARRAY,
    CborTag,
    CborValue,
    read_cbor,
    read_cbor_each,
    write_cbor,
    write_cbor_head,
)
from idwallet.credentials.mdoc.items import Item, _item, items_in
from idwallet.credentials.mdoc.mso import (
    MobileSecurityObject,
    _read,
    _regular,
    read_mso,
)
from idwallet.credentials.mdoc.regular import parts_of
from idwallet.credentials.mdoc.regular_item import item_parts
from idwallet.credentials.mdoc.regular_row import row_at
from idwallet.credentials.mdoc.structures import (
    DeviceResponse,
    _items,
    _regular_response,
    _response,
    read_device_response,
)
from idwallet.credentials.mdoc.transcript import tagged
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.testing.mdoc import MDL, MdocScene, mdoc_draft
from tests.properties.mdoc_mutations import Judged, Mutations

KEY = dict(SoftwareSigner.generate(Algorithm.ES256).public_key.to_cose())
START = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBERS = st.integers(0, 23) | st.integers(24, 255) | st.integers(256, 2**32)
TEXTS = st.text(min_size=1, max_size=30)


def moment(at: datetime) -> CborTag:
    return CborTag(0, at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def ordered(members: dict[str, bytes], order: list[str]) -> bytes:
    """Write a map with its members in that order, whatever order is deterministic."""
    parts = [write_cbor(name) + members[name] for name in order]
    return write_cbor_head(5, len(parts)) + b"".join(parts)


@st.composite
def objects(draw: st.DrawFn) -> bytes:
    """Mobile security objects, nearly all of the usual shape, in any order."""

    def any_order(members: dict[str, bytes]) -> bytes:
        return ordered(members, draw(st.permutations(list(members))))

    digests = b""
    names = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    for name in names:
        numbers = draw(st.lists(NUMBERS, max_size=40, unique=True))
        if draw(st.booleans()):
            numbers.sort()
        inside = b"".join(
            write_cbor(n) + write_cbor(draw(st.binary(min_size=32, max_size=32)))
            for n in numbers
        )
        digests += write_cbor(name) + write_cbor_head(5, len(numbers)) + inside
    since = START + timedelta(seconds=draw(st.integers(-5, 5)))
    validity = {"signed": START, "validFrom": since, "validUntil": START}
    members: dict[str, bytes] = {
        "version": write_cbor(draw(st.sampled_from(["1.0", "1.0", "1.0", "1.1"]))),
        "digestAlgorithm": write_cbor("SHA-256"),
        "docType": write_cbor(draw(TEXTS)),
        "valueDigests": write_cbor_head(5, len(names)) + digests,
        "deviceKeyInfo": write_cbor({"deviceKey": {**KEY}}),
        "validityInfo": any_order(
            {
                name: write_cbor(moment(at + timedelta(days=name == "validUntil")))
                for name, at in validity.items()
            }
        ),
    }
    if draw(st.integers(0, 9)) == 0:
        status: CborValue = {"status_list": {"idx": 1, "uri": "https://a.example"}}
        members["status"] = write_cbor(status)
    return any_order(members)


def told(data: bytes, read: object) -> object:
    try:
        return read(data, at="mso")  # type: ignore[operator]
    except (MalformedError, UnsupportedError) as error:
        return f"{type(error).__name__} at {error.at}"


@given(objects())
def test_what_the_quick_way_reads_the_long_one_reads_alike(data: bytes) -> None:
    quick = told(data, _regular)
    if quick is not None:
        assert quick == told(data, _read)


@given(objects(), st.integers(0, 2**64))
def test_what_is_changed_is_read_alike_or_left_to_the_long_way(
    data: bytes, seed: int
) -> None:
    changed = Mutations(seed).changed(data)
    quick = told(changed, _regular)
    if isinstance(quick, MobileSecurityObject):
        assert quick == told(changed, _read)
    elif quick is not None:
        assert isinstance(told(changed, _read), str)


def test_an_octet_changed_in_an_object_laid_out_as_the_last_is_read_alike() -> None:
    data = _object_with(b"\x05" + write_cbor(bytes(32)))
    original = told(data, _regular)
    assert original == told(data, _read)
    others = 0
    for place in range(len(data)):
        for bit in (1, 2, 16, 32, 64, 128):
            changed = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            assert told(data, _regular) == original
            quick = told(changed, _regular)
            if isinstance(quick, MobileSecurityObject):
                others += 1
                assert quick == told(changed, _read)
            elif quick is not None:
                assert isinstance(told(changed, _read), str)
    # A digest alone makes more than this of them.
    assert others > 32 * 6


@given(objects(), objects())
def test_how_the_last_object_was_laid_out_says_nothing_of_the_next(
    one: bytes, other: bytes
) -> None:
    alone = told(other, _regular)
    told(one, _regular)
    assert told(other, _regular) == alone


@given(objects())
def test_nothing_that_is_cut_off_is_read_quickly(data: bytes) -> None:
    assert all(parts_of(data[:end]) is None for end in range(0, len(data), 7))
    assert parts_of(data + b"\0") is None


@cache
def responses() -> list[bytes]:
    return [each.octets for each in Judged().subjects() if each.name[:5] == "shown"]


@given(st.integers(0, 3), st.integers(0, 2**64), st.integers(0, 3))
def test_a_response_is_read_alike_both_ways(which: int, seed: int, times: int) -> None:
    data = responses()[which]
    for n in range(times):
        data = Mutations(seed + n).changed(data)
    quick = told(data, _regular_response)
    if isinstance(quick, DeviceResponse):
        assert quick == told(data, _response)
    elif quick is not None:
        assert isinstance(told(data, _response), str)


def test_a_response_of_the_usual_shape_is_read_in_one_pass() -> None:
    signed, maced, said, errors = responses()
    for each in (signed, maced, said):
        assert isinstance(told(each, _regular_response), DeviceResponse)
        assert told(each, _regular_response) == told(each, _response)
        assert _regular_response(each + b"\0", at="") is None
        for end in range(0, len(each), 37):
            assert not isinstance(told(each[:end], _regular_response), DeviceResponse)
    assert _regular_response(errors, at="") is None


def test_what_issuers_here_sign_is_of_the_usual_shape() -> None:
    data = mdoc_draft(MdocScene()).response()
    (document,) = read_device_response(data, at="").documents
    payload = document.issuer_signed.auth.payload
    inside = payload[len(payload) - int.from_bytes(payload[3:5]) :]
    assert tagged(inside) == payload
    assert parts_of(inside) is not None
    assert read_mso(payload, at="") == document.issuer_signed.mso


def test_heads_that_are_not_shortest_are_no_usual_shape() -> None:
    scene = MdocScene()
    response = mdoc_draft(scene).response()
    doc_type = write_cbor(MDL)
    longer = b"\x78" + bytes([len(MDL)]) + MDL.encode()
    assert doc_type[0] == TEXT_HEAD + len(MDL)
    changed = response.replace(doc_type, longer, 1)
    assert _regular_response(changed, at="") is None
    with pytest.raises(MalformedError, match="shortest"):
        read_device_response(changed, at="")
    digest = write_cbor(bytes(32))
    plain, wrong = (_object_with(number + digest) for number in (b"\x05", b"\x18\x05"))
    assert parts_of(plain) is not None
    assert parts_of(wrong) is None
    assert parts_of(plain.replace(doc_type, longer, 1)) is None


TEXT_HEAD = 0x60


def _object_with(entry: bytes) -> bytes:
    """Write a mobile security object with one digest, as it is given."""
    moments = {
        "signed": moment(START),
        "validFrom": moment(START),
        "validUntil": moment(START + timedelta(days=1)),
    }
    members = {
        "version": write_cbor("1.0"),
        "digestAlgorithm": write_cbor("SHA-256"),
        "docType": write_cbor(MDL),
        "valueDigests": b"\xa1" + write_cbor("n") + b"\xa1" + entry,
        "deviceKeyInfo": write_cbor({"deviceKey": {**KEY}}),
        "validityInfo": write_cbor({**moments}),
    }
    return ordered(members, list(members))


VALUES = (
    st.booleans()
    | st.text(max_size=300)
    | st.dates().map(lambda day: CborTag(1004, day.isoformat()))
    | st.integers(-5, 300)
    | st.binary(max_size=40)
    | st.none()
    | st.lists(st.text(max_size=3), max_size=2)
    | st.text(min_size=10, max_size=10).map(lambda text: CborTag(1004, text))
    | st.text(min_size=10, max_size=10).map(lambda text: CborTag(0, text))
)


@st.composite
def items(draw: st.DrawFn) -> bytes:
    """Elements, nearly all of the usual shape, in any order of their members."""
    members = {
        "digestID": write_cbor(draw(st.integers(0, 70_000) | st.just(2**31))),
        "random": write_cbor(
            bytes(draw(st.sampled_from([16, 16, 24, 32, 15, 17, 33])))
        ),
        "elementIdentifier": write_cbor(draw(TEXTS)),
        "elementValue": write_cbor(draw(VALUES)),
    }
    usual = ["random", "digestID", "elementValue", "elementIdentifier"]
    order = draw(st.sampled_from([usual, list(members)]) | st.permutations(usual))
    return ordered(members, list(order))


BEFORE, BEHIND = b"\xd8\x18", b"\x71elementIdentifier\x60\x60"
"""What stands around an element among others: its tag, and something like its end."""


def quick_way(octets: bytes) -> Item | None:
    """Read an element in the midst of something else."""
    head = tagged(octets)[: -len(octets) or None]
    data = BEFORE + head + octets + BEHIND
    first = len(BEFORE)
    start = first + len(head)
    parts = item_parts(data, (first, start, start + len(octets)))
    return None if parts is None else Item(*parts)


def long_way(octets: bytes) -> object:
    def read(data: bytes, *, at: str) -> Item:
        (held,) = read_cbor_each([data], at=at)
        return _item(held, data, at=at)

    return told(octets, read)


@given(items())
def test_an_element_is_read_alike_by_both_ways(octets: bytes) -> None:
    quick = quick_way(octets)
    if quick is not None:
        assert quick == long_way(octets)


@given(items(), st.integers(0, 2**64))
def test_a_changed_element_is_read_alike_or_left_to_the_long_way(
    octets: bytes, seed: int
) -> None:
    changed = Mutations(seed).changed(octets)
    quick = quick_way(changed)
    if quick is not None:
        assert quick == long_way(changed)


@given(items())
def test_no_element_that_is_cut_off_or_longer_is_read_quickly(octets: bytes) -> None:
    assert all(quick_way(octets[:end]) is None for end in range(len(octets)))
    assert quick_way(octets + b"\0") is None


def test_an_element_does_not_reach_into_the_next_one() -> None:
    members = {
        "random": write_cbor(bytes(32)),
        "digestID": write_cbor(3),
        "elementValue": write_cbor("x" * 20),
        "elementIdentifier": write_cbor("name"),
    }
    octets = ordered(members, list(members))
    assert quick_way(octets) is not None
    value = octets.index(write_cbor("x" * 20))
    for end in range(value + 1, len(octets)):
        # Its text goes on to what follows, in which a name without letters ends all.
        longer = bytearray(octets[:end])
        longer[value] = 0x60 + len(longer) - value - 1
        if longer[value] < 0x78:
            assert quick_way(bytes(longer)) is None


def test_usual_elements_are_read_quickly() -> None:
    for value in (True, "Образцова", CborTag(1004, "1990-05-17"), b"x", bytes(9000)):
        for order in (
            ["random", "digestID", "elementValue", "elementIdentifier"],
            ["digestID", "random", "elementIdentifier", "elementValue"],
        ):
            members = {
                "digestID": write_cbor(300),
                "random": write_cbor(bytes(32)),
                "elementIdentifier": write_cbor("an_element"),
                "elementValue": write_cbor(value),
            }
            octets = ordered(members, order)
            read = quick_way(octets)
            assert read == (300, bytes(32), "an_element", value, tagged(octets))
            assert read.octets == octets


def in_a_row(octets: bytes, count: int) -> object:
    """Read so many elements where they stand, if that can be done."""
    try:
        row, end = row_at(octets, 0, count=count)
    except (LookupError, ValueError):
        return None
    if end != len(octets):
        return None
    return told(octets, lambda data, *, at: items_in(data, row, at=at))


def as_an_array(octets: bytes, count: int) -> object:
    def read(data: bytes, *, at: str) -> object:
        return _items(read_cbor(data, at=at, clause=""), at=at)

    return told(write_cbor_head(ARRAY, count) + octets, read)


@given(st.lists(items(), min_size=1, max_size=4))
def test_elements_in_a_row_are_read_as_an_array_of_them_is(each: list[bytes]) -> None:
    octets = b"".join(map(tagged, each))
    quick, long = in_a_row(octets, len(each)), as_an_array(octets, len(each))
    assert quick is not None
    assert quick == long or (isinstance(quick, str) and isinstance(long, str))


@given(st.lists(items(), min_size=1, max_size=3), st.integers(0, 2**64))
def test_a_row_that_is_changed_is_read_alike_or_left_to_the_long_way(
    each: list[bytes], seed: int
) -> None:
    changed = Mutations(seed).changed(b"".join(map(tagged, each)))
    quick = in_a_row(changed, len(each))
    if isinstance(quick, tuple):
        assert quick == as_an_array(changed, len(each))
    elif quick is not None:
        assert isinstance(as_an_array(changed, len(each)), str)


@given(items(), items())
def test_no_row_that_is_cut_off_ends_where_its_octets_do(
    one: bytes, other: bytes
) -> None:
    octets = tagged(one) + tagged(other)
    assert all(in_a_row(octets[:end], 2) is None for end in range(len(octets)))


PLAIN = {
    "digestID": write_cbor(5),
    "random": write_cbor(bytes(16)),
    "elementIdentifier": write_cbor("e"),
    "elementValue": write_cbor("a value"),
}
USUAL_ORDER = ["random", "digestID", "elementValue", "elementIdentifier"]


def element(**changed: bytes) -> bytes:
    return ordered({**PLAIN, **changed}, USUAL_ORDER)


@pytest.mark.parametrize(
    "wrong",
    [
        element(elementIdentifier=b"\x78\x01e"),
        element(elementIdentifier=b"\x62e"),
        element(elementIdentifier=b"\x60"),
        element(elementValue=b"\x78\x07a value"),
        element(elementValue=b"\x66a value"),
        element(elementValue=b"\x61a value"),
        element(digestID=b"\x18\x05"),
        element(digestID=b"\x19\x00\x05"),
        element(digestID=b"\x1a\xff\xff\xff\xff"),
        element(random=b"\x58\x10" + bytes(16)),
        element(random=b"\x51" + bytes(16)),
        element(random=b"\x4f" + bytes(15)),
        element(random=b"\x58\x20" + bytes(31)),
    ],
)
def test_a_head_that_says_something_else_is_never_read_in_a_row(wrong: bytes) -> None:
    good, bad = (in_a_row(tagged(each) * 2, 2) for each in (element(), wrong))
    assert isinstance(good, tuple)
    assert bad == as_an_array(tagged(wrong) * 2, 2) or not isinstance(bad, tuple)
    row, _ = row_at(tagged(wrong), 0, count=1)
    assert len(row[0]) == PLACE


PLACE = 3  # of an element that is not read where it stands


def test_a_value_that_looks_like_what_follows_it_ends_where_it_says() -> None:
    for inside in ("qelementIdentifier", "qelementIdentifiera", "x" * 127):
        octets = tagged(element(elementValue=write_cbor(inside)))
        found = in_a_row(octets, 1)
        assert isinstance(found, tuple)
        assert [(each.element, each.value) for each in found] == [("e", inside)]


@given(st.data())
def test_a_response_is_read_alike_in_any_order_of_its_members(
    data: st.DataObject,
) -> None:
    whole = read_cbor(responses()[data.draw(st.integers(0, 2))], at="", clause="")
    quick_orders = True

    def written(value: CborValue, usual: list[list[str]]) -> bytes:
        nonlocal quick_orders
        assert isinstance(value, dict)
        order = data.draw(st.sampled_from(usual) | st.permutations(usual[0]))
        quick_orders &= order in usual
        members = {str(name): write_cbor(each) for name, each in value.items()}
        for name, orders in ORDERS.items():
            if name in members:
                members[name] = written(value[name], orders)
        if "documents" in members:
            listed = value["documents"]
            assert isinstance(listed, list)
            each = [written(one, DOCUMENT) for one in listed]
            members["documents"] = write_cbor_head(ARRAY, len(each)) + b"".join(each)
        return ordered(members, order)

    octets = written(whole, RESPONSE)
    quick = told(octets, _regular_response)
    assert quick == told(octets, _response) or (quick is None and not quick_orders)


@pytest.mark.parametrize("last", ["issuerSigned", "deviceSigned"])
@pytest.mark.parametrize("first", [True, False], ids=["as named", "turned round"])
def test_an_octet_changed_in_a_response_that_ends_with_its_document_is_read_alike(
    last: str,
    first: bool,
) -> None:
    def placed(value: CborValue, orders: Mapping[str, list[str]]) -> bytes:
        assert isinstance(value, dict)
        members = {
            str(name): placed(each, orders) if name in orders else write_cbor(each)
            for name, each in value.items()
        }
        (order,) = (each for each in orders.values() if set(each) == set(members))
        return ordered(members, order)

    whole = read_cbor(responses()[0], at="", clause="")
    assert isinstance(whole, dict)
    assert isinstance(whole["documents"], list)
    (document,) = whole["documents"]
    order = next(each for each in DOCUMENT if each[-1] == last)
    inner = {name: orders[0 if first else 1] for name, orders in ORDERS.items()}
    body = placed(document, {"document": order, **inner})
    before = b"\xa3" + write_cbor("version") + write_cbor("1.0")
    octets = before + write_cbor("status") + b"\0" + write_cbor("documents")
    octets += write_cbor_head(ARRAY, 1) + body
    assert isinstance(told(octets, _regular_response), DeviceResponse)
    for place in range(len(octets)):
        for change in (1, 2, 3):
            changed = bytearray(octets)
            changed[place] ^= change
            quick = told(bytes(changed), _regular_response)
            if isinstance(quick, DeviceResponse):
                assert quick == told(bytes(changed), _response), place


RESPONSE = [["version", "documents", "status"], ["status", "version", "documents"]]
DOCUMENT = [
    ["docType", "issuerSigned", "deviceSigned"],
    ["docType", "deviceSigned", "issuerSigned"],
]
ORDERS = {
    "issuerSigned": [["nameSpaces", "issuerAuth"], ["issuerAuth", "nameSpaces"]],
    "deviceSigned": [["nameSpaces", "deviceAuth"], ["deviceAuth", "nameSpaces"]],
}


def doubled(twice: str) -> bytes:
    """Write an object in which something stands twice, and as much is left out."""

    def members(*pairs: tuple[CborValue, bytes]) -> bytes:
        parts = b"".join(write_cbor(name) + value for name, value in pairs)
        return write_cbor_head(5, len(pairs)) + parts

    numbers = [0, 0] if twice == "digest" else [0, 1]
    digests = members(*((n, write_cbor(bytes(32))) for n in numbers))
    spaces = ["a", "a"] if twice == "namespace" else ["a", "b"]
    times = ["signed", "validFrom", "validUntil"]
    if twice == "moment":
        times[2] = "signed"
    days = [write_cbor(moment(START + timedelta(days=n))) for n in range(3)]
    validity = members(*zip(times, days, strict=True))
    doc_type = ("docType", write_cbor(MDL))
    version = ("version", write_cbor("1.0"))
    return members(
        doc_type if twice == "member" else version,
        ("digestAlgorithm", write_cbor("SHA-256")),
        ("valueDigests", members(*((each, digests) for each in spaces))),
        ("deviceKeyInfo", members(("deviceKey", write_cbor(KEY)))),
        doc_type,
        ("validityInfo", validity),
    )


@pytest.mark.parametrize("twice", ["member", "digest", "namespace", "moment"])
def test_what_stands_twice_is_read_quickly_by_nobody(twice: str) -> None:
    assert parts_of(doubled("nothing")) is not None
    assert read_mso(tagged(doubled("nothing")), at="mso").doc_type == MDL
    assert parts_of(doubled(twice)) is None
    with pytest.raises(MalformedError):
        read_mso(tagged(doubled(twice)), at="mso")
