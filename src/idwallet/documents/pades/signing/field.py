"""Signature fields made and filled (ISO 32000-2 12.7.5.5, 12.5.6.19)."""

from typing import Final, NamedTuple

from idwallet.codec.pdf import Ref, edited, write_text
from idwallet.codec.pdf.lexer import malformed
from idwallet.documents.pades.profile import (
    Appearance,
    FieldLock,
    PAdES,
    require_name,
)
from idwallet.documents.pades.signing.edits import Edits
from idwallet.documents.pades.signing.form import Field, Form
from idwallet.documents.pades.signing.locks import FIELD, write_lock
from idwallet.documents.pades.signing.page import PageHeld, find_page
from idwallet.errors import UnsupportedError, UsageError

_UNSEEN: Final = b"[0 0 0 0]"
_PRINT_AND_LOCKED: Final = 132
_READ_ONLY: Final = 1
_SAME: Final = 0.5
_CORNERS: Final = 4


class Target(NamedTuple):
    """What is to be signed: a field that is there, or the name of a new one."""

    name: str
    field: Field | None


def find_target(form: Form, name: str | None) -> Target:
    """Return the field that a signature goes to.

    Raises:
        UsageError: the field holds a signature, is for something else, or is read-only;
            or there is none of that name though others are reserved.
        UnsupportedError: the field asks for something of its signature by seed values.
        MalformedError: two fields have that name.
    """
    if name is None:
        return Target(_new_name(form), None)
    found = [each for each in form.fields if each.name == name]
    if len(found) > 1:
        raise malformed("two fields of one name", at=0, clause="12.7.4.2")
    if found:
        return Target(name, _require_empty(found[0]))
    if any(each.is_signature and each.value is None for each in form.fields):
        raise UsageError("no field of that name is reserved in the document")
    require_name(name)
    if name in top_names(form):
        raise UsageError("the name of the field is taken")
    return Target(name, None)


def top_names(form: Form) -> set[str]:
    """Return the names of the form at its top, each of which may stand there once."""
    return {each.name.partition(".")[0] for each in form.fields}


def _new_name(form: Form) -> str:
    taken = top_names(form)
    number = len(form.signatures) + 1
    while f"Signature{number}" in taken:
        number += 1
    return f"Signature{number}"


def _require_empty(field: Field) -> Field:
    if not field.is_signature:
        raise UsageError("the field of that name is not one for signatures")
    if field.value is not None:
        raise UsageError("the field of that name is signed already")
    flags = field.entries.get(b"Ff")
    if type(flags) is int and flags & _READ_ONLY:
        raise UsageError("the field of that name is read-only")
    if b"SV" in field.entries:
        raise UnsupportedError(
            "a field that asks something of its signature",
            clause="ISO 32000-2 §12.7.5.5",
        )
    return field


class FieldDraft(NamedTuple):
    """A new field: its name, what a screen reader says, and what it locks."""

    name: str
    label: str
    lock: FieldLock | None
    value: bytes


def put_field(
    edits: Edits, draft: FieldDraft, *, page: PageHeld, seen: tuple[bytes, bytes] | None
) -> None:
    """Write a new field that is its own annotation.

    `seen` is its rectangle and its appearance, as they stand in a file.
    """
    number = edits.update.number()
    rectangle, appearance, element = _UNSEEN, b"", b""
    if seen is not None:
        rectangle, appearance = seen
        appearance = b"/AP<</N %b>>" % appearance
        element = edits.structure.key(number, page=page.ref)
    lock = b""
    if draft.lock is not None:
        # The lock shall be an object of its own (table 235).
        held = edits.update.number()
        edits.update.put(held, write_lock(draft.lock, kind=FIELD))
        lock = b"/Lock %d 0 R" % held
    body = b"".join(
        (
            b"<</Type/Annot/Subtype/Widget/FT/Sig/T",
            write_text(draft.name),
            b"/TU",
            write_text(draft.label),
            draft.value,
            b"/F %d/Rect%b/P %d %d R" % (_PRINT_AND_LOCKED, rectangle, *page.ref),
            appearance,
            element,
            lock,
            b">>",
        )
    )
    edits.update.put(number, body)
    edits.add_field(number, page=page)


def sign_field(edits: Edits, target: Target, *, profile: PAdES, value: int) -> None:
    """Put a signature into its field, which is made where there is none.

    Raises:
        UsageError: the appearance is not where the field is, or not on the page.
    """
    objects = edits.objects
    reference = b"%d 0 R" % value
    shown = profile.appearance
    number = 0 if shown is None else shown.page
    if target.field is None:
        page = find_page(objects, edits.form, number=number, seen=shown is not None)
        seen = None
        label = profile.reason or target.name
        if shown is not None:
            seen = (page.rectangle(shown.box), _rendered(edits, shown, page=page))
            label = shown.spoken
        draft = FieldDraft(target.name, label, profile.lock, b"/V " + reference)
        put_field(edits, draft, page=page, seen=seen)
        return
    changes: dict[bytes, bytes] = {b"V": reference}
    if shown is not None:
        page = find_page(objects, edits.form, number=number, seen=True)
        widget = target.field.widgets[0]
        entries = objects.require(widget)
        _require_there(entries.get(b"P"), entries.get(b"Rect"), shown=shown, page=page)
        looks = b"<</N %b>>" % _rendered(edits, shown, page=page)
        if widget == target.field.ref:
            changes[b"AP"] = looks
        else:
            edits.replace(widget, edited(entries, {b"AP": looks}))
    edits.replace(target.field.ref, edited(target.field.entries, changes))


def _rendered(edits: Edits, shown: Appearance, *, page: PageHeld) -> bytes:
    found = shown.render(edits.update.number, rotate=page.rotate)
    for number, body in found.objects.items():
        edits.update.put(number, body)
    return b"%d 0 R" % found.form


def _require_there(
    on: object, rectangle: object, *, shown: Appearance, page: PageHeld
) -> None:
    """Require that a reserved field is where, and as large as, what is shown in it.

    It may not be moved: a signature that is there may cover its place.
    """
    if isinstance(on, Ref) and on != page.ref:
        raise UsageError("the field is reserved on another page")
    corners = rectangle if isinstance(rectangle, list) else []
    numbers = [float(each) for each in corners if isinstance(each, int | float)]
    if len(numbers) != _CORNERS:
        raise malformed("a field without a rectangle", at=0, clause="12.5.2")
    wide, high = abs(numbers[2] - numbers[0]), abs(numbers[3] - numbers[1])
    if page.rotate % 180:
        wide, high = high, wide
    if abs(wide - shown.box.width) > _SAME or abs(high - shown.box.height) > _SAME:
        raise UsageError(
            f"the field is reserved with {wide:g} x {high:g} points: so is its stamp"
        )
