"""References stay in the container, and lead to one file (EN 319 162-1 A.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.zip import name_fault
from idwallet.documents.asic.references import name_in, reference_to
from idwallet.errors import MalformedError


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("a.txt", "a.txt"),
        ("a/b.txt", "a/b.txt"),
        ("a%20b.txt", "a b.txt"),
        ("a b.txt", "a b.txt"),
        ("%D0%B6", "ж"),
        ("ж", "ж"),
        ("100%25", "100%"),
    ],
)
def test_a_reference_leads_to_a_file(reference: str, name: str) -> None:
    assert name_in(reference, at="manifest") == name


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "/a",
        "//host/a",
        "file:a",
        "https://example.org/a",
        "a?b",
        "a#b",
        "#b",
        "../a",
        "a/../b",
        "%2e%2e/a",
        "./a",
        "a/",
        "a%",
        "a%2",
        "a%zz",
        "%ff",
        "a%00",
        "a%5cb",
        "a" * 4000,
    ],
)
def test_a_reference_out_of_the_container_or_to_nothing_is_refused(
    reference: str,
) -> None:
    with pytest.raises(MalformedError):
        name_in(reference, at="manifest")


@given(st.text(min_size=1, max_size=30))
def test_every_name_of_a_file_comes_back_from_its_reference(name: str) -> None:
    if name_fault(name) is None and not name.endswith("/"):
        assert name_in(reference_to(name), at="manifest") == name
