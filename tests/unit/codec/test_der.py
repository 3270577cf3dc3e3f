"""DER is read strictly, and written as it is read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from asn1crypto import core
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import der
from idwallet.codec.der import DerError, Fields, NotDerError
from idwallet.codec.ecdsa import ecdsa_value

OCTETS = st.binary(max_size=300)


@given(OCTETS)
def test_what_is_written_is_read_again(contents: bytes) -> None:
    made = der.tlv(der.OCTETS, contents)
    found = der.only(made)
    assert (found.tag, der.value(made, found)) == (der.OCTETS, contents)
    assert der.whole(made, found) == made
    assert made == core.OctetString(contents).dump()


def test_an_element_is_found_by_its_length_in_either_form() -> None:
    assert der.element(b"\x04\x01\xff", 0) == (2, 3, 4)
    longer = b"\x00\x04\x81\x80" + bytes(128)
    assert der.element(longer, 1) == (4, 132, 4)


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 65_535, 65_536])
def test_a_length_has_as_few_octets_as_it_can(size: int) -> None:
    made = der.tlv(der.OCTETS, bytes(size))
    assert made == core.OctetString(bytes(size)).dump()
    assert der.only(made).end == len(made)


@pytest.mark.parametrize(
    "octets",
    [b"\x04\x81\x01a", b"\x04\x82\x00\x80" + bytes(128), b"\x24\x80\x04\x01a\x00\x00"],
)
def test_a_length_that_der_forbids_is_told_from_a_broken_one(octets: bytes) -> None:
    with pytest.raises(NotDerError):
        der.only(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x04",
        b"\x04\x02a",
        b"\x04\x85\x01\x00\x00\x00\x00",
        b"\x1f\x81\x01\x00",
        b"\x04\x01ab",
    ],
)
def test_what_is_broken_is_refused(octets: bytes) -> None:
    with pytest.raises(DerError) as caught:
        der.only(octets)
    assert not isinstance(caught.value, NotDerError)


def test_an_element_never_reaches_out_of_what_holds_it() -> None:
    made = der.sequence(b"\x04\x03a") + b"bc"
    outer = next(iter(der.elements(made)))
    with pytest.raises(DerError, match="passes"):
        der.inside(made, outer)


def test_fields_are_taken_in_order_and_to_the_last() -> None:
    made = der.sequence(der.integer(5), der.tlv(der.OCTETS, b"a"), der.integer(6))
    fields = Fields(made)
    assert der.read_integer(fields.value(der.INTEGER)) == 5
    assert fields.maybe(der.INTEGER) is None
    assert fields.value(der.OCTETS) == b"a"
    with pytest.raises(DerError, match="more"):
        fields.done()
    with pytest.raises(DerError, match="missing"):
        fields.one(der.OCTETS)
    assert len(fields.rest()) == 1
    fields.done()
    with pytest.raises(DerError, match="missing"):
        fields.one(der.INTEGER)


def test_fields_stand_in_a_sequence_or_in_what_may_hold_them() -> None:
    for octets in (der.tlv(der.SET, der.integer(1)), der.integer(1)):
        with pytest.raises(DerError):
            Fields(octets)
    made = der.sequence(der.tlv(der.SET, der.integer(1)), der.integer(2))
    holder, number = der.inside(made)
    assert Fields(made, holder).value(der.INTEGER) == b"\x01"
    with pytest.raises(DerError):
        Fields(made, number)
    with pytest.raises(DerError):
        der.require(number, der.OCTETS)
    assert der.require(number, der.INTEGER) is number


def test_octets_in_parts_are_ber() -> None:
    made = der.sequence(der.tlv(0x24, der.tlv(der.OCTETS, b"a")))
    with pytest.raises(NotDerError):
        Fields(made).one(der.OCTETS)


@given(st.integers(-(2**80), 2**80))
def test_numbers_are_written_as_others_write_them(number: int) -> None:
    made = der.integer(number)
    assert made == core.Integer(number).dump()
    assert der.read_integer(der.value(made, der.only(made))) == number


@pytest.mark.parametrize("octets", [b"", b"\x00\x01", b"\xff\x80", b"\x00\x00"])
def test_a_number_that_is_not_the_shortest_is_none(octets: bytes) -> None:
    with pytest.raises(DerError):
        der.read_integer(octets)


@pytest.mark.parametrize("octets", [b"", b"\x01", b"\xff\xff"])
def test_der_has_one_true_and_one_false(octets: bytes) -> None:
    assert der.read_boolean(b"\xff") is True
    assert der.read_boolean(b"\x00") is False
    with pytest.raises(DerError):
        der.read_boolean(octets)


@pytest.mark.parametrize(
    "text", ["1.2.840.113549.1.7.2", "2.5.29.14", "0.4.0.1733.2.1", "2.999.3"]
)
def test_identifiers_are_written_as_others_write_them(text: str) -> None:
    made = der.oid(text)
    assert made == core.ObjectIdentifier(text).dump()
    assert der.dotted(made[2:]) == text


def test_a_set_is_in_the_order_of_its_octets() -> None:
    one, two, longer = der.integer(1), der.integer(2), der.integer(300)
    made = der.set_of(longer, two, one)
    assert made == der.tlv(der.SET, one, two, longer)
    assert made == core.SetOf([1, 2, 300], spec=core.Integer).dump()


@pytest.mark.parametrize(
    ("moment", "octets"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), b"\x17\x0d261124120000Z"),
        (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), b"\x17\x0d491231235959Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
        (
            datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=3))),
            b"\x17\x0d261124090000Z",
        ),
    ],
)
def test_a_time_is_written_in_two_digits_of_a_year_while_they_last(
    moment: datetime, octets: bytes
) -> None:
    assert der.time(moment) == octets
    assert der.read_time(octets, der.only(octets)) == moment


@pytest.mark.parametrize(
    "octets",
    [
        b"\x17\x0b2611241200Z",
        b"\x17\x11261124120000+0100",
        b"\x18\x0f20261324120000Z",
        b"\x18\x1120261124120000.5Z",
        b"\x0c\x0d261124120000Z",
    ],
)
def test_what_is_no_time_to_the_second_is_refused(octets: bytes) -> None:
    with pytest.raises(DerError):
        der.read_time(octets, der.only(octets))


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        (b"20261124120000Z", 0),
        (b"20261124120000.5Z", 500_000),
        (b"20261124120000.1234567Z", 123_456),
    ],
)
def test_an_exact_time_may_have_a_fraction(text: bytes, microsecond: int) -> None:
    moment = datetime(2026, 11, 24, 12, 0, 0, microsecond, tzinfo=UTC)
    assert der.read_exact_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        b"20261124120000.50Z",
        b"20261124120000.Z",
        b"20261124120000",
        b"202611241200Z",
        b"20261199120000Z",
        b"20261124120000,5Z",
    ],
)
def test_an_exact_time_has_one_spelling(text: bytes) -> None:
    with pytest.raises(DerError):
        der.read_exact_time(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_exact_time_survives(moment: datetime) -> None:
    made = der.exact_time(moment)
    assert der.read_exact_time(der.value(made, der.only(made))) == moment


@given(st.sampled_from([32, 48, 66]), st.data())
def test_an_ecdsa_signature_is_written_as_cryptography_writes_its_numbers(
    size: int, data: st.DataObject
) -> None:
    # Short numbers too, with leading zeros; 0 is no signature, and is still a number.
    numbers = st.integers(0, 2**16) | st.integers(0, 2 ** (8 * size) - 1)
    r, s = data.draw(numbers), data.draw(numbers)
    raw = r.to_bytes(size) + s.to_bytes(size)
    assert ecdsa_value(raw) == encode_dss_signature(r, s)


def test_places_are_where_elements_begin_and_the_last_one_ends() -> None:
    long = der.tlv(der.OCTETS, bytes(200))
    data = b"\x05\x00" + long + b"\x02\x01\x07" + b"\x05\x00"
    assert der.places(data, 0, count=3) == [0, 2, 2 + len(long), 5 + len(long)]
    assert der.places(data, 2, count=0) == [2]


@pytest.mark.parametrize(
    "broken",
    [
        "05",
        "0500",
        "050002",
        "05000201",
        "0500020281",
        "05001f0000",
        "0500028101",
        "0500048002",
    ],
)
def test_places_refuse_what_an_element_refuses(broken: str) -> None:
    sound = bytes.fromhex("0500020107")
    assert der.places(sound, 0, count=2) == [0, 2, 5]
    with pytest.raises(der.DerError):
        der.places(bytes.fromhex(broken), 0, count=2)
