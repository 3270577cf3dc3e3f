"""PDF values are read as ISO 32000-2 7.3 says, in linear time, within bounds."""

import time

import pytest

from idwallet import limits
from idwallet.codec.pdf import Ref, Value, read_shallow, read_value
from idwallet.errors import LimitError, MalformedError


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (b"null", None),
        (b"true", True),
        (b"-17", -17),
        (b"+.5", 0.5),
        (b"4.", 4.0),
        (b"/A#42#20C", "AB C"),
        (b"/", ""),
        (b"12 0 R", Ref(12, 0)),
        (b"[1 2 0 R 3]", [1, Ref(2, 0), 3]),
        (b"(a(b)c)", b"a(b)c"),
        (rb"(\(\)\\\n\101\7z\q)", b"()\\\nA\x07zq"),
        (b"(a\\\r\nb\rc\r\nd)", b"ab\nc\nd"),
        (b"(a\\)b(c\\))d)", b"a)b(c))d"),
        (b"<48 65 6C6c 6>", b"Hell`"),
        (
            b"<</A<</B[<</C(>>)>>]>>%>>\n/D<00>>>",
            {"A": {"B": [{"C": b">>"}]}, "D": b"\0"},
        ),
        (b" % first\r\n %second\n 7", 7),
    ],
)
def test_a_value_is_read_as_the_standard_says(octets: bytes, value: Value) -> None:
    assert read_value(octets, 0) == (value, len(octets))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"nulls",
        b"1x",
        b"--1",
        b"(a",
        b"(a\\)",
        b"<4G>",
        b"[1",
        b"[1>>",
        b">>",
        b"<</A 1",
        b"<<(A) 1>>",
        b"<</A 1/A 2>>",
        b"<</A 1/#41 2>>",
        b"<</A [1>>]>>",
        b"9" * 65,
    ],
)
def test_what_is_no_value_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        read_value(octets, 0)
    assert caught.value.clause.startswith("ISO 32000-2 §7.3")


@pytest.mark.parametrize("opened", [b"[", b"<</A", b"[<</A"])
def test_depth_is_bounded_for_both_readers(opened: bytes) -> None:
    with pytest.raises(LimitError):
        read_value(opened * (limits.PDF_DEPTH + 1), 0)
    with pytest.raises(LimitError):
        read_shallow(b"<</A" + opened * (limits.PDF_DEPTH + 1), 0)


def test_how_much_one_value_holds_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PDF_TOKENS", 10)
    assert read_value(b"[1 1 1 1 1 1 1]", 0)[0] == [1] * 7
    with pytest.raises(LimitError):
        read_value(b"[1 1 1 1 1 1 1 1 1]", 0)


def test_a_shallow_dictionary_keeps_values_as_they_stand() -> None:
    octets = rb"x<</A 1.50/B(c\)(d))/C<</D[1]/E<01>>>/F[/G 1 0 R]%/H 1" + b"\n/I/J>>y"
    found = read_shallow(octets, 1)
    assert {key: found.raw(key) for key in found.spans} == {
        b"A": b"1.50",
        b"B": rb"(c\)(d))",
        b"C": b"<</D[1]/E<01>>>",
        b"F": b"[/G 1 0 R]",
        b"I": b"/J",
    }
    assert octets[found.start : found.end] == octets[1:-1]
    assert found.get(b"F") == ["G", Ref(1, 0)]
    assert found.raw(b"K") is None
    assert found.get(b"K") is None


@pytest.mark.parametrize(
    "octets",
    [
        b"[1]",
        b"<</A 1/A 2>>",
        b"<</A 1/#41 2>>",
        b"<</A[1>>]>>",
        b"<</A 1 2>>",
        b"<</A(",
        b"<</A[",
        b"<</A>>",
    ],
)
def test_a_broken_dictionary_is_refused_by_the_shallow_reader(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        read_shallow(octets, 0)


def test_a_spelling_of_a_key_hides_nothing() -> None:
    assert read_shallow(b"<</#41 1>>", 0).raw(b"A") == b"1"


@pytest.mark.parametrize(
    "octets",
    [
        b"%\n" * 100_000,
        b"(" * 100_000,
        b"<</A(" + b"\\(" * 100_000,
        b"<</A[" + b"<0 " * 100_000,
        b"<</A " + b"1 " * 100_000,
        b"<<" + b"/A" * 100_001,
        b"[" + b"/A%\n" * 100_000,
    ],
)
def test_reading_takes_no_more_than_linear_time(octets: bytes) -> None:
    started = time.process_time()
    for read in (read_value, read_shallow):
        with pytest.raises(MalformedError):
            read(octets, 0)
    assert time.process_time() - started < 2
