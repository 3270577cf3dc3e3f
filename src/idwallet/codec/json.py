"""JSON text read and written strictly (RFC 8259 within the bounds of RFC 7493)."""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from math import isfinite
from typing import Final, TypeAlias

import orjson

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError

JsonValue: TypeAlias = (
    bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
)
JsonObject: TypeAlias = dict[str, JsonValue]

_LIMITS: Final = "idwallet limits"
_BRACKETS: Final = b"[{]}"
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(_BRACKETS))
# Possessive, and the closing quote optional, so that no input makes it slow.
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
# UTF-16 surrogates can only come from escapes: as UTF-8 they are refused.
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_ROW: Final = frozenset({list})
_SCALARS: Final = frozenset({str, int, bool, type(None)})


class _RefusedError(Exception):
    """What the strict reader's hooks raise; it never leaves this module."""

    def __init__(self, what: str, *, clause: str, limit: bool) -> None:
        super().__init__(what)
        self.what = what
        self.clause = clause
        self.limit = limit


def read_json(
    data: bytes | str,
    *,
    at: str,
    clause: str = "RFC 8259",
    max_bytes: int = limits.JSON_BYTES,
    max_depth: int = limits.JSON_DEPTH,
) -> JsonValue:
    """Return the value that `data` holds.

    `max_depth` counts nested arrays and objects; a scalar has depth 0.

    Raises:
        LimitError: more than `max_bytes`, `max_depth`, or a number longer than
            `limits.JSON_NUMBER_CHARACTERS`.
        MalformedError: not JSON, not UTF-8, a byte order mark, a member name twice
            in one object, a lone surrogate, NaN, or a number that no float holds.
    """
    octets = data
    if isinstance(octets, str):
        octets = _encode(octets, at=at, max_bytes=max_bytes)
    if len(octets) > max_bytes:
        raise LimitError("JSON text is too long", at=at, clause=_LIMITS)
    # What replacing takes away counts in a sixth of the time that counting takes.
    opened = 2 * len(octets) - len(octets.replace(b"{", b""))
    if opened - len(octets.replace(b"[", b"")) > max_depth:
        _require_depth(octets, at=at, max_depth=max_depth)
    if len(octets) > limits.JSON_BYTES:
        # orjson takes a dozen times the memory of the text.
        return _read_strictly(octets, at=at, clause=clause)
    # orjson keeps the last of duplicate names and turns large integers into floats.
    # Text that it writes back octet for octet had nothing of that kind in it; all
    # other text, honest white space included, takes the strict reader.
    try:
        value: JsonValue = orjson.loads(octets)
        if orjson.dumps(value) == octets:
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return _read_strictly(octets, at=at, clause=clause)


def read_object(
    data: bytes | str,
    *,
    at: str,
    clause: str = "RFC 8259",
    max_bytes: int = limits.JSON_BYTES,
    max_depth: int = limits.JSON_DEPTH,
) -> JsonObject:
    """Return the JSON object that `data` holds.

    Raises:
        LimitError: see `read_json`.
        MalformedError: see `read_json`, and anything but an object.
    """
    value = read_json(
        data, at=at, clause=clause, max_bytes=max_bytes, max_depth=max_depth
    )
    if not isinstance(value, dict):
        raise MalformedError("not a JSON object", at=at, clause=clause)
    return value


def read_rows(texts: list[bytes]) -> list[list[JsonValue]] | None:
    """Return the arrays that the texts hold, all read at once, or None.

    It is for texts that are most likely written by `write_rows`: these it reads in
    half of the time. None says nothing about them but that `read_json` has to read
    them one by one; what it would refuse is never among the arrays.
    """
    joined = b"[%b]" % b",".join(texts)
    if len(joined) > limits.JSON_BYTES:
        return None
    # Each array opens a bracket, so the deepest has what is left to it.
    opened = 2 * len(joined) - len(joined.replace(b"{", b""))
    if opened - len(joined.replace(b"[", b"")) > limits.JSON_DEPTH + len(texts):
        return None
    try:
        values: list[list[JsonValue]] = orjson.loads(joined)
        # As in `read_json`; it also shows that no text borrowed from its neighbour.
        if _ROW.issuperset(map(type, values)) and [*map(orjson.dumps, values)] == texts:
            return values
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return None


def write_json(value: JsonValue) -> bytes:
    """Return `value` as compact UTF-8 text, members in their own order.

    Raises:
        UsageError: something that JSON cannot carry (NaN, infinity, a lone surrogate,
            a name that is not a string, a tuple, any foreign type), or more nesting
            than `limits.JSON_DEPTH`, which no reader of ours would take.
    """
    # orjson writes NaN as null and takes enums, tuples and UUIDs: types come first.
    if _is_plain(value, room=limits.JSON_DEPTH):
        try:
            return orjson.dumps(value)
        except orjson.JSONEncodeError:
            pass
    return _write_strictly(value)


