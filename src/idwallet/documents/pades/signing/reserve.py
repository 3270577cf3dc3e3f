"""Empty signature fields put into a file (ISO 32000-2 12.7.5.5)."""

import zlib
from collections.abc import Sequence
from typing import Final

from idwallet.codec.pdf import Source, read_pdf
from idwallet.documents.pades.profile import SignatureField
from idwallet.documents.pades.signing.edits import Edits
from idwallet.documents.pades.signing.field import FieldDraft, put_field, top_names
from idwallet.documents.pades.signing.form import read_form
from idwallet.documents.pades.signing.objects import Objects
from idwallet.documents.pades.signing.page import find_page
from idwallet.errors import UsageError


def reserved(source: Source, fields: Sequence[SignatureField]) -> bytes:
    """Return what is appended to a document to reserve its fields.

    Raises:
        UsageError, UnsupportedError, MalformedError, LimitError: see `reserve_fields`.
    """
    objects = Objects(read_pdf(source))
    form = read_form(objects)
    _require_new({each.name for each in fields}, len(fields), taken=top_names(form))
    if form.signatures:
        raise UsageError("fields are reserved before the first signature")
    edits = Edits(objects, form)
    for each in fields:
        page = find_page(objects, form, number=each.page, seen=each.box is not None)
        draft = FieldDraft(each.name, each.label or each.name, each.lock, b"")
        seen = None
        if each.box is not None:
            # What is seen has an appearance, an empty one as long as nobody signed
            # (ISO 19005-2 6.3.3).
            wide, high = each.box[2] - each.box[0], each.box[3] - each.box[1]
            number = edits.update.number()
            edits.update.put(number, _EMPTY % (wide, high))
            seen = (page.rectangle(each.box), b"%d 0 R" % number)
        put_field(edits, draft, page=page, seen=seen)
    edits.write()
    return edits.update.closed()


_NOTHING: Final = zlib.compress(b"")
# Of the same entries as a stamp that comes into its place: then EU DSS, which compares
# entry by entry, sees nothing but that the field was signed.
_EMPTY: Final = (
    b"<</Type/XObject/Subtype/Form/FormType 1/BBox[0 0 %%g %%g]/Resources<<>>"
    b"/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream"
    % (len(_NOTHING), _NOTHING.replace(b"%", b"%%"))
)


def _require_new(names: set[str], count: int, *, taken: set[str]) -> None:
    if not count:
        raise UsageError("no field to reserve")
    if len(names) != count or names & taken:
        raise UsageError("two fields of one name")
