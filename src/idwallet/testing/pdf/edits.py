"""What forged files are changed by, each in one revision."""

from typing import Final

from idwallet.testing.pdf.contract import shown
from idwallet.testing.pdf.draft import PdfDraft
from idwallet.testing.pdf.forgery import Edit
from idwallet.testing.pdf.writing import PdfFile, Style, array, longer, ref, text

SCRIPT: Final = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
"""An action that runs a script."""


def add_page(file: PdfFile) -> None:
    """Add a page."""
    content = file.add(data=shown("и ещё один велосипед даром", left=72, low=720))
    page = dict(file.objects[file.names["page"]].entries)
    page["Contents"] = ref(content)
    page.pop("Annots", None)
    number = file.add(page)
    pages = file.change("pages")
    pages["Kids"] = longer(pages["Kids"], ref(number))
    pages["Count"] = b"2"


def remove_page(file: PdfFile) -> None:
    """Take the second page away."""
    pages = file.change("pages")
    pages["Kids"], pages["Count"] = array(file.ref("page")), b"1"


def turn_pages(file: PdfFile) -> None:
    """Change the order of two pages."""
    file.change("pages")["Kids"] = array(file.ref("page1"), file.ref("page"))


def inherit(file: PdfFile) -> None:
    """Turn every page by what they inherit."""
    file.change("pages")["Rotate"] = b"90"


def other_content(file: PdfFile) -> None:
    """Draw more on the page."""
    stream = file.add(data=shown("за 900 000 рублей.", left=72, low=672))
    page = file.change("page")
    page["Contents"] = array(page["Contents"], ref(stream))


def other_font(file: PdfFile) -> None:
    """Change how wide the letters are."""
    file.change("cid")["W"] = b"[0 [0]]"


def other_catalog(file: PdfFile) -> None:
    """Have another object be the catalog."""
    own = dict(file.objects[file.names["catalog"]].entries)
    file.trailer["Root"] = ref(file.add(own))


def name_script(file: PdfFile) -> None:
    """Name a script that is run at opening."""
    tree = b"<< /JavaScript << /Names [(a) %s] >> >>" % SCRIPT
    file.change("catalog")["Names"] = tree


def attach(file: PdfFile) -> None:
    """Attach a file."""
    held = file.add({"Type": b"/EmbeddedFile"}, data=b"MZ")
    spec = b"<< /Type /Filespec /F (a.exe) /EF << /F %s >> >>" % ref(held)
    file.change("catalog")["Names"] = (
        b"<< /EmbeddedFiles << /Names [(a.exe) %s] >> >>" % spec
    )


def layered(made: PdfDraft) -> None:
    """Give the contract a layer that is not shown, before it is signed."""

    def prepare(file: PdfFile) -> None:
        group = file.add({"Type": b"/OCG", "Name": b"(a)"}, name="layer")
        file.add({"OFF": array(ref(group))}, name="layers")
        file.change("catalog")["OCProperties"] = b"<< /OCGs [%s] /D %s >>" % (
            ref(group),
            file.ref("layers"),
        )

    made.first.before = prepare


def show_layer(file: PdfFile) -> None:
    """Show the layer that was hidden."""
    layers = file.change("layers")
    layers["OFF"], layers["ON"] = b"[]", array(file.ref("layer"))


def shadowed(made: PdfDraft) -> None:
    """Put in what nobody sees, to be shown later: a picture that another one hides."""

    def prepare(file: PdfFile) -> None:
        shown_one = file.add(
            {"Type": b"/XObject", "Subtype": b"/Form", "BBox": b"[0 0 595 842]"},
            data=b"1 g 0 0 595 842 re f",
            name="cover",
        )
        page = file.change("page")
        page["Resources"] = b"<< /Font << /F1 %s >> /XObject << /X %s >> >>" % (
            file.ref("font"),
            ref(shown_one),
        )
        below = file.add(data=b"/X Do\n")
        page["Contents"] = array(page["Contents"], ref(below))

    made.first.before = prepare


def hide(file: PdfFile) -> None:
    """Take the cover away: what is under it is seen (shadow attack: hide)."""
    file.change("cover")
    file.objects[file.names["cover"]].data = b""


