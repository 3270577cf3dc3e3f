"""CBOR: any octets are read or refused, received octets stay, one form is written."""

import struct

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import (
    CborKey,
    CborTag,
    CborValue,
    read_cbor,
    read_cbor_each,
    read_cbor_item,
    write_cbor,
)
from idwallet.errors import MalformedError, UnsupportedError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
INTEGERS = st.integers(-(2**64), 2**64 - 1)
KEYS: st.SearchStrategy[CborKey] = INTEGERS | TEXTS | st.binary(max_size=30)
TAGS = st.sampled_from(
    [0, 1, 2, 3, 4, 5, 24, 25, 28, 29, 30, 35, 36, 256, 258, 55799]
) | st.integers(0, 2**64 - 1)


def _values(tags: st.SearchStrategy[int]) -> st.SearchStrategy[CborValue]:
    return st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | KEYS,
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(KEYS, inner, max_size=5)
            | st.builds(CborTag, tags, inner)
        ),
        max_leaves=25,
    )


VALUES = _values(TAGS)
# Under tag 256 the encoder of cbor2 writes other values than it was given.
FOREIGN_VALUES = _values(TAGS.filter(lambda number: number != 256))


def _foreign(value: CborValue) -> object:
    """Say the same in the types of cbor2."""
    if isinstance(value, CborTag):
        return cbor2.CBORTag(value.number, _foreign(value.value))
    if isinstance(value, list):
        return [_foreign(item) for item in value]
    if isinstance(value, dict):
        return {key: _foreign(item) for key, item in value.items()}
    return value


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Octets that were CBOR before some were put in, taken out or changed."""
    octets = bytearray(draw(VALUES.map(write_cbor)))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(octets)))
        octets[start : start + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(octets)


@given(st.binary(max_size=100) | mutated())
def test_no_octets_crash_the_reader(octets: bytes) -> None:
    try:
        item = read_cbor_item(octets, offset=0, at="payload")
    except (MalformedError, UnsupportedError):
        return
    assert item.raw == octets[: item.end]
    assert repr(read_cbor(item.raw, at="payload")) == repr(item.value)


def _read(octets: bytes) -> str:
    try:
        return repr(read_cbor(octets, at="payload"))
    except (MalformedError, UnsupportedError) as error:
        return f"{type(error).__name__}: {error.what}"


def _scanned(octets: bytes) -> str:
    try:
        item = read_cbor_item(octets, offset=0, at="payload")
    except (MalformedError, UnsupportedError) as error:
        return f"{type(error).__name__}: {error.what}"
    if item.end != len(octets):
        return "MalformedError: octets behind the value"
    return repr(item.value)


NESTED = st.builds(
    lambda depth, head, inside: head * depth + inside,
    st.integers(0, 40),
    st.sampled_from([b"\x81", b"\xa1\x00", b"\xd8\x18", b"\xc1"]),
    VALUES.map(write_cbor),
)


@given(st.binary(max_size=100) | mutated() | NESTED)
def test_the_quick_way_reads_and_refuses_what_the_scan_does(octets: bytes) -> None:
    assert _read(octets) == _scanned(octets)


def _each(parts: list[bytes]) -> str:
    try:
        return repr(read_cbor_each(parts, at="payload"))
    except (MalformedError, UnsupportedError) as error:
        return f"{type(error).__name__}: {error}"


def _one_by_one(parts: list[bytes]) -> str:
    read = []
    for n, part in enumerate(parts):
        try:
            read.append(read_cbor(part, at=f"payload/{n}"))
        except (MalformedError, UnsupportedError) as error:
            return f"{type(error).__name__}: {error}"
    return repr(read)


@given(
    st.lists(VALUES.map(write_cbor) | mutated(), max_size=5),
    st.integers(0, 5),
    st.integers(-3, 3),
)
def test_several_values_are_read_as_each_by_itself(
    parts: list[bytes], at: int, moved: int
) -> None:
    if at + 1 < len(parts):
        # As octets of one part at the end or the beginning of its neighbour.
        both = parts[at] + parts[at + 1]
        border = max(len(parts[at]) + moved, 0)
        parts = [*parts[:at], both[:border], both[border:], *parts[at + 2 :]]
    assert _each(parts) == _one_by_one(parts)


@given(FOREIGN_VALUES, st.binary(max_size=5), st.binary(max_size=5))
def test_an_item_is_exactly_what_was_received(
    value: CborValue, before: bytes, behind: bytes
) -> None:
    octets = cbor2.dumps(_foreign(value))
    item = read_cbor_item(before + octets + behind, offset=len(before), at="payload")
    assert item.raw == octets
    assert item.end == len(before + octets)
    assert repr(item.value) == repr(value)


@given(VALUES)
def test_what_is_written_reads_back(value: CborValue) -> None:
    assert read_cbor(write_cbor(value), at="payload") == value


def _reversed(value: CborValue) -> CborValue:
    if isinstance(value, CborTag):
        return CborTag(value.number, _reversed(value.value))
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


@given(FOREIGN_VALUES)
def test_one_form_is_written_whatever_the_order(value: CborValue) -> None:
    written = write_cbor(value)
    assert write_cbor(_reversed(value)) == written
    assert write_cbor(read_cbor(written, at="payload")) == written
    # The other implementation orders keys by length first; the lengths agree.
    assert len(cbor2.dumps(_foreign(value), canonical=True)) == len(written)


@given(st.integers(0, 2**64 - 1), st.sampled_from([(24, ">B"), (25, ">H"), (26, ">I")]))
def test_a_head_is_read_exactly_when_it_is_shortest(
    number: int, form: tuple[int, str]
) -> None:
    information, layout = form
    number %= 1 << 8 * struct.calcsize(layout)
    octets = bytes([information]) + struct.pack(layout, number)
    try:
        read = read_cbor(octets, at="payload")
    except MalformedError:
        assert len(write_cbor(number)) < len(octets)
    else:
        assert read == number
        assert write_cbor(number) == octets
