"""A PDF file written object by object, revision by revision (ISO 32000-2 7.5).

file = PdfFile(Style.CLASSIC)
page = file.add({"Type": b"/Page"})
file.trailer["Root"] = file.add({"Type": b"/Catalog"})
file.commit()                                        # the first revision
file.change(page)["Rotate"] = b"90"
file.commit()                                        # an incremental update

Values are octets as they stand in the file, so that any of them can be wrong.
"""

import zlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

Entries = dict[str, bytes]
"""A dictionary: its keys without the slash, its values as they are written."""

HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class Style(Enum):
    """How a revision says where its objects are."""

    CLASSIC = "a table"
    XREF_STREAM = "a stream"
    OBJECT_STREAMS = "a stream, and objects inside of streams"
    HYBRID = "a table, and a stream for those who know them"


@dataclass
class PdfObject:
    """One object: a dictionary, with `data` a stream, or `raw` as it is written.

    `is_plain` keeps it out of object streams.
    """

    entries: Entries = field(default_factory=dict)
    data: bytes | None = None
    raw: bytes | None = None
    is_plain: bool = False

    def body(self) -> bytes:
        """Return what stands between ``obj`` and ``endobj``."""
        if self.raw is not None:
            return self.raw
        if self.data is None:
            return dictionary(self.entries)
        given = {"Length": b"%d" % len(self.data)} | self.entries
        return dictionary(given) + b"\nstream\n" + self.data + b"\nendstream"


def dictionary(entries: Entries) -> bytes:
    """Return a dictionary as it is written."""
    inside = b"".join(b"/%s %s\n" % (k.encode(), v) for k, v in entries.items())
    return b"<<\n" + inside + b">>"


def ref(number: int) -> bytes:
    """Return an indirect reference."""
    return b"%d 0 R" % number


def text(value: str) -> bytes:
    """Return a text string in UTF-16, as a hexadecimal string (7.9.2.2)."""
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


def array(*values: bytes) -> bytes:
    """Return an array."""
    return b"[" + b" ".join(values) + b"]"


def longer(held: bytes, *values: bytes) -> bytes:
    """Return an array, empty where there is none, with these values after its own."""
    inside = held.strip()[1:-1].strip()
    return array(*((inside,) if inside else ()), *values)


