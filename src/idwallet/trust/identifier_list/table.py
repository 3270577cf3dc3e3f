"""A set of identifiers that takes no more memory than their octets."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, pairwise
from operator import lt
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import MAP, CborHead, read_cbor_head, read_cbor_item
from idwallet.errors import LimitError, MalformedError

_CLAUSE: Final = "ISO/IEC 18013-5 2nd ed. §12.3.6.4"
_AT: Final = "identifiers"
CHUNK: Final = 16_384
"""How many identifiers of one length are objects at any one time, twice at most."""


class IdentifierTable:
    """Identifiers of each length, sorted, in one string of octets.

    It is safe to share between threads. `octets` counts what it holds.
    """

    __slots__ = ("_tables", "octets", "size")

    def __init__(self, tables: dict[int, bytes]) -> None:
        """Take the identifiers: by their length, sorted and each once."""
        self._tables = tables
        self.size = sum(len(each) // length for length, each in tables.items())
        self.octets = sum(map(len, tables.values()))

    def __len__(self) -> int:
        """Return how many identifiers there are."""
        return self.size

    def __contains__(self, identifier: bytes) -> bool:
        """Whether the identifier is one of them, to the octet."""
        length = len(identifier)
        table = self._tables.get(length, b"")
        if not table:
            return False
        begin = _place(table, identifier, length=length) * length
        return table[begin : begin + length] == identifier

    def __iter__(self) -> Iterator[bytes]:
        """Yield them, the shorter ones first: the order of deterministic CBOR."""
        for length in sorted(self._tables):
            yield from _rows(self._tables[length], length)

    def __repr__(self) -> str:
        """Say how many there are."""
        return f"IdentifierTable(<{self.size} identifiers>)"


class TableBuilder:
    """Takes identifiers, and keeps few of them as objects at any one time."""

    __slots__ = ("_chunks", "_runs", "is_repeated")

    def __init__(self) -> None:
        """Hold none; `is_repeated` says in the end whether one came twice."""
        self._chunks: dict[int, list[bytes]] = {}
        self._runs: dict[int, list[bytes]] = {}
        self.is_repeated = False

    def add(self, identifier: bytes) -> None:
        """Take one."""
        length = len(identifier)
        chunk = self._chunks.setdefault(length, [])
        chunk.append(identifier)
        if len(chunk) >= CHUNK:
            self.pack(chunk, length=length)
            chunk.clear()

    def pack(self, chunk: list[bytes], *, length: int) -> None:
        """Take a few of one length; the list is the caller's, its order is not."""
        if not all(map(lt, chunk, islice(chunk, 1, None))):
            once = set(chunk)
            self.is_repeated |= len(once) < len(chunk)
            chunk = sorted(once)
        if chunk:
            self._runs.setdefault(length, []).append(b"".join(chunk))

    def table(self) -> IdentifierTable:
        """Return the set of all that were taken, each once."""
        for length, chunk in self._chunks.items():
            self.pack(chunk, length=length)
        runs, self._chunks, self._runs = self._runs, {}, {}
        return IdentifierTable(
            {length: self._joined(found, length) for length, found in runs.items()}
        )

    def _joined(self, runs: list[bytes], length: int) -> bytes:
        """Join the runs; deterministic CBOR brings them in order already."""
        if all(one[-length:] < other[:length] for one, other in pairwise(runs)):
            return b"".join(runs)
        packed: list[bytes] = []
        bounds = [0] * len(runs)
        for splitter in _splitters(runs, length):
            ends = [_below(run, splitter, length=length) for run in runs]
            parts = zip(runs, bounds, ends, strict=True)
            packed.append(
                self._merged([run[begin:end] for run, begin, end in parts], length)
            )
            bounds = ends
        return b"".join(packed)

    def _merged(self, parts: list[bytes], length: int) -> bytes:
        """Merge the same range of values out of each run."""
        some = [row for part in parts for row in _rows(part, length)]
        some.sort()
        once = list(dict.fromkeys(some))
        self.is_repeated |= len(once) < len(some)
        return b"".join(once)


