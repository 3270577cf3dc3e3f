"""What is generated is in step, and what is said twice agrees."""

import json
import re
import string
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from idwallet.cli import reference
from idwallet.cli.program import COMMANDS, load_command
from tests.docs.pages import ROOT

PARTS: Final = (
    *("", "demo.", "offer.", "request.", "session.", "status.", "trust.", "wallet."),
)


def test_the_page_is_what_the_program_says() -> None:
    page = ROOT / "docs/reference" / reference.PAGE
    assert page.read_text(encoding="utf-8") == reference.cli_page()


def test_the_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    reference.main(tmp_path)
    assert (tmp_path / "cli.md").read_text("utf-8") == reference.cli_page()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    said = (load_command(name).help or "").splitlines()[0]
    listed = COMMANDS[name].line
    assert said.split()[0] == listed.split()[0]
    assert load_command(name).name == name


def _catalogue(name: str) -> dict[str, str]:
    text = files("idwallet.cli").joinpath("catalogue", name).read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("part", PARTS)
def test_both_languages_say_the_same_things_of_the_same_things(part: str) -> None:
    english, russian = _catalogue(f"{part}en.json"), _catalogue(f"{part}ru.json")
    assert list(english) == list(russian)
    assert {name: _places(each) for name, each in english.items()} == {
        name: _places(each) for name, each in russian.items()
    }


@pytest.mark.parametrize("part", PARTS)
def test_no_sentence_is_left_untranslated(part: str) -> None:
    for name, sentence in _catalogue(f"{part}ru.json").items():
        words = "".join(c for c in sentence if c.isalpha())
        plain = name in {"size", "count", "claim"}
        assert plain or any("а" <= c.lower() <= "я" for c in words), name


@pytest.mark.parametrize("part", PARTS)
def test_no_russian_word_has_to_agree_with_a_number_that_may_be_any(part: str) -> None:
    # It would be another word after 1, 2 and 5.
    for name, sentence in _catalogue(f"{part}ru.json").items():
        counted = r"\{(count|size|entries|bits|bytes|claims)\} [а-яё]"
        assert not re.search(counted, sentence), name
