"""A person with the messenger's page, who finds what its own sentences name."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.two_phones import WORDS, Hand, Program
from tests.docs.pages import ROOT

_PLACE: Final = ROOT / "examples/messenger"
both_languages = pytest.mark.parametrize("lang", ["en", "ru"])


@cache
def _sentences(file: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return found


class Reader(Hand):
    """Names are those of `Hand`, or ``bots/bank open`` for a sentence of a file.

    Of a sentence with values in it the part before the first of them is sought.
    """

    def say(self, name: str) -> str:
        """Return the words of the page."""
        if name in WORDS[self.lang]:
            return WORDS[self.lang][name]
        file, _, sentence = name.partition(" ")
        found = _sentences(_PLACE / f"{file}.json")[self.lang][sentence]
        return found.partition("{")[0].strip()


@contextmanager
def messenger_in(folder: Path) -> Iterator[Program]:
    """Run the messenger while it is used."""
    program = Program(folder).start()
    try:
        yield program
    finally:
        program.stop()


def reader(program: Program, visits: Any, name: str) -> Callable[..., Reader]:
    """Return what opens the page anew, for pictures of that name."""

    def open_page(lang: str, **how: bool) -> Reader:
        width = "phone" if how.get("phone") else "wide"
        page = visits(lang=lang, **how).page
        found = Reader(page, program, lang, f"messenger-{name}-{width}")
        found.begin()
        return found

    return open_page


def take(me: Reader) -> None:
    """Take the last offer up on the page, to the end."""
    me.press("open")
    me.press("look")
    me.press("accept")
    me.press("look")
    me.press("store")
