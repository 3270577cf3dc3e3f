"""PDF files with one thing in them that a signer has to be told of, before signing.

from idwallet.testing.pdf.hidden import HIDDEN

for each in HIDDEN:
plain, with_it = each.twins()
assert each.finding in my_reader(with_it)
assert each.finding not in my_reader(plain)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from idwallet.documents.describe.model import Finding
from idwallet.testing.corpus.forgery import nothing
from idwallet.testing.pdf import edits
from idwallet.testing.pdf.contract import Contract, shown
from idwallet.testing.pdf.forgery import annotate, entry
from idwallet.testing.pdf.writing import PdfFile, array, ref

Edit = Callable[[PdfFile], None]
_F = Finding


@dataclass(frozen=True)
class Hidden:
    """A file that has something in it, and its twin without."""

    name: str
    finding: Finding
    edit: Edit
    prepare: Edit = nothing
    contract: Contract = field(default_factory=Contract)

    def twins(self) -> tuple[bytes, bytes]:
        """Return the file without it, and the file with it."""
        plain, with_it = self.contract.file(), self.contract.file()
        for each in (plain, with_it):
            self.prepare(each)
            each.change("info")["Producer"] = b"(x)"
        self.edit(with_it)
        for each in (plain, with_it):
            each.commit()
        return bytes(plain.data), bytes(with_it.data)


def _draw(data: bytes) -> Edit:
    """Draw more on the page, after what is there."""

    def edit(file: PdfFile) -> None:
        page = file.change("page")
        page["Contents"] = array(page["Contents"], ref(file.add(data=data)))

    return edit


def _act(kind: bytes, **more: bytes) -> Edit:
    inside = b"".join(b"/%s %s " % (k.encode(), v) for k, v in more.items())
    return entry("page", "AA", value=b"<< /O << /S /%s %s >> >>" % (kind, inside))


_TEXT: Final = shown("мелкий шрифт", left=72, low=300)
_HIDDEN_LAYER: Final = b"/OC /L BDC " + _TEXT + b" EMC\n"


def _layer(file: PdfFile) -> None:
    group = file.add({"Type": b"/OCG", "Name": b"(a)"}, name="layer")
    file.change("catalog")["OCProperties"] = b"<< /OCGs [%s] /D << /ON [%s] >> >>" % (
        ref(group),
        ref(group),
    )
    page = file.change("page")
    page["Resources"] = b"<< /Font << /F1 %s >> /Properties << /L %s >> >>" % (
        file.ref("font"),
        ref(group),
    )
    page["Contents"] = array(page["Contents"], ref(file.add(data=_HIDDEN_LAYER)))


def _hide_layer(file: PdfFile) -> None:
    group = file.ref("layer")
    file.change("catalog")["OCProperties"] = b"<< /OCGs [%s] /D << /OFF [%s] >> >>" % (
        group,
        group,
    )


def _print_otherwise(file: PdfFile) -> None:
    group = file.ref("layer")
    file.change("layer")["Usage"] = (
        b"<< /View << /ViewState /ON >> /Print << /PrintState /OFF >> >>"
    )
    file.change("catalog")["OCProperties"] = (
        b"<< /OCGs [%s] /D << /ON [%s] /AS [<< /Event /Print /OCGs [%s] /Category "
        b"[/Print] >>] >> >>" % (group, group, group)
    )


def _outside(file: PdfFile) -> None:
    entries = {"F": b"(http://example.com/a)", "Length": b"0"}
    number = file.add(entries, data=b"")
    page = file.change("page")
    page["Contents"] = array(page["Contents"], ref(number))


def _alternate(file: PdfFile) -> None:
    other = file.add({"Subtype": b"/Image", "Width": b"1", "Height": b"1"}, data=b"\0")
    image = {
        "Subtype": b"/Image",
        "Width": b"1",
        "Height": b"1",
        "Alternates": b"[<< /Image %s /DefaultForPrinting true >>]" % ref(other),
    }
    page = file.change("page")
    page["Resources"] = b"<< /Font << /F1 %s >> /XObject << /I %s >> >>" % (
        file.ref("font"),
        ref(file.add(image, data=b"\0")),
    )


def _annotated(flags: int) -> Edit:
    box = b"[72 100 90 110]"
    return annotate(b"/Square", box=box, F=b"%d" % flags)


_FORM: Final = Contract(form=True)

HIDDEN: Final = (
    Hidden("a script at opening", _F.SCRIPT, edits.name_script),
    Hidden(
        "an action at opening",
        _F.OPENING_ACTION,
        entry("catalog", "OpenAction", value=b"<< /S /Named /N /Print >>"),
    ),
    Hidden("a program started", _F.LAUNCHES_PROGRAM, _act(b"Launch", F=b"(a.exe)")),
    Hidden("a form sent", _F.SENDS_FORM, _act(b"SubmitForm", F=b"(http://e.com)")),
    Hidden("data taken in", _F.IMPORTS_DATA, _act(b"ImportData", F=b"(a.fdf)")),
    Hidden("a link", _F.LINK, _act(b"URI", URI=b"(http://example.com)")),
    Hidden("another document", _F.OTHER_DOCUMENT, _act(b"GoToR", F=b"(b.pdf)")),
    Hidden("a sound", _F.MEDIA, _act(b"Sound")),
    Hidden("layers switched", _F.HIDES_OR_SHOWS, _act(b"SetOCGState", State=b"[]")),
    Hidden("an action nobody knows", _F.NOT_LOOKED_INTO, _act(b"Example")),
    Hidden("a file attached", _F.EMBEDDED_FILE, edits.attach),
    Hidden("XFA", _F.XFA_FORM, entry("form", "XFA", value=b"(<x/>)"), contract=_FORM),
    Hidden(
        "fields drawn by the reader",
        _F.DRAWN_BY_READER,
        entry("form", "NeedAppearances", value=b"true"),
        contract=_FORM,
    ),
    Hidden("a layer", _F.LAYER, _layer),
    Hidden("a hidden layer", _F.HIDDEN_LAYER, _hide_layer, prepare=_layer),
    Hidden("printed otherwise", _F.PRINTED_OTHERWISE, _print_otherwise, prepare=_layer),
    Hidden("printed and not seen", _F.PRINTED_OTHERWISE, _annotated(32 + 4)),
    Hidden("invisible text", _F.INVISIBLE_TEXT, _draw(b"3 Tr " + _TEXT)),
    Hidden("white text", _F.WHITE_TEXT, _draw(b"1 g " + _TEXT)),
    Hidden("white text in colours", _F.WHITE_TEXT, _draw(b"1 1 1 rg " + _TEXT)),
    Hidden("white text in inks", _F.WHITE_TEXT, _draw(b"0 0 0 0 k " + _TEXT)),
    Hidden(
        "tiny text",
        _F.TINY_TEXT,
        _draw(shown("мелкий шрифт", left=72, low=300, size=1)),
    ),
    Hidden(
        "text made tiny by what is around it",
        _F.TINY_TEXT,
        _draw(b"q .1 0 0 .1 72 300 cm " + _TEXT + b"Q\n"),
    ),
    Hidden(
        "text that an area covers",
        _F.COVERED_TEXT,
        _draw(b"1 g 60 600 500 160 re f\n"),
    ),
    Hidden(
        "text that a picture covers",
        _F.COVERED_TEXT,
        _draw(b"q 500 0 0 160 60 600 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI Q\n"),
    ),
    Hidden(
        "text off the page",
        _F.OFF_PAGE,
        _draw(shown("за краем", left=-900, low=300)),
    ),
    Hidden(
        "text that is cut away with the page",
        _F.OFF_PAGE,
        entry("page", "CropBox", value=b"[0 0 595 400]"),
    ),
    Hidden("a hidden note", _F.HIDDEN_ANNOTATION, _annotated(2)),
    Hidden("a comment", _F.COMMENT, annotate(b"/Text", box=b"[72 100 90 110]")),
    Hidden("a note over text", _F.ANNOTATION_OVER_CONTENT, annotate(b"/FreeText")),
    Hidden("content from outside", _F.EXTERNAL_CONTENT, _outside),
    Hidden("another picture for print", _F.ALTERNATE_IMAGE, _alternate),
    Hidden("an object nobody shows", _F.UNREACHED_OBJECTS, lambda f: _add(f, b"x")),
    Hidden(
        "an object that is not there",
        _F.DANGLING_REFERENCE,
        entry("page", "Contents", value=b"[900 0 R]"),
    ),
    Hidden("content that is broken", _F.NOT_LOOKED_INTO, _draw(b"BT ((( Tj ET")),
    Hidden(
        "encrypted",
        _F.ENCRYPTED,
        lambda f: f.trailer.__setitem__("Encrypt", b"<< /Filter /Standard >>"),
    ),
    Hidden(
        "pages in a circle", _F.UNREADABLE, entry("pages", "Kids", value=b"[2 0 R]")
    ),
)
"""Every one of them."""


def _add(file: PdfFile, data: bytes) -> None:
    file.add(data=data)
