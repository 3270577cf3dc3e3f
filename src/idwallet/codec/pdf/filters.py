"""Streams undone within a bound (ISO 32000-2 7.4): Flate, its predictors, and text."""

import binascii
import zlib
from collections.abc import Mapping
from itertools import accumulate
from typing import Final

from idwallet import limits
from idwallet.codec.pdf.lexer import Value, malformed
from idwallet.errors import LimitError, UnsupportedError

FILTERED: Final = ("Filter", "DecodeParms")
"""What of a stream's dictionary says how it is undone (table 5)."""

_PNG: Final = 10
_SHORT: Final = {
    "Fl": "FlateDecode",
    "AHx": "ASCIIHexDecode",
    "A85": "ASCII85Decode",
}


def undo_filters(
    data: bytes, entries: Mapping[str, Value], *, offset: int, max_bytes: int
) -> bytes:
    """Return what the filters of a stream's dictionary give; `entries` are direct.

    Raises:
        MalformedError: a filter does not find what it needs.
        LimitError: more than `max_bytes` would come out, or too many filters.
        UnsupportedError: a filter or predictor that is not undone here.
    """
    names = _listed(entries.get("Filter"))
    parms = _listed(entries.get("DecodeParms"))
    if len(names) > limits.PDF_FILTERS:
        raise LimitError(
            "too many filters", at=f"byte {offset}", clause="idwallet limits"
        )
    for number, name in enumerate(names):
        given = parms[number] if number < len(parms) else None
        data = _undone(data, name, offset=offset, max_bytes=max_bytes)
        if isinstance(given, dict) and given:
            data = _unpredicted(data, given, offset=offset)
    return data


def _listed(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _undone(data: bytes, name: Value, *, offset: int, max_bytes: int) -> bytes:
    plain = _SHORT.get(name, name) if isinstance(name, str) else None
    if plain == "FlateDecode":
        return inflate(data, offset=offset, max_bytes=max_bytes)
    if plain == "ASCIIHexDecode":
        return _from_hexadecimal(data, offset)
    if plain == "ASCII85Decode":
        return _from_base_85(data, offset, max_bytes=max_bytes)
    raise UnsupportedError("a filter", at=f"byte {offset}", clause="ISO 32000-2 §7.4.1")


def inflate(data: bytes, *, offset: int, max_bytes: int) -> bytes:
    """Return what was compressed (7.4.4).

    Raises:
        MalformedError: it is broken or cut off.
        LimitError: more than `max_bytes` would come out.
    """
    undoing = zlib.decompressobj()
    try:
        found = undoing.decompress(data, max_bytes + 1)
    except zlib.error:
        raise malformed(
            "compressed data that is broken", at=offset, clause="7.4.4"
        ) from None
    if len(found) > max_bytes:
        raise LimitError(
            "a stream is too long", at=f"byte {offset}", clause="idwallet limits"
        )
    if not undoing.eof:
        raise malformed("compressed data that is cut off", at=offset, clause="7.4.4")
    return found


def _from_hexadecimal(data: bytes, offset: int) -> bytes:
    digits = data.partition(b">")[0].translate(None, b"\0\t\n\f\r ")
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) & 1))
    except binascii.Error:
        raise malformed("not hexadecimal", at=offset, clause="7.4.2") from None


def _from_base_85(data: bytes, offset: int, *, max_bytes: int) -> bytes:
    import base64

    text = data.partition(b"~")[0].translate(None, b"\0\t\n\f\r ")
    if len(text) > max_bytes or 4 * text.count(b"z") > max_bytes:
        raise LimitError(
            "a stream is too long", at=f"byte {offset}", clause="idwallet limits"
        )
    try:
        return base64.a85decode(text)
    except ValueError:
        raise malformed("not base 85", at=offset, clause="7.4.3") from None


def _unpredicted(data: bytes, parms: Mapping[str, Value], *, offset: int) -> bytes:
    predictor = parms.get("Predictor", 1)
    if predictor == 1:
        return data
    if not isinstance(predictor, int) or predictor < _PNG:
        raise UnsupportedError(
            "a predictor", at=f"byte {offset}", clause="ISO 32000-2 §7.4.4.4"
        )
    numbers = [
        parms.get(key, default)
        for key, default in (("Colors", 1), ("BitsPerComponent", 8), ("Columns", 1))
    ]
    colors, bits, columns = (each if isinstance(each, int) else 0 for each in numbers)
    if not (0 < colors <= 32 and bits in {1, 2, 4, 8, 16} and 0 < columns < 1 << 20):
        raise malformed("a predictor's parameters", at=offset, clause="7.4.4.4")
    pixel = max(1, colors * bits // 8)
    width = (colors * bits * columns + 7) // 8
    if len(data) % (width + 1):
        raise malformed("rows that are cut off", at=offset, clause="7.4.4.4")
    return _rows(data, width=width, pixel=pixel, offset=offset)


def _rows(data: bytes, *, width: int, pixel: int, offset: int) -> bytes:
    step = width + 1
    kinds = set(data[::step])
    if kinds <= {0}:
        return b"".join(data[i + 1 : i + step] for i in range(0, len(data), step))
    if kinds == {2}:
        return _columns(data, width)
    if max(kinds) > 4:
        raise malformed("a predictor that there is not", at=offset, clause="7.4.4.4")
    before = bytes(width)
    rows = []
    for i in range(0, len(data), step):
        before = _row(data[i], data[i + 1 : i + step], above=before, pixel=pixel)
        rows.append(before)
    return b"".join(rows)


def _columns(data: bytes, width: int) -> bytes:
    """Undo rows that all are differences to the row above: each column is a sum."""
    out = bytearray(len(data) // (width + 1) * width)
    for column in range(width):
        sums = accumulate(data[column + 1 :: width + 1])
        out[column::width] = bytes([each & 0xFF for each in sums])
    return bytes(out)


def _row(kind: int, row: bytes, *, above: bytes, pixel: int) -> bytes:
    """Undo one row by its kind (ISO/IEC 15948 clause 9)."""
    if kind == 0:
        return row
    out = bytearray(row)
    for i, octet in enumerate(row):
        left = out[i - pixel] if i >= pixel else 0
        corner = above[i - pixel] if i >= pixel else 0
        guess = (
            left,
            above[i],
            (left + above[i]) // 2,
            _paeth(left, above[i], corner=corner),
        )
        out[i] = (octet + guess[kind - 1]) & 0xFF
    return bytes(out)


def _paeth(left: int, above: int, *, corner: int) -> int:
    guess = left + above - corner
    far = (abs(guess - left), abs(guess - above), abs(guess - corner))
    return (left, above, corner)[far.index(min(far))]
