"""Stamps: text, a picture, a QR code, as one form XObject (ISO 32000-1 8.10).

    stamp = Stamp(
        page=0, box=Box(40, 40, 260, 110), font=default_font(),
        lines=("Подписано: Иван Примеров", "2026-11-26"), qr="https://example.org/doc/7",
    )

Everything that a stamp is drawn with is in the file, in colours that do not depend on a
device and without transparency, so that PDF/A stays PDF/A (ISO 19005-2 6.2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.font import drawable
from idwallet.documents.appearance.draw import Canvas, Square
from idwallet.documents.appearance.lines import fitted
from idwallet.documents.appearance.place import Box
from idwallet.errors import UsageError

_PAD: Final = 4.0
_FRAME: Final = 0.75
# Form space is turned against the page, so that the stamp stands upright as seen.
_MATRICES: Final = {
    90: b"/Matrix [0 1 -1 0 0 0] ",
    180: b"/Matrix [-1 0 0 -1 0 0] ",
    270: b"/Matrix [0 -1 1 0 0 0] ",
}


class Rendered(NamedTuple):
    """A stamp as PDF objects: `form` is the number of its form XObject.

    `objects` are the bodies of all that it needs, by their numbers.
    """

    form: int
    objects: Mapping[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What is to be seen of a signature, and where.

    `page` counts from 0; `box` is on the page as a reader sees it. `lines` are drawn
    with `font`, TrueType octets of which only what is needed goes into the file (see
    `idwallet.adapters.fonts.default_font`), no larger than `size` points and smaller
    where the box is small. `picture` is a PNG or JPEG file, `qr` the text of a QR code.
    `described` is what a screen reader says of it (ISO 14289-1 7.18); the lines where
    it is empty.
    """

    page: int
    box: Box
    lines: tuple[str, ...] = ()
    font: bytes | None = field(default=None, repr=False)
    size: float = 10.0
    picture: bytes | None = field(default=None, repr=False)
    qr: str | None = None
    framed: bool = True
    described: str = ""

    def __post_init__(self) -> None:
        """Refuse a stamp that could not be drawn, before anything is signed.

        Raises:
            UsageError: there is nothing to draw, or no room, or a character cannot be
                drawn; the message says which.
            MalformedError, UnsupportedError, LimitError: the font or the picture cannot
                be read.
        """
        if self.page < 0:
            raise UsageError("pages count from 0")
        box = Box(*self.box)
        object.__setattr__(self, "box", box)
        if not all(abs(each) <= limits.PAGE_POINTS for each in box):
            raise UsageError("no page is that large")
        if box.width <= 4 * _PAD or box.height <= 4 * _PAD:
            raise UsageError("the box of a stamp is too small to see it")
        lines = tuple(map(drawable, self.lines))
        object.__setattr__(self, "lines", lines)
        if not any((*lines, self.picture, self.qr)):
            raise UsageError("a stamp without lines, picture and QR code shows nothing")
        if any(lines) and self.font is None:
            raise UsageError("lines need a font, as adapters.fonts.default_font()")
        if not self.spoken:
            raise UsageError("a stamp without lines needs `described`, to be heard")
        numbers = iter(range(1, 100))
        self.render(lambda: next(numbers))

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return self.described or ", ".join(filter(None, self.lines))

    def render(self, allocate: Callable[[], int], *, rotate: int = 0) -> Rendered:
        """Return the objects; `allocate` hands out their numbers.

        `rotate` is by how many degrees a reader turns the page, clockwise.
        """
        box = self.box
        canvas = Canvas(allocate)
        if self.framed:
            canvas.frame(box.width, box.height, thick=_FRAME)
        left, right = _PAD, box.width - _PAD
        side = box.height - 2 * _PAD
        if self.picture is not None:
            room = right - left if not self._has_more(self.qr) else side * 2
            left += canvas.picture(
                self.picture, at=(left, _PAD), room=(min(room, right - left), side)
            )
            left += _PAD
        if self.qr is not None:
            edge = min(side, right - left)
            right -= edge
            canvas.qr(self.qr, Square(right, _PAD + (side - edge) / 2, edge))
            right -= _PAD
        if any(self.lines) and self.font is not None:
            text = fitted(
                self.lines, self.font, room=(right - left, side), largest=self.size
            )
            canvas.text(text, at=(left, _PAD), height=side)
        return Rendered(*self._form(canvas, rotate % 360))

    def _has_more(self, beside: str | None) -> bool:
        return beside is not None or any(self.lines)

    def _form(self, canvas: Canvas, rotate: int) -> tuple[int, Mapping[int, bytes]]:
        head = b"/Type /XObject /Subtype /Form /FormType 1 /BBox [0 0 %s %s] %s" % (
            canvas.number(self.box.width),
            canvas.number(self.box.height),
            _MATRICES.get(rotate, b""),
        )
        return canvas.form(head)