class PdfFile:
    """A file that grows by revisions; `names` remembers which object is which.

    `style` may change from one revision to the next. `dirty` are the objects that the
    next revision holds, and `elsewhere` those that its table says to be where they are
    not.
    """

    def __init__(self, style: Style = Style.CLASSIC) -> None:
        """Start with nothing but a header."""
        self.style = style
        self.data = bytearray(HEADER)
        self.objects: dict[int, PdfObject] = {}
        self.names: dict[str, int] = {}
        self.trailer: Entries = {}
        self.dirty: set[int] = set()
        self.freed: set[int] = set()
        self.previous: int | None = None
        self.ends: list[int] = []
        self.elsewhere: dict[int, int] = {}

    def add(
        self, entries: Entries | None = None, *, name: str = "", **more: object
    ) -> int:
        """Put a new object into the next revision, and return its number.

        `more` are fields of `PdfObject`.
        """
        number = max(self.objects, default=0) + 1
        made = PdfObject(dict(entries or {}))
        for each, value in more.items():
            setattr(made, each, value)
        self.objects[number] = made
        self.dirty.add(number)
        if name:
            self.names[name] = number
        return number

    def change(self, which: int | str) -> Entries:
        """Return an object's entries, to be changed by the next revision."""
        number = self.names[which] if isinstance(which, str) else which
        self.dirty.add(number)
        return self.objects[number].entries

    def free(self, which: int | str) -> None:
        """Have the next revision say that an object is no more."""
        number = self.names[which] if isinstance(which, str) else which
        self.freed.add(number)

    def ref(self, name: str) -> bytes:
        """Return a reference to the object of that name."""
        return ref(self.names[name])

    def commit(self) -> int:
        """Write a revision with all that changed, and return where it starts."""
        start = len(self.data)
        hides = self.style in {Style.OBJECT_STREAMS, Style.HYBRID}
        hidden = [n for n in sorted(self.dirty) if hides and self._may_hide(n)]
        holder = self._hold(hidden) if hidden else 0
        places = {n: self._write(n) for n in sorted(self.dirty - set(hidden))}
        if self.style is Style.CLASSIC:
            where = self._table(places, {})
        elif self.style is Style.HYBRID:
            apart = {n: (holder, k) for k, n in enumerate(hidden)}
            inner = self._stream({}, apart, is_last=False) if hidden else None
            extra = {} if inner is None else {"XRefStm": b"%d" % inner}
            where = self._table(places, extra)
        else:
            apart = {n: (holder, k) for k, n in enumerate(hidden)}
            where = self._stream(places, apart, is_last=True)
        self.data += b"startxref\n%d\n%%%%EOF\n" % where
        self.previous = where
        self.dirty.clear()
        self.freed.clear()
        self.ends.append(len(self.data))
        return start

    def _may_hide(self, number: int) -> bool:
        made = self.objects[number]
        return made.data is None and not made.is_plain

    def _hold(self, numbers: list[int]) -> int:
        """Put objects into an object stream, which becomes one itself (7.5.7)."""
        bodies = [self.objects[each].body() for each in numbers]
        heads, at = [], 0
        for number, body in zip(numbers, bodies, strict=True):
            heads.append(b"%d %d" % (number, at))
            at += len(body) + 1
        first = b" ".join(heads) + b"\n"
        entries = {
            "Type": b"/ObjStm",
            "N": b"%d" % len(numbers),
            "First": b"%d" % len(first),
            "Filter": b"/FlateDecode",
        }
        data = zlib.compress(first + b"\n".join(bodies) + b"\n")
        return self.add(entries, data=data)

    def _write(self, number: int) -> int:
        at = len(self.data)
        body = self.objects[number].body()
        self.data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        return at

    def _tail(self, extra: Entries) -> Entries:
        tail = {"Size": b"%d" % (max(self.objects) + 1), **self.trailer, **extra}
        if self.previous is not None:
            tail["Prev"] = b"%d" % self.previous
        return tail

    def _table(self, places: dict[int, int], extra: Entries) -> int:
        """Write a cross-reference table (7.5.4) and its trailer."""
        where = len(self.data)
        said = places | self.elsewhere
        lines = {n: b"%010d 00000 n \n" % at for n, at in said.items()}
        lines |= dict.fromkeys(self.freed, b"0000000000 00001 f \n")
        if self.previous is None:
            lines[0] = b"0000000000 65535 f \n"
        self.data += b"xref\n"
        for run in _runs(sorted(lines)):
            self.data += b"%d %d\n" % (run[0], len(run))
            self.data += b"".join(lines[each] for each in run)
        self.data += b"trailer\n" + dictionary(self._tail(extra)) + b"\n"
        return where

    def _stream(
        self,
        places: dict[int, int],
        apart: dict[int, tuple[int, int]],
        *,
        is_last: bool,
    ) -> int:
        """Write a cross-reference stream (7.5.8)."""
        number = self.add(name="")
        self.dirty.discard(number)
        where = len(self.data)
        rows = {n: b"\x01" + at.to_bytes(4) + b"\0\0" for n, at in places.items()}
        rows |= {
            n: b"\x02" + holder.to_bytes(4) + index.to_bytes(2)
            for n, (holder, index) in apart.items()
        }
        rows |= {n: b"\0" + bytes(4) + b"\0\1" for n in self.freed}
        if is_last:
            rows[number] = b"\x01" + where.to_bytes(4) + b"\0\0"
            if self.previous is None:
                rows[0] = b"\0" + bytes(4) + b"\xff\xff"
        runs = _runs(sorted(rows))
        pairs = (b"%d %d" % (run[0], len(run)) for run in runs)
        entries = {
            "Type": b"/XRef",
            **self._tail({}),
            "Index": array(*pairs),
            "W": b"[1 4 2]",
            "Filter": b"/FlateDecode",
        }
        if not is_last:
            entries.pop("Prev", None)
        data = zlib.compress(b"".join(rows[each] for run in runs for each in run))
        self.objects[number] = PdfObject(entries, data=data)
        self._write(number)
        return where


def _runs(numbers: list[int]) -> list[list[int]]:
    """Return numbers in runs without a gap."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and runs[-1][-1] == each - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs
