import json
import struct

import pytest

from idwallet import limits
from idwallet.codec.jcs import canonicalize
from idwallet.errors import UsageError

# RFC 8785 appendix B: IEEE 754 bits and the text they become.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "text"), NUMBERS)
def test_numbers_are_written_as_ecmascript_writes_them(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonicalize(number) == text.encode("ascii")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, b"0"),
        (-1, b"-1"),
        (1.0, b"1"),
        (100, b"100"),
        (0.1, b"0.1"),
        (12.5, b"12.5"),
        (2**53, b"9007199254740992"),
        (2**53 + 4, b"9007199254740996"),
        (295147905179352830000, b"295147905179352830000"),
        (56464550767139250, b"56464550767139250"),
        (10**21, b"1e+21"),
        (10**22, b"1e+22"),
        (1.5e-7, b"1.5e-7"),
        (True, b"true"),
    ],
)
def test_integers_and_plain_fractions_are_written_shortest(
    number: float, text: bytes
) -> None:
    assert canonicalize(number) == text


def test_the_example_of_the_standard_comes_out() -> None:
    # RFC 8785 section 3.2.2
    value = json.loads(
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",'
        '"literals":[null,true,false]}'
    )
    assert (
        canonicalize(value)
        == (
            '{"literals":[null,true,false],'
            '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )


def test_names_are_ordered_by_utf_16_code_units() -> None:
    # RFC 8785 section 3.2.3: the emoji's first code unit sorts before U+FB33.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    written = canonicalize(dict.fromkeys(names, 0)).decode("utf-8")
    assert list(json.loads(written)) == expected


def test_order_is_settled_on_every_level_and_arrays_keep_theirs() -> None:
    assert canonicalize({"b": [{"d": 2, "c": 1}, 0], "a": {}}) == (
        b'{"a":{},"b":[{"c":1,"d":2},0]}'
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("nan"), "NaN and infinity are not JSON"),
        ([float("inf")], "NaN and infinity are not JSON"),
        (2**53 + 1, "integer is not exact as a double; write it as a string"),
        (
            56464550767139251,
            "integer is not exact as a double; write it as a string",
        ),
        (10**400, "integer is too large for RFC 8785"),
        ("\ud800", "a lone surrogate is not text"),
        ({"\ud800": 1}, "a lone surrogate is not text"),
        ({1: 1}, "a member name must be a string"),
        ((1,), "tuple is not a JSON type"),
        (b"a", "bytes is not a JSON type"),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        canonicalize(value)  # type: ignore[arg-type]
    assert str(caught.value) == why


def test_nesting_has_a_limit() -> None:
    value: list[object] = []
    for _ in range(limits.JSON_DEPTH - 1):
        value = [value]
    canonicalize(value)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        canonicalize([value])  # type: ignore[list-item]
