"""What a signature meets in a PDF file: its catalog, its form and the fields of it.

Only keys are read, and of fields only what a signer has to know: their names, whether
they hold a signature, and what it locks (ISO 32000-2 12.7).
"""

from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf import PdfFile, Ref, Shallow, read_text
from idwallet.codec.pdf.lexer import malformed
from idwallet.documents.pades.signing.objects import Held, Objects
from idwallet.errors import LimitError, UnsupportedError

_FIELD: Final = "12.7.4"


class Field(NamedTuple):
    """A field of the form by its full name (12.7.4.2).

    `value` is what it holds, None for nothing; `widgets` are its annotations, of which
    the field may be one itself.
    """

    name: str
    ref: Ref
    entries: Shallow
    is_signature: bool
    value: Held | None
    widgets: tuple[Ref, ...]


class Form(NamedTuple):
    """A document's catalog, its form if it has one, and every field."""

    catalog: Held
    acroform: Held | None
    fields: tuple[Field, ...]

    @property
    def signatures(self) -> tuple[Field, ...]:
        """The fields that hold a signature."""
        return tuple(
            each for each in self.fields if each.is_signature and each.value is not None
        )

    @property
    def is_tagged(self) -> bool:
        """Whether the document says what its parts are (14.8)."""
        return b"StructTreeRoot" in self.catalog.entries


def read_form(objects: Objects) -> Form:
    """Return what a signature meets.

    Raises:
        UnsupportedError: the file is encrypted, hybrid, or its form is one of XFA:
            what another reader shows would not be what is signed.
        MalformedError: a part that is read here is broken.
        LimitError: more than `limits.PDF_FIELDS` fields.
    """
    file = objects.file
    _require_plain(file)
    root = file.trailer.get(b"Root")
    if not isinstance(root, Ref):
        raise malformed("no catalog", at=file.startxref, clause="7.5.5")
    catalog = Held(objects.require(root), root)
    acroform = objects.held(catalog.entries, b"AcroForm")
    fields: tuple[Field, ...] = ()
    if acroform is not None:
        if b"XFA" in acroform.entries:
            raise UnsupportedError("a form of XFA", clause="ISO 32000-2 §K")
        fields = _Walk(objects).fields(objects.array(acroform.entries, b"Fields").items)
    return Form(catalog, acroform, fields)


def _require_plain(file: PdfFile) -> None:
    if file.is_encrypted:
        raise UnsupportedError("an encrypted document", clause="ISO 32000-2 §7.6")
    if file.is_hybrid:
        raise UnsupportedError(
            "a file that shows different readers different objects",
            clause="ISO 32000-2 §7.5.8.4",
        )


class _Walk:
    """Goes through a form's fields once, each object at most once."""

    __slots__ = ("_found", "_objects", "_seen")

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._found: list[Field] = []
        self._seen: set[int] = set()

    def fields(self, refs: tuple[Ref, ...]) -> tuple[Field, ...]:
        for ref in refs:
            self._field(ref, above=_TOP)
        return tuple(self._found)

    def _field(self, ref: Ref, *, above: "_Above") -> None:
        entries = self._entries(ref, above.depth)
        name = _full_name(above.name, entries)
        kind = entries.raw(b"FT") or above.kind
        here = _Above(name, kind, above.depth + 1)
        widgets: list[Ref] = []
        inner = False
        if b"Kids" in entries:
            for kid in self._objects.array(entries, b"Kids").items:
                if b"T" in self._objects.require(kid):
                    inner = True
                    self._field(kid, above=here)
                else:
                    widgets.append(kid)
        if not inner:
            is_signature = kind == b"/Sig"
            value = self._objects.held(entries, b"V") if is_signature else None
            held_by = tuple(widgets) or (ref,)
            found = Field(name, ref, entries, is_signature, value, held_by)
            self._found.append(found)

    def _entries(self, ref: Ref, depth: int) -> Shallow:
        if ref.number in self._seen or depth > limits.PDF_DEPTH:
            raise malformed("fields that lead in a circle", at=0, clause=_FIELD)
        self._seen.add(ref.number)
        if len(self._seen) > limits.PDF_FIELDS:
            raise LimitError("too many fields", at="", clause="idwallet limits")
        return self._objects.require(ref)


class _Above(NamedTuple):
    """What a field has from those above it: their name, their type, their number."""

    name: str
    kind: bytes | None
    depth: int


_TOP: Final = _Above("", None, 0)


def _full_name(above: str, entries: Shallow) -> str:
    partial = entries.get(b"T")
    if partial is None:
        return above
    if not isinstance(partial, bytes):
        raise malformed(
            "a name of a field that is none", at=entries.start, clause=_FIELD
        )
    text = read_text(partial)
    return f"{above}.{text}" if above else text
