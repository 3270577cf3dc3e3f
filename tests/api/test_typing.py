"""What callers write is checked by mypy: right use is accepted, wrong use is not."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]


def _mypy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental"]
    command += ["--follow-imports=silent"]
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "path",
    sorted(Path(__file__).parent.glob("typing/*.py")),
    ids=lambda path: path.stem,
)
def test_mypy_accepts_the_public_names_as_they_are_meant(path: Path) -> None:
    # `warn_unused_ignores` makes an ignored line a claim that mypy refuses it.
    done = _mypy("--warn-unused-ignores", str(path))
    assert done.returncode == 0, done.stdout
