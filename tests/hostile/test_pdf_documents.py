"""A forged PDF file is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.documents.describe import describe_document
from idwallet.documents.model import VerifiedDocument
from idwallet.report import Outcome
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.forgeries import PDF_FORGERIES, PdfForgery
from idwallet.testing.pdf.forgery import entry, of, second, stamped, update
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST PDF files")


@pytest.mark.parametrize("forgery", PDF_FORGERIES, ids=lambda each: each.name)
def test_a_forged_file_is_told_from_its_valid_twin(forgery: PdfForgery) -> None:
    valid, forged = forgery.twins(scene())
    require_only_its_check_moved(forgery, valid.report(), forged.report())


def test_forged_files_have_names_of_their_own() -> None:
    names = [each.name for each in PDF_FORGERIES]
    assert len(set(names)) == len(names)
    assert len(names) >= 100


@pytest.mark.parametrize("certificates", [b"[]", b"5"], ids=["a store", "none"])
def test_a_store_that_was_broken_under_a_timestamp_makes_nothing_raise(
    certificates: bytes,
) -> None:
    made = pdf_draft(scene())
    once = b"<< /Type /DSS /Certs %s >>" % certificates
    made.steps.append(update(entry("catalog", "DSS", value=once)))
    made.steps.append(stamped(made))
    made.steps.append(update(entry("catalog", "DSS", value=b"<< /Type /DSS >>")))
    found = made.judged()
    assert isinstance(found, VerifiedDocument)
    assert [each.timestamped for each in found.signatures] == [True]


@pytest.mark.parametrize(
    ("signature", "widget", "outcome"),
    [
        ({}, {}, Outcome.PASSED),
        ({"Type": b"[/Sig]"}, {}, Outcome.FAILED),
        ({}, {"F": b"[4]"}, Outcome.FAILED),
        ({}, {"FT": b"[/Sig]"}, Outcome.FAILED),
    ],
    ids=["as it should be", "the type", "the flags", "the kind of field"],
)
def test_an_array_in_the_place_of_a_name_makes_nothing_raise(
    signature: dict[str, bytes], widget: dict[str, bytes], outcome: Outcome
) -> None:
    made = pdf_draft(scene())
    of(form=True)(made)
    made.steps.append(second(name="Reserved", entries=signature, widget=widget)(made))
    assert made.report().outcome is outcome
    assert describe_document(made.to_bytes()).findings
