"""Two revisions side by side: which objects differ, and what is reached from where."""

from collections.abc import Iterable, Iterator
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import Indirect, PdfFile, Ref, Value
from idwallet.documents.pades.changes.codes import Change, FoundChange
from idwallet.documents.pades.view import Dictionary, View, same
from idwallet.errors import LimitError

_NOTHING = Indirect(None, None)
_DRAWN: Final = frozenset({"Resources", "Contents", "AP", "DR", "OCProperties"})
"""What decides what is drawn: nothing there leads to pages, fields or the catalog."""


class Steps:
    """How many objects are still compared, of all comparisons of one document."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        """Begin with all of them."""
        self._left = limits.PDF_COMPARED

    def take(self) -> None:
        """Take one.

        Raises:
            LimitError: there is none left.
        """
        if not self._left:
            raise LimitError(
                "too many objects to compare", at="document", clause="idwallet limits"
            )
        self._left -= 1


class Comparison:
    """An earlier view and a later one, and the changes found so far.

    `touched` are the numbers of the objects that differ. `barriers` are those that are
    compared key by key at the one place where they belong: whatever else leads to them
    stops there, but for what is drawn. One that is drawn as well has a second meaning
    in which none of it may change.
    """

    def __init__(self, old: View, new: View, *, updates: int, steps: "Steps") -> None:
        """Find what the newest so many sections touched.

        Raises:
            MalformedError, LimitError, UnsupportedError: an object cannot be read.
        """
        self.old = old
        self.new = new
        self._steps = steps
        self.found: dict[FoundChange, None] = {}
        self.barriers: set[int] = set()
        self._clean: set[tuple[int, bool]] = set()
        self.touched = frozenset(self._touched(new.file, updates))

    def say(self, code: Change, place: str) -> None:
        """Take note of a change, once.

        Raises:
            LimitError: there are more of them than anybody reads.
        """
        if len(self.found) >= limits.PDF_CHANGES:
            raise LimitError(
                "too many changes", at="document", clause="idwallet limits"
            )
        self.found[FoundChange(code, place)] = None

    def _touched(self, file: PdfFile, updates: int) -> Iterable[int]:
        """Yield the numbers of the objects that an update says something else of."""
        newer = file.sections[:updates]
        if any(each.beside is not None for each in newer):
            self.say(Change.HYBRID_ADDED, "trailer")
        for number in {each for section in newer for each in section.numbers()}:
            before, after = self.old.stands(number), self.new.stands(number)
            if before != after and self._differs(number):
                yield number

    def _differs(self, number: int) -> bool:
        """Say whether an object is another one, not merely written anew."""
        self._steps.take()
        one, other = self._as_it_is(self.old, number), self._as_it_is(self.new, number)
        is_same = same(one.value, other.value) and self._same_data(one, other)
        # References to another generation lead nowhere (7.3.10).
        is_same = is_same and self._generation(self.old, number) == self._generation(
            self.new, number
        )
        if not is_same and _is_holder(one.value):
            self.say(Change.OBJECTS_SWAPPED, f"object {number}")
        return not is_same

    def _as_it_is(self, view: View, number: int) -> Indirect:
        found = view.stands(number)
        if found is None:
            return _NOTHING
        generation = 0 if found[1] is not None else found[0].which
        return view.get(Ref(number, generation))

    def _generation(self, view: View, number: int) -> int | None:
        found = view.stands(number)
        if found is None:
            return None
        return 0 if found[1] is not None else found[0].which

    def _same_data(self, one: Indirect, other: Indirect) -> bool:
        if one.data is None or other.data is None:
            return one.data is other.data
        if one.data == other.data:
            return True
        source, (start, stop), (begin, end) = self.old.source, one.data, other.data
        return stop - start == end - begin and source[start:stop] == source[begin:end]

    def is_plain(self, ref: Ref) -> bool:
        """Say whether an object is no stream in either view."""
        return self.old.get(ref).data is None and self.new.get(ref).data is None

    def require_same(
        self,
        old: Value,
        new: Value,
        *,
        code: Change,
        place: str,
        is_drawn: bool = False,
    ) -> bool:
        """Compare two values and everything that they lead to; say what differs."""
        if not same(old, new) or not self.is_untouched(old, is_drawn=is_drawn):
            self.say(code, place)
            return False
        return True

    def is_untouched(self, value: Value, *, is_drawn: bool = False) -> bool:
        """Say whether nothing that a value leads to is another object now.

        What was found so before is not looked at again. What was not is, wherever it is
        reached: in one place it may change, and in another it may not.
        """
        visited: set[tuple[int, bool]] = set()
        waiting = list(_links(value, is_drawn=is_drawn))
        while waiting:
            ref, drawn = waiting.pop()
            each = (ref.number, drawn)
            if each in visited or each in self._clean:
                continue
            if ref.number in self.barriers and not drawn:
                continue
            visited.add(each)
            self._steps.take()
            if ref.number in self.touched:
                return False
            waiting.extend(_links(self.old.get(ref).value, is_drawn=drawn))
        self._clean |= visited
        return True

    def compare_holders(self) -> None:
        """Compare what the streams lean on that hold the objects looked at (7.5.7).

        Their length and how they are undone may stand elsewhere.
        """
        looked: set[Ref] = set()
        # What they lean on may be in such a stream itself.
        while left := self.old.holders - looked:
            looked |= left
            for ref in left:
                if not self.is_untouched(ref, is_drawn=True):
                    self.say(Change.OBJECTS_SWAPPED, f"object {ref.number}")

    def require_keys(
        self,
        old: Dictionary,
        new: Dictionary,
        *,
        apart: Iterable[str],
        code: Change,
        place: str,
    ) -> None:
        """Compare two dictionaries by all keys but those that are judged apart."""
        for key in sorted((old.keys() | new.keys()) - set(apart)):
            self.require_same(
                old.get(key),
                new.get(key),
                code=code,
                place=place,
                is_drawn=key in _DRAWN,
            )


def _links(value: Value, *, is_drawn: bool) -> Iterator[tuple[Ref, bool]]:
    """Yield every reference that a value holds, and whether it is to what is drawn."""
    waiting = [(value, is_drawn)]
    while waiting:
        found, drawn = waiting.pop()
        if type(found) is Ref:
            yield found, drawn
        elif isinstance(found, list):
            waiting.extend((each, drawn) for each in found)
        elif isinstance(found, dict):
            waiting.extend((v, drawn or k in _DRAWN) for k, v in found.items())


def _is_holder(value: Value) -> bool:
    return isinstance(value, dict) and value.get("Type") == "ObjStm"
