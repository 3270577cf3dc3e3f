"""What is skipped is counted, and where everything is installed nothing is."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.meta.source import ROOT

SKIPPING: Final = """
import pytest

def test_one() -> None:
    pytest.skip({reason!r})

@pytest.mark.skip(reason={reason!r})
def test_two() -> None: ...

def test_three() -> None: ...
"""


def _run(reason: str, *, ci: str, folder: Path) -> subprocess.CompletedProcess[str]:
    test = folder / "test_skipping.py"
    test.write_text(SKIPPING.format(reason=reason), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-q"]
    settings = ["-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        [*command, *settings, "--rootdir", str(folder), str(test)],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("ci", ["", "true"])
def test_absent_vectors_are_skipped_everywhere_and_counted(
    ci: str, tmp_path: Path
) -> None:
    done = _run("shared vectors absent", ci=ci, folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "2  shared vectors absent" in done.stdout


def test_an_absent_tool_is_skipped_and_counted_on_a_users_machine(
    tmp_path: Path,
) -> None:
    done = _run("SoftHSM absent", ci="", folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "2  SoftHSM absent" in done.stdout


def test_an_absent_tool_is_a_failure_where_everything_is_installed(
    tmp_path: Path,
) -> None:
    done = _run("SoftHSM absent", ci="true", folder=tmp_path)
    assert done.returncode == 1
    assert "1 failed, 1 passed, 1 error" in done.stdout
    assert "skipped where nothing may be: SoftHSM absent" in done.stdout
