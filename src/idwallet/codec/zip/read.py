"""Archives read."""

import zlib
from collections.abc import Iterator
from typing import Final

from idwallet import limits
from idwallet.codec.zip.directory import find_directory, read_directory
from idwallet.codec.zip.headers import locate
from idwallet.codec.zip.names import Names
from idwallet.codec.zip.source import SeekableStream, ZipSource
from idwallet.codec.zip.structures import (
    APPNOTE,
    HOUSE,
    STORED,
    ZipEntry,
)
from idwallet.errors import LimitError, MalformedError

_PIECE: Final = 1 << 18
_RAW: Final = -15


class ZipArchive:
    """An archive with one meaning; what it holds is read piece by piece.

    Not to be shared between threads where it was opened from a stream.
    """

    __slots__ = ("_at", "_by_name", "_source", "comment", "entries")

    def __init__(self, data: bytes | SeekableStream, *, at: str) -> None:
        """Read the directory and every header, and no data.

        Raises:
            LimitError: there are too many entries, or they unpack to too much.
            MalformedError: the archive breaks a rule, or has two meanings.
            UnsupportedError: it is encrypted, in parts, packed otherwise, has links.
            UsageError: `data` is a stream that cannot go back.
        """
        self._at = at
        self._source = ZipSource(data)
        if self._source.size > limits.ZIP_BYTES:
            raise LimitError("an archive that is too long", at=at, clause=HOUSE)
        directory = find_directory(self._source, at=at)
        listed = read_directory(self._source, directory, at=at)
        names = Names()
        for each in listed:
            fault = names.clash(each.name)
            if fault is not None:
                spot = f"{at}.entry[{each.number}]"
                raise MalformedError(fault, at=spot, clause=f"{APPNOTE} §4.4.17")
        self.entries = locate(self._source, listed, directory=directory, at=at)
        self.comment = directory.comment
        self._by_name = {each.name: each for each in self.entries}

    def __repr__(self) -> str:
        """Say how much there is; contents may be personal."""
        return f"ZipArchive(<{len(self.entries)} entries>)"

    @property
    def size(self) -> int:
        """How many octets the archive has."""
        return self._source.size

    def named(self, name: str) -> ZipEntry | None:
        """Return the entry of exactly that name, or None."""
        return self._by_name.get(name)

    def pieces(self, entry: ZipEntry) -> Iterator[bytes]:
        """Yield the content of an entry; it is known to be whole once all has come.

        Raises:
            MalformedError: it unpacks to something else than its sizes and its
                checksum say.
        """
        clause = f"{APPNOTE} §4.4.7"
        at = f"{self._at}.entry[{entry.number}]"
        found, crc = 0, 0
        unpacked = self.packed(entry)
        if entry.method != STORED:
            unpacked = _inflated(unpacked, at=at)
        for piece in unpacked:
            found += len(piece)
            crc = zlib.crc32(piece, crc)
            if found > entry.size:
                raise MalformedError("longer than it says", at=at, clause=clause)
            yield piece
        if found != entry.size or crc != entry.crc:
            raise MalformedError("another size or checksum", at=at, clause=clause)

    def packed(self, entry: ZipEntry) -> Iterator[bytes]:
        """Yield the content of an entry as it stands in the archive.

        Raises:
            MalformedError: the source ends before.
        """
        at = f"{self._at}.entry[{entry.number}]"
        place, end = entry.data, entry.data + entry.packed
        while place < end:
            count = min(_PIECE, end - place)
            yield self._source.read(place, count, at=at)
            place += count

    def content(self, entry: ZipEntry, *, max_bytes: int) -> bytes:
        """Return the whole content of an entry.

        Raises:
            LimitError: it is longer than `max_bytes`; nothing was unpacked.
            MalformedError: see `pieces`.
        """
        if entry.size > max_bytes:
            at = f"{self._at}.entry[{entry.number}]"
            raise LimitError("an entry that is too long", at=at, clause=HOUSE)
        return b"".join(self.pieces(entry))

    def starts_with(self, entry: ZipEntry) -> bool:
        """Whether an entry is the first of the archive."""
        return entry.offset == 0


def _inflated(packed: Iterator[bytes], *, at: str) -> Iterator[bytes]:
    """Yield what was deflated, in pieces, up to its end (RFC 1951)."""
    work = zlib.decompressobj(_RAW)
    for piece in packed:
        if work.eof:
            raise _broken(at)
        rest = piece
        while rest:
            yield _more(work, rest, at=at)
            rest = work.unconsumed_tail
    while not work.eof:
        made = _more(work, b"", at=at)
        if not made:
            raise _broken(at)
        yield made


def _more(work: "zlib._Decompress", packed: bytes, *, at: str) -> bytes:
    """Return at most one piece more; refuse what stands behind the end."""
    try:
        made = work.decompress(packed, _PIECE)
    except zlib.error:
        raise _broken(at) from None
    if work.unused_data:
        raise _broken(at)
    return made


def _broken(at: str) -> MalformedError:
    return MalformedError("not deflated, or not to its end", at=at, clause="RFC 1951")
