"""What is told of PDF files before anybody signs them."""

import mmap
from pathlib import Path

import pytest

from idwallet.documents import Finding, Weight, describe_document
from idwallet.documents.describe.model import WEIGHTS
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.forgery import annotate, entry, first, later, of, second, then
from idwallet.testing.pdf.hidden import HIDDEN, Hidden
from idwallet.testing.pdf.writing import Style, text

SCENE = DocumentScene(seed=b"idwallet TEST described files")


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda each: each.name)
def test_what_is_in_a_file_is_told_and_its_twin_has_it_not(hidden: Hidden) -> None:
    plain, with_it = map(describe_document, hidden.twins())
    assert hidden.finding in with_it.codes()
    assert hidden.finding not in plain.codes()


@pytest.mark.parametrize("style", Style)
def test_an_honest_contract_is_not_called_hostile(style: Style) -> None:
    made = Contract(style=style, form=True, tagged=True, pages=2)
    found = describe_document(bytes(made.file().data))
    assert not found.is_hostile
    assert [(each.width, each.height) for each in found.pages] == [(595, 842)] * 2
    assert all(each.has_text and not each.has_images for each in found.pages)
    assert [(f.name, f.kind, f.is_filled) for f in found.fields] == [
        ("name", "Tx", True),
        ("amount", "Tx", False),
        ("Reserved", "Sig", False),
    ]


def test_every_finding_has_a_weight_and_some_way_to_be_met() -> None:
    assert set(WEIGHTS) == set(Finding)
    assert {each.finding for each in HIDDEN} >= {
        each for each, weight in WEIGHTS.items() if weight is Weight.HOSTILE
    } - {
        # Met by what is no PDF file, or by what comes after a signature.
        Finding.MACROS,
        Finding.EXECUTABLE,
        Finding.MISLEADING_TEXT,
        Finding.CHANGED_SINCE_SIGNATURE,
    }


def test_earlier_signatures_are_told_with_what_changed_since_each() -> None:
    made = pdf_draft(SCENE)
    then(second())(made)
    found = describe_document(made.to_bytes())
    one, two = found.signatures
    assert (one.field, two.field) == ("Signature1", "Second")
    assert "signer.example" in one.signer
    assert [each.code.value for each in one.changes] == ["signature_field_added"]
    assert two.changes == ()
    assert not found.is_hostile


def test_what_was_changed_after_a_signature_is_named_hostile() -> None:
    made = pdf_draft(SCENE)
    later(annotate(b"/FreeText"))(made)
    found = describe_document(made.to_bytes())
    assert Finding.CHANGED_SINCE_SIGNATURE in found.codes()
    assert found.weight is Weight.HOSTILE
    assert [each.code.value for each in found.signatures[0].changes] == [
        "annotation_added"
    ]


def test_what_was_filled_in_where_that_is_allowed_is_told_as_that() -> None:
    made = pdf_draft(SCENE)
    of(form=True)(made)
    first(certify=2)(made)
    later(entry("amount field", "V", value=text("12 000")))(made)
    found = describe_document(made.to_bytes())
    assert Finding.FILLED_SINCE_SIGNATURE in found.codes()
    assert Finding.CHANGED_SINCE_SIGNATURE not in found.codes()
    assert found.signatures[0].is_certification


def test_a_mapped_file_is_told_as_its_octets_are(tmp_path: Path) -> None:
    octets = pdf_draft(SCENE).to_bytes()
    path = tmp_path / "contract.pdf"
    path.write_bytes(octets)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        assert describe_document(mapped) == describe_document(octets)


@pytest.mark.parametrize("cut", [0, 1, 9, 200, 1_000, 2_000])
def test_a_file_that_is_cut_off_is_told_and_raises_nothing(cut: int) -> None:
    octets = bytes(Contract(form=True).file().data)
    found = describe_document(octets[: len(octets) - 1 - cut])
    assert found.size == len(octets) - 1 - cut
    assert cut == 0 or Finding.UNREADABLE in found.codes()
