"""The pages of a document, in order (ISO 32000-2 7.7.3)."""

from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf import Ref, Value
from idwallet.documents.pades.view import Dictionary, View, malformed, number_of
from idwallet.errors import LimitError

_INHERITED: Final = ("Resources", "MediaBox", "CropBox", "Rotate")


class Page(NamedTuple):
    """A page: its dictionary, and what it has from the nodes above it."""

    ref: Ref
    entries: Dictionary
    inherited: Dictionary

    def get(self, key: str) -> Value:
        """Return an entry, its own or inherited."""
        return self.entries.get(key, self.inherited.get(key))


class PageTree(NamedTuple):
    """Every page, and the nodes above them."""

    pages: tuple[Page, ...]
    nodes: tuple[Ref, ...]


def read_pages(view: View) -> PageTree:
    """Return the pages in order.

    Raises:
        MalformedError: the tree is broken, or leads in a circle.
        LimitError: there are more pages than `limits.PDF_PAGES`, or the tree is deeper
            than `limits.PDF_DEPTH`.
    """
    pages: list[Page] = []
    nodes: list[Ref] = []
    visited: set[int] = set()
    root = view.catalog.get("Pages")
    waiting: list[tuple[Value, Dictionary, int]] = [(root, {}, 0)]
    while waiting:
        value, inherited, depth = waiting.pop()
        if not isinstance(value, Ref) or value.number in visited:
            number = number_of(value)
            raise malformed("no tree of pages", number=number, clause="7.7.3.2")
        visited.add(value.number)
        if depth > limits.PDF_DEPTH or len(visited) > limits.PDF_PAGES:
            raise LimitError("too many pages", at="pages", clause="idwallet limits")
        entries = view.dictionary(value)
        if "Kids" not in entries:
            pages.append(Page(value, entries, inherited))
            continue
        nodes.append(value)
        below = inherited | {k: entries[k] for k in _INHERITED if k in entries}
        kids = view.array(entries["Kids"])
        waiting.extend((each, below, depth + 1) for each in reversed(kids))
    return PageTree(tuple(pages), tuple(nodes))


def box(view: View, value: Value) -> tuple[float, float, float, float] | None:
    """Return a rectangle, its lower left corner first (7.9.5); None for none."""
    found = view.resolve(value)
    if not isinstance(found, list) or len(found) != len("llur"):
        return None
    numbers = [
        float(each)
        for each in map(view.resolve, found)
        if isinstance(each, int | float) and type(each) is not bool
    ]
    if len(numbers) != len(found):
        return None
    left, low, right, high = numbers
    return min(left, right), min(low, high), max(left, right), max(low, high)
