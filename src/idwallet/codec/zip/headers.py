"""The header before each entry, and what follows its data (APPNOTE 4.3.7, 4.3.9)."""

from typing import Final

from idwallet import limits
from idwallet.codec.zip.directory import Directory, Listed
from idwallet.codec.zip.extra import zip64_field
from idwallet.codec.zip.source import ZipSource
from idwallet.codec.zip.structures import (
    APPNOTE,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_MAGIC,
    HOUSE,
    LOCAL,
    LOCAL_SIGNATURE,
    MAX32,
    STORED,
    STREAMED,
    ZipEntry,
)
from idwallet.errors import LimitError, MalformedError

_WIDE_SIZES: Final = 16


def locate(
    source: ZipSource, listed: tuple[Listed, ...], *, directory: Directory, at: str
) -> tuple[ZipEntry, ...]:
    """Return each entry in the directory's order, with where its data begins.

    Raises:
        LimitError: an entry would unpack to too much.
        MalformedError: a header says something else than the directory, or there is
            something before, between or behind the entries, or two share octets.
        UnsupportedError: a field gives an entry another name, or says it is encrypted.
    """
    _require_small(source, listed, at=at)
    found: dict[int, ZipEntry] = {}
    expected = 0
    starts = sorted(listed, key=lambda each: each.offset)
    places = [*(each.offset for each in starts), directory.offset]
    for each, end in zip(starts, places[1:], strict=True):
        spot = f"{at}.entry[{each.number}]"
        if each.offset != expected:
            raise MalformedError(
                "something before or between the entries",
                at=spot,
                clause=f"{APPNOTE} §4.3.6",
            )
        found[each.number] = _located(source, each, end=end, at=spot)
        expected = end
    if expected != directory.offset:
        raise MalformedError(
            "something before the directory", at=at, clause=f"{APPNOTE} §4.3.6"
        )
    return tuple(found[each.number] for each in listed)


def _require_small(source: ZipSource, listed: tuple[Listed, ...], *, at: str) -> None:
    """Require that unpacking is worth what was packed, by what the entries say.

    They are held to it when they are unpacked.
    """
    for each in listed:
        allowed = max(limits.ZIP_RATIO_FROM, limits.ZIP_RATIO * each.packed)
        if each.size > allowed:
            spot = f"{at}.entry[{each.number}]"
            raise LimitError("packed too well to be true", at=spot, clause=HOUSE)
    total = sum(each.size for each in listed)
    free = max(limits.ZIP_UNPACKED_FREE, limits.ZIP_RATIO * source.size)
    if total > min(free, limits.ZIP_UNPACKED_BYTES):
        raise LimitError("unpacks to too much", at=at, clause=HOUSE)


def _located(source: ZipSource, each: Listed, *, end: int, at: str) -> ZipEntry:
    """Read the header of an entry that reaches to `end`, and hold it to the rest."""
    fields = LOCAL.unpack(source.read(each.offset, LOCAL.size, at=at))
    signature, _, flags, method, time, date = fields[:6]
    name_size, extra_size = fields[9:]
    if signature != LOCAL_SIGNATURE or name_size != len(each.raw_name):
        raise _disagrees(at)
    if extra_size > limits.ZIP_EXTRA_BYTES:
        raise LimitError("a field that is too long", at=at, clause=HOUSE)
    rest = source.read(each.offset + LOCAL.size, name_size + extra_size, at=at)
    says = (rest[:name_size], flags, method, (time, date))
    if says != (each.raw_name, each.flags, each.method, each.stamp):
        raise _disagrees(at)
    sizes = _sizes(fields[6:9], rest[name_size:], at=at)
    known = (each.crc, each.packed, each.size)
    if sizes != known and not (flags & STREAMED and _fits(sizes, known)):
        raise _disagrees(at)
    data = each.offset + LOCAL.size + name_size + extra_size
    _require_end(source, each, between=(data + each.packed, end), at=at)
    if each.method == STORED and each.packed != each.size:
        raise _disagrees(at)
    if each.name.endswith("/") and each.size:
        raise MalformedError(
            "a folder that holds octets", at=at, clause=f"{APPNOTE} §4.3.8"
        )
    return ZipEntry(
        name=each.name,
        size=each.size,
        packed=each.packed,
        method=each.method,
        crc=each.crc,
        stamp=each.stamp,
        flags=each.flags,
        offset=each.offset,
        data=data,
        extra=extra_size,
        number=each.number,
    )


def _sizes(said: tuple[int, ...], extra: bytes, *, at: str) -> tuple[int, int, int]:
    """Return checksum, packed size and size, the wide ones where they are (4.5.3)."""
    crc, packed, size = said
    field = zip64_field(extra, at=at)
    if MAX32 not in {packed, size}:
        if field:
            raise _disagrees(at)
        return crc, packed, size
    if field is None or len(field) != _WIDE_SIZES or packed != size:
        # Both have to be there, and both say so (4.5.3).
        raise _disagrees(at)
    wide = int.from_bytes(field[:8], "little"), int.from_bytes(field[8:], "little")
    return crc, wide[1], wide[0]


def _fits(sizes: tuple[int, ...], known: tuple[int, ...]) -> bool:
    """Whether each value is the known one, or left for what follows the data."""
    return all(said in {0, real} for said, real in zip(sizes, known, strict=True))


def _require_end(
    source: ZipSource, each: Listed, *, between: tuple[int, int], at: str
) -> None:
    """Require that nothing but the sizes once more follows, where it says so."""
    left = between[1] - between[0]
    if not each.flags & STREAMED:
        if left:
            raise MalformedError(
                "entries that overlap, or something between them",
                at=at,
                clause=f"{APPNOTE} §4.3.6",
            )
        return
    narrow, wide = DESCRIPTOR.size, DESCRIPTOR64.size
    if left not in {narrow, narrow + 4, wide, wide + 4}:
        raise MalformedError(
            "no sizes behind the data", at=at, clause=f"{APPNOTE} §4.3.9"
        )
    found = source.read(between[0], left, at=at)
    if left in {narrow + 4, wide + 4}:
        if not found.startswith(DESCRIPTOR_MAGIC):
            raise _disagrees(at)
        found = found[4:]
    form = DESCRIPTOR if len(found) == narrow else DESCRIPTOR64
    if form.unpack(found) != (each.crc, each.packed, each.size):
        raise _disagrees(at)


def _disagrees(at: str) -> MalformedError:
    return MalformedError(
        "a header that says something else than the directory",
        at=at,
        clause=f"{APPNOTE} §4.3.7",
    )
