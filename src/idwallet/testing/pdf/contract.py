"""A contract between two invented people as a PDF file of one page or more."""

from dataclasses import dataclass
from typing import Final

from idwallet.testing.pdf.writing import PdfFile, Style, array, ref, text

TITLE: Final = "Договор № 1 (образец)"
LINES: Final = (
    TITLE,
    "Анна Образцова продаёт, Борис Примеров покупает",
    "один велосипед за 12 000 рублей.",
)
"""What the page says. Both people are invented."""

_TO_UNICODE: Final = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
3 beginbfrange
<0020> <007E> <0020>
<0400> <04FF> <0400>
<2116> <2116> <2116>
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@dataclass(frozen=True)
class Contract:
    """How the file is made.

    `form` gives it two text fields, ``name`` filled and ``amount`` empty, and an empty
    signature field ``Reserved``; `tagged` a tree of structure (14.7).
    """

    style: Style = Style.CLASSIC
    pages: int = 1
    form: bool = False
    tagged: bool = False

    def file(self) -> PdfFile:
        """Return the file, its first revision written."""
        made = PdfFile(self.style)
        _catalog(made)
        _font(made)
        for number in range(self.pages):
            _page(made, f"page{number}" if number else "page")
        if self.tagged:
            _tag(made)
        if self.form:
            _form(made)
        made.commit()
        return made


def shown(line: str, *, left: int, low: int, size: int = 12) -> bytes:
    """Return the operators that show a line of text at a place."""
    codes = line.encode("utf-16-be").hex().upper().encode()
    return b"BT /F1 %d Tf %d %d Td <%s> Tj ET\n" % (size, left, low, codes)


def content(lines: tuple[str, ...] = LINES) -> bytes:
    """Return the content stream of a page."""
    return b"".join(
        shown(line, left=72, low=720 - 24 * n) for n, line in enumerate(lines)
    )


def _catalog(made: PdfFile) -> None:
    catalog = {"Type": b"/Catalog", "Lang": b"(ru)"}
    made.add(catalog, name="catalog")
    pages = {"Type": b"/Pages", "Kids": b"[]", "Count": b"0"}
    made.add(pages, name="pages")
    made.change("catalog")["Pages"] = made.ref("pages")
    info = {"Title": text(TITLE), "ModDate": b"(D:20261101120000Z)"}
    made.add(info, name="info")
    made.trailer["Root"] = made.ref("catalog")
    made.trailer["Info"] = made.ref("info")
    made.trailer["ID"] = array(b"<" + b"01" * 16 + b">", b"<" + b"01" * 16 + b">")


def _font(made: PdfFile) -> None:
    unicode = made.add(data=_TO_UNICODE)
    system = b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    descendant = made.add(
        {
            "Type": b"/Font",
            "Subtype": b"/CIDFontType2",
            "BaseFont": b"/Sample",
            "CIDSystemInfo": system,
            "DW": b"500",
        },
        name="cid",
    )
    made.add(
        {
            "Type": b"/Font",
            "Subtype": b"/Type0",
            "BaseFont": b"/Sample",
            "Encoding": b"/Identity-H",
            "DescendantFonts": array(ref(descendant)),
            "ToUnicode": ref(unicode),
        },
        name="font",
    )


def _page(made: PdfFile, name: str) -> None:
    stream = made.add(data=content(), name=f"{name} content")
    page = {
        "Type": b"/Page",
        "Parent": made.ref("pages"),
        "MediaBox": b"[0 0 595 842]",
        "Resources": b"<< /Font << /F1 %s >> >>" % made.ref("font"),
        "Contents": ref(stream),
    }
    number = made.add(page, name=name)
    pages = made.change("pages")
    kids = pages["Kids"].strip(b"[]").split(b" R")
    pages["Kids"] = array(*(k.strip() + b" R" for k in kids if k.strip()), ref(number))
    pages["Count"] = b"%d" % (int(pages["Count"]) + 1)


def _tag(made: PdfFile) -> None:
    tree = made.add({"Type": b"/StructTreeRoot"}, name="structure")
    numbers = made.add({"Nums": b"[]"}, name="parents")
    document = {"Type": b"/StructElem", "S": b"/Document", "P": ref(tree), "K": b"[]"}
    root = made.change("structure")
    root["K"] = ref(made.add(document, name="document"))
    root["ParentTree"] = ref(numbers)
    root["ParentTreeNextKey"] = b"0"
    catalog = made.change("catalog")
    catalog["StructTreeRoot"] = ref(tree)
    catalog["MarkInfo"] = b"<< /Marked true >>"


def _form(made: PdfFile) -> None:
    look = made.add(
        {
            "Type": b"/XObject",
            "Subtype": b"/Form",
            "BBox": b"[0 0 200 20]",
            "Resources": b"<< /Font << /F1 %s >> >>" % made.ref("font"),
        },
        data=b"/Tx BMC\n" + shown("Анна", left=2, low=5) + b"EMC\n",
        name="name look",
    )
    filled = _field("name", b"/Tx", box=b"[72 600 272 620]")
    filled |= {"V": text("Анна"), "AP": b"<< /N %s >>" % ref(look)}
    empty = _field("amount", b"/Tx", box=b"[72 560 272 580]")
    reserved = _field("Reserved", b"/Sig", box=b"[72 100 272 150]")
    numbers = []
    for name, entries in (("name", filled), ("amount", empty), ("Reserved", reserved)):
        entries["P"] = made.ref("page")
        numbers.append(ref(made.add(entries, name=f"{name} field")))
    made.change("page")["Annots"] = array(*numbers)
    made.add(
        {
            "Fields": array(*numbers),
            "DA": b"(/F1 12 Tf 0 g)",
            "DR": b"<< /Font << /F1 %s >> >>" % made.ref("font"),
        },
        name="form",
    )
    made.change("catalog")["AcroForm"] = made.ref("form")


def _field(name: str, kind: bytes, *, box: bytes) -> dict[str, bytes]:
    return {
        "Type": b"/Annot",
        "Subtype": b"/Widget",
        "FT": kind,
        "T": b"(%s)" % name.encode(),
        "TU": b"(%s)" % name.encode(),
        "Rect": box,
        "F": b"4",
        "DA": b"(/F1 12 Tf 0 g)",
    }
