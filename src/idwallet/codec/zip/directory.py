"""The directory at the end of an archive (APPNOTE 4.3.12 to 4.3.16)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.zip.extra import zip64_values
from idwallet.codec.zip.names import name_fault
from idwallet.codec.zip.source import ZipSource
from idwallet.codec.zip.structures import (
    APPNOTE,
    CENTRAL,
    CENTRAL_SIGNATURE,
    DEFLATED,
    ENCRYPTED,
    END,
    END64,
    END64_SIGNATURE,
    END_MAGIC,
    FLAGS,
    HOUSE,
    LOCATOR,
    LOCATOR_SIGNATURE,
    MAX16,
    MAX32,
    STORED,
    UTF8,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_NEEDED: Final = 45
# Who made it says what the attributes mean: 3 is Unix, 19 is Darwin (4.4.2.2).
_UNIX: Final = frozenset({3, 19})
_KIND: Final = 0o170000
_FILE: Final = 0o100000
_FOLDER: Final = 0o040000


class Directory(NamedTuple):
    """Where the directory is, how many entries it has, and the archive's comment."""

    offset: int
    size: int
    entries: int
    comment: bytes


class Listed(NamedTuple):
    """One entry as the directory has it."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    stamp: tuple[int, int]
    crc: int
    packed: int
    size: int
    offset: int
    number: int


def find_directory(source: ZipSource, *, at: str) -> Directory:
    """Find the directory by the one record at the end.

    Raises:
        LimitError: it has too many entries, or is too long.
        MalformedError: there is no such record, it is not the end, or the records of
            ZIP64 say something else.
        UnsupportedError: the archive is one of several parts.
    """
    longest = min(source.size, END.size + limits.ZIP_COMMENT_BYTES)
    tail = source.read(source.size - longest, longest, at=at)
    place = tail.rfind(END_MAGIC)
    if place < 0 or len(tail) - place < END.size:
        raise MalformedError(
            "no end, or a comment too long", at=at, clause=f"{APPNOTE} §4.3.16"
        )
    found = END.unpack_from(tail, place)
    comment = tail[place + END.size :]
    if found[7] != len(comment):
        raise MalformedError(
            "something behind the end", at=at, clause=f"{APPNOTE} §4.3.16"
        )
    end = source.size - longest + place
    parts, start = _widened(source, found[1:7], end=end, at=at)
    disk, first, here, entries, size, offset = parts
    if disk or first or here != entries:
        raise UnsupportedError(
            "an archive in several parts", at=at, clause=f"{APPNOTE} §4.4.19"
        )
    if entries > limits.ZIP_ENTRIES or size > limits.ZIP_DIRECTORY_BYTES:
        raise LimitError("too many entries", at=at, clause=HOUSE)
    if offset + size != start:
        raise MalformedError(
            "the directory is not before the end", at=at, clause=f"{APPNOTE} §4.3.12"
        )
    return Directory(offset, size, entries, comment)


def _widened(
    source: ZipSource, said: tuple[int, ...], *, end: int, at: str
) -> tuple[tuple[int, ...], int]:
    """Return what ZIP64 has in place of each value, and where the directory ends."""
    highest = (MAX16, MAX16, MAX16, MAX16, MAX32, MAX32)
    maxed = [value == top for value, top in zip(said, highest, strict=True)]
    locator = end - LOCATOR.size
    wide = None
    if locator >= END64.size:
        wide = LOCATOR.unpack(source.read(locator, LOCATOR.size, at=at))
    if wide is None or wide[0] != LOCATOR_SIGNATURE:
        if any(maxed):
            raise MalformedError(
                "no record of ZIP64", at=at, clause=f"{APPNOTE} §4.4.1.4"
            )
        return said, end
    start = locator - END64.size
    record = END64.unpack(source.read(start, END64.size, at=at))
    values = record[4:10]
    agrees = all(
        is_top or value == other
        for is_top, value, other in zip(maxed, said, values, strict=True)
    )
    is_one = wide[1:] == (0, start, 1)
    is_plain = record[:2] == (END64_SIGNATURE, END64.size - 12)
    if not (agrees and is_one and is_plain):
        raise MalformedError(
            "records of ZIP64 that disagree", at=at, clause=f"{APPNOTE} §4.3.14"
        )
    return values, start


def read_directory(
    source: ZipSource, found: Directory, *, at: str
) -> tuple[Listed, ...]:
    """Read every entry of the directory.

    Raises:
        LimitError: a name or a field is too long.
        MalformedError: the directory is not exactly its entries, or one breaks a rule.
        UnsupportedError: an entry is encrypted, packed by another method, a link.
    """
    data = source.read(found.offset, found.size, at=at)
    return tuple(_entries(data, found.entries, at=at))


def _entries(data: bytes, count: int, *, at: str) -> Iterator[Listed]:
    place = 0
    for number in range(count):
        spot = f"{at}.entry[{number}]"
        if place + CENTRAL.size > len(data):
            raise MalformedError("cut off", at=spot, clause=f"{APPNOTE} §4.3.12")
        entry, place = _entry(data, place, number=number, at=spot)
        yield entry
    if place != len(data):
        raise MalformedError(
            "something behind the directory", at=at, clause=f"{APPNOTE} §4.3.12"
        )


def _entry(data: bytes, place: int, *, number: int, at: str) -> tuple[Listed, int]:
    fields = CENTRAL.unpack_from(data, place)
    signature, made, needed, flags, method, time, date, crc = fields[:8]
    packed, size, name_size, extra_size, comment_size, disk, _, attributes, offset = (
        fields[8:]
    )
    names = place + CENTRAL.size
    extras = names + name_size
    end = extras + extra_size + comment_size
    if signature != CENTRAL_SIGNATURE or end > len(data):
        raise MalformedError("no entry", at=at, clause=f"{APPNOTE} §4.3.12")
    if extra_size > limits.ZIP_EXTRA_BYTES or comment_size > limits.ZIP_COMMENT_BYTES:
        raise LimitError("a field that is too long", at=at, clause=HOUSE)
    _require_plain(needed, flags, method=method, at=at)
    raw = data[names:extras]
    name = _name(raw, flags, at=at)
    _require_ordinary(name, attributes, system=made >> 8, at=at)
    size, packed, offset, disk = zip64_values(
        data[extras : extras + extra_size],
        ((size, MAX32), (packed, MAX32), (offset, MAX32), (disk, MAX16)),
        at=at,
    )
    if disk:
        raise UnsupportedError(
            "an archive in several parts", at=at, clause=f"{APPNOTE} §4.4.11"
        )
    made_of = (name, raw, flags, method, (time, date), crc, packed, size, offset)
    return Listed(*made_of, number), end


def _require_plain(needed: int, flags: int, *, method: int, at: str) -> None:
    """Require that nothing but storing and deflating is needed (ISO/IEC 21320-1)."""
    if flags & ENCRYPTED:
        raise UnsupportedError("an encrypted entry", at=at, clause=f"{APPNOTE} §4.4.4")
    if flags & ~FLAGS or needed & 0xFF > _NEEDED:
        raise UnsupportedError(
            "a feature of later versions", at=at, clause=f"{APPNOTE} §4.4.3"
        )
    if method not in {STORED, DEFLATED}:
        raise UnsupportedError(
            "a way of packing other than deflate", at=at, clause=f"{APPNOTE} §4.4.5"
        )


def _name(raw: bytes, flags: int, *, at: str) -> str:
    if len(raw) > limits.ZIP_NAME_BYTES:
        raise LimitError("a name is too long", at=at, clause=HOUSE)
    try:
        # Without the flag it is whatever the machine that wrote it had (4.4.17, D.1).
        name = raw.decode("utf-8" if flags & UTF8 else "ascii")
    except UnicodeDecodeError:
        raise MalformedError(
            "a name that is not UTF-8, or not said to be", at=at, clause=f"{APPNOTE} §D"
        ) from None
    fault = name_fault(name)
    if fault is not None:
        raise MalformedError(fault, at=at, clause=f"{APPNOTE} §4.4.17")
    return name


def _require_ordinary(name: str, attributes: int, *, system: int, at: str) -> None:
    """Require a file or a folder, and that the name says which of them."""
    kind = attributes >> 16 & _KIND if system in _UNIX else 0
    expected = _FOLDER if name.endswith("/") else _FILE
    if kind not in {0, expected}:
        raise UnsupportedError(
            "a link, a device or a folder without a name of one",
            at=at,
            clause=f"{APPNOTE} §4.4.15",
        )
