"""What the pages are made of: text stays text, in both languages alike."""

import json
import string
from pathlib import Path
from typing import Final

import pytest
from examples.web.elements import Html, element, together

from idwallet.roles import AnswerState
from tests.docs.pages import ROOT

EXAMPLES: Final = ROOT / "examples"
HOSTILE: Final = "</p><script>alert('1')</script> & \"x\""


def test_text_is_escaped_wherever_it_stands() -> None:
    found = element("p", {"title": HOSTILE}, HOSTILE, element("b", None, HOSTILE))
    assert isinstance(found, Html)
    assert "<script" not in found
    assert found.count("&lt;script&gt;") == 3
    assert '"x"' not in found
    # What was joined by hand is text again, and not HTML.
    assert "&lt;b&gt;" in together(element("b", None, "x") + "<b>")


def test_an_attribute_is_there_alone_or_not_at_all() -> None:
    found = element("input", {"readonly": True, "value": "", "id": None, "x": False})
    assert found == '<input readonly value="">'


def _words(name: str) -> dict[str, dict[str, str]]:
    path: Path = EXAMPLES / name / "words.json"
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", ["issuer_service", "verifier_service"])
def test_both_languages_say_the_same_things_of_the_same_things(name: str) -> None:
    words = _words(name)
    english, russian = words["en"], words["ru"]

    def places(sentence: str) -> set[str]:
        return {each for _, each, _, _ in string.Formatter().parse(sentence) if each}

    assert list(english) == list(russian)
    assert {k: places(v) for k, v in english.items()} == {
        k: places(v) for k, v in russian.items()
    }
    assert [
        v for v in russian.values() if not any("а" <= c <= "я" for c in v.lower())
    ] == []


@pytest.mark.parametrize("name", ["issuer_service", "verifier_service"])
def test_the_pages_of_an_example_name_no_other_place(name: str) -> None:
    for folder in (EXAMPLES / name, EXAMPLES / "web/static"):
        for path in folder.rglob("*"):
            if path.suffix in {".css", ".js", ".svg", ".json"}:
                text = path.read_text(encoding="utf-8").replace("http://www.w3.org", "")
                assert "//" not in text.replace("// ", ""), path
                assert "@import" not in text
                assert "url(" not in text


def test_the_counter_has_words_for_every_state_that_a_request_can_be_in() -> None:
    told = {each.value for each in AnswerState} - {"passed", "failed", "indeterminate"}
    english = _words("verifier_service")["en"]
    for name in told | {"read", "expired"}:
        assert {f"stage.{name}", f"stage.{name}.more"} <= english.keys()
