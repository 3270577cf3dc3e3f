import enum
import math
import tracemalloc
import uuid
from collections import OrderedDict
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from idwallet import limits
from idwallet.codec.json import read_json, read_object, write_json, write_rows
from idwallet.errors import LimitError, MalformedError, UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"null", None),
        (b"true", True),
        (b"-0", 0),
        (b"1E5", 100000.0),
        (b"18446744073709551616", 18446744073709551616),
        (b"0.1000", 0.1),
        (b'"\\u0041\\ud83d\\ude00"', "A\U0001f600"),
        (b'"\\u0000"', "\x00"),
        (b'{"a":[1,{"b":null}]}', {"a": [1, {"b": None}]}),
        (b' { "a" : [ 1 , 2 ] } \r\n\t', {"a": [1, 2]}),
        ('{"имя":"Анна"}', {"имя": "Анна"}),
        ('{"имя":"Анна"}'.encode(), {"имя": "Анна"}),
        ("\u2028".join('""'), "\u2028"),
        (b'"\x7f"', "\x7f"),
    ],
)
def test_json_reads_as_what_it_says(text: bytes | str, value: object) -> None:
    found = read_json(text, at="body")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("valid", "forged", "what", "clause"),
    [
        (b'{"a":1,"b":2}', b'{"a":1,"a":2}', "duplicate name", "RFC 7493 §2.3"),
        (b'{"a":1,"b":1}', b'{"a":1,"a":1}', "duplicate name", "RFC 7493 §2.3"),
        (
            b'{"x":{"a":1,"b":1}}',
            b'{"x":{"a":1,"\\u0061":1}}',
            "duplicate name",
            "RFC 7493 §2.3",
        ),
        (b"[0]", b"[NaN]", "NaN is not JSON", "RFC 8259 §6"),
        (b"[0]", b"[Infinity]", "Infinity is not JSON", "RFC 8259 §6"),
        (b"[0]", b"[-Infinity]", "-Infinity is not JSON", "RFC 8259 §6"),
        (b"1e308", b"1e309", "number too large", "RFC 7493 §2.2"),
        (b'"\\ud83d\\ude00"', b'"\\ud83d"', "lone surrogate", "RFC 7493 §2.1"),
        (b'"\\ud83d\\ude00"', b'"\\ude00"', "lone surrogate", "RFC 7493 §2.1"),
        (
            b'{"\\ud83d\\ude00":1}',
            b'{"\\uD83D":1}',
            "lone surrogate",
            "RFC 7493 §2.1",
        ),
        ('"\U0001f600"', '"\ud83d"', "lone surrogate", "RFC 7493 §2.1"),
        (b'"\xf0\x9f\x98\x80"', b'"\xed\xa0\xbd"', "not UTF-8", "RFC 8259 §8.1"),
        (b'"\xc2\x80"', b'"\xc0\x80"', "not UTF-8", "RFC 8259 §8.1"),
        (b"1", b"\xef\xbb\xbf1", "byte order mark", "RFC 8259 §8.1"),
        ("1", "\ufeff1", "byte order mark", "RFC 8259 §8.1"),
        (b'"a"', b'"a', "not JSON from character 0 on", "RFC 8259"),
        (b'"\\n"', b'"\n"', "not JSON from character 1 on", "RFC 8259"),
        (b'"\\u0000"', b'"\x00"', "not JSON from character 1 on", "RFC 8259"),
        (b"1", b"01", "not JSON from character 1 on", "RFC 8259"),
        (b"1", b"+1", "not JSON from character 0 on", "RFC 8259"),
        (b"1", b"", "not JSON from character 0 on", "RFC 8259"),
        (b"1 ", b"1 1", "not JSON from character 2 on", "RFC 8259"),
        (b" 1", b"\x0b1", "not JSON from character 0 on", "RFC 8259"),
        (b" 1", b"\xc2\xa01", "not JSON from character 0 on", "RFC 8259"),
        (b"[1]", "[\u0661]".encode(), "not JSON from character 1 on", "RFC 8259"),
        (b"1", "1".encode("utf-16-le"), "not JSON from character 1 on", "RFC 8259"),
    ],
)
def test_json_outside_the_rules_is_refused(
    valid: bytes | str, forged: bytes | str, what: str, clause: str
) -> None:
    read_json(valid, at="body")
    with pytest.raises(MalformedError) as caught:
        read_json(forged, at="body")
    assert not isinstance(caught.value, LimitError)
    assert (caught.value.what, caught.value.clause) == (what, clause)
    assert caught.value.at == "body"


