"""What a scanner types, also where the keyboard of the machine is set to Russian."""

from typing import Final

_LATIN: Final = "QWERTYUIOPASDFGHJKLZXCVBNM:$/."
_RUSSIAN: Final = "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬЖ;.Ю"
_RUSSIAN_LETTERS: Final = frozenset(_RUSSIAN) - frozenset(";.")
_KEYS: Final = str.maketrans(_RUSSIAN, _LATIN)
MOST: Final = 4_400
"""Characters of the longest code, with what a scanner puts around it."""


def is_part(text: str) -> bool:
    """Whether a code says that it is one of several, whatever is in it."""
    return text.startswith("IDW1F:")


def typed(text: str) -> str:
    """Return the code that was read.

    A scanner presses keys and knows no letters. Where they came out as Russian ones,
    the same keys are read as they are on an American keyboard: codes have no Russian
    letter in them. Spaces inside count, line ends do not.
    """
    text = text.strip("\r\n\t").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if not _RUSSIAN_LETTERS.isdisjoint(text.upper()):
        text = text.upper().translate(_KEYS)
    return text
