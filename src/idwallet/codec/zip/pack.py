"""Content deflated so that it never looks like a bomb."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.zip.structures import DEFLATED, STORED

_BLOCK: Final = 1 << 20
_LEVEL: Final = 6
_RAW: Final = -15
# Half of what a reader allows: others allow no more than ours does.
_RATIO: Final = limits.ZIP_RATIO // 2
# After a block that could not be packed, so many are not tried.
_REST: Final = 15


class Whole(NamedTuple):
    """Content packed as a whole: how, what, and checksum and sizes."""

    method: int
    data: bytes
    known: tuple[int, int, int]


@dataclass(slots=True)
class Packed:
    """What is known of content once it has been packed."""

    crc: int = 0
    packed: int = 0
    size: int = 0


def pack_whole(content: bytes) -> Whole:
    """Deflate content, or leave it where that would not help, or help too much."""
    crc = zlib.crc32(content)
    work = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    made = work.compress(content) + work.flush()
    if not len(content) // _RATIO < len(made) < len(content):
        return Whole(STORED, content, (crc, len(content), len(content)))
    return Whole(DEFLATED, made, (crc, len(made), len(content)))


def packed_pieces(content: Iterable[bytes], work: Packed) -> Iterator[bytes]:
    """Yield content deflated, and keep count in `work`.

    Each block stands by itself: one that packs too well is not packed, and after one
    that does not pack the next ones are not tried.
    """
    resting = 0
    for block in _blocks(content):
        work.crc = zlib.crc32(block, work.crc)
        work.size += len(block)
        made = _block(block, 0 if resting else _LEVEL)
        if resting:
            resting -= 1
        elif not len(block) // _RATIO < len(made) < len(block):
            resting = _REST if len(made) >= len(block) else 0
            made = _block(block, 0)
        work.packed += len(made)
        yield made
    last = zlib.compressobj(0, zlib.DEFLATED, _RAW).flush()
    work.packed += len(last)
    yield last


def _block(content: bytes, level: int) -> bytes:
    made = zlib.compressobj(level, zlib.DEFLATED, _RAW)
    return made.compress(content) + made.flush(zlib.Z_FULL_FLUSH)


def _blocks(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same octets in blocks of one size, the last one apart."""
    held = b""
    for piece in content:
        if not held and len(piece) == _BLOCK:
            yield piece
            continue
        view = memoryview(held + piece) if held else memoryview(piece)
        while len(view) >= _BLOCK:
            yield bytes(view[:_BLOCK])
            view = view[_BLOCK:]
        held = bytes(view)
    if held:
        yield held
