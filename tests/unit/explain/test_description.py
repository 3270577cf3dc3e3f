"""What a document holds, in words."""

import pytest

from idwallet.documents import Finding, describe_document
from idwallet.documents.describe.model import DocumentKind, Weight
from idwallet.documents.pades.changes.codes import Change
from idwallet.errors import UsageError
from idwallet.explain import explain_description
from idwallet.explain.words import LANGUAGES, Language, words
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.contract import Contract
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.forgery import annotate, later
from idwallet.testing.pdf.writing import PdfFile, ref


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_words(lang: Language) -> None:
    told = words(lang)
    assert set(told["findings"]) == {each.value for each in Finding}
    assert set(told["changes"]) == {each.value for each in Change}
    said = told["described"]
    assert {f"kind_{each.value}" for each in DocumentKind} <= said.keys()
    assert {f"weight_{each.value}" for each in Weight} <= said.keys()


def test_the_gravest_comes_first_and_the_first_line_says_what_to_do() -> None:
    made = pdf_draft(DocumentScene(seed=b"idwallet TEST described files"))
    later(annotate(b"/FreeText"))(made)
    lines = explain_description(describe_document(made.to_bytes())).splitlines()
    assert lines[0].startswith("Do not sign it")
    weights = [line.partition("]")[0] for line in lines if line.startswith("[")]
    assert weights == sorted(
        weights, key=["[dangerous", "[look twice", "[good to know"].index
    )
    assert lines[-1].endswith("Since then: an annotation was added.")


def test_a_reader_of_russian_is_told_in_russian() -> None:
    found = describe_document(bytes(Contract(form=True).file().data))
    told = explain_description(found, lang="ru")
    assert "Отведено место для подписи. (поле Reserved)" in told
    assert "Это файл PDF" in told


def test_names_from_the_document_are_made_safe_to_show() -> None:
    def attach(file: PdfFile) -> None:
        held = file.add({"Type": b"/EmbeddedFile"}, data=b"a")
        spec = b"<< /F (a) /EF << /F %s >> >>" % ref(held)
        name = b"<FEFF0061202E0062>"  # turns the order of what follows round
        file.change("catalog")["Names"] = (
            b"<< /EmbeddedFiles << /Names [%s %s] >> >>" % (name, spec)
        )

    made = Contract().file()
    attach(made)
    made.commit()
    told = explain_description(describe_document(bytes(made.data)))
    assert "Another file is inside. (file a" in told
    assert "\u202e" not in told


def test_another_language_is_a_fault_of_the_caller() -> None:
    with pytest.raises(UsageError):
        explain_description(describe_document(b""), lang="xx")  # type: ignore[arg-type]
