"""Outside text made safe to show on a terminal, in HTML or in a chat."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final
from unicodedata import bidirectional, category, combining, name

from idwallet import limits
from idwallet.errors import UsageError


class TextWarning(StrEnum):
    """What in a text might deceive the person who reads it."""

    CONTROL = "control"
    """Control characters, line breaks and terminal escapes among them."""
    BIDI = "bidi"
    """Characters that turn the order of their neighbours round."""
    INVISIBLE = "invisible"
    """Characters that draw nothing, no letter known today, or marks heaped up."""
    MIXED_SCRIPT = "mixed_script"
    """One word of letters from scripts that look alike, as Latin and Cyrillic do."""
    MARKUP = "markup"
    """What HTML, Markdown or a terminal library would act on."""
    TOO_LONG = "too_long"
    """More than `limits.TEXT_CHARACTERS`."""


# Nothing here has anything to neutralise. Possessive: no text makes it slow.
_ORDINARY: Final = re.compile(
    r"(?:[A-Za-z0-9À-ÖØ-öø-ÿЁА-яё.,:;/()=+?!%#$-]++"
    r"|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])| (?! ))*+"
)
_MARKUP: Final = re.compile(
    r"<\s?[A-Za-z/!?]|&#?\w{1,32};|\[[^\[\]]*\]|`|\*\*|~~|\|\||(?<!\w)__"
)
# Wide and typographic twins: a person reads them, no markup language does.
_TWINS: Final = dict(zip("<>&[]*`\\\"'", "＜＞＆［］＊｀＼”’", strict=True))
# These mean something to chats only where they stand: mention, emphasis, spoiler.
_PLACED: Final = re.compile(r"(?<![^\W_])@|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|\|")
_PLACED_TWINS: Final = {"@": "＠", "_": "＿", "~": "～", "|": "｜"}
_SPACES: Final = re.compile(" {2,}")
_ELLIPSIS: Final = "…"
_ZWNJ: Final = "\u200c"
_JOINERS: Final = "\u200c\u200d"
_VIRAMA: Final = 9
# More marks than this over one letter hide the line above or below it.
_MARKS: Final = 4
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e") | {
    chr(point) for point in range(0x2066, 0x206A)
}
# Default-ignorable and blank characters that are not of a format category.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(point)
    for block in (
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
    for point in block
}
_CATEGORIES: Final = {
    "Cc": TextWarning.CONTROL,
    "Cs": TextWarning.CONTROL,
    "Zl": TextWarning.CONTROL,
    "Zp": TextWarning.CONTROL,
    "Cf": TextWarning.INVISIBLE,
    "Cn": TextWarning.INVISIBLE,
    "Co": TextWarning.INVISIBLE,
}
_WORD: Final = re.compile(r"[^\W_]+(?:[.@’'\u0300-\u036f]+[^\W_]+)*")
_ALIKE: Final = frozenset(
    {
        "ARMENIAN",
        "CHEROKEE",
        "COPTIC",
        "CYRILLIC",
        "DESERET",
        "FULLWIDTH",
        "GREEK",
        "LATIN",
        "LISU",
    }
)
# Letters of formulas: they spell words only to pass for other letters.
_STYLED: Final = "MATHEMATICAL"


def show(text: str, *, limit: int = limits.TEXT_CHARACTERS) -> str:
    """Return `text` as one line of at most `limit` characters, safe on any surface.

    Control, bidi and invisible characters become their code point in angle quotes,
    markup its wide twin, any run of spaces one space; what is cut off leaves an
    ellipsis. Done twice it changes nothing more. Letters stay as they are: `warnings`
    names look-alikes. Text from right to left is not isolated, surfaces do that.

    Raises:
        UsageError: `limit` is not positive.
    """
    if limit < 1:
        raise UsageError("a limit is positive")
    if len(text) <= limit and _ORDINARY.fullmatch(text):
        return text
    shown = "".join(_visible(text[: limit + 1]))
    shown = _PLACED.sub(lambda found: _PLACED_TWINS[found[0]], shown)
    shown = _SPACES.sub(" ", shown)
    if len(text) <= limit and len(shown) <= limit:
        return shown
    # Joiners and underscores are judged by their right neighbour, now gone.
    return shown[: limit - 1].rstrip(f" _{_JOINERS}") + _ELLIPSIS


def warnings(text: str) -> tuple[TextWarning, ...]:
    """Return what `text` might deceive with, each once, in the order of the enum."""
    found = set(_hidden(text))
    if any(_looks_mixed(word) for word in _WORD.findall(text)):
        found.add(TextWarning.MIXED_SCRIPT)
    if _MARKUP.search(text):
        found.add(TextWarning.MARKUP)
    if len(text) > limits.TEXT_CHARACTERS:
        found.add(TextWarning.TOO_LONG)
    return tuple(each for each in TextWarning if each in found)


def _visible(text: str) -> Iterator[str]:
    for character, fault in zip(text, _faults(text), strict=True):
        if fault is not None:
            yield f"\u2039U+{ord(character):04X}\u203a"
        elif category(character) == "Zs":
            yield " "
        else:
            yield _TWINS.get(character, character)


def _hidden(text: str) -> Iterator[TextWarning]:
    return (fault for fault in _faults(text) if fault is not None)


def _faults(text: str) -> Iterator[TextWarning | None]:
    """Give for each character why it cannot be shown, or None."""
    marks = _MARKS  # a mark that opens the text would sit on the words before it
    fault: TextWarning | None = TextWarning.CONTROL
    for index, character in enumerate(text):
        marks = marks + 1 if category(character).startswith("M") else 0
        if marks > _MARKS:
            fault = TextWarning.INVISIBLE
        elif fault is not None or not _joins(text, index):
            fault = _fault(character)
        yield fault


@lru_cache(maxsize=4096)
def _fault(character: str) -> TextWarning | None:
    if character in _BIDI:
        return TextWarning.BIDI
    if character in _BLANK:
        return TextWarning.INVISIBLE
    return _CATEGORIES.get(category(character))


def _joins(text: str, index: int) -> bool:
    """Tell whether a joiner does its work here (RFC 5892 appendix A.1 and A.2).

    Persian and the scripts of India cannot be written without them.
    """
    if text[index] not in _JOINERS:
        return False
    before, after = text[index - 1], text[index + 1 : index + 2]
    if combining(before) == _VIRAMA:
        return True
    # The one that keeps letters apart stands between two of them; the other does not.
    arabic = all(bidirectional(side) == "AL" for side in before + after)
    return text[index] == _ZWNJ and arabic and after != ""


def _looks_mixed(word: str) -> bool:
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    return _STYLED in scripts or len(scripts & _ALIKE) > 1


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """Return the script's name, which the names of letters begin with."""
    return name(letter, "").partition(" ")[0]
