"""What callers write is checked by mypy: right use is accepted, wrong use is not."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


def test_mypy_accepts_right_use_of_the_public_names_and_refuses_wrong_use() -> None:
    # Unused ignores are errors: an ignored line is a claim that mypy refuses it.
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores"]
    settings = ["--no-incremental", "--follow-imports=silent"]
    done = subprocess.run(
        [*command, *settings, "tests/api/typing"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
