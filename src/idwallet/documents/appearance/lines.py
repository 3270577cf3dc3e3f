"""Lines of text fitted into a box."""

from typing import Final, NamedTuple

from idwallet.codec.font import FontSubset, subset_font
from idwallet.errors import UsageError

_LEADING: Final = 1.2
# Smaller than this nobody reads on paper.
_SMALLEST: Final = 4.0
_STEP: Final = 0.25


class Fitted(NamedTuple):
    """Lines as they fit: the size and the leading are in points."""

    font: FontSubset
    size: float
    leading: float
    lines: tuple[str, ...]


def fitted(
    lines: tuple[str, ...],
    font: bytes,
    *,
    room: tuple[float, float],
    largest: float,
) -> Fitted:
    """Return the lines, broken between words, in the largest size that fits the room.

    Raises:
        UsageError: they do not fit in any size that can be read, or the font cannot
            draw them.
        MalformedError, UnsupportedError, LimitError: the font cannot be read.
    """
    cut = subset_font(font, "".join(lines) + " ")
    wide, high = room
    size = largest
    while size >= _SMALLEST:
        broken = _broken(lines, cut, wide=wide * 1000 / size)
        if broken is not None and len(broken) * size * _LEADING <= high:
            return Fitted(cut, size, size * _LEADING, broken)
        size -= _STEP
    raise UsageError("the lines do not fit into the box of the stamp: make it larger")


def _broken(
    lines: tuple[str, ...], font: FontSubset, *, wide: float
) -> tuple[str, ...] | None:
    """Break lines between words; None where a word alone is too wide."""
    found: list[str] = []
    for line in lines:
        held = ""
        for word in line.split(" "):
            longer = f"{held} {word}" if held else word
            if font.width(longer) <= wide:
                held = longer
                continue
            if not held or font.width(word) > wide:
                return None
            found.append(held)
            held = word
        found.append(held)
    return tuple(found)
