"""What a sheet says."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.font import drawable, subset_font
from idwallet.codec.moment import require_aware
from idwallet.documents.appearance.place import Box
from idwallet.documents.sheet.file import Page, Texts, written
from idwallet.documents.sheet.layout import MARGIN, WIDTH, Fonts, Setting
from idwallet.errors import UsageError

_MOST_FOOT: Final = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A title, labelled lines and notes, on as many A4 pages as they take.

    `lang` is the language of the texts (BCP 47), for who has them read aloud: the file
    is tagged, the title a heading, the lines a table whose labels are its headers
    (ISO 32000-1 14.8). `font` and `bold` are TrueType octets, of which what is needed
    goes into the file (see `idwallet.adapters.fonts.default_font`). `foot` points stay
    free at the foot of each page, for a stamp in `foot_box`.
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    lang: str
    font: bytes = field(repr=False)
    bold: bytes = field(repr=False)
    notes: tuple[str, ...] = ()
    foot: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what could not be drawn.

        Raises:
            UsageError: there is no title or language, more text than
                `limits.SHEET_CHARACTERS`, no such foot, or a character that cannot be
                drawn; the message names it.
            MalformedError, UnsupportedError, LimitError: a font cannot be read.
        """
        rows = tuple((drawable(label), drawable(value)) for label, value in self.rows)
        object.__setattr__(self, "title", drawable(self.title))
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "notes", tuple(map(drawable, self.notes)))
        if not self.title.strip() or not self.lang:
            raise UsageError("a sheet has a title, and says which language it is in")
        if sum(map(len, self._texts())) > limits.SHEET_CHARACTERS:
            raise UsageError("more text than limits.SHEET_CHARACTERS")
        if not 0 <= self.foot <= _MOST_FOOT:
            raise UsageError("the foot of a sheet has 0 to 400 points")
        self._set()

    @property
    def pages(self) -> int:
        """How many pages it takes."""
        return len(self._set()[1])

    @property
    def foot_box(self) -> Box:
        """What stays free at the foot of each page."""
        return Box(MARGIN, MARGIN, WIDTH - MARGIN, MARGIN + self.foot)

    def to_pdf(self, *, at: datetime) -> bytes:
        """Return the sheet as a PDF file that was made at that moment.

        Raises:
            UsageError: `at` has no zone.
        """
        require_aware(at)
        fonts, pages = self._set()
        return written(pages, fonts=fonts, texts=Texts(self.title, self.lang, at))

    def __repr__(self) -> str:
        """Show the number of lines: what they say may be personal data."""
        return f"Sheet(<{len(self.rows)} lines>)"

    def _texts(self) -> tuple[str, ...]:
        cells = (cell for row in self.rows for cell in row)
        return (self.title, *cells, *self.notes)

    def _set(self) -> tuple[Fonts, tuple[Page, ...]]:
        plain = "".join((*(value for _, value in self.rows), *self.notes, " "))
        bold = "".join((self.title, *(label for label, _ in self.rows), " "))
        fonts = Fonts(subset_font(self.font, plain), subset_font(self.bold, bold))
        setting = Setting(fonts, foot=self.foot)
        setting.title(self.title)
        for number, (label, value) in enumerate(self.rows):
            setting.row(label, value, number=number)
        for each in self.notes:
            setting.note(each)
        made = zip(setting.pages, setting.rules, strict=True)
        return fonts, tuple(Page(pieces, rules) for pieces, rules in made)
