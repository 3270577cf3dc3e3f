"""A page for the archive stays PDF/A and PDF/UA when it is signed and stamped."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import require_program
from tests.interop.archival import LINES
from tests.interop.dss.cases import CASES, Case
from tests.interop.dss.peer import Dss

pytestmark = pytest.mark.interop
_PADES = [each for each in CASES if each.name.startswith("PAdES")]
_KEPT = [each for each in _PADES if "untagged" not in each.name]


@pytest.mark.parametrize("case", _KEPT, ids=str)
def test_a_signature_leaves_the_page_what_it_was(dss: Dss, case: Case) -> None:
    signed = case.make().file.content
    assert dss.conforms(signed, "2a") == ()
    assert dss.conforms(signed, "ua1") == ()


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("PAdES B-T stamped", ["Анна Образцова"]),
        ("PAdES reserved", ["Анна Образцова", "Борис Примеров"]),
        ("PAdES reserved untagged", ["Анна Образцова", "Борис Примеров"]),
    ],
)
def test_what_a_stamp_says_is_read_from_the_file_again(
    name: str, people: list[str], tmp_path: Path
) -> None:
    require_program("pdftotext")
    (case,) = (each for each in _PADES if each.name == name)
    path = tmp_path / "signed.pdf"
    path.write_bytes(case.make().file.content)
    done = subprocess.run(
        ["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True
    )
    found = done.stdout.split("\n")
    assert all(f"Подписано: {each}" in found for each in people)
    if case in _KEPT:
        assert found[: len(LINES)] == list(LINES)
