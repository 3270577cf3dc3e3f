"""Members of CBOR maps taken with their type, for every structure of ISO 18013-5."""

import re
from datetime import datetime
from typing import Final, TypeVar

from idwallet.codec.cbor import CborKey, CborTag, CborValue, read_cbor
from idwallet.envelope.cose.structures import string_head
from idwallet.errors import MalformedError

CborMap = dict[CborKey, CborValue]

ENCODED_CBOR: Final = 24
"""The tag of CBOR inside of a byte string (RFC 8949 3.4.5.1)."""

TDATE: Final = 0
"""The tag of a text that is a moment (RFC 8949 3.4.1)."""

FULL_DATE: Final = 1004
"""The tag of a text that is a day (RFC 8943)."""

TAG_24: Final = b"\xd8\x18"
"""The head of tag 24."""

_LONG: Final = TAG_24 + b"\x59"
HEADS: Final = {b"\x58": 2, b"\x59": 3, b"\x5a": 5, b"\x5b": 9}
"""How long the head of a byte string is whose first octet is not its whole head."""

_STRUCTURE: Final = "ISO/IEC 18013-5 §8.3.2.1.2.2"
_Kind = TypeVar("_Kind", int, str, bytes)


def member(
    held: CborMap, name: str, *, kind: type[_Kind], at: str, clause: str = _STRUCTURE
) -> _Kind:
    """Return a member that has to be there.

    Raises:
        MalformedError: it is absent, or of another type.
    """
    value = held.get(name)
    if type(value) is kind:
        return value
    raise _absent(held, name, at=at, clause=clause)


def map_in(held: CborMap, name: str, *, at: str, clause: str = _STRUCTURE) -> CborMap:
    """Return a member that is a map and has to be there.

    Raises:
        MalformedError: it is absent, or of another type.
    """
    value = held.get(name)
    if type(value) is dict:
        return value
    raise _absent(held, name, at=at, clause=clause)


def _absent(held: CborMap, name: str, *, at: str, clause: str) -> MalformedError:
    if name not in held:
        return MalformedError(f"no {name}", at=at, clause=clause)
    return _another(at=f"{at}/{name}", clause=clause)


def _another(*, at: str, clause: str) -> MalformedError:
    return MalformedError("a value of another type", at=at, clause=clause)


def typed(value: CborValue, kind: type[_Kind], *, at: str, clause: str) -> _Kind:
    """Return a value of a type; to Python True is an integer, here it is none.

    Raises:
        MalformedError: it is of another type.
    """
    if type(value) is not kind:
        raise _another(at=at, clause=clause)
    return value


def a_map(value: CborValue, *, at: str, clause: str = _STRUCTURE) -> CborMap:
    """Return a value that is a map.

    Raises:
        MalformedError: it is of another type.
    """
    if type(value) is not dict:
        raise _another(at=at, clause=clause)
    return value


def a_list(value: CborValue, *, at: str, clause: str = _STRUCTURE) -> list[CborValue]:
    """Return a value that is an array.

    Raises:
        MalformedError: it is of another type.
    """
    if type(value) is not list:
        raise _another(at=at, clause=clause)
    return value


def read_map(octets: bytes, *, at: str, clause: str = _STRUCTURE) -> CborMap:
    """Read a map that stands alone in a byte string.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is no map, see `read_cbor`.
    """
    return a_map(read_cbor(octets, at=at, clause=clause), at=at, clause=clause)


def embedded(value: CborValue, *, at: str, clause: str = _STRUCTURE) -> bytes:
    """Return the octets inside of a value of tag 24, as they were received.

    Raises:
        MalformedError: it is no byte string under tag 24.
    """
    if type(value) is CborTag and value.number == ENCODED_CBOR:
        inside = value.value
        if type(inside) is bytes:
            return inside
    raise MalformedError("no encoded CBOR under tag 24", at=at, clause=clause)


def unwrapped(data: bytes, *, at: str, clause: str = _STRUCTURE) -> bytes:
    """Return the octets inside of tag 24, of which `data` has to be the encoding.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is no byte string under tag 24.
    """
    if data.startswith(_LONG) and len(data) - 5 == int.from_bytes(data[3:5]) > 255:
        return data[5:]
    start = len(TAG_24) + HEADS.get(data[2:3], 1)
    inside = data[start:]
    if data[:start] == TAG_24 + string_head(len(inside)):
        return inside
    # What else it is, the reader of everything says.
    return embedded(read_cbor(data, at=at, clause=clause), at=at, clause=clause)


def moment(value: CborValue, *, at: str, clause: str) -> datetime:
    """Return a `tdate` as the profile has it: UTC, whole seconds, and ``Z``.

    Raises:
        MalformedError: it is anything else (9.1.2.4: no fraction, no local offset).
    """
    text = value.value if type(value) is CborTag and value.number == TDATE else None
    found = moment_of(text) if type(text) is str else None
    if found is None:
        raise MalformedError(
            "no moment in UTC, of whole seconds with Z", at=at, clause=clause
        )
    return found


def moment_of(text: str) -> datetime | None:
    """Return the moment that the text of a `tdate` is, None where it is none."""
    # `fromisoformat` takes more than this, the hour 24 in later versions of Python; but
    # a moment is written in one way only.
    if _as_written(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None  # as the 30th of February


_as_written: Final = re.compile(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z"
).fullmatch
