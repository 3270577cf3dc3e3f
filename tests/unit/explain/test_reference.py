from pathlib import Path

import pytest

from idwallet import limits
from idwallet.explain import reference
from idwallet.report import TABLE, CheckId

PAGES = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_committed_page_is_the_generated_one(name: str) -> None:
    page = PAGES / name
    if not page.exists():
        pytest.skip("the documentation is not beside these tests")
    assert page.read_text("utf-8") == reference.PAGES[name]()


def test_the_page_of_checks_has_every_check_and_every_reason() -> None:
    page = reference.checks_page()
    for check_id in CheckId:
        section = page.partition(f"## `{check_id.value}`\n")[2].partition("\n## ")[0]
        for on, reason in TABLE:
            if on is check_id:
                row = TABLE[on, reason]
                start = f"| `{reason.value}` | {row.outcome.value} | {row.clause} |"
                assert section.count(start) == 1, (check_id, reason)


def test_no_cell_of_the_page_breaks_its_table() -> None:
    rows = [line for line in reference.checks_page().splitlines() if line[:1] == "|"]
    assert {row.count("|") for row in rows} == {3, 7}


def test_the_page_of_limits_has_every_limit_once() -> None:
    page = reference.limits_page()
    names = [name for name in vars(limits) if name.isupper()]
    assert names
    for name in names:
        assert page.count(f"| `{name}` |") == 1, name


def test_limits_are_told_with_their_units() -> None:
    page = reference.limits_page()
    assert "| `JSON_BYTES` | 1,048,576 bytes |" in page
    assert "| `JSON_DEPTH` | 32 levels |" in page
    assert "| `TEXT_CHARACTERS` | 512 characters |" in page
    assert "| `REQUEST_LIFETIME` | 300 seconds |" in page
    assert "| `QUERY_CREDENTIALS` | 32 |" in page


def test_every_page_is_written_into_the_folder(tmp_path: Path) -> None:
    reference.main(tmp_path)
    written = {
        path.relative_to(tmp_path).as_posix(): path.read_text("utf-8")
        for path in tmp_path.rglob("*.md")
    }
    assert written == {name: page() for name, page in reference.PAGES.items()}