def test_a_trailing_comma_is_refused() -> None:
    read_json(b"[1]", at="body")
    with pytest.raises(MalformedError):
        read_json(b"[1,]", at="body", clause="RFC 7515 §4")


def _nested(depth: int) -> bytes:
    pairs = [((b'{"a":', b"}"), (b"[", b"]"))[level % 2] for level in range(depth)]
    opened = b"".join(opening for opening, _ in pairs)
    return opened + b"0" + b"".join(closing for _, closing in reversed(pairs))


@pytest.mark.parametrize("deep", [b"[" * 40 + b"]" * 40, b"[" * 1_000_000])
def test_nesting_is_refused_before_anything_recurses(deep: bytes) -> None:
    with pytest.raises(LimitError) as caught:
        read_json(deep, at="body")
    assert caught.value.what == "JSON is nested too deeply"
    assert caught.value.clause == "idwallet limits"


@pytest.mark.parametrize("spaces", [b"", b" "])
def test_nesting_counts_arrays_and_objects_alike(spaces: bytes) -> None:
    read_json(spaces + _nested(limits.JSON_DEPTH), at="body")
    with pytest.raises(LimitError):
        read_json(spaces + _nested(limits.JSON_DEPTH + 1), at="body")


@pytest.mark.parametrize(
    "text",
    [
        b'["' + b"[{" * 100 + b'"]',
        b'["\\"' + b"[{" * 100 + b'\\\\"]',
        b"[" + b"[]," * 100 + b"{}]",
    ],
)
def test_brackets_in_strings_and_in_rows_are_no_nesting(text: bytes) -> None:
    read_json(text, at="body", max_depth=2)


def test_a_caller_may_allow_less_nesting() -> None:
    read_json(b"0", at="body", max_depth=0)
    read_json(b"[[]]", at="body", max_depth=2)
    with pytest.raises(LimitError):
        read_json(b"[]", at="body", max_depth=0)
    with pytest.raises(LimitError):
        read_json(b"[[[]]]", at="body", max_depth=2)


def test_an_unclosed_string_with_many_quotes_is_refused_quickly() -> None:
    hostile = b'"\\"' * 300_000 + b"["
    with pytest.raises(MalformedError):
        read_json(b"[" * 33 + hostile, at="body", max_depth=40)


@pytest.mark.parametrize(
    "text",
    [
        b"1" * 64,
        b"-" + b"1" * 63,
        b"0." + b"1" * 62,
        b"[" + b"1" * 64 + b"]",
    ],
)
def test_a_number_has_at_most_64_characters(text: bytes) -> None:
    read_json(text, at="body")
    with pytest.raises(LimitError) as caught:
        read_json(text.replace(b"1", b"11", 1), at="body")
    assert caught.value.what == "number is too long"


@pytest.mark.parametrize("text", [b'"abcdef"', '"abcdef"', '"абв"'])
def test_text_has_at_most_the_octets_allowed(text: bytes | str) -> None:
    read_json(text, at="body", max_bytes=8)
    with pytest.raises(LimitError) as caught:
        read_json(text, at="body", max_bytes=7)
    assert caught.value.what == "JSON text is too long"


def test_an_object_is_asked_for_and_given() -> None:
    assert read_object(b'{"a":1}', at="header") == {"a": 1}


