"""Lines set on pages, from the top down."""

from typing import Final, NamedTuple

from idwallet.codec.font import FontSubset

WIDTH: Final = 595.0
HEIGHT: Final = 842.0
"""A4 in points (ISO 216), to the point."""

MARGIN: Final = 56.0
_LABEL: Final = 150.0
_GAP: Final = 12.0
_TITLE: Final = 18.0
_SIZE: Final = 11.0
_SMALL: Final = 9.0
_LEADING: Final = 1.3
_BETWEEN: Final = 7.0
_BOLD: Final = frozenset({"H1", "TH"})


class Piece(NamedTuple):
    """Lines of one element on one page; `top` is the baseline of the first.

    `role` is its type in the tree of structure (ISO 32000-1 14.8.4), `row` its row of
    the table, -1 outside of it.
    """

    role: str
    row: int
    size: float
    left: float
    top: float
    lines: tuple[str, ...]

    @property
    def is_bold(self) -> bool:
        """Whether it is set in the bold font."""
        return self.role in _BOLD

    @property
    def leading(self) -> float:
        """From line to line, in points."""
        return self.size * _LEADING


class Fonts(NamedTuple):
    """What texts are set in."""

    plain: FontSubset
    bold: FontSubset


class Setting:
    """Sets one element after the other."""

    def __init__(self, fonts: Fonts, *, foot: float) -> None:
        """Begin at the top of the first page; `foot` points stay free below."""
        self._fonts = fonts
        self._bottom = MARGIN + foot
        self._y = HEIGHT - MARGIN
        self.pages: list[list[Piece]] = [[]]
        self.rules: list[list[float]] = [[]]

    def title(self, text: str) -> None:
        """Set the title."""
        self._alone(text, role="H1", size=_TITLE)
        self._y -= _BETWEEN

    def note(self, text: str) -> None:
        """Set a paragraph in small letters, over the whole width."""
        self._y -= _BETWEEN
        self._alone(text, role="P", size=_SMALL)

    def row(self, label: str, value: str, *, number: int) -> None:
        """Set a label and its value beside it."""
        left = MARGIN + _LABEL + _GAP
        labels = _broken(label, self._fonts.bold, wide=_LABEL / _SIZE)
        room = (WIDTH - MARGIN - left) / _SIZE
        values = _broken(value, self._fonts.plain, wide=room)
        height = max(len(labels), len(values)) * _SIZE * _LEADING + _BETWEEN
        if height <= HEIGHT - MARGIN - self._bottom:
            self._keep(height)
        cells = (("TH", MARGIN, labels), ("TD", left, values))
        for n in range(max(len(labels), len(values))):
            self._down(_SIZE)
            for role, start, lines in cells:
                if n < len(lines):
                    line = (lines[n],)
                    self._put(Piece(role, number, _SIZE, start, self._y, line))
        self._y -= _BETWEEN
        self.rules[-1].append(self._y)

    def _alone(self, text: str, *, role: str, size: float) -> None:
        font = self._fonts.bold if role in _BOLD else self._fonts.plain
        for line in _broken(text, font, wide=(WIDTH - 2 * MARGIN) / size):
            self._down(size)
            self._put(Piece(role, -1, size, MARGIN, self._y, (line,)))

    def _put(self, piece: Piece) -> None:
        """Take a line, together with the one above where both are one element's."""
        page = self.pages[-1]
        for n in range(len(page) - 1, max(len(page) - 3, -1), -1):
            above = page[n]
            next_line = above.top - len(above.lines) * above.leading
            if (
                above._replace(top=0.0, lines=()) == piece._replace(top=0.0, lines=())
                and abs(next_line - piece.top) < 1
            ):
                page[n] = above._replace(lines=(*above.lines, *piece.lines))
                return
        page.append(piece)

    def _down(self, size: float) -> None:
        self._keep(size * _LEADING)
        self._y -= size * _LEADING

    def _keep(self, height: float) -> None:
        """Go on to the next page where this one has not that much left."""
        if self._y - height < self._bottom:
            self.pages.append([])
            self.rules.append([])
            self._y = HEIGHT - MARGIN


def _broken(text: str, font: FontSubset, *, wide: float) -> tuple[str, ...]:
    """Break a text between words, and a word that is wider than a line within it.

    The space where it was broken stays at the end of the line: taken out of the file,
    the words are as far apart as before.
    """
    most = wide * 1000
    found = [""]
    for word in text.split(" "):
        longer = f"{found[-1]} {word}" if found[-1] else word
        if font.width(longer) <= most:
            found[-1] = longer
            continue
        if found[-1]:
            found[-1] += " "
            found.append("")
        for letter in word:
            if found[-1] and font.width(found[-1] + letter) > most:
                found.append("")
            found[-1] += letter
    return tuple(found)
