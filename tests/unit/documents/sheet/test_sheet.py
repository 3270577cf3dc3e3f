"""A sheet is read, heard and signed as it was filled."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from idwallet import limits, sign_document, verify_document
from idwallet.adapters.fonts import default_font
from idwallet.codec.pdf import read_pdf
from idwallet.documents import DOCUMENTS, PAdES
from idwallet.documents.appearance import Stamp
from idwallet.documents.sheet import Sheet
from idwallet.errors import UsageError
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.trust.evidence import EvidenceAtHand
from tests.unit.documents.appearance.test_stamp import said

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG: Final = "Примерск, ул. Образцовая, д. 1, кв. 17, " * 6
SHEET: Final = Sheet(
    title="Карточка гостя (вымысел)",
    rows=(
        ("Фамилия", "Ёлкина-Образцова"),
        ("Место жительства", LONG.strip()),
        ("Слово", "щ" * 200),
        ("Примечание", ""),
    ),
    notes=("Стереть не позднее 30.11.2026.", "Кроме этого ничего не записано."),
    lang="ru",
    font=default_font(),
    bold=default_font(bold=True),
    foot=90,
)


def printed(sheet: Sheet, folder: Path) -> Path:
    path = folder / "sheet.pdf"
    path.write_bytes(sheet.to_pdf(at=AT))
    return path


def test_every_word_can_be_taken_out_again(tmp_path: Path) -> None:
    text = said("pdftotext", "-raw", printed(SHEET, tmp_path), "-")
    joined = " ".join(text.split())
    assert joined.startswith("Карточка гостя (вымысел) Фамилия Ёлкина-Образцова")
    assert LONG.strip() in joined
    assert "щ" * 200 in joined.replace(" ", "")
    assert joined.endswith("2026. Кроме этого ничего не записано.")


def test_who_hears_it_hears_a_heading_and_a_table_with_labels(tmp_path: Path) -> None:
    told = said("pdfinfo", "-struct-text", printed(SHEET, tmp_path))
    lines = [each.strip() for each in told.splitlines() if each.strip()]
    assert lines[lines.index("H1 (block)") + 1] == '"Карточка гостя (вымысел)"'
    assert lines.count("TR") == lines.count("TH:") == len(SHEET.rows)
    label = lines.index('"Фамилия"')
    assert lines[label - 1] == "/Scope /Row"
    assert lines[label + 1 : label + 3] == ["TD", '"Ёлкина-Образцова"']
    # A word that was broken is one word, and words that were parted are two.
    assert f'"{LONG.strip()}"' in lines
    assert lines.count("P (block)") == len(SHEET.notes)
    facts = said("pdfinfo", printed(SHEET, tmp_path))
    assert "Карточка гостя (вымысел)" in facts
    assert "Tagged:          yes" in facts


def test_other_readers_find_nothing_wrong_with_the_file(tmp_path: Path) -> None:
    path = printed(SHEET, tmp_path)
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", path)
    catalog = read_pdf(path.read_bytes()).trailer.get(b"Root")
    assert catalog is not None


def test_what_is_longer_than_a_page_goes_on_on_the_next(tmp_path: Path) -> None:
    rows = tuple((f"Строка {n}", f"значение {n} " * (n % 17)) for n in range(90))
    giant = (("Одна", "слово " * 1500), *rows)
    long = replace(SHEET, rows=giant, notes=("Конец.",))
    path = printed(long, tmp_path)
    assert long.pages > 5
    assert f"Pages:           {long.pages}" in said("pdfinfo", path)
    words = said("pdftotext", "-raw", path, "-").split()
    assert words.count("слово") == 1500
    assert words[-1] == "Конец."
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", path)


def test_one_sheet_is_one_file() -> None:
    assert SHEET.to_pdf(at=AT) == replace(SHEET).to_pdf(at=AT)
    other = replace(SHEET, notes=("Другое.",))
    assert other.to_pdf(at=AT) != SHEET.to_pdf(at=AT)


def test_it_is_sealed_in_one_call_with_a_stamp_at_its_foot() -> None:
    scene = DocumentScene(at=AT)
    stamp = Stamp(
        page=SHEET.pages - 1,
        box=SHEET.foot_box,
        lines=("Гостиница «Пример» (вымысел)",),
        font=default_font(),
    )
    signed = sign_document(
        SHEET.to_pdf(at=AT),
        PAdES(appearance=stamp),
        signer=scene.signer.signer,
        certificates=scene.signer.chain_pem,
        signing_time=AT,
    )
    lists = EvidenceAtHand(crls=crls(scene.signer, at=AT))
    trust = scene.pki.store().with_evidence(lists)
    verified = verify_document(signed, trust=trust, policy=DOCUMENTS, at=AT)
    assert len(verified.signatures) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": " "}, "title"),
        ({"lang": ""}, "title"),
        ({"foot": -1}, "foot"),
        ({"foot": 700}, "foot"),
        ({"rows": (("a", "b\nc"),)}, "U\\+000A"),
        ({"rows": (("a", "\N{RIGHT-TO-LEFT OVERRIDE}"),)}, "U\\+202E"),
        ({"rows": (("a", "\N{HEBREW LETTER ALEF}"),)}, "U\\+05D0"),
        ({"rows": (("a", "\N{CJK UNIFIED IDEOGRAPH-4E00}"),)}, "U\\+4E00"),
        ({"notes": ("x" * (limits.SHEET_CHARACTERS + 1),)}, "SHEET_CHARACTERS"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(
    change: dict[str, object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        replace(SHEET, **change)  # type: ignore[arg-type]


def test_it_shows_nothing_of_what_it_says() -> None:
    assert "Образцова" not in repr(SHEET)
    with pytest.raises(UsageError, match="time zone"):
        SHEET.to_pdf(at=AT.replace(tzinfo=None))
