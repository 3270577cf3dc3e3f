"""What a PDF file shows as of one of its revisions, its objects remembered."""

from collections.abc import Collection, Iterator
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import (
    Entry,
    Indirect,
    Kind,
    PdfFile,
    Ref,
    Source,
    Value,
)
from idwallet.errors import LimitError, MalformedError

Dictionary = dict[str, Value]

_NULL: Final = Indirect(None, None)


def malformed(what: str, *, number: int = 0, clause: str) -> MalformedError:
    """Return the error of an object, by a clause of ISO 32000-2."""
    return MalformedError(what, at=f"object {number}", clause=f"ISO 32000-2 §{clause}")


class View:
    """A document as of a revision. Not to be shared between threads."""

    __slots__ = ("_end", "_found", "file", "holders")

    def __init__(self, file: PdfFile, *, end: int | None = None) -> None:
        """Look at a file, as `PdfFile.as_of` gives it.

        Of a revision that was signed `end` is where it ends: what stands behind was not
        there, whatever its cross-references say. `holders` are the object streams out
        of which objects were read so far.
        """
        self.file = file
        self._end = len(file.source) if end is None else end
        self._found: dict[Ref, Indirect] = {}
        self.holders: set[Ref] = set()

    @property
    def source(self) -> Source:
        """The octets of the file, later revisions included."""
        return self.file.source

    def get(self, ref: Ref) -> Indirect:
        """Return an object in full; what is not there is null (7.3.10).

        Raises:
            MalformedError, LimitError, UnsupportedError: see `PdfFile.get`.
        """
        found = self._found.get(ref)
        if found is None:
            if len(self._found) >= limits.PDF_OBJECTS_READ:
                raise LimitError(
                    "too many objects", at="document", clause="idwallet limits"
                )
            found = self._found[ref] = self._read(ref)
        return found

    def _read(self, ref: Ref) -> Indirect:
        stands = self.stands(ref.number)
        if stands is None:
            return _NULL
        plain, holder = stands
        if holder is not None and holder.kind is Kind.PLAIN:
            held_in = Ref(plain.place, holder.which)
            self.holders.add(held_in)
            self._require_inside(holder.place, self.get(held_in))
        found = self.file.get(ref)
        if holder is None:
            self._require_inside(plain.place, found)
        if type(found.value) is Ref:
            # 7.3.10: an object's value is no reference to another.
            raise malformed("a reference in place of an object", clause="7.3.10")
        return found

    def _require_inside(self, place: int, found: Indirect) -> None:
        stop = place if found.data is None else found.data[1]
        if max(place, stop) >= self._end:
            raise malformed("an object behind the end of its revision", clause="7.5.6")

    def resolve(self, value: Value) -> Value:
        """Return what a value refers to, the value itself when it is no reference."""
        return self.get(value).value if type(value) is Ref else value

    def dictionary(self, value: Value) -> Dictionary:
        """Return the dictionary that a value is or refers to; empty for null.

        Raises:
            MalformedError: it is anything else.
        """
        found = self.resolve(value)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise malformed("no dictionary", number=number_of(value), clause="7.3.7")
        return found

    def array(self, value: Value) -> list[Value]:
        """Return the array that a value is or refers to; empty for null.

        Raises:
            MalformedError: it is anything else.
        """
        found = self.resolve(value)
        if found is None:
            return []
        if not isinstance(found, list):
            raise malformed("no array", number=number_of(value), clause="7.3.6")
        return found

    @property
    def root(self) -> Ref:
        """The catalog's reference (7.5.5).

        Raises:
            MalformedError: the trailer has none.
        """
        found = self.file.trailer.get(b"Root")
        if not isinstance(found, Ref):
            raise malformed("no catalog", clause="7.5.5")
        return found

    @property
    def catalog(self) -> Dictionary:
        """The catalog (7.7.2).

        Raises:
            MalformedError: it is no dictionary.
        """
        return self.dictionary(self.root)

    def stands(self, number: int) -> tuple[Entry, Entry | None] | None:
        """Return where an object stands: its entry, and that of the stream it is in.

        None where there is no such object. Two views with the same answer read the same
        octets.
        """
        entry = self.file.entry(number)
        if entry is None or entry.kind is Kind.FREE:
            return None
        if entry.kind is Kind.PACKED:
            return entry, self.file.entry(entry.place)
        return entry, None


def number_of(value: Value) -> int:
    """Return the number that a reference has, 0 for what is none."""
    return value.number if type(value) is Ref else 0


def among(value: Value, known: Collection[Value]) -> bool:
    """Say whether a value is one of these; no array and no dictionary is."""
    return not isinstance(value, list | dict) and value in known


def references(value: Value) -> Iterator[Ref]:
    """Yield every reference that a value holds, each as often as it stands there."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if type(found) is Ref:
            yield found
        elif isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend(found.values())


def same(one: Value, other: Value) -> bool:
    """Say whether two values are the same, references by what they say.

    Python takes 1, 1.0 and true for equal; a reader of PDF does not.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same(value, other[key]) for key, value in one.items()
        )
    return one == other
