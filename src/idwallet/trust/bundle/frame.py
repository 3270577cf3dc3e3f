"""The file: a CBOR sequence whose first items say all of it (bundle.md §2)."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import write_cbor
from idwallet.errors import LimitError, MalformedError
from idwallet.ports import BundleSource
from idwallet.trust.bundle.structures import CLAUSE, VERSION, PartEntry

_SECTION: Final = f"{CLAUSE} §2"
_BYTE_STRING: Final = 0x40
_HEADS: Final = {24: 1, 25: 2, 26: 4}
_INLINE: Final = 24
_HEAD_MOST: Final = 5


class MemorySource:
    """`idwallet.ports.BundleSource` of bytes that are in memory."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        """Take the bytes, which nobody changes."""
        self._data = memoryview(data)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """Return a copy of these bytes; see `idwallet.ports.BundleSource.read`."""
        return bytes(self._data[offset : offset + length])


@dataclass(frozen=True, slots=True)
class Frame:
    """The signed head of a file, and where its parts begin."""

    head: bytes
    parts_at: int


def read_frame(source: BundleSource) -> Frame:
    """Read what stands before the parts, and nothing else.

    Raises:
        LimitError: the file or its head passes its bound.
        MalformedError: it does not begin as a bundle of this version.
    """
    begin = require_version(source, VERSION)
    head = read_item(source, begin, most=limits.BUNDLE_HEAD_BYTES)
    return Frame(head, begin + len(string_head(len(head))) + len(head))


def require_version(source: BundleSource, version: str) -> int:
    """Return where the first item behind the version begins.

    Raises:
        LimitError: the file is too long.
        MalformedError: it does not begin with that version.
    """
    if source.size > limits.BUNDLE_BYTES:
        raise LimitError("the file is too long", at="file", clause=_SECTION)
    magic = write_cbor(version)
    if source.read(0, len(magic)) != magic:
        raise MalformedError(
            "does not begin with its version", at="file", clause=_SECTION
        )
    return len(magic)


def is_bundle(start: bytes) -> bool:
    """Whether a file that begins so is a bundle of this version."""
    return start.startswith(write_cbor(VERSION))


def read_item(source: BundleSource, offset: int, *, most: int) -> bytes:
    """Return the content of the byte string that begins at `offset`.

    Raises:
        LimitError: it has more than `most` bytes.
        MalformedError: there is none, its length is not in shortest form, or the
            source ends before it does.
    """
    size, head = _extent(source.read(offset, _HEAD_MOST))
    if size > most:
        raise LimitError("an item is too long", at="head", clause=_SECTION)
    found = source.read(offset + head, size)
    if len(found) != size:
        raise MalformedError("ends early", at="head", clause=_SECTION)
    return found


def _extent(data: bytes) -> tuple[int, int]:
    """Return the length of the byte string that begins here, and that of its head."""
    information = (data[0] if data else 0xFF) - _BYTE_STRING
    if 0 <= information < _INLINE:
        return information, 1
    count = _HEADS.get(information)
    if count is None or len(data) <= count:
        raise MalformedError("no byte string", at="head", clause=_SECTION)
    size = int.from_bytes(data[1 : 1 + count])
    if string_head(size) != data[: 1 + count]:
        raise MalformedError(
            "a length that is not in its shortest form", at="head", clause=_SECTION
        )
    return size, 1 + count


def string_head(size: int) -> bytes:
    """Return the head of a byte string of that length (RFC 8949 §4.2.1)."""
    if size < _INLINE:
        return bytes((_BYTE_STRING | size,))
    for information, count in _HEADS.items():
        if size < 1 << 8 * count:
            return bytes((_BYTE_STRING | information,)) + size.to_bytes(count)
    raise LimitError("too many bytes", at="part", clause=_SECTION)


def write_frame(head: bytes, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the file piece by piece: version and head, and each part."""
    yield write_cbor(VERSION) + string_head(len(head)) + head
    for part in parts:
        yield string_head(len(part)) + part


class PartReader:
    """Reads single parts of a file, each against what the manifest says of it."""

    __slots__ = ("_offsets", "_source", "end")

    end: int

    def __init__(
        self, source: BundleSource, *, at: int, entries: tuple[PartEntry, ...]
    ) -> None:
        """Work out where each part is: where the manifest says, and nowhere else."""
        sizes = (len(string_head(each.size)) + each.size for each in entries)
        places = list(accumulate(sizes, initial=at))
        self._source = source
        self._offsets = dict(zip(entries, places, strict=False))
        self.end = places[-1]

    def require_whole(self) -> None:
        """Return only if the file ends where its last part does.

        Raises:
            MalformedError: it is shorter or longer.
        """
        if self._source.size != self.end:
            what = "longer" if self._source.size > self.end else "shorter"
            raise MalformedError(
                f"the file is {what} than the manifest says",
                at="file",
                clause=f"{CLAUSE} §6",
            )

    def read(self, entry: PartEntry) -> bytes:
        """Return the content of a part, once it is found to be what was signed for.

        Raises:
            MalformedError: it is something else.
        """
        head = string_head(entry.size)
        found = self._source.read(self._offsets[entry], len(head) + entry.size)
        data = found[len(head) :]
        if found[: len(head)] != head or len(data) != entry.size:
            raise MalformedError(
                "not of the length that the manifest says",
                at=entry.place,
                clause=f"{CLAUSE} §6",
            )
        if not hmac.compare_digest(hashlib.sha256(data).digest(), entry.digest):
            raise MalformedError(
                "not what the manifest has the digest of",
                at=entry.place,
                clause=f"{CLAUSE} §6",
            )
        return data
