"""What says something of a document and is not seen on it: dates, titles, versions."""

import re
from typing import Final

from idwallet.codec.pdf import Ref, Value
from idwallet.documents.pades.changes.codes import Change
from idwallet.documents.pades.changes.compare import Comparison
from idwallet.documents.pades.view import View, same

_DATED: Final = frozenset({"ModDate", "Producer"})
_VERSION: Final = re.compile(r"[12]\.[0-9]")
_EXTENSION: Final = frozenset(
    {"Type", "BaseVersion", "ExtensionLevel", "URL", "ExtensionRevision"}
)
_XMP_DATED: Final = re.compile(
    rb"<((?:xmp:(?:ModifyDate|MetadataDate)|xmpMM:(?:InstanceID|DocumentID)"
    rb"|pdf:Producer))>[^<>]*</\1>"
    rb"|\b(?:xmp:(?:ModifyDate|MetadataDate)|xmpMM:InstanceID|pdf:Producer)"
    rb"\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')"
)
_BLANK: Final = re.compile(rb"\s+")
_XMP_BYTES: Final = 1_048_576


def compare_info(comparing: Comparison, old: Value, *, new: Value) -> None:
    """Compare the document information (14.3.3), but for when it was written."""
    before, after = comparing.old.dictionary(old), comparing.new.dictionary(new)
    for key in sorted(before.keys() | after.keys()):
        one = comparing.old.resolve(before.get(key))
        other = comparing.new.resolve(after.get(key))
        if same(one, other):
            continue
        is_dated = key in _DATED and isinstance(other, bytes | None)
        code = Change.METADATA_DATED if is_dated else Change.METADATA_CHANGED
        comparing.say(code, f"Info/{key}")


def compare_metadata(comparing: Comparison, old: Value, *, new: Value) -> None:
    """Compare the metadata of the catalog (14.3.2), but for when it was written."""
    place = "Root/Metadata"
    if same(old, new) and comparing.is_untouched(old):
        return
    one, other = _xmp(comparing.old, old), _xmp(comparing.new, new)
    is_dated = one is not None and one == other
    code = Change.METADATA_DATED if is_dated else Change.METADATA_CHANGED
    comparing.say(code, place)


def _xmp(view: View, value: Value) -> bytes | None:
    """Return the metadata without their dates; None where there are none to read."""
    if not isinstance(value, Ref):
        return None
    found = view.get(value)
    if found.data is None or not isinstance(found.value, dict):
        return None
    if set(found.value) - {"Type", "Subtype", "Length", "Filter", "DecodeParms"}:
        return None
    octets = view.file.data(found, max_bytes=_XMP_BYTES)
    return _BLANK.sub(b"", _XMP_DATED.sub(b"", octets))


def compare_version(comparing: Comparison, old: Value, *, new: Value) -> None:
    """Compare the version that the catalog names (7.7.2): it may only be raised."""
    if same(old, new):
        return
    is_raised = (
        isinstance(new, str)
        and _VERSION.fullmatch(new) is not None
        and (old is None or (isinstance(old, str) and old < new))
    )
    code = Change.VERSION_RAISED if is_raised else Change.CATALOG_CHANGED
    comparing.say(code, "Root/Version")


def compare_extensions(comparing: Comparison, old: Value, *, new: Value) -> None:
    """Compare which extensions are used (7.12): nobody sees them; none may go."""
    if same(old, new) and comparing.is_untouched(old):
        return
    before, after = comparing.old.dictionary(old), comparing.new.dictionary(new)
    is_fine = before.keys() <= after.keys() and all(
        _is_extension(comparing.new, value)
        for key, value in after.items()
        if key != "Type"
    )
    code = Change.VERSION_RAISED if is_fine else Change.CATALOG_CHANGED
    comparing.say(code, "Root/Extensions")


def _is_extension(view: View, value: Value) -> bool:
    found = view.resolve(value)
    # PDF 2.0 lets a developer name several.
    several = [view.resolve(each) for each in found] if isinstance(found, list) else []
    return all(
        isinstance(each, dict)
        and all(
            key in _EXTENSION and isinstance(said, str | int | bytes)
            for key, said in each.items()
        )
        for each in several or [found]
    )
