"""The files of one story, made once and copied for each test."""

import shutil
from pathlib import Path

import pytest

from tests.cli.program import AT, run


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the demo leaves; nobody writes into it."""
    folder = tmp_path_factory.mktemp("told") / "story"
    ran = run("demo", "--out", str(folder), "--at", AT, "--lang", "en")
    assert ran.status == 0, ran.err
    return folder


@pytest.fixture
def story(told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also where the program runs."""
    folder = tmp_path / "story"
    shutil.copytree(told, folder)
    monkeypatch.chdir(folder)
    return folder
