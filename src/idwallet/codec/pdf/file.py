"""A PDF file: its sections from the newest to the oldest, and its objects on demand."""

import re
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf.filters import FILTERED, undo_filters
from idwallet.codec.pdf.lexer import (
    WHITE,
    Ref,
    Source,
    Value,
    malformed,
    read_value,
)
from idwallet.codec.pdf.shallow import Shallow, read_shallow
from idwallet.codec.pdf.xref import (
    FREE,
    OBJECT,
    PACKED,
    PLAIN,
    STREAM,
    Entry,
    Section,
    read_section,
    whole_number,
)
from idwallet.errors import LimitError

_TAIL: Final = re.compile(
    rb"startxref" + WHITE + rb"++(\d{1,15}+)" + WHITE + rb"++%%EOF" + WHITE + rb"*+\Z"
)
_TAIL_BYTES: Final = 2048
_HEADER: Final = re.compile(rb"%PDF-(\d\.\d)")
_STREAM_END: Final = re.compile(WHITE + rb"*+endstream")
_DIGITS: Final = 10
_HOUSE: Final = "idwallet limits"


class Place(NamedTuple):
    """Where an object's value stands: in the file, or in what an object stream holds.

    `packed` is the number of that stream; offsets within it are of what it gives.
    """

    source: Source
    offset: int
    number: int
    generation: int
    packed: int | None


class Indirect(NamedTuple):
    """An indirect object in full; `data` says from where to where its stream is."""

    value: Value
    data: tuple[int, int] | None


class _Packed(NamedTuple):
    """An object stream undone: what it gives, and where each of its objects begins."""

    data: bytes
    offsets: dict[int, int]
    numbers: tuple[int, ...]


