"""What earlier signatures forbid a later one (ISO 32000-2 12.8.2)."""

from collections.abc import Iterator
from typing import Final

from idwallet.codec.pdf import (
    Shallow,
    Value,
    read_text,
    read_value,
    write_text,
)
from idwallet.codec.pdf.lexer import malformed
from idwallet.documents.pades.profile import AllowedChanges, FieldLock, LockedFields
from idwallet.documents.pades.signing.form import Field, Form
from idwallet.documents.pades.signing.objects import Objects
from idwallet.errors import UsageError

_MDP: Final = b"DocMDP"
PARAMETERS: Final = b"TransformParams"
FIELD: Final = b"SigFieldLock"
_ACTIONS: Final = {each.value.decode(): each for each in LockedFields}


def require_allowed(objects: Objects, form: Form, *, name: str) -> None:
    """Require that signing a field breaks none of the signatures that are there.

    Raises:
        UsageError: the document is certified and allows no changes, or a signature
            locks the field.
        MalformedError: what a signature allows cannot be read.
    """
    if certified(objects, form) is AllowedChanges.NONE:
        raise UsageError("the document is certified, and allows no further signature")
    for each in form.signatures:
        for lock in locks(objects, each):
            if lock.locks(name):
                raise UsageError("a signature that is there locks the field")
        if forbids_all(objects, each):
            raise UsageError("a signature that is there allows no further one")


def certified(objects: Objects, form: Form) -> AllowedChanges | None:
    """Return what the author's signature allows, None without one (12.8.2.2)."""
    permissions = objects.held(form.catalog.entries, b"Perms")
    signature = None if permissions is None else objects.held(permissions.entries, _MDP)
    if signature is None:
        return None
    for method, parameters in _references(objects, signature.entries):
        if method == "DocMDP":
            return _allowed(parameters.get("P", AllowedChanges.FORMS.value))
    raise malformed("a certification that says nothing", at=0, clause="12.8.2.2")


def _allowed(value: Value) -> AllowedChanges:
    if type(value) is not int or not 1 <= value <= len(AllowedChanges):
        raise malformed("a permission that is none", at=0, clause="12.8.2.2.2")
    return AllowedChanges(value)


def locks(objects: Objects, field: Field) -> list[FieldLock]:
    """Return which fields a signature locks, as it says in itself (12.8.2.4)."""
    if field.value is None:
        return []
    found = [
        read_lock(parameters)
        for method, parameters in _references(objects, field.value.entries)
        if method == "FieldMDP"
    ]
    return [each for each in found if each is not None]


def _references(
    objects: Objects, signature: Shallow
) -> Iterator[tuple[Value, dict[str, Value]]]:
    """Yield the methods of a signature's references with their parameters (12.8.1)."""
    given = objects.file.resolve(signature.get(b"Reference"))
    for each in given if isinstance(given, list) else []:
        reference = objects.file.resolve(each)
        if not isinstance(reference, dict):
            raise malformed("a reference that is none", at=0, clause="12.8.1")
        parameters = objects.file.resolve(reference.get("TransformParams"))
        method = reference.get("TransformMethod")
        yield method, parameters if isinstance(parameters, dict) else {}


def read_lock(entries: dict[str, Value]) -> FieldLock | None:
    """Return the lock that parameters or a lock dictionary say; None for no field.

    Raises:
        MalformedError: they say none.
    """
    which = _ACTIONS.get(str(entries.get("Action")))
    names = entries.get("Fields", [])
    if which is None or not isinstance(names, list):
        raise malformed("a lock that is none", at=0, clause="12.8.2.4")
    texts = tuple(read_text(each) for each in names if isinstance(each, bytes))
    if len(texts) != len(names):
        raise malformed("a lock that is none", at=0, clause="12.8.2.4")
    if which is LockedFields.ONLY and not texts:
        return None
    if which is LockedFields.ALL or not texts:
        return FieldLock(LockedFields.ALL)
    return FieldLock(which, texts)


def forbids_all(objects: Objects, field: Field) -> bool:
    """Say whether a signed field's own lock allows no change at all (12.7.5.5)."""
    lock = objects.held(field.entries, b"Lock")
    return lock is not None and lock.entries.raw(b"P") == b"1"


def field_lock(objects: Objects, field: Field) -> FieldLock | None:
    """Return what the signature of an empty field will lock, as it is reserved.

    Raises:
        MalformedError: the lock says nothing.
    """
    lock = objects.held(field.entries, b"Lock")
    if lock is None:
        return None
    entries = read_value(lock.entries.source, lock.entries.start)[0]
    return read_lock(entries) if isinstance(entries, dict) else None


def write_lock(lock: FieldLock, *, kind: bytes) -> bytes:
    """Return a lock as a dictionary of that type, of a field or of parameters."""
    out = [b"<</Type/%b/Action/%b" % (kind, lock.which.value)]
    if lock.names:
        out.append(b"/Fields[%b]" % b"".join(map(write_text, lock.names)))
    if kind == PARAMETERS:
        out.append(b"/V/1.2")
    return b"".join((*out, b">>"))


def write_references(certify: AllowedChanges | None, lock: FieldLock | None) -> bytes:
    """Return the references of a signature that certifies or locks, or nothing."""
    out = []
    if certify is not None:
        out.append(
            b"<</Type/SigRef/TransformMethod/DocMDP"
            b"/TransformParams<</Type/TransformParams/P %d/V/1.2>>>>" % certify
        )
    if lock is not None:
        parameters = write_lock(lock, kind=PARAMETERS)
        out.append(
            b"<</Type/SigRef/TransformMethod/FieldMDP/TransformParams%b>>" % parameters
        )
    return b"/Reference[%b]" % b"".join(out) if out else b""
