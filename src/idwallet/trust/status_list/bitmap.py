"""The array of statuses, packed, compressed and inflated (Token Status List 4.1)."""

import zlib
from collections.abc import Iterable
from enum import Enum
from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError

BITS: Final = frozenset({1, 2, 4, 8})
"""How many bits an entry may take."""

_CLAUSE: Final = "Token Status List §4.1"
_PIECE_IN: Final = 65_536
_PIECE_OUT: Final = 1_048_576


def pack(entries: Iterable[tuple[int, int]], *, bits: int, size: int) -> bytearray:
    """Return the array of `size` entries in which these (index, status) are set.

    All others are 0, which is valid. Within a byte the lowest index has the lowest
    bits. `size` is rounded up to whole bytes. A later entry replaces an earlier one.

    Raises:
        UsageError: `bits` is not 1, 2, 4 or 8; an index is outside the list, a status
            does not fit into the bits, or the array passes
            `limits.STATUS_LIST_BITMAP_BYTES`.
    """
    if bits not in BITS:
        raise UsageError("an entry of a status list has 1, 2, 4 or 8 bits")
    length = (size * bits + 7) // 8
    if not 0 < length <= limits.STATUS_LIST_BITMAP_BYTES:
        raise UsageError("a status list has an entry, and a bounded number of them")
    array = bytearray(length)
    mask = (1 << bits) - 1
    for index, status in entries:
        if not 0 <= index < size or not 0 <= status <= mask:
            raise UsageError("an index outside the list, or a status of too many bits")
        place = index * bits
        shift = place & 7
        kept = array[place >> 3] & ~(mask << shift)
        array[place >> 3] = kept | status << shift
    return array


class Effort(Enum):
    """What compressing a list is to cost; every reader takes either."""

    SMALLEST = zlib.Z_DEFAULT_STRATEGY
    """As small as ZLIB makes it (section 4.1 recommends it)."""

    QUICK = zlib.Z_RLE
    """A hundred times as fast and a twelfth larger, where few entries are set."""


def deflate(
    array: bytes | bytearray | memoryview, *, effort: Effort = Effort.SMALLEST
) -> bytes:
    """Return the ZLIB stream of an array, at the highest level.

    It is always the same under one release of ZLIB.
    """
    work = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, effort.value)
    return work.compress(array) + work.flush()


def inflate(stream: bytes, *, at: str) -> memoryview:
    """Return the array that one whole ZLIB stream holds, as a read-only view.

    It is inflated piece by piece into the memory that it stays in, so that little more
    than the array itself is ever held; a stream that would inflate to more than
    `limits.STATUS_LIST_BITMAP_BYTES` is left where it passes them.

    Raises:
        LimitError: the stream or the array is too long.
        MalformedError: it is no ZLIB stream (RFC 1950), ends before its end, fails its
            checksum, or something follows it.
    """
    if len(stream) > limits.STATUS_LIST_COMPRESSED_BYTES:
        raise LimitError("compressed list too long", at=at, clause=_CLAUSE)
    work = zlib.decompressobj()
    array = bytearray()
    view = memoryview(stream)
    end = 0
    try:
        for begin in range(0, len(view), _PIECE_IN):
            if work.eof:
                break
            _feed(work, view[begin : begin + _PIECE_IN], array=array, at=at)
            end = begin + _PIECE_IN
    except zlib.error as error:
        raise MalformedError("no ZLIB stream", at=at, clause="RFC 1950 §2") from error
    if not work.eof:
        raise MalformedError("the stream is cut off", at=at, clause="RFC 1950 §2.2")
    if work.unused_data or end < len(view):
        raise MalformedError("bytes after the stream", at=at, clause="RFC 1950 §2.2")
    return memoryview(array).toreadonly()


def _feed(
    work: "zlib._Decompress", piece: memoryview, *, array: bytearray, at: str
) -> None:
    """Inflate one piece of the stream onto the end of the array."""
    rest: bytes | memoryview = piece
    while True:
        made = work.decompress(rest, _PIECE_OUT)
        if len(array) + len(made) > limits.STATUS_LIST_BITMAP_BYTES:
            raise LimitError("list too long when inflated", at=at, clause=_CLAUSE)
        array += made
        rest = work.unconsumed_tail
        if not rest and len(made) < _PIECE_OUT:
            return