class PdfFile:
    """A document, or with `as_of` what it was after an earlier update.

    `sections` stand from the newest to the oldest. Objects are looked up in the newest
    that says something of them. Not to be shared between threads: it remembers.
    """

    __slots__ = (
        "_beside",
        "_held",
        "_packed",
        "_unpacking",
        "sections",
        "source",
        "startxref",
    )

    def __init__(self, source: Source, sections: tuple[Section, ...]) -> None:
        """Keep the sections; `read_pdf` finds them."""
        self.source = source
        self.sections = sections
        self.startxref = sections[0].start
        self._packed: dict[int, _Packed] = {}
        self._unpacking: set[int] = set()
        self._beside: dict[int, Section] = {}
        self._held = 0

    @property
    def trailer(self) -> Shallow:
        """The newest section's trailer dictionary (7.5.5)."""
        return self.sections[0].trailer

    @property
    def is_hybrid(self) -> bool:
        """Whether two readers may see two documents (7.5.8.4)."""
        return any(each.beside is not None for each in self.sections)

    @property
    def is_encrypted(self) -> bool:
        """Whether strings and streams are enciphered (7.6)."""
        return any(b"Encrypt" in each.trailer for each in self.sections)

    @property
    def version(self) -> str:
        """The version that its header names (7.5.2); the catalog may name a later."""
        found = _HEADER.match(self.source)
        return "" if found is None else found[1].decode()

    def as_of(self, number: int) -> "PdfFile":
        """Return the document without the newest `number` sections.

        Raises:
            MalformedError: there are not that many.
        """
        if not 0 <= number < len(self.sections):
            raise malformed("no section of that number", at=0, clause="7.5.6")
        return PdfFile(self.source, self.sections[number:])

    def entry(self, number: int) -> Entry | None:
        """Return what the newest section that knows an object says of it.

        In a hybrid file an object that a table hides is looked up in the stream beside
        it (7.5.8.4).
        """
        for section in self.sections:
            found = section.entry(number)
            if section.beside is not None and (found is None or found.kind is FREE):
                found = self._hidden(section.beside).entry(number) or found
            if found is not None:
                return found
        return None

    def _hidden(self, start: int) -> Section:
        found = self._beside.get(start)
        if found is None:
            found = self._beside[start] = read_section(self.source, start)
        return found

    def place(self, number: int, generation: int | None = None) -> Place | None:
        """Return where an object stands, None when there is none (7.3.10).

        Raises:
            MalformedError: another one stands there.
            LimitError, UnsupportedError: an object stream that is too long, or has
                another filter.
        """
        entry = self.entry(number)
        if entry is None or entry.kind is FREE:
            return None
        if entry.kind is PACKED:
            return self._in_stream(entry, number) if not generation else None
        found = OBJECT.match(self.source, entry.place)
        if found is None or (int(found[1]), int(found[2])) != (number, entry.which):
            raise malformed("no object of that number", at=entry.place, clause="7.5.4")
        if generation not in {None, entry.which}:
            return None
        return Place(self.source, found.end(), number, entry.which, None)

    def shallow(self, ref: Ref) -> Shallow | None:
        """Return the dictionary that an object is, None when there is no object.

        Raises:
            MalformedError: it is something else.
            LimitError, UnsupportedError: see `place`.
        """
        place = self.place(ref.number, ref.generation)
        return None if place is None else read_shallow(place.source, place.offset)

    def get(self, ref: Ref) -> Indirect:
        """Return an object in full; what is not there is null (7.3.10).

        Raises:
            MalformedError, LimitError, UnsupportedError: see `place` and `read_value`.
        """
        place = self.place(ref.number, ref.generation)
        if place is None:
            return Indirect(None, None)
        value, end = read_value(place.source, place.offset)
        if place.packed is not None or not isinstance(value, dict):
            return Indirect(value, None)
        opened = STREAM.match(place.source, end)
        if opened is None:
            return Indirect(value, None)
        start = opened.end()
        stop = start + self._length(value.get("Length"), start)
        return Indirect(value, self._require_end(start, stop))

    def resolve(self, value: Value) -> Value:
        """Return what a value refers to, the value itself when it is no reference.

        Raises:
            MalformedError: references go in a circle; and see `get`.
            LimitError, UnsupportedError: see `get`.
        """
        for _ in range(limits.PDF_REFERENCES):
            if not isinstance(value, Ref):
                return value
            value = self.get(value).value
        raise malformed("references that do not end", at=0, clause="7.3.10")

    def data(
        self, found: Indirect, *, max_bytes: int = limits.PDF_STREAM_BYTES
    ) -> bytes:
        """Return what an object's stream holds, its filters undone; none gives nothing.

        Raises:
            LimitError: it is longer than `max_bytes`.
            MalformedError, UnsupportedError: see `undo_filters`.
        """
        if found.data is None or not isinstance(found.value, dict):
            return b""
        start, stop = found.data
        if stop - start > max_bytes:
            raise LimitError("a stream is too long", at=f"byte {start}", clause=_HOUSE)
        direct = {key: self._direct(found.value.get(key)) for key in FILTERED}
        octets = self.source[start:stop]
        return undo_filters(octets, direct, offset=start, max_bytes=max_bytes)

    def _direct(self, value: Value) -> Value:
        value = self.resolve(value)
        if isinstance(value, list):
            return [self.resolve(each) for each in value]
        return value

    def _length(self, value: Value, at: int) -> int:
        length = value
        if isinstance(value, Ref):
            # Read as it stands: a stream must not be asked for its own length.
            place = self.place(value.number, value.generation)
            length = (
                None if place is None else read_value(place.source, place.offset)[0]
            )
        if type(length) is not int or not 0 <= length <= len(self.source):
            raise malformed("a stream without a length", at=at, clause="7.3.8.2")
        return length

    def _require_end(self, start: int, stop: int) -> tuple[int, int]:
        if _STREAM_END.match(self.source, stop) is None:
            raise malformed("a stream of another length", at=start, clause="7.3.8.2")
        return start, stop

    def _in_stream(self, entry: Entry, number: int) -> Place | None:
        stream = entry.place
        packed = self._packed.get(stream)
        if packed is None:
            if stream in self._unpacking:
                raise malformed(
                    "an object stream that is in itself", at=0, clause="7.5.7"
                )
            self._unpacking.add(stream)
            packed = self._packed[stream] = self._unpacked(stream)
        offset = packed.offsets.get(number)
        # Who goes by the index, and who by the number, must find the same.
        is_there = 0 <= entry.which < len(packed.numbers)
        if offset is None or not is_there or packed.numbers[entry.which] != number:
            raise malformed(
                "an object that its stream does not hold", at=0, clause="7.5.7"
            )
        return Place(packed.data, offset, number, 0, stream)

    def _unpacked(self, stream: int) -> _Packed:
        entry = self.entry(stream)
        if entry is None or entry.kind is not PLAIN:
            raise malformed("an object stream that is none", at=0, clause="7.5.7")
        place = self.place(stream, entry.which)
        entries = read_shallow(place.source, place.offset) if place else None
        if entries is None or entries.raw(b"Type") != b"/ObjStm":
            raise malformed(
                "an object stream that is none", at=entry.place, clause="7.5.7"
            )
        data = self._data(entries)
        self._held += len(data)
        if self._held > limits.PDF_UNPACKED_BYTES:
            raise LimitError(
                "object streams are too long", at=f"byte {entry.place}", clause=_HOUSE
            )
        offsets = _packed_offsets(entries, data)
        return _Packed(data, offsets, tuple(offsets))

    def _data(self, entries: Shallow) -> bytes:
        opened = STREAM.match(entries.source, entries.end)
        if opened is None:
            raise malformed("no stream", at=entries.end, clause="7.3.8")
        start = opened.end()
        stop = start + self._length(entries.get(b"Length"), start)
        self._require_end(start, stop)
        if stop - start > limits.PDF_STREAM_BYTES:
            raise LimitError("a stream is too long", at=f"byte {start}", clause=_HOUSE)
        direct = {name: self._direct(entries.get(name.encode())) for name in FILTERED}
        most = limits.PDF_STREAM_BYTES
        return undo_filters(
            self.source[start:stop], direct, offset=start, max_bytes=most
        )


