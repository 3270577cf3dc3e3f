"""A page for each type of the catalogue, as it is generated, and true."""

from pathlib import Path

import pytest

from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.mdoc.elements import NAMESPACES
from idwallet.explain import types

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "types"


@pytest.mark.parametrize("name", types.pages())
def test_the_committed_page_is_the_generated_one(name: str) -> None:
    page = PAGES / name
    if not page.exists():
        pytest.skip("the documentation is not beside these tests")
    # Run again: python -m idwallet.explain.types docs/reference/types
    assert page.read_text("utf-8") == types.pages()[name]


def test_there_is_a_page_for_each_type_and_no_other(tmp_path: Path) -> None:
    types.main(tmp_path)
    written = {each.name for each in tmp_path.iterdir()}
    assert written == {
        "README.md",
        "elements.md",
        *(f"{name}.md" for name in catalogue()),
    }
    if PAGES.exists():
        assert written == {each.name for each in PAGES.iterdir()}


def test_a_page_names_every_claim_and_whose_the_identifiers_are() -> None:
    pages = types.pages()
    for listed in catalogue().values():
        page = pages[f"{listed.name}.md"]
        for name in listed.claims:
            assert f"| `{name}` |" in page
        for identifier in listed.types.values():
            assert f"`{identifier}`" in page
        assert ("library's own" in page) is listed.is_own
        assert f"({listed.name}.md)" in pages["README.md"]


def test_every_element_of_every_namespace_stands_with_its_type() -> None:
    page = types.pages()["elements.md"]
    for name, namespace in NAMESPACES.items():
        assert f"## `{name}`" in page
        assert namespace.clause in page
        for element, kind in namespace.elements.items():
            assert f"| `{element}` | {kind.value} |" in page
