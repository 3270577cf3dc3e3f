"""JSON in its one canonical form (RFC 8785)."""

import json
from math import isfinite
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue
from idwallet.errors import UsageError

# ECMAScript writes up to 21 digits before it takes to exponents (RFC 8785 §3.2.2.3).
_POSITIONAL: Final = 21
_LEADING_ZEROS: Final = 6
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)


def canonicalize(value: JsonValue) -> bytes:
    """Return the canonical UTF-8 octets of `value`.

    Names are ordered by UTF-16 code units and numbers written as ECMAScript does.

    Raises:
        UsageError: something that RFC 8785 cannot carry (NaN, infinity, an integer
            that a double would change, a lone surrogate, a name that is not a
            string, a foreign type), or more nesting than `limits.JSON_DEPTH`.
    """
    try:
        return _text(value, room=limits.JSON_DEPTH).encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError("a lone surrogate is not text") from None


def _text(value: JsonValue, *, room: int) -> str:
    if value is None or isinstance(value, bool | str):
        # Short escapes, lower-case hexadecimal, the rest as it is: §3.2.2.2.
        return _ENCODER.encode(value)
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, list | dict):
        raise UsageError(f"{type(value).__name__} is not a JSON type")
    if not room:
        raise UsageError("value is nested too deeply for JSON")
    if isinstance(value, list):
        return f"[{','.join(_text(item, room=room - 1) for item in value)}]"
    members = (
        f"{_ENCODER.encode(name)}:{_text(value[name], room=room - 1)}"
        for name in sorted(value, key=_code_units)
    )
    return f"{{{','.join(members)}}}"


def _code_units(name: str) -> bytes:
    """Order names as §3.2.3 does: Python's own order is by code points."""
    if not isinstance(name, str):
        raise UsageError("a member name must be a string")
    return name.encode("utf-16-be")


def _number(value: float) -> str:
    try:
        double = float(value)
    except OverflowError:
        raise UsageError("integer is too large for RFC 8785") from None
    if not isfinite(double):
        raise UsageError("NaN and infinity are not JSON")
    if not double:
        return "0"
    sign = "-" if double < 0 else ""
    text = sign + _positive(repr(abs(double)))
    # Above 2**53 the canonical digits are the shortest and not the exact ones: an
    # integer read from canonical text is itself again, its neighbours are refused.
    if double != value and text != str(value):
        raise UsageError("integer is not exact as a double; write it as a string")
    return text


def _positive(shortest: str) -> str:
    """Lay out Python's shortest digits by ECMA-262 Number::toString, step 5 on."""
    mantissa, _, exponent = shortest.partition("e")
    whole, _, fraction = mantissa.partition(".")
    written = (whole + fraction).lstrip("0")
    # The number is 0.DIGITS times ten to the power of `point`.
    point = len(written) - len(fraction) + int(exponent or "0")
    digits = written.rstrip("0")
    if len(digits) <= point <= _POSITIONAL:
        return digits.ljust(point, "0")
    if 0 < point <= _POSITIONAL:
        return f"{digits[:point]}.{digits[point:]}"
    if -_LEADING_ZEROS < point <= 0:
        return f"0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{rest}e{point - 1:+d}"