def _packed_offsets(entries: Shallow, data: bytes) -> dict[int, int]:
    count, first = whole_number(entries, b"N"), whole_number(entries, b"First")
    at = entries.start
    if count is None or first is None:
        raise malformed("an object stream without its numbers", at=at, clause="7.5.7")
    if count > limits.PDF_PACKED_OBJECTS:
        raise LimitError("too many objects", at=f"byte {at}", clause=_HOUSE)
    numbers = data[:first].split()[: 2 * count]
    if len(numbers) != 2 * count or not _are_whole(numbers):
        raise malformed("an object stream without its numbers", at=at, clause="7.5.7")
    starts = [first + int(each) for each in numbers[1::2]]
    offsets = dict(zip(map(int, numbers[::2]), starts, strict=True))
    if len(offsets) != count or max(starts, default=0) > len(data):
        raise malformed("an object's number twice, or none", at=at, clause="7.5.7")
    return offsets


def _are_whole(numbers: list[bytes]) -> bool:
    if not numbers:
        return True
    return b"".join(numbers).isdigit() and max(map(len, numbers)) <= _DIGITS


def read_pdf(source: Source) -> PdfFile:
    """Return a file's sections, found from its end (7.5.5, 7.5.6).

    Raises:
        MalformedError: no header at its start or no marker at its end, with nothing
            behind; or the sections are broken, or lead in a circle.
        LimitError: more than `limits.PDF_SECTIONS`; see also `read_section`.
        UnsupportedError: see `read_section`.
    """
    if _HEADER.match(source) is None:
        raise malformed("no header", at=0, clause="7.5.2")
    size = len(source)
    at = source.rfind(b"startxref", max(0, size - _TAIL_BYTES), size)
    found = None if at < 0 else _TAIL.match(source, at)
    if found is None:
        raise malformed("no marker at the end of the file", at=size, clause="7.5.5")
    sections: list[Section] = []
    visited: set[int] = set()
    start: int | None = int(found[1])
    while start is not None:
        if start in visited:
            raise malformed("sections that lead in a circle", at=start, clause="7.5.5")
        if len(sections) == limits.PDF_SECTIONS:
            raise LimitError("too many sections", at=f"byte {start}", clause=_HOUSE)
        visited.add(start)
        section = read_section(source, start)
        sections.append(section)
        start = section.previous
    return PdfFile(source, tuple(sections))
