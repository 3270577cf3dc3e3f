"""What an author allows after signing, and whether what changed is within it."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from idwallet.codec.pdf import Value, read_text
from idwallet.documents.pades.changes.codes import Change, FoundChange
from idwallet.documents.pades.found import SignatureObject
from idwallet.documents.pades.view import Dictionary, View
from idwallet.report import Reason


class Level(IntEnum):
    """P of DocMDP (ISO 32000-2 12.8.2.2, table 257)."""

    NOTHING = 1
    FORMS = 2
    ANNOTATIONS = 3


class Lock(NamedTuple):
    """Which fields may not change (12.8.2.4): all, these, or all but these."""

    is_listed: bool
    fields: frozenset[str]

    def holds(self, name: str) -> bool:
        """Say whether a field is locked, by its own name or by that of one above it."""
        parts = name.split(".")
        above = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        return bool(above & self.fields) is self.is_listed


class Permission(NamedTuple):
    """What may change after one signature; `level` None where nobody said."""

    level: Level | None
    locks: tuple[Lock, ...]


_EVIDENCE: Final = frozenset(
    {Change.EVIDENCE_ADDED, Change.TIMESTAMP_ADDED}
    | {Change.METADATA_DATED, Change.VERSION_RAISED}
)
_SIGNING: Final = frozenset({Change.SIGNATURE_ADDED, Change.SIGNATURE_FIELD_ADDED})
_FILLING: Final = frozenset({Change.FORM_FILLED, Change.FORM_OVERWRITTEN})
_NOTES: Final = frozenset(
    {Change.ANNOTATION_ADDED, Change.ANNOTATION_CHANGED, Change.ANNOTATION_REMOVED}
)
_SEEN: Final = frozenset({Change.VISIBLE_FIELD_ADDED})
_COVERED: Final = frozenset({Change.CONTENT_COVERED})
_FILLED: Final = frozenset({Change.FORM_FILLED})
_LOCKABLE: Final = _FILLING | {Change.SIGNATURE_ADDED, Change.FIELD_APPEARANCE_CHANGED}

# What is on none of its lists is beyond what the author allowed. Of the lists of one
# level the first that holds everything decides.
_RULES: Final[dict[Level | None, tuple[tuple[frozenset[Change], Reason], ...]]] = {
    # Nobody said what may change: more may be signed, and whatever is filled in was not
    # there when this was signed, so a person has to look (12.8.1; EN 319 142-1 has no
    # rule). A value that was there when it was signed, and is another one, is a change.
    None: (
        (_SIGNING | _SEEN, Reason.EXTENDED),
        (_SIGNING | _SEEN | _COVERED, Reason.CONTENT_COVERED),
        (_SIGNING | _SEEN | _COVERED | _FILLED, Reason.FORM_FILLED),
    ),
    Level.NOTHING: (),
    # A field that was not there is an annotation more, which this level does not allow.
    Level.FORMS: (
        (_SIGNING, Reason.EXTENDED),
        (_SIGNING | _FILLING, Reason.PERMITTED),
    ),
    # Whatever may be put on a page may be put over what was signed.
    Level.ANNOTATIONS: (
        (_SIGNING, Reason.EXTENDED),
        (_SIGNING | _FILLING, Reason.PERMITTED),
        (_SIGNING | _FILLING | _SEEN | _COVERED | _NOTES, Reason.ANNOTATED),
    ),
}


def judge_changes(found: Iterable[FoundChange], permission: Permission) -> Reason:
    """Return what changes come to under a permission."""
    codes = {each.code for each in locked(found, permission)} - _EVIDENCE
    if not codes:
        return Reason.EXTENDED
    rules = _RULES[permission.level]
    return next((reason for within, reason in rules if codes <= within), Reason.CHANGED)


def allowed_by() -> Mapping[Change, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each kind of change under whose rules it passes alone, or stays open.

    For the page of reference, which is generated from the rules themselves.
    """
    found: dict[Change, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for change in Change:
        passing, left_open = [], []
        for level in _RULES:
            one = (FoundChange(change, "document"),)
            reason = judge_changes(one, Permission(level, ()))
            word = "nobody" if level is None else f"P={level.value}"
            if reason in {Reason.EXTENDED, Reason.PERMITTED}:
                passing.append(word)
            elif reason is not Reason.CHANGED:
                left_open.append(word)
        found[change] = tuple(passing), tuple(left_open)
    return found


def locked(
    found: Iterable[FoundChange], permission: Permission
) -> tuple[FoundChange, ...]:
    """Return the changes, those of locked fields by their own code."""
    return tuple(
        FoundChange(Change.LOCKED_FIELD_CHANGED, each.place)
        if each.code in _LOCKABLE
        and any(
            lock.holds(each.place.removeprefix("field ")) for lock in permission.locks
        )
        else each
        for each in found
    )


def permission_after(
    view: View, signature: SignatureObject, *, beside: Iterable[SignatureObject]
) -> Permission:
    """Return what may change after a signature: what it says, and who certified.

    `view` is the revision that it covers, `beside` are all signatures of the file.
    """
    levels = [
        read_level(view, each.entries) for each in beside if each.end <= signature.end
    ]
    levels.append(lock_level(view, signature.lock))
    known = [each for each in levels if each is not None]
    locks = read_locks(view, signature.entries, lock=signature.lock)
    return Permission(min(known, default=None), locks)


def read_level(view: View, entries: Dictionary) -> Level | None:
    """Return P of a signature's DocMDP; the strictest where it makes no sense."""
    for params in _transforms(view, entries, method="DocMDP"):
        return _level(view.resolve(params.get("P", Level.FORMS.value)))
    return None


def read_locks(
    view: View, entries: Dictionary, *, lock: Dictionary
) -> tuple[Lock, ...]:
    """Return what a signature locks, by its FieldMDP and by the lock of its field."""
    said = [*_transforms(view, entries, method="FieldMDP"), *([lock] if lock else [])]
    return tuple(_lock(view, each) for each in said)


def lock_level(view: View, lock: Dictionary) -> Level | None:
    """Return P of a field's lock (table 237), which holds as that of DocMDP does."""
    if "P" not in lock:
        return None
    return _level(view.resolve(lock["P"]))


def _level(value: Value) -> Level:
    is_known = type(value) is int and value in {each.value for each in Level}
    return Level(value) if is_known and isinstance(value, int) else Level.NOTHING


def _lock(view: View, params: Dictionary) -> Lock:
    action = view.resolve(params.get("Action"))
    names = frozenset(
        read_text(each)
        for each in map(view.resolve, view.array(params.get("Fields")))
        if isinstance(each, bytes)
    )
    if action == "Include":
        return Lock(is_listed=True, fields=names)
    # All, and whatever is not understood: nothing may change but what is named.
    kept = names if action == "Exclude" else frozenset()
    return Lock(is_listed=False, fields=kept)


def _transforms(view: View, entries: Dictionary, *, method: str) -> list[Dictionary]:
    found: list[Dictionary] = []
    references: list[Value] = view.array(entries.get("Reference"))
    for each in references:
        reference = view.dictionary(each)
        if view.resolve(reference.get("TransformMethod")) == method:
            found.append(view.dictionary(reference.get("TransformParams")))
    return found
