from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.compact.names import (
    CLAIMS,
    TYPES,
    claim_of,
    short_claim,
    short_type,
    type_of,
)
from idwallet.credentials.compact.values import cbor_of, json_of
from idwallet.errors import MalformedError, UnsupportedError, UsageError

JSON = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3)
    ),
    max_leaves=5,
)


def depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(depth, inside), default=0)


@given(JSON)
def test_what_is_written_is_read_and_written_in_one_way(value: Any) -> None:
    if depth(value) > 4:
        with pytest.raises(UsageError):
            cbor_of(value)
        return
    octets = write_cbor(cbor_of(value))
    read = json_of(read_cbor(octets, at="claim"), at="claim")
    assert read == value
    assert write_cbor(cbor_of(read)) == octets  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (True, "f5"),
        (18, "12"),
        ("XX", "625858"),
        ("Анна", "4490bdbdb0"),
        ("Łódź", "67c581c3b364c5ba"),
        ("1990-05-17", "d864191d11"),
        (date(1990, 5, 17), "d864191d11"),
        (date(1969, 12, 31), "d86420"),
        ("1990-05-32", "6a313939302d30352d3332"),
        (b"\x01\x02", "d5420102"),
        (["a", "б"], "82616141b1"),
    ],
)
def test_a_value_takes_these_octets(value: Any, octets: str) -> None:
    assert write_cbor(cbor_of(value)).hex() == octets


@pytest.mark.parametrize(
    "value",
    [
        "1990-05-17",
        "Анна",
        b"Anna",
        b"",
        {"b": 1, "a": 2},
        CborTag(100, 1 << 40),
    ],
)
def test_another_way_to_write_a_value_is_refused(value: CborValue) -> None:
    with pytest.raises(MalformedError):
        json_of(value, at="claim")


@pytest.mark.parametrize(
    "value", [1.5, None, CborTag(1, 1), CborTag(21, "text"), 1 << 63, [[[[[1]]]]]]
)
def test_a_value_that_the_format_has_not_is_unsupported(value: CborValue) -> None:
    with pytest.raises(UnsupportedError):
        json_of(value, at="claim")


def test_every_name_has_one_number_and_every_number_one_name() -> None:
    assert len(set(CLAIMS)) == len(CLAIMS)
    assert len(set(TYPES)) == len(TYPES)
    for number, name in enumerate(CLAIMS):
        assert claim_of(number, at="x") == name
        assert short_claim(name) == number
        with pytest.raises(MalformedError):
            claim_of(name, at="x")
    for number, name in enumerate(TYPES):
        assert type_of(number, at="x") == name
        assert short_type(name) == number


def test_numbers_once_given_stay() -> None:
    """What was issued keeps its meaning: only the end may grow."""
    assert CLAIMS[:4] == ("age_over_18", "family_name", "given_name", "birth_date")
    assert (CLAIMS[23], CLAIMS[24]) == ("resident_postal_code", "age_over_13")
    assert CLAIMS[95:98] == ("patronymic", "guardian_of", "acts")
    assert TYPES[12] == "urn:idwallet:guardian:1"


def test_every_type_of_the_catalogue_has_a_number() -> None:
    assert {each.identifier for each in catalogue().values()} <= set(TYPES)


def test_a_number_of_later_versions_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        claim_of(len(CLAIMS), at="x")
    with pytest.raises(MalformedError):
        claim_of(True, at="x")
