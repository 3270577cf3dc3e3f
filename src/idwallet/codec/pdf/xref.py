"""Where a PDF's objects stand: cross-reference tables and streams (ISO 32000-2 7.5).

A section is read no further than to where its entries begin: each entry has a fixed
width, so that one is looked up where it stands, and a table of a million costs nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf.filters import FILTERED, undo_filters
from idwallet.codec.pdf.lexer import (
    SKIP,
    WHITE,
    Source,
    malformed,
)
from idwallet.codec.pdf.shallow import Shallow, read_shallow
from idwallet.errors import LimitError

_TABLE: Final = re.compile(WHITE + rb"*+xref[ \t]*+(?:\r\n|\r|\n)")
_RUN: Final = re.compile(rb"(\d{1,10}) (\d{1,10})[ \t]*+(?:\r\n|\r|\n)")
_ENTRY: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
_TRAILER: Final = re.compile(SKIP + rb"trailer")
_ENTRY_BYTES: Final = 20
OBJECT: Final = re.compile(
    WHITE + rb"*+(\d{1,10}+)" + WHITE + rb"++(\d{1,5}+)" + WHITE + rb"++obj"
)
STREAM: Final = re.compile(SKIP + rb"stream(?:\r\n|\n)")
_END: Final = re.compile(
    SKIP + rb"startxref" + WHITE + rb"++(\d{1,15})" + WHITE + rb"++%%EOF(?:\r\n|\r|\n)?"
)
_STREAM_END: Final = re.compile(WHITE + rb"*+endstream" + SKIP + rb"endobj")
_WIDTHS: Final = 3
_FEW: Final = 8
_first: Final = itemgetter(0)
_WIDTH: Final = 8


class Kind(Enum):
    """What an entry says of an object (7.5.8.3, table 18)."""

    FREE = 0
    PLAIN = 1
    PACKED = 2


_KINDS: Final = tuple(Kind)
# Members are looked up once: Python takes longer for that than for an entry.
FREE, PLAIN, PACKED = _KINDS


class Entry(NamedTuple):
    """One entry: a plain object's offset and generation, or stream and index."""

    kind: Kind
    place: int
    which: int