def write_rows(rows: Sequence[list[JsonValue]]) -> list[bytes]:
    """Return each array as `write_json` writes it; many of scalars take less time.

    Raises:
        UsageError: see `write_json`.
    """
    if _ROW.issuperset(map(type, rows)) and are_scalars(chain.from_iterable(rows)):
        try:
            return [orjson.dumps(each) for each in rows]
        except orjson.JSONEncodeError:
            pass
    return [write_json(each) for each in rows]


def are_scalars(items: Iterable[JsonValue]) -> bool:
    """Tell whether all are texts, integers, booleans or null, and of no subclass.

    It answers for a whole list in the time of a few comparisons. What it answers
    False for may still be one: look at each.
    """
    return _SCALARS.issuperset(map(type, items))


def _is_plain(value: JsonValue, *, room: int) -> bool:
    """Tell whether orjson can be given this: finite, shallow, of exact types."""
    items: Iterable[JsonValue]
    if type(value) is dict:
        items = value.values()
    elif type(value) is list:
        items = value
    else:
        return type(value) in _SCALARS or (type(value) is float and isfinite(value))
    if room <= 0:
        return False
    if are_scalars(items):
        return True
    for item in items:
        if type(item) not in _SCALARS and not _is_plain(item, room=room - 1):
            return False
    return True


def _encode(text: str, *, at: str, max_bytes: int) -> bytes:
    if len(text) > max_bytes:
        raise LimitError("JSON text is too long", at=at, clause=_LIMITS)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedError("lone surrogate", at=at, clause="RFC 7493 §2.1") from None


def _require_depth(octets: bytes, *, at: str, max_depth: int) -> None:
    """Refuse deep nesting before a parser recurses into it."""
    depth = 0
    for bracket in _STRING.sub(b"", octets).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise LimitError("JSON is nested too deeply", at=at, clause=_LIMITS)


def _read_strictly(octets: bytes, *, at: str, clause: str) -> JsonValue:
    """Read by the standard library with every refusal in place."""
    if octets.startswith(b"\xef\xbb\xbf"):
        raise MalformedError("byte order mark", at=at, clause="RFC 8259 §8.1")
    try:
        value: JsonValue = _DECODER.decode(octets.decode("utf-8"))
        if _SURROGATE.search(octets):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("not UTF-8", at=at, clause="RFC 8259 §8.1") from None
    except UnicodeEncodeError:
        raise MalformedError("lone surrogate", at=at, clause="RFC 7493 §2.1") from None
    except json.JSONDecodeError as error:
        what = f"not JSON from character {error.pos} on"
        raise MalformedError(what, at=at, clause=clause) from None
    except _RefusedError as error:
        kind = LimitError if error.limit else MalformedError
        raise kind(error.what, at=at, clause=error.clause) from None
    return value


def _object(members: list[tuple[str, JsonValue]]) -> JsonObject:
    made = dict(members)
    if len(made) != len(members):
        raise _RefusedError("duplicate name", clause="RFC 7493 §2.3", limit=False)
    return made


def _integer(digits: str) -> int:
    _require_short(digits)
    return int(digits)


def _fraction(digits: str) -> float:
    _require_short(digits)
    number = float(digits)
    if not isfinite(number):
        raise _RefusedError("number too large", clause="RFC 7493 §2.2", limit=False)
    return number


def _require_short(digits: str) -> None:
    if len(digits) > limits.JSON_NUMBER_CHARACTERS:
        raise _RefusedError("number is too long", clause=_LIMITS, limit=True)


def _constant(name: str) -> float:
    raise _RefusedError(f"{name} is not JSON", clause="RFC 8259 §6", limit=False)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
)


def _write_strictly(value: JsonValue) -> bytes:
    """Write what orjson cannot, large integers above all, or say why not."""
    _require_json(value, depth=0)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def _require_json(value: JsonValue, *, depth: int) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        _require_text(value)
    elif isinstance(value, float):
        if not isfinite(value):
            raise UsageError("NaN and infinity are not JSON")
    elif isinstance(value, list | dict):
        _require_container(value, depth=depth + 1)
    else:
        raise UsageError(f"{type(value).__name__} is not a JSON type")


def _require_container(
    value: list[JsonValue] | dict[str, JsonValue], *, depth: int
) -> None:
    if depth > limits.JSON_DEPTH:
        raise UsageError("value is nested too deeply for JSON")
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                raise UsageError("a member name must be a string")
            _require_text(name)
    for item in value.values() if isinstance(value, dict) else value:
        _require_json(item, depth=depth)


def _require_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError("a lone surrogate is not text") from None
