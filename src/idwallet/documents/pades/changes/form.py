"""Forms: what was filled, what was signed, and what nobody may do to a field."""

from collections import Counter
from typing import Final

from idwallet.codec.pdf import Ref, Value
from idwallet.documents.pades.changes.codes import Change
from idwallet.documents.pades.changes.compare import Comparison
from idwallet.documents.pades.changes.overlap import covers
from idwallet.documents.pades.fields import Field, read_fields
from idwallet.documents.pades.pages import Page, box
from idwallet.documents.pades.view import Dictionary, View, among, same

_VALUES: Final = frozenset({"V", "AP", "AS", "M", "I", "RV"})
"""What filling a field changes of it, or of its widgets (12.7.4, 12.5.2)."""
_SIGNED: Final = _VALUES | {"F", "MK", "Type"}
_EMPTY: Final[tuple[Value, ...]] = (None, b"", [])
_OF_WIDGET: Final = frozenset(
    {"Type", "Subtype", "FT", "T", "TU", "Ff", "V", "F", "P", "Rect", "AP", "MK"}
    | {"DA", "Parent", "Lock", "SV", "StructParent", "M", "NM", "BS", "Border", "Kids"}
)
_OF_LOOK: Final = frozenset({"N"})
_HIDDEN: Final = 0b10
_TURNED: Final = 0b11000
"""NoZoom and NoRotate: drawn elsewhere than its rectangle says (table 167)."""
_SEEN_FLAGS: Final = frozenset({None, 0, 4, 128, 132})
_FORM_APART: Final = frozenset({"Fields", "SigFlags", "DR", "DA", "NeedAppearances"})
_SIGNATURES: Final = frozenset({"Sig", "DocTimeStamp"})


