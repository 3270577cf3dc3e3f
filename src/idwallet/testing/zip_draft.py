"""ZIP archives put together by hand, each field of which can be told a lie.

Archive([Entry(name=b"a"), Entry(name=b"a")]).to_bytes()     # two of one name
"""

import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import Final

NAME: Final = b"letter.txt"
TEXT: Final = b"Dear reader, " * 40


def deflated(data: bytes) -> bytes:
    """Return the octets deflated without a frame."""
    work = zlib.compressobj(9, zlib.DEFLATED, -15)
    return work.compress(data) + work.flush()


@dataclass
class Entry:
    """One entry, each of whose fields can be told a lie.

    `local` is what the header before it says otherwise than the directory.
    """

    name: bytes = NAME
    data: bytes = TEXT
    packed: bytes | None = None
    method: int = 0
    flags: int = 0
    needed: int = 20
    made: int = 20
    attributes: int = 0
    disk: int = 0
    extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    time: int = 0
    local: dict[str, object] = field(default_factory=dict)
    behind: bytes = b""
    offset: int | None = None

    def octets(self) -> bytes:
        """Return the data as it stands in the archive."""
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == 8 else self.data

    def sizes(self) -> tuple[int, int, int]:
        """Return checksum, packed size and size, as they are said."""
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        size = len(self.data) if self.size is None else self.size
        packed = len(self.octets()) if self.packed_size is None else self.packed_size
        return crc, packed, size

    def before(self) -> bytes:
        """Return the header before the data, and the data."""
        said = replace(self, **self.local)  # type: ignore[arg-type]
        head = struct.pack(
            "<IHHHHHIIIHH",
            said.local.get("signature", 0x04034B50),
            said.needed,
            said.flags,
            said.method,
            said.time,
            33,
            *said.sizes(),
            len(said.name),
            len(said.extra),
        )
        return head + said.name + said.extra + self.octets() + self.behind

    def listed(self, offset: int) -> bytes:
        """Return what the directory says of it."""
        head = struct.pack(
            "<IHHHHHHIIIHHHHHII",
            0x02014B50,
            self.made,
            self.needed,
            self.flags,
            self.method,
            self.time,
            33,
            *self.sizes(),
            len(self.name),
            len(self.central_extra),
            len(self.comment),
            self.disk,
            0,
            self.attributes,
            offset if self.offset is None else self.offset,
        )
        return head + self.name + self.central_extra + self.comment


@dataclass
class Archive:
    """An archive put together by hand."""

    entries: list[Entry]
    before: bytes = b""
    between: bytes = b""
    behind: bytes = b""
    comment: bytes = b""
    end: dict[int, int] = field(default_factory=dict)
    wide: dict[int, int] | None = None
    locator: dict[int, int] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return its octets."""
        made, listed = self.before, b""
        for each in self.entries:
            listed += each.listed(len(made))
            made += each.before()
        made += self.between
        start, count = len(made), len(self.entries)
        made += listed
        if self.wide is not None:
            place = len(made)
            values = [0x06064B50, 44, 45, 45, 0, 0, count, count, len(listed), start]
            made += struct.pack("<IQHHIIQQQQ", *_changed(values, self.wide))
            values = [0x07064B50, 0, place, 1]
            made += struct.pack("<IIQI", *_changed(values, self.locator))
        values = [0x06054B50, 0, 0, count, count, len(listed), start, len(self.comment)]
        made += struct.pack("<IHHHHIIH", *_changed(values, self.end)) + self.comment
        return made + self.behind


def _changed(values: list[int], changes: dict[int, int]) -> list[int]:
    return [changes.get(at, value) for at, value in enumerate(values)]
