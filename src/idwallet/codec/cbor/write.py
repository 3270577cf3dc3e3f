"""CBOR written in its one deterministic form (RFC 8949 section 4.2.1)."""

import struct
from collections.abc import Callable, Mapping
from math import isnan
from typing import Any, Final

from idwallet import limits
from idwallet.codec.cbor.values import (
    ARRAY,
    BYTES,
    DOUBLE,
    FALSE,
    FLOATS,
    HALF,
    INLINE,
    MAP,
    NEGATIVE,
    NULL,
    SIMPLE,
    SINGLE,
    TAG,
    TEXT,
    TRUE,
    UNSIGNED,
    CborKey,
    CborTag,
    CborValue,
)
from idwallet.errors import UsageError

_ARGUMENTS: Final = 1 << 64


def write_cbor(value: CborValue) -> bytes:
    """Return `value` in its one deterministic form (RFC 8949 section 4.2.1).

    Shortest heads and floats, definite lengths, map keys in the order of their
    encodings. Every NaN is written as ``f97e00``.

    Raises:
        UsageError: an integer that no head holds, a lone surrogate, a foreign type, a
            map key that is no integer, text or byte string, or more nesting than
            `limits.CBOR_DEPTH`.
    """
    parts: list[bytes] = []
    _write(value, parts, room=limits.CBOR_DEPTH)
    return b"".join(parts)


def _write(value: CborValue, parts: list[bytes], *, room: int) -> None:
    leaf = _LEAVES.get(type(value))
    if leaf is not None:
        parts.append(leaf(value))
    elif isinstance(value, list | dict | CborTag):
        if not room:
            raise UsageError("value is nested too deeply for CBOR")
        _write_container(value, parts, room=room - 1)
    else:
        parts.append(_leaf_of(value)(value))


def _write_container(
    value: list[CborValue] | dict[CborKey, CborValue] | CborTag,
    parts: list[bytes],
    *,
    room: int,
) -> None:
    if isinstance(value, CborTag):
        parts.append(write_cbor_head(TAG, value.number))
        _write(value.value, parts, room=room)
    elif isinstance(value, list):
        parts.append(write_cbor_head(ARRAY, len(value)))
        for item in value:
            _write(item, parts, room=room)
    else:
        parts.append(write_cbor_head(MAP, len(value)))
        for key, item in sorted((_key(name), item) for name, item in value.items()):
            parts.append(key)
            _write(item, parts, room=room)


def _key(key: CborKey) -> bytes:
    if isinstance(key, bool):
        raise UsageError("a map key is an integer, text or a byte string")
    if not isinstance(key, int | str | bytes):
        raise _foreign(key)
    return _leaf_of(key)(key)


def _integer(value: int) -> bytes:
    if value < 0:
        return write_cbor_head(NEGATIVE, ~value)
    return write_cbor_head(UNSIGNED, value)


def _text(value: str) -> bytes:
    try:
        octets = value.encode()
    except UnicodeEncodeError:
        raise UsageError("a lone surrogate is not text") from None
    return write_cbor_head(TEXT, len(octets)) + octets


def _octets(value: bytes) -> bytes:
    return write_cbor_head(BYTES, len(value)) + value


def _simple(value: object) -> bytes:
    simple = NULL if value is None else TRUE if value else FALSE
    return bytes([SIMPLE << 5 | simple])


def _leaf_of(value: object) -> Callable[[Any], bytes]:
    """Return what writes a value, of a derived type too, as an enumerated text is."""
    for kind, leaf in _LEAVES.items():
        if isinstance(value, kind):
            return leaf
    raise _foreign(value)


def _foreign(value: object) -> UsageError:
    return UsageError(f"{type(value).__name__} cannot stand here in CBOR")


def write_cbor_head(major: int, argument: int) -> bytes:
    """Return the shortest head of an item (RFC 8949 section 4.2.1).

    For those who put an item together from parts that are written already.

    Raises:
        UsageError: no head holds the argument.
    """
    if 0 <= argument < _SHORT:
        return _SHORT_HEADS[major][argument]
    return _head(major, argument)


def _head(major: int, argument: int) -> bytes:
    if not 0 <= argument < _ARGUMENTS:
        raise UsageError("number is too large for a CBOR head")
    first = major << 5
    if argument < INLINE:
        return bytes([first | argument])
    for information, size in ((24, 1), (25, 2), (26, 4)):
        if argument < 1 << 8 * size:
            return bytes([first | information]) + argument.to_bytes(size)
    return bytes([first | 27]) + argument.to_bytes(8)


def _float(value: float) -> bytes:
    if isnan(value):
        return b"\xf9\x7e\x00"
    for information in (HALF, SINGLE):
        try:
            octets = struct.pack(FLOATS[information], value)
        except OverflowError:
            continue
        if struct.unpack(FLOATS[information], octets) == (value,):
            return bytes([SIMPLE << 5 | information]) + octets
    return bytes([SIMPLE << 5 | DOUBLE]) + struct.pack(FLOATS[DOUBLE], value)


_LEAVES: Final[Mapping[type, Callable[[Any], bytes]]] = {
    str: _text,
    bytes: _octets,
    bool: _simple,
    int: _integer,
    type(None): _simple,
    float: _float,
}
_SHORT: Final = 1 << 8
_SHORT_HEADS: Final = tuple(
    tuple(_head(major, argument) for argument in range(_SHORT))
    for major in range(SIMPLE)
)
