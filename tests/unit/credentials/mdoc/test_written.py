"""Elements are written as they always were, by the quick way too."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import write_cbor
from idwallet.credentials.mdoc.elements import (
    NAMESPACES,
    ElementValue,
    element_value,
    plain_types_of,
)
from idwallet.credentials.mdoc.written import written_element
from idwallet.errors import UsageError

NAMES = [
    *((space, name) for space, known in NAMESPACES.items() for name in known.elements),
    ("org.iso.18013.5.1", "age_over_18"),
    ("eu.europa.ec.eudi.pid.1", "age_over_65"),
    ("com.example.own", "anything"),
]
VALUES = (
    st.text(max_size=300)
    | st.just("half \ud83d")
    | st.binary(max_size=300)
    | st.booleans()
    | st.integers(-(2**64), 2**65)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
    | st.just(datetime(2026, 11, 24))  # noqa: DTZ001 - refused for having no zone
    | st.lists(st.text(max_size=3) | st.dates(), max_size=3)
    | st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=3)
)


def written_or_refused(namespace: str, name: str, value: ElementValue) -> object:
    try:
        return write_cbor(element_value(namespace, name, value=value))
    except UsageError as error:
        return str(error)


@given(st.sampled_from(NAMES), VALUES)
def test_an_element_is_written_by_the_quick_way_as_by_the_long_one(
    name: tuple[str, str], value: ElementValue
) -> None:
    expected = written_or_refused(*name, value)
    if isinstance(expected, bytes):
        assert written_element(*name, value=value) == expected
    else:
        with pytest.raises(UsageError) as refused:
            written_element(*name, value=value)
        assert str(refused.value) == expected


@pytest.mark.parametrize(("namespace", "name"), NAMES)
def test_no_type_is_plain_that_the_namespace_refuses(namespace: str, name: str) -> None:
    examples: dict[type, ElementValue] = {
        str: "x",
        bytes: b"x",
        bool: True,
        int: 1,
        date: date(2026, 11, 24),
    }
    for kind, example in examples.items():
        if kind in plain_types_of(namespace, name):
            element_value(namespace, name, value=example)
        else:
            # What is refused is never plain; what is not plain may still be taken.
            written_or_refused(namespace, name, example)
    assert datetime not in plain_types_of(namespace, name)
