"""A portrait of nobody: a drawn head and shoulders of about 20 kB."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import Final

_WIDTH: Final = 138
_HEIGHT: Final = 184
# What is drawn is laid out on a sheet of 120 by 160.
_SHEET_WIDTH: Final = 120
_SHEET_HEIGHT: Final = 160
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_GREY: Final = 0
_GRAIN: Final = 150
_PAPER, _SKIN, _HAIR, _COAT, _INK = 170, 150, 60, 90, 30


def draw_portrait() -> bytes:
    """Return the picture as PNG (ISO/IEC 15948); the same bytes every time."""
    # The grain of a bad photograph, which no compression takes away.
    grain = hashlib.shake_256(b"idwallet TEST portrait").digest(_WIDTH * _HEIGHT)
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, _GREY, 0, 0, 0)
    rows = b"".join(_rows(grain))
    return _SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"tEXt", b"Title\0TEST portrait of nobody"),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return (
        struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
    )


def _rows(grain: bytes) -> Iterator[bytes]:
    for y in range(_HEIGHT):
        start = y * _WIDTH
        row = grain[start : start + _WIDTH]
        # Each row begins with its filter: none.
        yield b"\0" + bytes(
            _shade(x * _SHEET_WIDTH // _WIDTH, y * _SHEET_HEIGHT // _HEIGHT)
            + each * _GRAIN // 1000
            for x, each in enumerate(row)
        )


def _shade(x: int, y: int) -> int:
    across, down = x - _SHEET_WIDTH // 2, y - 70
    if abs(abs(across) - 13) < 4 and abs(down + 6) < 3:
        return _INK
    if abs(across) < 12 and abs(down - 22) < 2:
        return _INK
    if across * across * 16 + down * down * 9 < 9 * 16 * 100:
        return _SKIN
    if across * across + (down + 12) * (down + 12) < 44 * 44 and down < 10:
        return _HAIR
    if y > 118 and across * across < (y - 100) * 60:
        return _COAT
    return _PAPER
