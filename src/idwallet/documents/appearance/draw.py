"""Drawing into a form XObject, and the objects that it needs (ISO 32000-1 8, 9)."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from idwallet.codec.image import read_picture
from idwallet.codec.qr import qr_modules
from idwallet.documents.appearance.embed import (
    GREY,
    WHITE,
    embed_font,
    number,
    packed,
    stream,
)
from idwallet.documents.appearance.lines import Fitted

# D65, and what sRGB comes near to: said in the file, not left to a device (8.6.5).
_RGB: Final = (
    b"[/CalRGB << " + WHITE + b" /Gamma [2.2 2.2 2.2] /Matrix [0.4124 0.2126 0.0193"
    b" 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]"
)
_BLACK: Final = b"/G cs 0 sc"
# A quiet zone is part of the code (ISO/IEC 18004 5.3.8).
_QUIET: Final = 4


class Square(NamedTuple):
    """A square: its lower left corner and its side, in points."""

    left: float
    bottom: float
    side: float


class Canvas:
    """A form being drawn; `allocate` hands out the numbers of objects."""

    def __init__(self, allocate: Callable[[], int]) -> None:
        """Begin with nothing on it."""
        self._allocate = allocate
        self._drawn: list[bytes] = []
        self._objects: dict[int, bytes] = {}
        self._fonts: dict[bytes, int] = {}
        self._images: dict[bytes, int] = {}

    @staticmethod
    def number(value: float) -> bytes:
        """Write a number, without the exponent that PDF does not know (7.3.3)."""
        return number(value)

    def frame(self, width: float, height: float, *, thick: float) -> None:
        """Draw a frame along the edge."""
        self._draw("/G CS 0.6 SC")
        half = thick / 2
        self._draw(
            "{} w {} {} {} {} re S", thick, half, half, width - thick, height - thick
        )

    def picture(
        self, data: bytes, *, at: tuple[float, float], room: tuple[float, float]
    ) -> float:
        """Draw a picture as large as the room allows; return how wide it came out."""
        found = read_picture(data)
        scale = min(room[0] / found.width, room[1] / found.height)
        wide, high = found.width * scale, found.height * scale
        space = GREY if found.channels == 1 else _RGB
        head = (
            b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8"
            b" /ColorSpace %s " % (found.width, found.height, space)
        )
        if found.is_jpeg:
            body = stream(head + b"/Filter /DCTDecode ", found.octets)
        else:
            body = packed(head, found.octets)
        name = b"I%d" % len(self._images)
        self._images[name] = self._put(body)
        bottom = at[1] + (room[1] - high) / 2
        self._draw("q {} 0 0 {} {} {} cm", wide, high, at[0], bottom)
        self._drawn.append(b"/%s Do Q" % name)
        return wide

    def qr(self, text: str, square: Square) -> None:
        """Draw a QR code with its quiet zone into a square."""
        rows = qr_modules(text)
        unit = square.side / (len(rows) + 2 * _QUIET)
        self._drawn.append(_BLACK)
        for down, row in enumerate(rows):
            bottom = square.bottom + square.side - (down + 1 + _QUIET) * unit
            for start, length in _runs(row):
                left = square.left + (start + _QUIET) * unit
                self._draw("{} {} {} {} re", left, bottom, length * unit, unit)
        self._drawn.append(b"f")

    def text(self, text: Fitted, *, at: tuple[float, float], height: float) -> None:
        """Draw lines from the top, in the middle of the height."""
        name = b"F%d" % len(self._fonts)
        self._fonts[name] = embed_font(text.font, "".join(text.lines), put=self._put)
        above = (height - len(text.lines) * text.leading) / 2
        rise = text.font.ascent * text.size / 1000
        first = at[1] + height - above - rise
        self._drawn.append(b"BT %s /%s %s Tf" % (_BLACK, name, self.number(text.size)))
        self._draw("{} {} Td {} TL", at[0], first, text.leading)
        self._drawn += [
            b"<%s> Tj T*" % text.font.encode(line).hex().encode() for line in text.lines
        ]
        self._drawn.append(b"ET")

    def form(self, head: bytes) -> tuple[int, Mapping[int, bytes]]:
        """Return the number of the form, and every object."""
        resources = b"/ColorSpace << /G %s >> " % GREY
        for kind, held in ((b"Font", self._fonts), (b"XObject", self._images)):
            if held:
                entries = b" ".join(b"/%s %d 0 R" % item for item in held.items())
                resources += b"/%s << %s >> " % (kind, entries)
        head = b"%s/Resources << %s>> " % (head, resources)
        number = self._put(packed(head, b"\n".join(self._drawn)))
        return number, self._objects

    def _draw(self, template: str, *values: float) -> None:
        numbers = (self.number(each).decode() for each in values)
        self._drawn.append(template.format(*numbers).encode())

    def _put(self, body: bytes) -> int:
        number = self._allocate()
        self._objects[number] = body
        return number


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Return the dark runs of a row: where each starts, and how long it is."""
    found: list[tuple[int, int]] = []
    for n, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == n:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((n, 1))
    return found
