"""JSON: the quick reader is the strict reader, and what is written reads back."""

import json
from collections.abc import Callable
from contextlib import suppress

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import JsonValue, _read_strictly, read_json, write_json
from idwallet.errors import MalformedError

NUMBERS = st.integers(-(2**70), 2**70) | st.floats(
    allow_nan=False, allow_infinity=False
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5)
    ),
    max_leaves=25,
)
TOKENS = st.lists(
    st.sampled_from(
        [
            b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b" ", b"\n", b"null",
            b"true", b"false", b'"a"', b'"a":1', b'"\\u0061":2', b"-", b"0", b"-0",
            b"-0.0", b"1.0", b"1e5", b"1E400", b"1e16", b"100000000000000000000",
            b"NaN", b"Infinity", b'"\\ud83d"', b'"\\ud83d\\ude00"', b"\xef\xbb\xbf",
            b"\xed\xa0\x80", b"\xff", b"\x00", b"\x7f", b'"\\/"', b"9007199254740993",
            b"18446744073709551615", b"18446744073709551616", b"-9223372036854775809",
            b"0.1", b"5e-324", b"2e-324", b"1" * 64, b"1" * 65, b"\xc2\xa0",
        ]
    ),
    max_size=12,
).map(b"".join)  # fmt: skip
WRITTEN = st.builds(
    lambda value, ascii_only, separators: json.dumps(
        value, ensure_ascii=ascii_only, separators=separators
    ).encode(),
    VALUES,
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": ")]),
)
COMPACT = VALUES.map(
    lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Text that was JSON before an octet was put in, taken out or changed."""
    text = bytearray(draw(WRITTEN | COMPACT))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        put = draw(st.binary(max_size=2) | TOKENS)
        text[start : start + draw(st.integers(0, 2))] = put
    return bytes(text)


ANYTHING = st.binary(max_size=60) | TOKENS | mutated() | WRITTEN | COMPACT


def _answer(read: Callable[[bytes], JsonValue], text: bytes) -> str:
    """Tell values by type too: 1, 1.0 and true are equal to Python, as are two 0.0."""
    try:
        return repr(read(text))
    except MalformedError as error:
        return repr((type(error), error.what, error.at, error.clause))


@given(ANYTHING)
@example(b'{"a":1,"a":1}')
@example(b"18446744073709551616")
@example(b"1e16")
@example(b"-0")
@example(b'"\\ud83d"')
def test_the_quick_reader_answers_as_the_strict_one(text: bytes) -> None:
    quick = _answer(lambda text: read_json(text, at="body"), text)
    strict = _answer(
        lambda text: _read_strictly(text, at="body", clause="RFC 8259"), text
    )
    assert quick == strict


@given(ANYTHING)
def test_octets_and_their_text_read_alike(text: bytes) -> None:
    try:
        characters = text.decode("utf-8")
    except UnicodeDecodeError:
        return
    assert _answer(lambda text: read_json(text, at="body"), text) == _answer(
        lambda _: read_json(characters, at="body"), text
    )


@given(st.binary(max_size=200) | ANYTHING | st.text(max_size=60))
def test_no_input_crashes_the_reader(text: bytes | str) -> None:
    with suppress(MalformedError):
        read_json(text, at="body")


@given(VALUES)
def test_what_is_written_reads_back(value: JsonValue) -> None:
    written = write_json(value)
    assert repr(read_json(written, at="value")) == repr(value)
    assert json.dumps(json.loads(written), sort_keys=True) == json.dumps(
        value, sort_keys=True
    )


@given(ANYTHING)
def test_whatever_is_read_can_be_written(text: bytes) -> None:
    try:
        value = read_json(text, at="body")
    except MalformedError:
        return
    assert repr(read_json(write_json(value), at="value")) == repr(value)


EXACT: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5)
    ),
    max_leaves=25,
)


def _reversed(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


@given(EXACT)
def test_the_canonical_form_is_one_whatever_the_order(value: JsonValue) -> None:
    canonical = canonicalize(value)
    assert canonicalize(_reversed(value)) == canonical
    again = read_json(canonical, at="canonical")
    assert canonicalize(again) == canonical


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_canonical_number_is_the_same_number(number: float) -> None:
    assert float(canonicalize(number)) == number
    assert float(orjson.loads(canonicalize(number))) == number