class FormComparison:
    """The fields of both revisions.

    `refs` are those that are compared here, `added_widgets` the numbers of the widgets
    of new fields for signatures.
    """

    def __init__(self, comparing: Comparison) -> None:
        """Read both forms.

        Raises:
            MalformedError, LimitError: one of them is broken.
        """
        self._comparing = comparing
        self._old = read_fields(comparing.old)
        self._new = read_fields(comparing.new)
        self.refs = [
            each
            for field in self._old.values()
            for each in (field.ref, *field.kids)
            if each is not None
        ]
        self._compared = {each.number for each in self.refs}
        held = (field.entries.get("V") for field in self._new.values())
        self._values = Counter(each for each in held if isinstance(each, Ref))
        self._added: dict[int, Field] = {}
        for name in self._new.keys() - self._old.keys():
            field = self._new[name]
            for each in (field.ref, *field.kids):
                if each is not None and each.number not in self._compared:
                    self._added[each.number] = field
        self.added_widgets = frozenset(self._added)

    def is_compared(self, annotation: Value) -> bool:
        """Say whether an annotation is a widget that is compared here."""
        return isinstance(annotation, Ref) and annotation.number in self._compared

    def widget_number(self, annotation: Value) -> int | None:
        """Return the number of a widget of a new field for signatures, else None."""
        if not isinstance(annotation, Ref) or annotation.number not in self._added:
            return None
        is_signature = self._added[annotation.number].is_signature
        return annotation.number if is_signature else None

    def compare(self) -> None:
        """Compare the form and each of its fields."""
        self._compare_forms()
        for name, old in self._old.items():
            new = self._new.get(name)
            if new is None:
                self._comparing.say(Change.FIELD_REMOVED, f"field {name}")
            else:
                self._compare_field(old, new)
        for name, new in self._new.items():
            if name not in self._old:
                self._take_new(new)

    # --- the form ---------------------------------------------------------------------

    def _compare_forms(self) -> None:
        comparing, place = self._comparing, "Root/AcroForm"
        old = comparing.old.dictionary(comparing.old.catalog.get("AcroForm"))
        new = comparing.new.dictionary(comparing.new.catalog.get("AcroForm"))
        comparing.require_keys(
            old, new, apart=_FORM_APART, code=Change.FORM_CHANGED, place=place
        )
        kept = [old.get("SigFlags"), new.get("SigFlags")]
        flags = [
            each if type(each) is int else 0
            for each in map(comparing.new.resolve, kept)
        ]
        if flags[0] & ~flags[1]:
            comparing.say(Change.FORM_CHANGED, place)
        # Whoever sets it has every field drawn anew by whoever shows the document.
        before, after = old.get("NeedAppearances"), new.get("NeedAppearances")
        if not same(before, after) and after is not False:
            comparing.say(Change.FORM_CHANGED, f"{place}/NeedAppearances")
        if not same(old.get("DA"), new.get("DA")) and "DA" in old:
            comparing.say(Change.FORM_CHANGED, f"{place}/DA")
        self._compare_resources(old.get("DR"), new.get("DR"))

    def _compare_resources(self, old: Value, new: Value) -> None:
        """Compare what all fields may use: more may be named, and none replaced."""
        comparing, place = self._comparing, "Root/AcroForm/DR"
        before, after = comparing.old.dictionary(old), comparing.new.dictionary(new)
        for key, value in before.items():
            one, other = (
                comparing.old.resolve(value),
                comparing.new.resolve(after.get(key)),
            )
            if not isinstance(one, dict) or not isinstance(other, dict):
                self._require_same_resource(value, after.get(key), place=place)
                continue
            for name, each in one.items():
                self._require_same_resource(each, other.get(name), place=place)

    def _require_same_resource(self, old: Value, new: Value, *, place: str) -> None:
        self._comparing.require_same(
            old, new, code=Change.FORM_CHANGED, place=place, is_drawn=True
        )

    # --- fields that were there -------------------------------------------------------

    def _compare_field(self, old: Field, new: Field) -> None:
        comparing, place = self._comparing, f"field {old.name}"
        if old.ref != new.ref or old.kind != new.kind or old.kids != new.kids:
            comparing.say(Change.FIELD_CHANGED, place)
            return
        apart = _SIGNED if old.is_signature else _VALUES
        both = apart | {"Kids"}
        self._require_same_but(old.entries, new.entries, apart=both, place=place)
        loose = _loose(comparing.old, old), _loose(comparing.new, new)
        comparing.require_same(*loose, code=Change.FIELD_CHANGED, place=place)
        self._require_date(new.entries, place=place)
        for kid in old.kids:
            before, after = comparing.old.dictionary(kid), comparing.new.dictionary(kid)
            self._require_same_but(before, after, apart=apart, place=place)
            self._require_date(after, place=place)
        if old.is_signature:
            self._compare_signature(old, new)
        else:
            self._compare_value(old, new)

    def _require_same_but(
        self, old: Dictionary, new: Dictionary, *, apart: frozenset[str], place: str
    ) -> None:
        self._comparing.require_keys(
            old, new, apart=apart, code=Change.FIELD_CHANGED, place=place
        )

    def _require_date(self, new: Dictionary, *, place: str) -> None:
        """Require that the one entry which nobody sees is a date (table 166)."""
        if not isinstance(self._comparing.new.resolve(new.get("M")), bytes | None):
            self._comparing.say(Change.FIELD_CHANGED, place)

    def _look_is_same(self, old: Field, new: Field, *, keys: frozenset[str]) -> bool:
        """Say whether a field and its widgets look as they did."""
        return all(
            same(one.get(key), other.get(key))
            and self._comparing.is_untouched(one.get(key), is_drawn=key == "AP")
            for one, other in self._widgets(old, new)
            for key in sorted(keys)
        )

    def _widgets(self, old: Field, new: Field) -> list[tuple[Dictionary, Dictionary]]:
        """Return a field and its widgets, each as it was and as it is."""
        before, after = self._comparing.old, self._comparing.new
        kids = [(before.dictionary(each), after.dictionary(each)) for each in old.kids]
        return [(old.entries, new.entries), *kids]

    def _compare_value(self, old: Field, new: Field) -> None:
        comparing, place = self._comparing, f"field {old.name}"
        before = comparing.old.resolve(old.entries.get("V"))
        after = comparing.new.resolve(new.entries.get("V"))
        if not same(before, after) or not comparing.is_untouched(before):
            is_empty = before in _EMPTY or before == "Off"
            comparing.say(
                Change.FORM_FILLED if is_empty else Change.FORM_OVERWRITTEN, place
            )
        elif not self._look_is_same(old, new, keys=_VALUES - {"M"}):
            comparing.say(Change.FIELD_APPEARANCE_CHANGED, place)

    def _compare_signature(self, old: Field, new: Field) -> None:
        comparing, place = self._comparing, f"field {old.name}"
        before, after = old.entries.get("V"), new.entries.get("V")
        if comparing.old.resolve(before) is None:
            self._compare_empty(old, new)
            return
        if comparing.new.resolve(after) is None:
            comparing.say(Change.SIGNATURE_REMOVED, place)
            return
        comparing.require_same(
            before, after, code=Change.SIGNATURE_CHANGED, place=place
        )
        if not self._look_is_same(old, new, keys=_SIGNED - {"V"}):
            comparing.say(Change.SIGNATURE_APPEARANCE_CHANGED, place)

    def _compare_empty(self, old: Field, new: Field) -> None:
        """Compare a field that waited for a signature with what became of it."""
        comparing, place = self._comparing, f"field {old.name}"
        if comparing.new.resolve(new.entries.get("V")) is None:
            if not self._look_is_same(old, new, keys=_SIGNED):
                comparing.say(Change.FIELD_APPEARANCE_CHANGED, place)
            return
        is_plain = all(
            same(before.get("F"), after.get("F"))
            or among(comparing.new.resolve(after.get("F")), _SEEN_FLAGS)
            for before, after in self._widgets(old, new)
        )
        if not is_plain or not self._is_signed(new):
            comparing.say(Change.FIELD_CHANGED, place)
        elif not self._is_stamp(new):
            comparing.say(Change.SIGNATURE_ADDED, place)
        elif self._look_is_same(old, new, keys=_SIGNED - {"V", "M"}):
            comparing.say(Change.TIMESTAMP_ADDED, place)
        else:
            # Anybody is given a timestamp: it vouches for nothing that is drawn.
            comparing.say(Change.FIELD_APPEARANCE_CHANGED, place)

    def _is_signed(self, field: Field) -> bool:
        """Say whether a field holds a signature of its own, which was not there.

        Another's would have what is drawn seem to be signed by them.
        """
        value = field.entries.get("V")
        if not isinstance(value, Ref) or self._values[value] > 1:
            return False
        if self._comparing.old.stands(value.number) is not None:
            return False
        found = self._comparing.new.dictionary(value)
        return among(found.get("Type", "Sig"), _SIGNATURES) and "Contents" in found

    def _is_stamp(self, field: Field) -> bool:
        value = self._comparing.new.dictionary(field.entries.get("V"))
        is_typed = value.get("Type") == "DocTimeStamp"
        return is_typed or value.get("SubFilter") == "ETSI.RFC3161"

    # --- new fields -------------------------------------------------------------------

    def _take_new(self, field: Field) -> None:
        comparing, place = self._comparing, f"field {field.name}"
        view = comparing.new
        if not field.is_signature or not self._is_bare(view, field):
            comparing.say(Change.FIELD_ADDED, place)
            return
        is_stamp = self._is_stamp(field)
        widgets = [field.entries, *(view.dictionary(each) for each in field.kids)]
        if is_stamp and any(_is_seen(view, each) for each in widgets):
            comparing.say(Change.FIELD_ADDED, place)
            return
        # Whether it is seen, and over what, shows where it stands on a page.
        code = Change.TIMESTAMP_ADDED if is_stamp else Change.SIGNATURE_FIELD_ADDED
        comparing.say(code, place)

    def _is_bare(self, view: View, field: Field) -> bool:
        """Say whether a new field has nothing that does anything but be signed."""
        for each in (field.entries, *(view.dictionary(kid) for kid in field.kids)):
            look = view.dictionary(each.get("AP"))
            if not each.keys() <= _OF_WIDGET or not look.keys() <= _OF_LOOK:
                return False
            if _flags(view, each.get("F")) & _TURNED:
                return False
        if "V" in field.entries:
            return self._is_signed(field)
        # What nobody signs must not show anything.
        widgets = (field.entries, *(view.dictionary(kid) for kid in field.kids))
        return not any(each.keys() & {"AP", "MK"} for each in widgets)

    def place(self, number: int, page: Page, *, place: str) -> None:
        """Say of a widget of a new field whether it is seen, and over what."""
        comparing = self._comparing
        entries = comparing.new.dictionary(Ref(number, 0))
        if not _is_seen(comparing.new, entries):
            return
        rectangle = box(comparing.new, entries.get("Rect"))
        is_over = rectangle is None or covers(
            comparing.new, page, rectangle=rectangle, own=number
        )
        code = Change.CONTENT_COVERED if is_over else Change.VISIBLE_FIELD_ADDED
        comparing.say(code, place)


def _loose(view: View, field: Field) -> list[Value]:
    """Return the widgets of a field that stand in it, and are no objects of their own.

    Nobody should write them so (12.5.2), and no page lists them: they stay the same.
    """
    kids = view.array(field.entries.get("Kids"))
    return [each for each in kids if isinstance(each, dict) and "T" not in each]


def _flags(view: View, value: Value) -> int:
    found = view.resolve(value)
    return found if type(found) is int else 0


def _is_seen(view: View, entries: Dictionary) -> bool:
    """Say whether a widget takes any room on its page (12.5.3)."""
    if "Rect" not in entries:
        return False
    flags = view.resolve(entries.get("F"))
    if type(flags) is int and flags & _HIDDEN:
        return False
    found = box(view, entries["Rect"])
    return found is None or (found[2] - found[0]) * (found[3] - found[1]) > 0
