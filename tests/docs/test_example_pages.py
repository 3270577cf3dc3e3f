"""Every example has a place in a page, and every page shows what one gets to see."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT, Page, pages

EXAMPLES: Final = ROOT / "docs/examples"
PICTURES: Final = ROOT / "docs/pictures"
OCTETS: Final = 150_000

_PICTURE: Final = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_STARTED: Final = re.compile(r"python -m examples\.(?P<name>\w+)")


def _pictures(page: Page) -> dict[Path, str]:
    """Return the pictures of a page, each with what is said of it."""
    return {
        (page.path.parent / each["target"]).resolve(): each["alt"]
        for each in _PICTURE.finditer(page.text)
    }


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.md")), ids=lambda path: path.name
)
def test_a_page_of_an_example_shows_it(path: Path) -> None:
    assert _pictures(Page(path))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_picture_is_there_is_small_and_is_told_to_who_does_not_see_it(
    page: Page,
) -> None:
    for path, alt in _pictures(page).items():
        assert path.is_file(), path
        assert path.is_relative_to(PICTURES)
        assert path.stat().st_size <= OCTETS, path
        assert len(alt) > 20, path


def test_every_picture_is_shown_somewhere() -> None:
    shown = {path for page in pages() for path in _pictures(page)}
    assert set(PICTURES.glob("*")) == shown


def test_every_example_has_a_place_in_a_page() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.md"))
    single = {path.name for path in (ROOT / "examples").glob("*.py")}
    jobs = {path.name for path in (ROOT / "examples/ci").glob("*.yml")}
    assert [name for name in sorted(single | jobs) if f"`{name}`" not in text] == []


def test_the_readme_opens_with_two_pictures_and_the_commands_that_show_them() -> None:
    readme = Page(ROOT / "README.md")
    opening, _, _ = readme.text.partition("\n## ")
    shown = [Path(each["target"]).name for each in _PICTURE.finditer(opening)]
    assert [each.partition("-")[0] for each in shown] == ["kiosk", "messenger"]
    started = [each["name"] for each in _STARTED.finditer(opening)]
    assert started == ["kiosk", "messenger"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_a_page_starts_is_there(page: Page) -> None:
    for found in _STARTED.finditer(page.text):
        assert (ROOT / "examples" / found["name"] / "__main__.py").is_file(), found[0]
