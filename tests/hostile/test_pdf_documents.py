"""A forged PDF file is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.documents.model import VerifiedDocument
from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.draft import pdf_draft
from idwallet.testing.pdf.forgeries import PDF_FORGERIES, PdfForgery
from idwallet.testing.pdf.forgery import entry, stamped, update
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
