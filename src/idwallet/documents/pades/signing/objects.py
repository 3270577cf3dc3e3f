"""Dictionaries and arrays of a file, wherever they are held (ISO 32000-2 7.3.10)."""

import re
from typing import Final, NamedTuple

from idwallet.codec.pdf import PdfFile, Ref, Shallow, Value, read_raw, read_shallow
from idwallet.codec.pdf.lexer import malformed


class Held(NamedTuple):
    """A dictionary, and the object it is; `ref` is None where it is in another."""

    entries: Shallow
    ref: Ref | None


class Array(NamedTuple):
    """An array as it stands, and the object it is, None where it is in another."""

    raw: bytes
    items: tuple[Ref, ...]
    ref: Ref | None


_NOTHING: Final = Array(b"[]", (), None)
_REFERENCES: Final = re.compile(
    rb"\[(?:[\t\n\r ]*+\d{1,10}[\t\n\r ]++\d{1,5}[\t\n\r ]++R(?=[\t\n\r \]]))*+"
    rb"[\t\n\r ]*+\]"
)


def _references(raw: bytes) -> tuple[Ref, ...]:
    items = raw[1:-1].split()
    return tuple(map(Ref, map(int, items[::3]), map(int, items[1::3])))


class Objects:
    """Looks a file's dictionaries up; `file` is the file."""

    __slots__ = ("file",)

    def __init__(self, file: PdfFile) -> None:
        """Look up in that file."""
        self.file = file

    def require(self, ref: Ref) -> Shallow:
        """Return the dictionary that an object is.

        Raises:
            MalformedError: it is not there, or something else.
        """
        found = self.file.shallow(ref)
        if found is None:
            raise malformed("an object that is not there", at=0, clause="7.3.10")
        return found

    def held(self, entries: Shallow, key: bytes) -> Held | None:
        """Return the dictionary that a key has, as a value or by a reference.

        Raises:
            MalformedError: it is something else.
        """
        span = entries.spans.get(key)
        if span is None:
            return None
        if entries.source[span[0] : span[0] + 2] == b"<<":
            return Held(read_shallow(entries.source, span[0]), None)
        value = entries.get(key)
        if value is None:
            return None
        if not isinstance(value, Ref):
            raise malformed("no dictionary", at=span[0], clause="7.3.7")
        found = self.file.shallow(value)
        return None if found is None else Held(found, value)

    def array(self, entries: Shallow, key: bytes) -> Array:
        """Return the array of references that a key has; none is an empty one.

        Raises:
            MalformedError: it is something else, or holds something else.
        """
        span = entries.spans.get(key)
        if span is None:
            return _NOTHING
        raw = entries.source[span[0] : span[1]]
        if _REFERENCES.fullmatch(raw) is not None:
            return Array(raw, _references(raw), None)
        raw, value, ref = self.raw_array(entries, key)
        refs = tuple(each for each in value if isinstance(each, Ref))
        if len(refs) != len(value):
            raise malformed("no array of references", at=entries.start, clause="7.3.6")
        return Array(raw, refs, ref)

    def raw_array(
        self, entries: Shallow, key: bytes
    ) -> tuple[bytes, list[Value], Ref | None]:
        """Return any array that a key has: as it stands, as it reads, and its object.

        Raises:
            MalformedError: it is something else.
        """
        span = entries.spans.get(key)
        if span is None:
            return b"[]", [], None
        value, ref = entries.get(key), None
        raw = entries.source[span[0] : span[1]]
        if isinstance(value, Ref):
            ref = value
            place = self.file.place(ref.number, ref.generation)
            if place is None:
                return b"[]", [], None
            raw, value = read_raw(place.source, place.offset)
        if value is None:
            return b"[]", [], None
        if not isinstance(value, list):
            raise malformed("no array", at=span[0], clause="7.3.6")
        return raw, value, ref