def hide_by_freeing(file: PdfFile) -> None:
    """Take the cover away, by having it be nothing."""
    file.free("cover")
    file.change("info")["Producer"] = b"(x)"


def dangling(made: PdfDraft) -> None:
    """Refer to an object that is not there, and is nothing, before it is signed."""

    def prepare(file: PdfFile) -> None:
        page = file.change("page")
        page["Contents"] = array(page["Contents"], b"900 0 R")

    made.first.before = prepare


def define(file: PdfFile) -> None:
    """Have the object be there (shadow attack: hide and replace)."""
    made = file.add(data=shown("за 900 000 рублей.", left=72, low=600))
    file.objects[900] = file.objects.pop(made)
    file.dirty = {900}


def second_content(made: PdfDraft) -> None:
    """Have the page draw what a dangling generation names."""

    def prepare(file: PdfFile) -> None:
        file.add(data=b" ", name="blank")
        page = file.change("page")
        page["Contents"] = array(page["Contents"], file.ref("blank"))

    made.first.before = prepare


def swap_holder(file: PdfFile) -> None:
    """Replace a stream of objects by another, every object of it at once."""
    holder = min(
        number
        for number, each in file.objects.items()
        if each.entries.get("Type") == b"/ObjStm"
    )
    file.change(holder)["Filter"] = b"[/FlateDecode]"


def other_name(file: PdfFile) -> None:
    """Change what the appearance of a text field says, and not its value."""
    file.change("name look")
    look = file.objects[file.names["name look"]]
    look.data = b"/Tx BMC\n" + shown("Пётр", left=2, low=5) + b"EMC\n"


def fill(field: str, value: str) -> Edit:
    """Return what gives a field a value."""

    def edit(file: PdfFile) -> None:
        file.change(f"{field} field")["V"] = text(value)

    return edit


def move(file: PdfFile) -> None:
    """Put a field elsewhere."""
    file.change("name field")["Rect"] = b"[72 700 272 720]"


def hide_field(file: PdfFile) -> None:
    """Have a field not be seen."""
    file.change("name field")["F"] = b"2"


def act(file: PdfFile) -> None:
    """Give a field a script."""
    file.change("name field")["AA"] = b"<< /K %s >>" % SCRIPT


def new_field(file: PdfFile) -> None:
    """Add a field for text."""
    number = file.add(
        {
            "Type": b"/Annot",
            "Subtype": b"/Widget",
            "FT": b"/Tx",
            "T": b"(more)",
            "Rect": b"[0 0 0 0]",
            "P": file.ref("page"),
        }
    )
    form = file.change("form")
    form["Fields"] = longer(form["Fields"], ref(number))


def drop_field(file: PdfFile) -> None:
    """Take a field out of the form."""
    form = file.change("form")
    form["Fields"] = form["Fields"].replace(file.ref("amount field"), b"")


def unsign(file: PdfFile) -> None:
    """Take the signature out of its field."""
    del file.change("Signature1 field")["V"]


def forget(file: PdfFile) -> None:
    """Take the field of the signature out of the form."""
    form = file.change("form")
    form["Fields"] = form["Fields"].replace(file.ref("Signature1 field"), b"")


def free_value(file: PdfFile) -> None:
    """Have the signature be nothing."""
    file.free("Signature1 value")
    file.change("info")["Producer"] = b"(x)"


def drawn(made: PdfDraft) -> None:
    """Have the first signature be seen."""
    made.first.box = b"[300 100 500 150]"
    made.first.look = shown("Анна", left=2, low=5)


def redraw(file: PdfFile) -> None:
    """Change how the first signature looks."""
    file.change("Signature1 look")
    look = file.objects[file.names["Signature1 look"]]
    look.data = shown("Пётр", left=2, low=5)


def stand_for_evidence(file: PdfFile) -> None:
    """Put a script where evidence stands."""
    file.change("catalog")["DSS"] = b"<< /Type /DSS /JS (x) >>"


def in_hybrid(file: PdfFile) -> None:
    """Add a revision that hides objects from some readers."""
    file.style = Style.HYBRID
    file.change("info")["Producer"] = b"(x)"
    file.commit()


