"""Each check has an executable meaning: tests that pass, fail and leave it open."""

import ast
from pathlib import Path
from typing import Final

import pytest

from idwallet.report import TABLE, CheckId, Outcome
from tests.meta.source import ROOT

FOLDER: Final = ROOT / "tests/checks"


def _file(check_id: CheckId) -> Path:
    return FOLDER / f"test_{check_id.value.replace('.', '_')}.py"


def _outcomes(check_id: CheckId) -> set[Outcome]:
    """The outcomes a check can come to; one that only waits is told by its cause."""
    return {row.outcome for (each, _), row in TABLE.items() if each is check_id}


def _named_outcomes(path: Path) -> set[Outcome]:
    """The outcomes that a file of checks names as ``Outcome.X`` inside its tests."""
    tests = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    text = "\n".join(map(ast.unparse, tests))
    return {each for each in Outcome if f"Outcome.{each.name}" in text}


@pytest.mark.parametrize("check_id", CheckId)
def test_every_check_has_a_file_that_names_each_of_its_outcomes(
    check_id: CheckId,
) -> None:
    path = _file(check_id)
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing"
    assert _outcomes(check_id) - _named_outcomes(path) == set()


def test_no_file_of_checks_is_about_something_else() -> None:
    known = {_file(check_id).name for check_id in CheckId}
    assert {path.name for path in FOLDER.glob("test_*.py")} <= known


def test_every_check_can_pass_and_can_fail_or_stay_open() -> None:
    one_way = [each for each in CheckId if len(_outcomes(each)) == 1]
    assert one_way == []
