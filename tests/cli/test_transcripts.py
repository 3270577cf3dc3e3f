"""Sessions as a person types them: commands, what they print, how they end."""

import difflib
import doctest
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.cli.program import AT, run
from tests.docs.pages import Block
from tests.docs.test_code_blocks import Command, commands

FOLDER: Final = Path(__file__).parent / "transcripts"
_ALIKE: Final = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# What every session would otherwise repeat.
_SHORT: Final = {
    "@AT": f"--at {AT}",
    "@SEAL": "--seal-file passphrase.txt",
    "@ROOT": "--trust pki/root.pem",
    "@SHOP": "--key pki/shop-key.pem --certificates pki/shop.pem"
    " --passphrase-file passphrase.txt --seal-file passphrase.txt"
    " --answer-to https://till.example/answer",
    "@ISSUER": "--key pki/issuer-key.pem --certificates pki/issuer.pem"
    " --passphrase-file passphrase.txt",
}


def _sessions() -> list[Path]:
    return sorted(FOLDER.glob("*.txt"))


def _arguments(command: Command) -> list[str]:
    text = command.text.replace("\\\n", " ")
    for short, whole in _SHORT.items():
        text = text.replace(short, whole)
    words = shlex.split(text)
    assert words[0] == "idwallet", command.text
    return words[1:]


def _require_alike(command: Command, printed: str) -> None:
    shown, told = (f"{each.strip()}\n" for each in (command.output, printed))
    if not doctest.OutputChecker().check_output(shown, told, _ALIKE):
        lines = difflib.unified_diff(
            shown.splitlines(), told.splitlines(), "shown", "printed", lineterm=""
        )
        pytest.fail("\n".join([command.text, *lines]))


@pytest.mark.parametrize("session", _sessions(), ids=lambda path: path.stem)
def test_the_session_goes_as_written(session: Path, story: Path) -> None:
    text = session.read_text(encoding="utf-8")
    for command in commands(Block("console", text, 1)):
        ran = run(*_arguments(command))
        assert ran.status == command.status, (command.text, ran)
        assert "Traceback" not in ran.err
        if command.output:
            _require_alike(command, ran.out + ran.err)


def test_there_are_sessions_for_every_exit_status() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in _sessions())
    endings = {f"# status {number}" for number in range(1, 5)}
    assert {ending for ending in endings if ending in text} == endings