def identify(file: PdfFile) -> None:
    """Change the identifier of the file."""
    file.trailer["ID"] = array(b"<" + b"03" * 16 + b">", b"<" + b"04" * 16 + b">")
    file.change("info")["Producer"] = b"(x)"


def pack_otherwise(file: PdfFile) -> None:
    """Add metadata that are packed as nobody packs them."""
    entries = {"Type": b"/Metadata", "Subtype": b"/XML", "Filter": b"/RunLengthDecode"}
    file.change("catalog")["Metadata"] = ref(file.add(entries, data=b"\x80"))


def turn_all(file: PdfFile) -> None:
    """Turn every page."""
    for name in [each for each in file.names if each.startswith("page")]:
        if file.objects[file.names[name]].entries.get("Type") == b"/Page":
            file.change(name)["Rotate"] = b"90"


def other_root(file: PdfFile) -> None:
    """Have the pages hang on another node, which turns them."""
    own = dict(file.objects[file.names["pages"]].entries)
    own["Rotate"] = b"90"
    file.change("catalog")["Pages"] = ref(file.add(own))


def _seen_field(file: PdfFile, **more: bytes) -> None:
    look = file.add(
        {"Type": b"/XObject", "Subtype": b"/Form", "BBox": b"[0 0 200 50]"},
        data=b"0 g 0 0 200 50 re f",
    )
    number = file.add(
        {
            "Type": b"/Annot",
            "Subtype": b"/Widget",
            "FT": b"/Sig",
            "T": b"(Seen)",
            "Rect": b"[300 100 500 150]",
            "F": b"4",
            "P": file.ref("page"),
            "AP": b"<< /N %s >>" % ref(look),
            **more,
        }
    )
    page, form = file.change("page"), file.change("form")
    page["Annots"] = longer(page.get("Annots", b"[]"), ref(number))
    form["Fields"] = longer(form["Fields"], ref(number))


def unsigned_field(file: PdfFile) -> None:
    """Add a field for a signature that shows something, and is not signed."""
    _seen_field(file)


def borrowed_field(file: PdfFile) -> None:
    """Add a field that shows something, and holds the signature of another one."""
    _seen_field(file, V=file.ref("Signature1 value"))


def borrow(file: PdfFile) -> None:
    """Put the signature of another field into one that was reserved, and draw it."""
    look = file.add(
        {"Type": b"/XObject", "Subtype": b"/Form", "BBox": b"[0 0 200 50]"},
        data=b"0 g 0 0 200 50 re f",
    )
    field = file.change("Reserved field")
    field["V"] = file.ref("Signature1 value")
    field["AP"] = b"<< /N %s >>" % ref(look)


def other_generation(file: PdfFile) -> None:
    """Have an object be of another generation, so that nothing leads to it."""
    number = file.names["page content"]
    at = len(file.data)
    body = file.objects[number].body()
    file.data += b"%d 1 obj\n" % number + body + b"\nendobj\n"
    where = len(file.data)
    tail = b"<< /Size %d /Root %s /Info %s /ID %s /Prev %d >>" % (
        max(file.objects) + 1,
        file.trailer["Root"],
        file.trailer["Info"],
        file.trailer["ID"],
        file.previous or 0,
    )
    file.data += b"xref\n%d 1\n%010d 00001 n \ntrailer\n" % (number, at) + tail
    file.data += b"\nstartxref\n%d\n%%%%EOF\n" % where
    file.previous = where


FAR: Final = 60_000
"""Where an object is said to be that is put there after signing."""


def promised(made: PdfDraft) -> None:
    """Sign a page that draws an object which stands behind the end of the file."""

    def prepare(file: PdfFile) -> None:
        page = file.change("page")
        page["Contents"] = array(page["Contents"], b"900 0 R")
        file.elsewhere = {900: FAR}

    made.first.before = prepare


def kept_promise(file: PdfFile) -> None:
    """Put the object there, and say nothing of it."""
    file.elsewhere = {}
    file.data += b"%" * (FAR - len(file.data) - 1) + b"\n"
    file.data += b"900 0 obj\n<< /Length 3 >>\nstream\nq Q\nendstream\nendobj\n"
    file.change("info")["Producer"] = b"(x)"
    file.commit()
