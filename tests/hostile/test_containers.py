"""A forged container is refused for its reason, and its twin passes."""

from functools import cache

import pytest

from idwallet.testing.containers import CONTAINER_FORGERIES, ContainerForgery
from idwallet.testing.document_draft import DocumentScene
from tests.hostile.twins import require_only_its_check_moved


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST containers")


@pytest.mark.parametrize("forgery", CONTAINER_FORGERIES, ids=lambda each: each.name)
def test_a_forged_container_is_told_from_its_valid_twin(
    forgery: ContainerForgery,
) -> None:
    valid, forged = forgery.twins(scene())
    require_only_its_check_moved(forgery, valid.report(), forged.report())


def test_forged_containers_have_names_of_their_own() -> None:
    names = [each.name for each in CONTAINER_FORGERIES]
    assert len(set(names)) == len(names)
    assert len(names) >= 60