@pytest.mark.parametrize("text", [b"[]", b"null", b'"{}"', b"1"])
def test_what_is_no_object_is_refused_where_one_is_due(text: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        read_object(text, at="header", clause="RFC 7515 §4")
    assert caught.value.what == "not a JSON object"
    assert caught.value.clause == "RFC 7515 §4"


def test_no_message_holds_what_was_read() -> None:
    for text in (b'{"canary":1,"canary":2}', b'["canary', b'{"canary":NaN}'):
        with pytest.raises(MalformedError) as caught:
            read_json(text, at="body")
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, b"null"),
        ({"b": [True, 1, 1.5], "a": "й"}, '{"b":[true,1,1.5],"a":"й"}'.encode()),
        ('\x1f"\\/\u2028', b'"\\u001f\\"\\\\/\xe2\x80\xa8"'),
        (-0.0, b"-0.0"),
        (2**64, b"18446744073709551616"),
        ([2**64, {"a": [1.5, "й", None, False]}], None),
        (OrderedDict(b=1, a=2), b'{"b":1,"a":2}'),
    ],
)
def test_a_value_is_written_compactly_and_reads_back(
    value: object, text: bytes | None
) -> None:
    written = write_json(value)  # type: ignore[arg-type]
    assert read_json(written, at="value") == value
    assert text is None or written == text
    rows: list[list[object]] = [["a", value], ["b"], [], [value]]
    assert write_rows(rows) == [write_json(each) for each in rows]  # type: ignore[arg-type]


class _Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (math.nan, "NaN and infinity are not JSON"),
        (math.inf, "NaN and infinity are not JSON"),
        ([{"a": -math.inf}], "NaN and infinity are not JSON"),
        ("\ud800", "a lone surrogate is not text"),
        ({"\ud800": 1}, "a lone surrogate is not text"),
        ([2**64, "\udfff"], "a lone surrogate is not text"),
        ({1: 2}, "a member name must be a string"),
        ({None: 2}, "a member name must be a string"),
        ((1, 2), "tuple is not a JSON type"),
        ([(1, 2)], "tuple is not a JSON type"),
        (b"a", "bytes is not a JSON type"),
        ({"a": {1}}, "set is not a JSON type"),
        (uuid.UUID(int=0), "UUID is not a JSON type"),
        (datetime(2026, 1, 1, tzinfo=UTC), "datetime is not a JSON type"),
        (_Colour.RED, "_Colour is not a JSON type"),
        (MappingProxyType({"a": 1}), "mappingproxy is not a JSON type"),
    ],
)
def test_what_json_cannot_carry_is_not_written(value: object, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        write_json(value)  # type: ignore[arg-type]
    assert str(caught.value) == why
    with pytest.raises(UsageError) as caught:
        write_rows([["a"], [value]])  # type: ignore[list-item]
    assert str(caught.value) == why


def test_rows_are_arrays_and_no_tuples() -> None:
    assert write_rows([["a", 1], ["b", None]]) == [b'["a",1]', b'["b",null]']
    with pytest.raises(UsageError):
        write_rows([["a", 1], ("b", None)])  # type: ignore[list-item]
    assert write_rows([]) == []


def test_nothing_is_written_that_our_reader_would_refuse_as_too_deep() -> None:
    deep: list[object] = []
    for _ in range(limits.JSON_DEPTH - 1):
        deep = [deep]
    read_json(write_json(deep), at="value")  # type: ignore[arg-type]
    for deeper in ([deep], {"a": deep}, [[[{"a": deep}]]]):
        with pytest.raises(UsageError):
            write_json(deeper)  # type: ignore[arg-type]


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append({"again": value})
    with pytest.raises(UsageError):
        write_json(value)  # type: ignore[arg-type]


def test_a_long_text_takes_little_more_memory_than_itself() -> None:
    text = b'{"lst":"' + b"A" * 3_000_000 + b'"}'
    tracemalloc.start()
    try:
        value = read_json(text, at="", max_bytes=4_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert value == {"lst": "A" * 3_000_000}
    assert peak < 12_000_000


def test_a_long_text_is_read_as_strictly_as_a_short_one() -> None:
    text = b'{"a":1,"a":"' + b"A" * limits.JSON_BYTES + b'"}'
    with pytest.raises(MalformedError, match="duplicate"):
        read_json(text, at="", max_bytes=2 * limits.JSON_BYTES)