def _splitters(runs: list[bytes], length: int) -> Iterator[bytes | None]:
    """Yield values that part the runs' rows into ranges of about a run's length.

    Evenly taken samples of sorted runs leave no range with more than two runs' rows,
    whatever the values are. The last is None: all that is left.
    """
    samples = sorted(
        row
        for run in runs
        for row in _rows(run, length, step=max(1, len(run) // length // len(runs)))
    )
    yield from samples[len(runs) :: len(runs)]
    yield None


def _below(run: bytes, value: bytes | None, *, length: int) -> int:
    """Return where the rows of a run end that are less than a value."""
    return len(run) if value is None else _place(run, value, length=length) * length


def _place(table: bytes, value: bytes, *, length: int) -> int:
    """Return how many rows are less than a value."""

    def row(number: int) -> bytes:
        return table[number * length : (number + 1) * length]

    return bisect_left(range(len(table) // length), value, key=row)


def _rows(table: bytes, length: int, *, step: int = 1) -> Iterator[bytes]:
    for place in range(0, len(table), length * step):
        yield table[place : place + length]


# --- reading them out of a map -------------------------------------------------------

_EMPTY_MAP: Final = 0xA0
_SHORTEST, _INLINE_END, _ONE_OCTET = 0x41, 0x58, 0x58
_INLINE: Final = 24


def read_identifiers(data: bytes, *, offset: int) -> tuple[IdentifierTable, int]:
    """Read the map of identifiers at `offset`, and say where it ends.

    What the map says about each (the standard says nothing yet) is stepped over: who
    is on the list is revoked.

    Raises:
        LimitError: an identifier passes `limits.IDENTIFIER_BYTES`.
        MalformedError: it is no map of byte strings to maps, an identifier is empty
            or stands in it twice, or the map is cut off.
        UnsupportedError: what stands beside an identifier is no CBOR read here.
    """
    head = read_cbor_head(data, offset=offset, at=_AT, clause=_CLAUSE)
    if head.major != MAP:
        raise MalformedError("no map", at=_AT, clause=_CLAUSE)
    builder = TableBuilder()
    place = _regular(data, head, builder=builder)
    try:
        for _ in range(head.argument if place == head.end else 0):
            begin, end = _extent(data, place)
            # A slice cut short is found where the value behind it is missing.
            builder.add(data[begin:end])
            place = end + 1 if data[end] == _EMPTY_MAP else _information(data, end)
    except IndexError:
        raise MalformedError("the map is cut off", at=_AT, clause=_CLAUSE) from None
    table = builder.table()
    if builder.is_repeated:
        raise MalformedError("an identifier twice", at=_AT, clause="RFC 8949 §5.6")
    return table, place


def _regular(data: bytes, head: CborHead, *, builder: TableBuilder) -> int:
    """Take all out of a map in which each is as long as the first, and alone.

    That is nearly every list, read ten times as fast. Returns where the map ends, or
    where it begins if it is another: then nothing was taken.
    """
    begin, count = head.end, head.argument
    if not count or begin + 1 >= len(data):
        return begin
    first, end = _extent(data, begin)
    stride = end + 1 - begin
    entries = data[begin : begin + stride * count]
    fixed = [(place, data[begin + place]) for place in range(first - begin)]
    fixed.append((stride - 1, _EMPTY_MAP))
    if len(entries) < stride * count or not all(
        entries[place::stride] == bytes((octet,)) * count for place, octet in fixed
    ):
        return begin
    length, skipped = end - first, first - begin
    for some in range(0, len(entries), stride * CHUNK):
        places = range(some + skipped, min(some + stride * CHUNK, len(entries)), stride)
        builder.pack([entries[n : n + length] for n in places], length=length)
    return begin + len(entries)


def _extent(data: bytes, place: int) -> tuple[int, int]:
    """Return where the identifier with its head at `place` begins and ends."""
    head = data[place]
    if _SHORTEST <= head < _INLINE_END:
        return place + 1, place + 1 + (head & 31)
    if head == _ONE_OCTET and data[place + 1] >= _INLINE:
        length = data[place + 1]
        if length > limits.IDENTIFIER_BYTES:
            raise LimitError("identifier too long", at=_AT, clause=_CLAUSE)
        return place + 2, place + 2 + length
    if head >> 5 == _ONE_OCTET >> 5 and head > _ONE_OCTET:
        raise LimitError("identifier too long", at=_AT, clause=_CLAUSE)
    raise MalformedError("no identifier", at=_AT, clause=_CLAUSE)


def _information(data: bytes, place: int) -> int:
    """Step over what is said about one identifier."""
    if read_cbor_head(data, offset=place, at=_AT, clause=_CLAUSE).major != MAP:
        raise MalformedError("no map beside it", at=_AT, clause=_CLAUSE)
    item = read_cbor_item(
        data,
        offset=place,
        at=_AT,
        clause=_CLAUSE,
        max_bytes=limits.IDENTIFIER_LIST_BYTES,
    )
    return item.end
