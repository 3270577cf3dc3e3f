"""Files in which one object has two places: in one it may change, in the other not.

Whoever prepares a document for others to sign can have what a page draws be evidence,
metadata, the form or a field as well, and change it there after it was signed.
"""

from typing import Final

from idwallet.report import CheckId, Reason
from idwallet.testing.pdf.contract import shown
from idwallet.testing.pdf.draft import PdfDraft
from idwallet.testing.pdf.forgery import (
    Edit,
    Forger,
    PdfForgery,
    both,
    entry,
    later,
    of,
    rewrite,
)
from idwallet.testing.pdf.writing import PdfFile, Style, array

_OTHER: Final = "за 900 000 рублей."


def _before(prepare: Edit) -> Forger:
    def forge(made: PdfDraft) -> None:
        made.first.before = prepare

    return forge


def _as_evidence(file: PdfFile) -> None:
    """Have the content of the page be a certificate in the security store as well."""
    file.add({"Certs": array(file.ref("page content"))}, name="store")
    file.change("catalog")["DSS"] = file.ref("store")


def _as_metadata(file: PdfFile) -> None:
    """Have the content of the page be the metadata, what it shows one of its dates."""
    _date(file, shown("за 12 000 рублей.", left=72, low=720))
    file.change("catalog")["Metadata"] = file.ref("page content")


def _date(file: PdfFile, line: bytes) -> None:
    file.change("page content")
    stream = file.objects[file.names["page content"]]
    date = line.replace(b"<", b"[(").replace(b">", b")]")
    stream.data = b"%<xmp:ModifyDate>\n" + date + b"%</xmp:ModifyDate>\n"


def _redate(file: PdfFile) -> None:
    _date(file, shown(_OTHER, left=72, low=720))


def _drawn_by(which: str, key: str) -> Edit:
    """Have a dictionary be the pictures of the page as well, one of them by its key."""

    def prepare(file: PdfFile) -> None:
        _picture(file, "picture", line="за 12 000 рублей.")
        _picture(file, "other picture", line=_OTHER)
        file.change(which)[key] = file.ref("picture")
        file.change("page")["Resources"] = b"<< /Font << /F1 %s >> /XObject %s >>" % (
            file.ref("font"),
            file.ref(which),
        )
        below = file.add(data=b"/%s Do\n" % key.encode())
        page = file.change("page")
        page["Contents"] = array(page["Contents"], b"%d 0 R" % below)

    return prepare


def _picture(file: PdfFile, name: str, *, line: str) -> None:
    entries = {
        "Type": b"/XObject",
        "Subtype": b"/Form",
        "BBox": b"[0 0 595 842]",
        "Resources": b"<< /Font << /F1 %s >> >>" % file.ref("font"),
    }
    file.add(entries, data=shown(line, left=72, low=500), name=name)


def _put_other(which: str, key: str) -> Edit:
    def edit(file: PdfFile) -> None:
        file.change(which)[key] = file.ref("other picture")

    return edit


def _lean(file: PdfFile) -> None:
    """Have a stream of objects say elsewhere how it is undone."""
    file.add({"Predictor": b"1"}, name="undoing", is_plain=True)
    file.change(_holder(file))["DecodeParms"] = file.ref("undoing")


def _holder(file: PdfFile) -> int:
    held = (n for n, e in file.objects.items() if e.entries.get("Type") == b"/ObjStm")
    return min(held)


def _widget(file: PdfFile) -> None:
    """Put a widget into the field that stands in it."""
    file.change("amount field")["Kids"] = b"[<< /Rect [0 0 1 1] >>]"


_FORM: Final = of(form=True)
_SHARED: Final = (
    ("evidence", _before(_as_evidence), rewrite("page content", _OTHER)),
    ("metadata", _before(_as_metadata), _redate),
    *(
        (
            f"a field's {key}",
            both(_FORM, _before(_drawn_by("amount field", key))),
            _put_other("amount field", key),
        )
        for key in ("M", "V")
    ),
    (
        "the form",
        both(_FORM, _before(_drawn_by("form", "DR"))),
        rewrite("picture", "за 90 000 рублей."),
    ),
    (
        "a field's own widget",
        both(_FORM, _before(_widget)),
        entry("amount field", "Kids", value=b"[<< /Rect [0 0 9 9] >>]"),
    ),
    (
        "how a stream of objects is undone",
        both(of(style=Style.OBJECT_STREAMS), _before(_lean)),
        entry("undoing", "Colors", value=b"1"),
    ),
)

SHARED: Final = tuple(
    PdfForgery(
        f"shared: {name}",
        CheckId.DOCUMENT_CHANGES,
        Reason.CHANGED,
        later(edit),
        prepare=prepare,
    )
    for name, prepare, edit in _SHARED
)
"""Every one of them."""
