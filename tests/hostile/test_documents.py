"""A forged document is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.testing.documents import (
    DOCUMENT_FORGERIES,
    DocumentForgery,
    DocumentScene,
)
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST documents")


@pytest.mark.parametrize("forgery", DOCUMENT_FORGERIES, ids=lambda each: each.name)
def test_a_forged_document_is_told_from_its_valid_twin(
    forgery: DocumentForgery,
) -> None:
    valid, forged = forgery.twins(scene())
    require_only_its_check_moved(forgery, valid.report(), forged.report())


def test_forged_documents_have_names_of_their_own() -> None:
    names = [each.name for each in DOCUMENT_FORGERIES]
    assert len(set(names)) == len(names)
    assert len(names) >= 60