class Section:
    """One cross-reference section: what one update of a document says.

    `start` is where it stands; `trailer` its trailer dictionary, for a stream the
    stream's (`is_stream`); `previous` where the one before stands; `beside` where the
    stream of a hybrid file does (7.5.8.4); `size` is above every object's number.
    """

    __slots__ = (
        "_packed",
        "_runs",
        "_width",
        "_widths",
        "beside",
        "is_stream",
        "previous",
        "size",
        "source",
        "start",
        "tail",
        "trailer",
    )

    def __init__(
        self,
        source: Source,
        start: int,
        *,
        trailer: Shallow,
        runs: list[tuple[int, int, int]],
        tail: int,
        packed: tuple[bytes, tuple[int, int, int]] | None = None,
    ) -> None:
        """Keep what was read.

        Raises:
            MalformedError: a number stands in it twice, or the trailer's own numbers
                are none.
        """
        self.source = source
        self.start = start
        self.trailer = trailer
        self.tail = tail
        self.previous = whole_number(trailer, b"Prev")
        self.beside = None if packed else whole_number(trailer, b"XRefStm")
        size = whole_number(trailer, b"Size")
        if size is None:
            raise malformed(
                "a trailer without a size", at=trailer.start, clause="7.5.5"
            )
        self.size = size
        self.is_stream = packed is not None
        self._packed, self._widths = packed or (b"", (0, 0, 0))
        self._width = sum(self._widths)
        self._runs = runs if len(runs) == 1 else _in_order(runs, start)

    @property
    def end(self) -> int | None:
        """Where the update ends: behind the marker that names this section.

        None where no such marker follows it, as in the first part of a linearized file.
        """
        found = _END.match(self.source, self.tail)
        if found is None or int(found[1]) != self.start:
            return None
        return found.end()

    @property
    def top(self) -> int:
        """A number that is above every object's that it says something of."""
        first, count, _ = self._runs[-1] if self._runs else (0, 0, 0)
        return max(self.size, first + count)

    def entry(self, number: int) -> Entry | None:
        """Return what it says of an object, None when it says nothing.

        Raises:
            MalformedError: the entry is none.
        """
        runs = self._runs
        if len(runs) > _FEW:
            runs = runs[max(0, bisect_right(runs, number, key=_first) - 1) :][:1]
        for first, count, offset in runs:
            place = number - first
            if 0 <= place < count:
                if self.is_stream:
                    return self._packed_entry(offset + self._width * place)
                return _table_entry(self.source, offset + _ENTRY_BYTES * place)
        return None

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the objects that it says something of, in order."""
        for first, count, _ in self._runs:
            yield from range(first, first + count)

    def _packed_entry(self, offset: int) -> Entry:
        kind_width, place_width, which_width = self._widths
        place_at = offset + kind_width
        which_at = place_at + place_width
        data = self._packed
        # Without a field for the kind, all are plain (7.5.8.2).
        kind = int.from_bytes(data[offset:place_at]) if kind_width else 1
        place = int.from_bytes(data[place_at:which_at])
        which = int.from_bytes(data[which_at : which_at + which_width])
        if kind >= len(_KINDS):
            # What is not known is as if the object were not there (7.5.8.3).
            return Entry(FREE, 0, 0)
        return Entry(_KINDS[kind], place, which)


def _in_order(
    runs: list[tuple[int, int, int]], start: int
) -> list[tuple[int, int, int]]:
    runs = sorted(run for run in runs if run[1])
    for (first, count, _), (following, _, _) in pairwise(runs):
        if first + count > following:
            raise malformed(
                "an object's number twice in a section", at=start, clause="7.5.4"
            )
    return runs


def _table_entry(source: Source, offset: int) -> Entry:
    found = _ENTRY.match(source, offset)
    if found is None:
        raise malformed("an entry that is none", at=offset, clause="7.5.4")
    kind, place, which = found[3], int(found[1]), int(found[2])
    return Entry(PLAIN if kind == b"n" else FREE, place, which)


def whole_number(entries: Shallow, key: bytes) -> int | None:
    """Return a value that must be a whole number and not negative; None without one.

    Raises:
        MalformedError: it is anything else, a reference included.
    """
    span = entries.spans.get(key)
    if span is None:
        return None
    raw = entries.source[span[0] : span[1]]
    if not raw.isdigit() or len(raw) > 15:
        raise malformed("not a whole number", at=span[0], clause="7.5.5")
    return int(raw)


def read_section(source: Source, start: int) -> Section:
    """Return the section that stands at an offset, a table or a stream.

    Raises:
        MalformedError: none stands there.
        LimitError: it has more than `limits.PDF_OBJECTS` entries, in more than
            `limits.PDF_XREF_RUNS` runs or, as a stream, `limits.PDF_XREF_BYTES`.
        UnsupportedError: its stream has another filter than Flate.
    """
    if not 0 < start < len(source):
        raise malformed(
            "a cross-reference section outside of the file", at=start, clause="7.5.5"
        )
    found = _TABLE.match(source, start)
    if found is not None:
        return _read_table(source, start, offset=found.end())
    return _read_stream(source, start)


def _read_table(source: Source, start: int, *, offset: int) -> Section:
    runs: list[tuple[int, int, int]] = []
    entries = 0
    while (found := _RUN.match(source, offset)) is not None:
        first, count, offset = int(found[1]), int(found[2]), found.end()
        entries += count
        _require_bounds(entries, len(runs), first=first + count, at=offset)
        runs.append((first, count, offset))
        offset += _ENTRY_BYTES * count
    trailer = _TRAILER.match(source, offset)
    if trailer is None:
        raise malformed("a table without a trailer", at=offset, clause="7.5.5")
    entries_of = read_shallow(source, trailer.end())
    return Section(source, start, trailer=entries_of, runs=runs, tail=entries_of.end)


def _require_bounds(entries: int, runs: int, *, first: int, at: int) -> None:
    if max(entries, first) > limits.PDF_OBJECTS or runs >= limits.PDF_XREF_RUNS:
        raise LimitError("too many objects", at=f"byte {at}", clause="idwallet limits")


def _read_stream(source: Source, start: int) -> Section:
    head = OBJECT.match(source, start)
    if head is None:
        raise malformed("no cross-reference section", at=start, clause="7.5.4")
    entries = read_shallow(source, head.end())
    opened = STREAM.match(source, entries.end)
    length = whole_number(entries, b"Length")
    if entries.raw(b"Type") != b"/XRef" or opened is None or length is None:
        raise malformed("no cross-reference stream", at=start, clause="7.5.8")
    end = _STREAM_END.match(source, opened.end() + length)
    if end is None:
        raise malformed("a stream of another length", at=opened.end(), clause="7.3.8.2")
    data = source[opened.end() : opened.end() + length]
    if b"Filter" in entries:
        direct = {name: entries.get(name.encode()) for name in FILTERED}
        most = limits.PDF_XREF_BYTES
        data = undo_filters(data, direct, offset=start, max_bytes=most)
    widths = _widths(entries)
    runs = _stream_runs(entries, width=sum(widths), size=len(data))
    return Section(
        source, start, trailer=entries, runs=runs, tail=end.end(), packed=(data, widths)
    )


def _widths(entries: Shallow) -> tuple[int, int, int]:
    given = entries.numbers(b"W")
    if given is None or len(given) != _WIDTHS:
        raise malformed("no widths of fields", at=entries.start, clause="7.5.8.2")
    if max(given) > _WIDTH or not given[1]:
        raise malformed("no widths of fields", at=entries.start, clause="7.5.8.2")
    return given[0], given[1], given[2]


def _stream_runs(
    entries: Shallow, *, width: int, size: int
) -> list[tuple[int, int, int]]:
    index = entries.numbers(b"Index")
    if b"Index" not in entries:
        index = [0, whole_number(entries, b"Size") or 0]
    if index is None or len(index) % 2:
        raise malformed("an index that is none", at=entries.start, clause="7.5.8.2")
    runs: list[tuple[int, int, int]] = []
    offset = total = 0
    for first, count in zip(index[::2], index[1::2], strict=True):
        total += count
        _require_bounds(total, len(runs), first=first + count, at=entries.start)
        runs.append((first, count, offset))
        offset += width * count
    if offset > size:
        raise malformed(
            "fewer entries than the index says", at=entries.start, clause="7.5.8.2"
        )
    return runs
