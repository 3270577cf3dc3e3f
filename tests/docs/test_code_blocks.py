"""Every code block of the documentation runs, and gives what it shows."""

import difflib
import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest import mock

import pytest

from tests.docs.pages import ROOT, Block, Page, pages, python_path

RUN: Final = frozenset({"python", "console"})
SHOWN: Final = frozenset({"text", "json", "cddl", "toml"})
COPIED: Final = "sh"
# Programs that stand to the letter, with nothing around them: a test of their own.
ELSEWHERE: Final = {
    "docs/tutorial/three-programs.md": "tests/docs/test_three_programs.py"
}
COPY_LINE: Final = "python3 -m venv .venv && "

_STATUS: Final = re.compile(r"\s+# status (?P<status>\d)$")
_ALIKE: Final = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Command:
    """One command of a console block, with what it prints and how it ends."""

    text: str
    status: int
    output: str


def commands(block: Block) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        # A command may go on over lines that end in a backslash.
        match = re.match(r"(?:[^\n]*\\\n)*[^\n]*", part)
        line = match[0] if match else ""
        ending = _STATUS.search(line)
        text = _STATUS.sub("", line)
        status = int(ending["status"]) if ending else 0
        yield Command(text, status, part[len(line) :].strip("\n"))


def _environment() -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join([programs, os.environ.get("PATH", "")])
    # Eighty columns and no colour, whatever terminal the tests run in.
    plain = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "LANG": "C.UTF-8"}
    return {**os.environ, **python_path(), **plain, "PATH": path}


def run_command(command: Command, *, folder: Path) -> None:
    assert command.text.startswith("idwallet "), command.text
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.text],
        cwd=folder,
        env=_environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == command.status, printed
    if command.output and not _is_alike(command.output, printed):
        shown, told = command.output.splitlines(), printed.splitlines()
        pytest.fail("\n".join(difflib.unified_diff(shown, told, "shown", "printed")))


def _is_alike(shown: str, printed: str) -> bool:
    ends = (f"{shown.strip()}\n", f"{printed.strip()}\n")
    return doctest.OutputChecker().check_output(*ends, _ALIKE)


def run_python(block: Block, *, page: Page, names: dict[str, object]) -> None:
    # Blank lines in front make a traceback name the page's own line.
    source = "\n" * (block.line - 1) + block.body
    exec(compile(source, page.name, "exec"), names)  # noqa: S102 - our own pages


@pytest.mark.parametrize(
    "page",
    [each for each in pages() if each.name not in ELSEWHERE],
    ids=lambda page: page.name,
)
def test_every_block_of_the_page_runs(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    # What a page sets in the environment is its own; so is what it made.
    with mock.patch.dict(os.environ):
        for block in page.blocks():
            if block.tag == "python":
                run_python(block, page=page, names=names)
            if block.tag == "console":
                for command in commands(block):
                    run_command(command, folder=tmp_path)
        names.clear()


def test_a_page_whose_blocks_run_elsewhere_says_where() -> None:
    for page, test in ELSEWHERE.items():
        assert test in Page(ROOT / page).paths()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_block_says_what_it_is(page: Page) -> None:
    known = RUN | SHOWN | ({COPIED} if page.name == "README.md" else set())
    assert {block.tag for block in page.blocks()} <= known


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_and_path_of_the_page_leads_somewhere(page: Page) -> None:
    broken = {link for link in page.links() if not (page.path.parent / link).exists()}
    broken |= {path for path in page.paths() if not (ROOT / path).exists()}
    assert broken == set()


def test_the_readme_has_two_lines_to_copy_and_the_gate_runs_them() -> None:
    lines = [
        block.body.strip()
        for block in Page(ROOT / "README.md").blocks()
        if block.tag == COPIED
    ]
    assert [line.startswith(COPY_LINE) for line in lines] == [True, True]
    assert [line.count("\n") for line in lines] == [0, 0]
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert r"grep '^python3 -m venv \.venv && ' README.md" in gate


def test_a_block_is_found_with_its_tag_and_line(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(
        "# Title\n\n<!--\n```python\na = 1\n```\n-->\n\n```console\n$ x\n```\n"
    )
    assert list(Page(path).blocks()) == [
        Block("python", "a = 1\n", 5),
        Block("console", "$ x\n", 10),
    ]


def test_a_command_is_read_with_its_status_and_its_output() -> None:
    body = "$ idwallet a \\\n    --b\nline\n\nmore\n$ idwallet c  # status 3\n"
    assert list(commands(Block("console", body, 1))) == [
        Command("idwallet a \\\n    --b", 0, "line\n\nmore"),
        Command("idwallet c", 3, ""),
    ]


def test_a_command_that_prints_something_else_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run_command(Command("idwallet no-such-command", 0, ""), folder=tmp_path)
    assert _is_alike("a ... c", "a b\nc")
    assert not _is_alike("a ... c", "a b\nd")
