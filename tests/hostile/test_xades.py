"""A forged XAdES document is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.xades import XADES_FORGERIES, XadesForgery
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST forged XAdES")


@pytest.mark.parametrize("forgery", XADES_FORGERIES, ids=lambda each: each.name)
def test_a_forged_document_is_told_from_its_valid_twin(forgery: XadesForgery) -> None:
    valid, forged = forgery.twins(scene())
    require_only_its_check_moved(forgery, valid.report(), forged.report())


def test_forged_documents_have_names_of_their_own() -> None:
    names = [each.name for each in XADES_FORGERIES]
    assert len(set(names)) == len(names)
    assert len(names) >= 60
