"""Updates of a PDF file: what is appended to it, in its own style (ISO 32000-2 7.5.6).

Nothing of the file is written again; values that stay are copied as they stand. A file
whose newest section is a table gets a table, one with a stream gets a stream.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from idwallet import limits
from idwallet.codec.pdf.file import PdfFile
from idwallet.codec.pdf.lexer import malformed
from idwallet.codec.pdf.shallow import Shallow
from idwallet.errors import LimitError

_KEPT: Final = (b"Root", b"Info")
_FIRST_HALF: Final = re.compile(rb"\[[\t\n\r ]*+(<[0-9A-Fa-f]*+>)")
_LONGEST_TABLE: Final = 9_999_999_999


def edited(entries: Shallow, changes: Mapping[bytes, bytes]) -> bytes:
    """Return a dictionary with other values of some keys, all else as it stands.

    A key that is not there is added, at its end.
    """
    source, at = entries.source, entries.start
    out: list[bytes] = []
    added: list[bytes] = []
    spans = entries.spans
    placed = []
    for key, value in changes.items():
        span = spans.get(key)
        if span is None:
            added.append(b"/%b %b" % (key, value))
        else:
            placed.append((span[0], span[1], value))
    for start, end, value in sorted(placed):
        out += (source[at:start], b" ", value)
        at = end
    out.append(source[at : entries.end - 2])
    out += added
    out.append(b">>")
    return b"".join(out)


class Update:
    """What is appended to a file: objects, then a section that names them.

    `start` is where the update begins in what the file becomes.
    """

    __slots__ = ("_entries", "_file", "_next", "_pieces", "_size", "start")

    def __init__(self, file: PdfFile) -> None:
        """Begin behind the file's last octet, on a line of its own."""
        self._file = file
        self.start = len(file.source)
        self._next = max(each.top for each in file.sections)
        self._entries: dict[int, tuple[int, int]] = {}
        last = file.source[self.start - 1 : self.start]
        self._pieces = [] if last in {b"\n", b"\r"} else [b"\n"]
        self._size = len(self._pieces)

    def number(self) -> int:
        """Return the number of an object that the file does not have yet.

        Raises:
            LimitError: there would be more than `limits.PDF_OBJECTS`.
        """
        found = self._next
        self._next += 1
        if self._next > limits.PDF_OBJECTS:
            raise LimitError("too many objects", at="", clause="idwallet limits")
        return found

    def put(self, number: int, body: bytes, *, generation: int = 0) -> int:
        """Write one object; return where its body stands in the update."""
        head = b"%d %d obj\n" % (number, generation)
        self._entries[number] = (self.start + self._size, generation)
        at = self._size + len(head)
        self._pieces += (head, body, b"\nendobj\n")
        self._size = at + len(body) + 8
        return at

    def closed(self) -> bytes:
        """Return the whole update, its section and the marker of its end included.

        Raises:
            LimitError: the file is too long for a table (7.5.4).
        """
        start = self.start + self._size
        objects = b"".join(self._pieces)
        changed = hashlib.sha256(objects).digest()[:16]
        section = self._stream if self._file.sections[0].is_stream else self._table
        named = section(start, self._identifier(changed))
        return b"%b%bstartxref\n%d\n%%%%EOF\n" % (objects, named, start)

    def _trailer(self, identifier: bytes) -> bytes:
        trailer = self._file.trailer
        kept = b"".join(
            b"/%b %b" % (key, value)
            for key in _KEPT
            if (value := trailer.raw(key)) is not None
        )
        prev = self._file.startxref
        return b"/Size %d%b/Prev %d/ID%b" % (self._next, kept, prev, identifier)

    def _identifier(self, changed: bytes) -> bytes:
        """Return the file's identifier, its second half changed (14.4)."""
        second = b"<%b>" % changed.hex().encode()
        given = self._file.trailer.raw(b"ID")
        found = None if given is None else _FIRST_HALF.match(given)
        if found is not None:
            return b"[%b%b]" % (found[1], second)
        value = self._file.resolve(self._file.trailer.get(b"ID"))
        first = second
        if isinstance(value, list) and value and isinstance(value[0], bytes):
            first = b"<%b>" % value[0].hex().encode()
        return b"[%b%b]" % (first, second)

    def _table(self, start: int, identifier: bytes) -> bytes:
        if start > _LONGEST_TABLE:
            raise LimitError("too long for a table", at="", clause="ISO 32000-2 §7.5.4")
        lines = [b"xref\n"]
        for first, run in self._runs():
            lines.append(b"%d %d\n" % (first, len(run)))
            lines += (b"%010d %05d n \n" % each for each in run)
        return b"".join((*lines, b"trailer\n<<", self._trailer(identifier), b">>\n"))

    def _stream(self, start: int, identifier: bytes) -> bytes:
        number = self.number()
        self._entries[number] = (start, 0)
        width = (start.bit_length() + 7) // 8
        data: list[bytes] = []
        index: list[bytes] = []
        for first, run in self._runs():
            index.append(b"%d %d" % (first, len(run)))
            data += (
                b"\x01%b%b" % (offset.to_bytes(width), generation.to_bytes(2))
                for offset, generation in run
            )
        octets = b"".join(data)
        return (
            b"%d 0 obj\n<</Type/XRef/W[1 %d 2]/Index[%b]/Length %d%b>>\n"
            b"stream\n%b\nendstream\nendobj\n"
        ) % (
            number,
            width,
            b" ".join(index),
            len(octets),
            self._trailer(identifier),
            octets,
        )

    def _runs(self) -> list[tuple[int, list[tuple[int, int]]]]:
        runs: list[tuple[int, list[tuple[int, int]]]] = []
        expected = -1
        for number, entry in sorted(self._entries.items()):
            if number != expected:
                runs.append((number, []))
            runs[-1][1].append(entry)
            expected = number + 1
        return runs


def with_item(array: bytes, item: bytes, *, at: int = 0) -> bytes:
    """Return an array with one more item at its end, all else as it stands.

    Raises:
        MalformedError: it is no array.
    """
    if not (array.startswith(b"[") and array.endswith(b"]")):
        raise malformed("no array", at=at, clause="7.3.6")
    return b"%b %b]" % (array[:-1], item)
