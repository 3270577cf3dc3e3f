"""Values of claims: JSON outside, as few octets of CBOR as it takes inside.

There is one way to write each value, and no other is read.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from idwallet.codec import b64
from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UnsupportedError, UsageError

CLAUSE: Final = "idwallet compact 1 §4"

DAY: Final = 100
"""The tag of a day, counted from 1970-01-01 (RFC 8943)."""
OCTETS: Final = 21
"""The tag of octets that JSON has as base64url (RFC 8949 3.4.5.2)."""

ClaimValue: TypeAlias = (
    "str | int | bool | bytes | date | Sequence[ClaimValue] | Mapping[str, ClaimValue]"
)
"""A value to issue: octets as `bytes`, a day as `date` or as text."""

_EPOCH: Final = date(1970, 1, 1)
_ASCII: Final = 0x80
_BUFFERS: Final = (bytearray, memoryview)  # sequences of numbers, meant as octets
_WINDOW: Final = 0x400  # Cyrillic, U+0400 to U+047F, in the upper half of an octet
_INTEGERS: Final = range(-(1 << 63), 1 << 63)
_DEPTH: Final = 4
_DAY_CHARACTERS: Final = 10


def read_claims(claims: JsonObject) -> dict[str, ClaimValue]:
    """Return claims of a JSON document as values to issue.

    Raises:
        UsageError: one of them is of a kind that the format has not.
    """
    found: dict[str, ClaimValue] = {}
    for name, value in claims.items():
        found[name] = _issuable(value)
    return found


def _issuable(value: JsonValue) -> ClaimValue:
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, list):
        return [_issuable(each) for each in value]
    if isinstance(value, dict):
        return {name: _issuable(each) for name, each in value.items()}
    raise UsageError("a claim is text, a whole number, a truth, or of these")


def cbor_of(value: ClaimValue, *, room: int = _DEPTH) -> CborValue:
    """Return a value as it is written.

    Raises:
        UsageError: it is of a kind, size or depth that the format has no words for.
    """
    if isinstance(value, str):
        return _written_text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value not in _INTEGERS:
            raise UsageError("a number of more than 64 bits")
        return int(value)
    if isinstance(value, bytes):
        return CborTag(OCTETS, value)
    if isinstance(value, date):
        if isinstance(value, datetime):
            raise UsageError("a moment: the format has days, and text for the rest")
        return _written_text(value.isoformat())
    return _written_container(value, room=room)


def _written_container(value: ClaimValue, *, room: int) -> CborValue:
    if room and isinstance(value, Mapping):
        made: dict[CborKey, CborValue] = {}
        for name, each in value.items():
            if not isinstance(name, str):
                raise UsageError("the members of a claim have names")
            made[name] = cbor_of(each, room=room - 1)
        return made
    if room and isinstance(value, Sequence) and not isinstance(value, _BUFFERS):
        return [cbor_of(each, room=room - 1) for each in value]
    raise UsageError("a claim is text, a number, a truth, octets, a day, or of these")


def _written_text(text: str) -> CborValue:
    day = _day_of(text)
    if day is not None:
        return CborTag(DAY, day)
    letters = _letters_of(text)
    return text if letters is None else letters


def json_of(value: CborValue, *, at: str, room: int = _DEPTH) -> JsonValue:
    """Return a value as JSON has it: octets as base64url, a day as text.

    Raises:
        MalformedError: it is not written in the one way that it has.
        UnsupportedError: a kind of value that the format has not.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value not in _INTEGERS:
            raise UnsupportedError(
                "a number of more than 64 bits", at=at, clause=CLAUSE
            )
        return value
    if isinstance(value, str):
        if not isinstance(_written_text(value), str):
            raise MalformedError("text not written shortest", at=at, clause=CLAUSE)
        return value
    if isinstance(value, bytes):
        return _read_letters(value, at=at)
    if isinstance(value, CborTag):
        return _read_tag(value, at=at)
    return _read_container(value, at=at, room=room)


def _read_container(value: CborValue, *, at: str, room: int) -> JsonValue:
    if room and isinstance(value, list):
        return [json_of(each, at=at, room=room - 1) for each in value]
    if room and isinstance(value, dict):
        keys = [write_cbor(name) for name in value]
        if keys != sorted(keys):
            raise MalformedError("members out of order", at=at, clause=CLAUSE)
        made: JsonObject = {}
        for name, each in value.items():
            if not isinstance(name, str):
                raise MalformedError("a member without a name", at=at, clause=CLAUSE)
            made[name] = json_of(each, at=at, room=room - 1)
        return made
    raise UnsupportedError("a kind of value not read here", at=at, clause=CLAUSE)


def _read_tag(value: CborTag, *, at: str) -> JsonValue:
    inside = value.value
    if value.number == OCTETS and isinstance(inside, bytes):
        return b64.encode(inside)
    if value.number == DAY and type(inside) is int:
        try:
            return (_EPOCH + timedelta(days=inside)).isoformat()
        except OverflowError:
            raise MalformedError("no day", at=at, clause="RFC 8943 §1") from None
    raise UnsupportedError("a tag not read here", at=at, clause=CLAUSE)


def _day_of(text: str) -> int | None:
    """Return the day that a text is, counted from 1970, or None."""
    if len(text) != _DAY_CHARACTERS or text[4] != "-" or not text.isascii():
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return (day - _EPOCH).days if day.isoformat() == text else None


def _letters_of(text: str) -> bytes | None:
    """Return a text with Cyrillic in it at one octet a letter, or None."""
    if text.isascii():
        return None
    octets = bytearray()
    for each in map(ord, text):
        if each < _ASCII:
            octets.append(each)
        elif 0 <= each - _WINDOW < _ASCII:
            octets.append(each - _WINDOW | _ASCII)
        else:
            return None
    return bytes(octets)


def _read_letters(octets: bytes, *, at: str) -> str:
    if octets.isascii():
        raise MalformedError("text not written shortest", at=at, clause=CLAUSE)
    return "".join(
        chr(each if each < _ASCII else each - _ASCII + _WINDOW) for each in octets
    )
