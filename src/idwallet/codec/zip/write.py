"""Archives written to whatever takes octets, never going back."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.codec.zip.names import Names, name_fault
from idwallet.codec.zip.pack import Packed, pack_whole, packed_pieces
from idwallet.codec.zip.read import ZipArchive
from idwallet.codec.zip.structures import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_MAGIC,
    END,
    END64,
    END64_SIGNATURE,
    END_SIGNATURE,
    EXTRA,
    LOCAL,
    LOCAL_SIGNATURE,
    LOCATOR,
    LOCATOR_SIGNATURE,
    MAX32,
    STORED,
    STREAMED,
    UTF8,
    ZIP64,
    ZipEntry,
)
from idwallet.errors import UsageError

# How much of a stream is held, to know whether it ends there.
_HELD: Final = 1 << 20
_PLAIN: Final = 20
_WIDE: Final = 45
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2107
# What deflating may add where nothing can be packed: five octets in 64 KiB, and some.
_MARGIN: Final = 1 << 22
_LONG: Final = MAX32 - _MARGIN


class ZipSink(Protocol):
    """What takes octets, as a file opened for writing in binary mode does."""

    def write(self, data: bytes, /) -> object:
        """Take octets; a number that comes back says how many of them."""
        ...


class _Sink:
    """Counts what went, and sees that all of it goes."""

    def __init__(self, sink: ZipSink) -> None:
        self._sink = sink
        self.count = 0

    def write(self, data: bytes) -> None:
        left = data
        while left:
            taken = self._sink.write(left)
            if not isinstance(taken, int) or taken >= len(left):
                break
            left = left[taken:]
        self.count += len(data)


class _Written(NamedTuple):
    raw_name: bytes
    flags: int
    method: int
    stamp: tuple[int, int]
    crc: int
    packed: int
    size: int
    offset: int


@dataclass(slots=True)
class _Head:
    """What is known of an entry before its data; sizes are None where they are not."""

    raw_name: bytes
    flags: int
    method: int
    stamp: tuple[int, int]
    known: tuple[int, int, int] | None
    is_wide: bool

    def to_bytes(self) -> bytes:
        crc, packed, size = self.known or (0, 0, 0)
        extra = b""
        if self.is_wide:
            extra = EXTRA.pack(ZIP64, 16) + _wide(size, packed)
            size = packed = MAX32
        needed = _WIDE if self.is_wide else _PLAIN
        head = LOCAL.pack(
            LOCAL_SIGNATURE,
            needed,
            self.flags,
            self.method,
            *self.stamp,
            crc,
            packed,
            size,
            len(self.raw_name),
            len(extra),
        )
        return head + self.raw_name + extra


class ZipWriter:
    """Writes one archive; the same calls make the same octets.

    What was written is no archive before `close`.
    """

    __slots__ = ("_names", "_sink", "_stamp", "_written")

    def __init__(self, sink: ZipSink, *, moment: datetime) -> None:
        """Begin an archive; `moment` is when its entries were written, as they say.

        Raises:
            UsageError: `moment` has no zone, or is not between 1980 and 2107.
        """
        self._sink = _Sink(sink)
        self._stamp = _stamp(moment)
        self._written: list[_Written] = []
        self._names = Names()

    def store(self, name: str, data: bytes) -> None:
        """Add an entry as it is: not packed, and with nothing beside its name.

        Raises:
            UsageError: see `add`.
        """
        raw, flags = self._named(name)
        known = (zlib.crc32(data), len(data), len(data))
        if data and name.endswith("/"):
            raise UsageError("a folder holds no octets: see APPNOTE 4.3.8")
        if len(data) >= _LONG:
            raise UsageError("an entry that long is added as a stream")
        head = _Head(raw, flags, STORED, self._stamp, known, is_wide=False)
        self._put(head, known, content=[data])

    def add(
        self, name: str, content: Iterable[bytes], *, length: int | None = None
    ) -> None:
        """Add an entry, packed where that makes it shorter; nothing of it is held.

        `length` is how long it is, where that is known: one of 4 GiB and more needs it.

        Raises:
            UsageError: the name cannot stand in an archive, or there already is one
                that some system takes for the same; `content` is not as long as
                said, or 4 GiB long without that; there are too many entries.
        """
        raw, flags = self._named(name)
        pieces = iter(content)
        begun, is_all = _begin(pieces)
        if begun and name.endswith("/"):
            raise UsageError("a folder holds no octets: see APPNOTE 4.3.8")
        if is_all:
            if length is not None and length != len(begun):
                raise _another_length()
            packed = pack_whole(begun)
            head = _Head(
                raw, flags, packed.method, self._stamp, packed.known, is_wide=False
            )
            self._put(head, packed.known, content=[packed.data])
            return
        is_wide = length is not None and length >= _LONG
        head = _Head(raw, flags | STREAMED, DEFLATED, self._stamp, None, is_wide)
        offset = self._sink.count
        known = self._streamed(head, _chained(begun, pieces))
        if length is not None and length != known[2]:
            raise _another_length()
        self._note(head, known, offset=offset)

    def _streamed(self, head: _Head, content: Iterable[bytes]) -> tuple[int, int, int]:
        """Write header, data and the sizes behind it; return checksum and sizes."""
        self._sink.write(head.to_bytes())
        work = Packed()
        for piece in packed_pieces(content, work):
            self._sink.write(piece)
            if not head.is_wide and max(work.size, work.packed) >= MAX32:
                raise UsageError("a stream of 4 GiB and more has to say its length")
        known = (work.crc, work.packed, work.size)
        form = DESCRIPTOR64 if head.is_wide else DESCRIPTOR
        self._sink.write(DESCRIPTOR_MAGIC + form.pack(*known))
        return known

    def copy(
        self, archive: ZipArchive, entry: ZipEntry, *, name: str | None = None
    ) -> None:
        """Add an entry of another archive as it stands there, under its name or `name`.

        Raises:
            MalformedError: the other archive ends before.
            UsageError: see `add`.
        """
        raw, flags = self._named(name or entry.name)
        known = (entry.crc, entry.packed, entry.size)
        is_wide = max(known[1:]) >= MAX32
        head = _Head(raw, flags, entry.method, entry.stamp, known, is_wide)
        self._put(head, known, content=archive.packed(entry))

    def close(self, *, comment: bytes = b"") -> None:
        """Write the directory; nothing can be added after.

        Raises:
            UsageError: the comment is longer than `limits.ZIP_COMMENT_BYTES`, or holds
                what ends an archive.
        """
        if len(comment) > limits.ZIP_COMMENT_BYTES or b"PK" in comment:
            raise UsageError("a comment too long, or one that looks like an archive")
        start = self._sink.count
        for each in self._written:
            self._sink.write(_central(each))
        size = self._sink.count - start
        count = len(self._written)
        if start >= MAX32:
            end = self._sink.count
            made = 3 << 8 | _WIDE
            self._sink.write(
                END64.pack(
                    END64_SIGNATURE,
                    END64.size - 12,
                    made,
                    _WIDE,
                    0,
                    0,
                    count,
                    count,
                    size,
                    start,
                )
            )
            self._sink.write(LOCATOR.pack(LOCATOR_SIGNATURE, 0, end, 1))
        end_of_all = (0, 0, count, count, size, min(start, MAX32), len(comment))
        self._sink.write(END.pack(END_SIGNATURE, *end_of_all) + comment)

    def _named(self, name: str) -> tuple[bytes, int]:
        fault = name_fault(name) or self._names.clash(name)
        if fault is not None:
            raise UsageError(f"an archive cannot have that entry: {fault}")
        if len(self._written) == limits.ZIP_ENTRIES:
            raise UsageError("too many entries for one archive")
        return name.encode("utf-8"), 0 if name.isascii() else UTF8

    def _put(
        self, head: _Head, known: tuple[int, int, int], *, content: Iterable[bytes]
    ) -> None:
        offset = self._sink.count
        self._sink.write(head.to_bytes())
        for piece in content:
            self._sink.write(piece)
        self._note(head, known, offset=offset)

    def _note(self, head: _Head, known: tuple[int, int, int], *, offset: int) -> None:
        made = (head.raw_name, head.flags, head.method, head.stamp)
        self._written.append(_Written(*made, *known, offset))


def _begin(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """Return the first octets, and whether that is all there is."""
    held: list[bytes] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += len(piece)
        if count > _HELD:
            return b"".join(held), False
    return b"".join(held), True


def _chained(begun: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield begun
    yield from pieces


def _another_length() -> UsageError:
    return UsageError("the content is not as long as was said")


def _wide(*values: int) -> bytes:
    return b"".join(value.to_bytes(8, "little") for value in values)


def _central(each: _Written) -> bytes:
    values = (each.size, each.packed, each.offset)
    missing = [value for value in values if value >= MAX32]
    extra = b""
    if missing:
        extra = EXTRA.pack(ZIP64, 8 * len(missing)) + _wide(*missing)
    size, packed, offset = (min(value, MAX32) for value in values)
    needed = _WIDE if missing else _PLAIN
    sizes = (len(each.raw_name), len(extra), 0)
    head = CENTRAL.pack(
        CENTRAL_SIGNATURE,
        needed,
        needed,
        each.flags,
        each.method,
        *each.stamp,
        each.crc,
        packed,
        size,
        *sizes,
        0,
        0,
        0,
        offset,
    )
    return head + each.raw_name + extra


def _stamp(moment: datetime) -> tuple[int, int]:
    """Return time and date as DOS has them, in UTC (APPNOTE 4.4.6)."""
    require_aware(moment)
    utc = moment.astimezone(UTC)
    if not _FIRST_YEAR <= utc.year <= _LAST_YEAR:
        raise UsageError("an archive has moments between 1980 and 2107")
    time = utc.hour << 11 | utc.minute << 5 | utc.second // 2
    date = (utc.year - _FIRST_YEAR) << 9 | utc.month << 5 | utc.day
    return time, date
