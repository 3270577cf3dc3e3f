"""NDEF messages: records of NFC, read strictly and written in one form (NDEF 1.0 3).

Chunked records are refused: no message of an engagement has one.
"""

from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError

CLAUSE: Final = "NFC Forum NDEF 1.0 §3"
WELL_KNOWN, MEDIA, EXTERNAL = 1, 2, 4
"""What the type of a record is: of the NFC Forum, a media type, somebody's own."""

_EMPTY, _UNKNOWN, _LAST_KIND = 0, 5, 5
_BEGIN, _END, _CHUNK, _SHORT, _NAMED = 0x80, 0x40, 0x20, 0x10, 0x08
_KIND: Final = 0x07
_LONG_BYTES: Final = 4
_OCTET: Final = 256


@dataclass(frozen=True, slots=True)
class Record:
    """One record: `kind` says what `type` is; `id` is what others point to it by."""

    kind: int
    type: bytes
    payload: bytes = field(repr=False)
    id: bytes = b""


class Cursor:
    """Octets taken one after another; what is not there is a fault and no zero."""

    __slots__ = ("_at", "_octets", "_position", "clause")

    def __init__(self, octets: bytes, *, at: str, clause: str) -> None:
        """Begin at the first octet."""
        self._octets, self._at, self.clause = octets, at, clause
        self._position = 0

    @property
    def left(self) -> int:
        """How many octets are left."""
        return len(self._octets) - self._position

    def take(self, length: int) -> bytes:
        """Return the next octets.

        Raises:
            MalformedError: there are fewer.
        """
        if length > self.left:
            raise self.fault("it ends early")
        start, self._position = self._position, self._position + length
        return self._octets[start : self._position]

    def number(self, length: int = 1) -> int:
        """Return the next octets as a number, the first the most significant.

        Raises:
            MalformedError: there are fewer.
        """
        return int.from_bytes(self.take(length))

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(self.left)

    def fault(self, what: str) -> MalformedError:
        """Return the error that says so, and where."""
        return MalformedError(what, at=self._at, clause=self.clause)


def read_records(octets: bytes, *, at: str) -> tuple[Record, ...]:
    """Read one message: at least one record, and nothing behind the last.

    Raises:
        MalformedError: it is none.
        LimitError: it passes `limits.NDEF_BYTES` or `limits.NDEF_RECORDS`.
    """
    if len(octets) > limits.NDEF_BYTES:
        raise LimitError("too long", at=at, clause="idwallet limits")
    cursor = Cursor(octets, at=at, clause=CLAUSE)
    records: list[Record] = []
    is_last = False
    while not is_last:
        if len(records) == limits.NDEF_RECORDS:
            raise LimitError("too many records", at=at, clause="idwallet limits")
        record, is_last = _record(cursor, is_first=not records)
        records.append(record)
    if cursor.left:
        raise cursor.fault("octets behind the last record")
    return tuple(records)


def _record(cursor: Cursor, *, is_first: bool) -> tuple[Record, bool]:
    flags = cursor.number()
    if flags & _CHUNK:
        raise cursor.fault("a record in pieces")
    if bool(flags & _BEGIN) is not is_first:
        raise cursor.fault("a message begins with its first record")
    kind = flags & _KIND
    type_length = cursor.number()
    payload_length = cursor.number(1 if flags & _SHORT else _LONG_BYTES)
    id_length = cursor.number() if flags & _NAMED else 0
    if kind > _LAST_KIND:
        raise cursor.fault("a kind that no record has")
    if (kind in (_EMPTY, _UNKNOWN)) is bool(type_length):
        raise cursor.fault("a type where none stands, or none where one does")
    if kind == _EMPTY and (payload_length or id_length):
        raise cursor.fault("an empty record that is not empty")
    type_, id_ = cursor.take(type_length), cursor.take(id_length)
    record = Record(kind, type_, cursor.take(payload_length), id_)
    return record, bool(flags & _END)


def write_records(records: tuple[Record, ...]) -> bytes:
    """Return one message of these records, each in its shortest form.

    Raises:
        UsageError: no record, or a type or identifier longer than an octet counts.
    """
    if not records:
        raise UsageError("a message has a record")
    parts: list[bytes] = []
    for number, each in enumerate(records):
        if len(each.type) >= _OCTET or len(each.id) >= _OCTET:
            raise UsageError("a type or identifier of more than 255 octets")
        is_short = len(each.payload) < _OCTET
        flags = each.kind | (_SHORT if is_short else 0) | (_NAMED if each.id else 0)
        flags |= 0 if number else _BEGIN
        flags |= _END if number == len(records) - 1 else 0
        parts.append(bytes((flags, len(each.type))))
        parts.append(len(each.payload).to_bytes(1 if is_short else _LONG_BYTES))
        parts += [bytes((len(each.id),))] if each.id else []
        parts += [each.type, each.id, each.payload]
    return b"".join(parts)
