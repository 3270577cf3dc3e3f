"""Signatures in tagged documents are heard where they are seen (ISO 14289-1 7.18)."""

import pytest

from idwallet.codec.pdf import PdfFile, Ref, read_pdf
from idwallet.documents import PAdES, SignatureField, reserve_fields
from idwallet.documents.appearance import Box, Stamp
from idwallet.errors import MalformedError, UsageError
from tests.unit.documents.pades.judged import by_pyhanko
from tests.unit.documents.pades.papers import CATALOG, PAGE, scene, stream, table
from tests.unit.documents.pades.test_sign import signature, signed

BOX = Box(40, 40, 240, 100)
STAMP = Stamp(page=0, box=BOX, qr="https://example.org/7", described="Signed by Anna")
TAGGED = CATALOG[:-2] + b"/MarkInfo << /Marked true >> /StructTreeRoot 5 0 R >>"
DOCUMENT = b"<< /Type /StructElem /S /Document /P 5 0 R /K 7 0 R >>"
TEXT = b"<< /Type /StructElem /S /P /P 6 0 R /Pg 3 0 R /K 0 >>"
ROOTS = {
    "plain": (
        b"<< /K 6 0 R /ParentTree 8 0 R /ParentTreeNextKey 1 >>",
        b"<< /Nums [0 [7 0 R]] >>",
    ),
    "no next key": (
        b"<< /K [6 0 R] /ParentTree 8 0 R >>",
        b"<< /Nums [0 [7 0 R]] >>",
    ),
    "tree in parts": (
        b"<< /K [6 0 R] /ParentTree << /Kids [8 0 R] >> >>",
        b"<< /Limits [0 0] /Nums [0 [7 0 R]] >>",
    ),
    "numbers apart": (
        b"<< /K [6 0 R] /ParentTree << /Nums 8 0 R >> /ParentTreeNextKey 1 >>",
        b"[0 [7 0 R]]",
    ),
    "no tree": (b"<< /K [6 0 R] >>", b"null"),
    "no document": (b"<< /K [7 0 R] /ParentTree << /Nums [] >> >>", b"null"),
    "kids apart": (b"<< /K 8 0 R >>", b"[7 0 R]"),
    "no kids": (b"<< >>", b"null"),
}


def tagged(name: str, *, style: str = "table") -> bytes:
    root, tree = ROOTS[name]
    make = {"table": table, "stream": stream}[style]
    return make(root, DOCUMENT, TEXT, tree, catalog=TAGGED)


def numbers(file: PdfFile, node: object) -> dict[int, object]:
    entries = file.resolve(node)
    flat = file.resolve(entries.get("Nums", []))
    found = dict(zip(flat[::2], flat[1::2], strict=True))
    for kid in entries.get("Kids", []):
        found |= numbers(file, kid)
    return found


@pytest.mark.parametrize("style", ["table", "stream"])
@pytest.mark.parametrize("name", ROOTS)
def test_what_is_seen_is_an_element_of_the_structure(name: str, style: str) -> None:
    made = signed(tagged(name, style=style), PAdES(appearance=STAMP))
    file = read_pdf(made)
    field = signature(file)["field"]
    assert field["TU"] == b"Signed by Anna"
    page = file.get(Ref(3, 0)).value
    assert page["Tabs"] == "S"
    root = file.get(Ref(5, 0)).value
    tree = numbers(file, root["ParentTree"])
    element = file.get(tree[field["StructParent"]]).value
    assert element["S"] == "Form"
    assert element["K"]["Obj"] == page["Annots"][0]
    assert element["Pg"] == Ref(3, 0)
    assert root["ParentTreeNextKey"] > max(tree)
    above = file.get(element["P"]).value
    kids = file.resolve(above["K"])
    assert tree[field["StructParent"]] in kids
    if name not in {"no tree", "no kids", "no document", "kids apart"}:
        assert tree[0] == [Ref(7, 0)]
        assert above["S"] == "Document"
        assert Ref(7, 0) in kids
    (said,) = by_pyhanko(made)
    assert said.is_valid


def test_what_is_not_seen_needs_no_element() -> None:
    file = read_pdf(signed(tagged("plain")))
    assert "StructParent" not in signature(file)["field"]
    assert file.get(Ref(3, 0)).value["Tabs"] == "S"
    assert file.sections[0].entry(5) is None


def test_the_order_that_a_page_has_stays() -> None:
    root, tree = ROOTS["plain"]
    page = PAGE[:-2] + b"/Tabs /R >>"
    paper = table(root, DOCUMENT, TEXT, tree, catalog=TAGGED, page=page)
    assert read_pdf(signed(paper)).get(Ref(3, 0)).value["Tabs"] == "R"


def test_reserved_fields_are_heard_and_signed_without_a_change_to_the_structure() -> (
    None
):
    fields = [
        SignatureField(name="A", label="Signature of A", box=BOX),
        SignatureField(name="B", label="Signature of B", box=Box(300, 40, 500, 100)),
    ]
    reserved = reserve_fields(tagged("plain"), fields)
    file = read_pdf(reserved)
    tree = numbers(file, file.get(Ref(5, 0)).value["ParentTree"])
    assert set(tree) == {0, 1, 2}
    one = signed(reserved, PAdES(field="A", appearance=STAMP))
    two = signed(one, PAdES(field="B"), who=scene().second)
    assert all(each.is_valid and each.is_allowed for each in by_pyhanko(two))
    assert read_pdf(two).sections[0].entry(5) is None


def test_under_a_signature_the_structure_may_not_change() -> None:
    made = signed(tagged("plain"))
    with pytest.raises(UsageError, match="reserve the fields"):
        signed(made, PAdES(appearance=STAMP))
    two = signed(made, who=scene().second)
    assert all(each.is_valid and each.is_allowed for each in by_pyhanko(two))


@pytest.mark.parametrize(
    "root",
    [b"7", b"<< /ParentTree 5 0 R /Kids [5 0 R] >>", b"<< /ParentTree [] >>"],
)
def test_a_structure_that_is_broken_is_refused(root: bytes) -> None:
    with pytest.raises(MalformedError):
        signed(table(root, catalog=TAGGED), PAdES(appearance=STAMP))


def test_a_structure_that_is_in_the_catalog_is_refused() -> None:
    catalog = CATALOG[:-2] + b"/StructTreeRoot << /K [] >> >>"
    with pytest.raises(MalformedError):
        signed(table(catalog=catalog), PAdES(appearance=STAMP))
