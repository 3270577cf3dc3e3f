"""The fields of a form, by their whole names (ISO 32000-2 12.7.4)."""

from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf import Ref, Value, read_text
from idwallet.documents.pades.view import Dictionary, View, malformed, number_of
from idwallet.errors import LimitError

_DEPTH: Final = 32


class Field(NamedTuple):
    """A field; `kind` is its FT, inherited or its own, `ref` None for a direct one."""

    name: str
    ref: Ref | None
    entries: Dictionary
    kind: Value
    parent: str | None
    kids: tuple[Ref, ...]

    @property
    def is_signature(self) -> bool:
        """Whether it is one for signatures (12.7.5.5)."""
        return self.kind == "Sig"


def read_fields(view: View, *, is_strict: bool = True) -> dict[str, Field]:
    """Return every field of the form, by name; widgets that are no fields are kids.

    Who is not strict takes fields without a name, and several of one.

    Raises:
        MalformedError: the tree is broken, or a name stands in it twice: whoever reads
            such a form sees one of several.
        LimitError: it is deeper than anybody makes one, or too large.
    """
    form = view.dictionary(view.catalog.get("AcroForm"))
    reading = _Reading(view, is_strict=is_strict)
    for each in view.array(form.get("Fields")):
        reading.take(each, parent=None, kind=None, depth=0)
    return reading.found


class _Reading:
    """One walk through the tree of fields."""

    def __init__(self, view: View, *, is_strict: bool) -> None:
        self.found: dict[str, Field] = {}
        self._is_strict = is_strict
        self._view = view
        self._visited: set[int] = set()

    def take(
        self, value: Value, *, parent: str | None, kind: Value, depth: int
    ) -> None:
        number = number_of(value)
        if number in self._visited and number:
            raise malformed("a field twice", number=number, clause="12.7.4")
        self._visited.add(number)
        if depth > _DEPTH or len(self.found) >= limits.PDF_FIELDS:
            raise LimitError("too many fields", at="document", clause="idwallet limits")
        entries = self._view.dictionary(value)
        kind = self._view.resolve(entries.get("FT", kind))
        name = self._name(entries, parent=parent, number=number)
        kids = self._view.array(entries.get("Kids"))
        own = [each for each in kids if not self._is_field(each)]
        self.found[name] = Field(
            name,
            value if isinstance(value, Ref) else None,
            entries,
            kind,
            parent,
            tuple(each for each in own if isinstance(each, Ref)),
        )
        for each in kids:
            if self._is_field(each):
                self.take(each, parent=name, kind=kind, depth=depth + 1)

    def _is_field(self, value: Value) -> bool:
        return "T" in self._view.dictionary(value)

    def _name(self, entries: Dictionary, *, parent: str | None, number: int) -> str:
        own = self._view.resolve(entries.get("T"))
        if not isinstance(own, bytes):
            if not self._is_strict:
                return f"object {number} ({len(self.found)})"
            raise malformed("a field without a name", number=number, clause="12.7.4.2")
        text = read_text(own)
        name = text if parent is None else f"{parent}.{text}"
        if name in self.found and not self._is_strict:
            return f"{name} ({len(self.found)})"
        if name in self.found:
            raise malformed("two fields of one name", number=number, clause="12.7.4.2")
        return name
