"""A forged PDF file is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.testing.documents import DocumentScene
from idwallet.testing.pdf.forgeries import PDF_FORGERIES, PdfForgery
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
