"""Fonts measured, and cut down to the letters that a text needs, by fontTools.

The one door to fontTools. Only TrueType outlines are taken, as PDF embeds them most
plainly (ISO 32000-1 9.9).
"""

import io
import struct
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unicodedata import bidirectional, category, normalize

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_AT: Final = "font"
_CLAUSE: Final = "ISO/IEC 14496-22"
# What PDF asks of an embedded TrueType font (ISO 32000-1 9.9, table 126).
_KEPT: Final = frozenset(
    {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "cvt ", "fpgm", "prep"}
)
_RESTRICTED: Final = 0x0002
_BITMAPS_ONLY: Final = 0x0200
_NO_SUBSETS: Final = 0x0100
# What draws beside or over its neighbours wants a shaper, which nobody here has.
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})


class FontSubset(NamedTuple):
    """A part of a font, to be embedded: lengths are thousandths of the font size.

    `octets` is a TrueType file of nothing but the glyphs; `glyphs` says which one draws
    a character, and `widths` how wide each is, by its number.
    """

    name: str
    octets: bytes
    glyphs: Mapping[str, int]
    widths: tuple[int, ...]
    bounds: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    italic_angle: float

    def __repr__(self) -> str:
        """Name it."""
        return f"FontSubset({self.name!r}, <{len(self.glyphs)} characters>)"

    def width(self, text: str) -> int:
        """Return how wide a text is, in thousandths of the font size."""
        return sum(self.widths[self.glyphs[each]] for each in text)

    def encode(self, text: str) -> bytes:
        """Return the glyph numbers of a text, two octets each."""
        return b"".join(self.glyphs[each].to_bytes(2, "big") for each in text)


def drawable(text: str) -> str:
    """Return a text as it can be drawn letter by letter, composed (Unicode NFC).

    Raises:
        UsageError: it has a character that is not drawn (a line break, a direction
            mark), or one of a script that needs shaping; the message names it.
    """
    composed = normalize("NFC", text)
    for each in composed:
        kind = category(each)
        if kind[0] == "C" or kind in {"Zl", "Zp"}:
            raise UsageError(f"a stamp has no place for the character {_named(each)}")
        if bidirectional(each) in _RIGHT_TO_LEFT or kind in _MARKS:
            raise UsageError(
                f"the character {_named(each)} needs shaping: stamp it as an image"
            )
    return composed


def subset_font(font: bytes, text: str) -> FontSubset:
    """Return what of a font draws a text, always the same octets for the same text.

    Raises:
        UsageError: the font has no glyph for a character of the text, which the message
            names; or its licence forbids embedding it.
        MalformedError, UnsupportedError, LimitError: it is no TrueType font, or longer
            than `limits.FONT_BYTES`.
    """
    if len(font) > limits.FONT_BYTES:
        raise LimitError("a font too long", at=_AT, clause="idwallet limits")
    return _subset(font, "".join(sorted(set(text))))


@lru_cache(maxsize=16)
def _subset(font: bytes, characters: str) -> FontSubset:
    try:
        from fontTools.ttLib import TTLibError
    except ImportError as error:  # pragma: no cover - the tests install the extra
        raise UnsupportedError(
            "fontTools is not installed: pip install 'idwallet[stamps]'",
            clause="idwallet[stamps]",
        ) from error

    try:
        return _cut(_opened(font), characters)
    except (
        TTLibError,
        struct.error,
        AssertionError,
        AttributeError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        if isinstance(error, UsageError):
            raise
        raise MalformedError(
            "a font that cannot be read", at=_AT, clause=_CLAUSE
        ) from None


def _opened(font: bytes) -> "TTFont":
    from fontTools.ttLib import TTFont

    opened = TTFont(io.BytesIO(font), lazy=True, recalcTimestamp=False)
    if "glyf" not in opened:
        raise UnsupportedError(
            "a font without TrueType outlines", at=_AT, clause=_CLAUSE
        )
    metrics: Any = opened["OS/2"]
    # OpenType, OS/2 fsType: what whoever licensed the font allows.
    level = metrics.fsType & 0x000F
    if level == _RESTRICTED or metrics.fsType & (_BITMAPS_ONLY | _NO_SUBSETS):
        raise UsageError("the licence of this font forbids embedding a part of it")
    return opened


def _cut(font: "TTFont", characters: str) -> FontSubset:
    from fontTools.subset import Options, Subsetter

    known: Mapping[int, str] = font.getBestCmap() or {}
    for each in characters:
        if ord(each) not in known:
            raise UsageError(f"the font has no glyph for the character {_named(each)}")
    metrics = _metrics(font)
    options = Options()
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.layout_features = []
    options.drop_tables = [tag for tag in font.keys() if tag not in _KEPT | {"cmap"}]  # noqa: SIM118 - no mapping
    cutter = Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    names = {each: font.getBestCmap()[ord(each)] for each in characters}
    glyphs = {each: font.getGlyphID(name) for each, name in names.items()}
    advances: Any = font["hmtx"]
    scale = metrics.pop("scale")
    widths = tuple(round(advances[n][0] * scale) for n in font.getGlyphOrder())
    del font["cmap"]
    written = io.BytesIO()
    font.save(written, reorderTables=None)
    return FontSubset(
        octets=written.getvalue(),
        glyphs=MappingProxyType(glyphs),
        widths=widths,
        **metrics,
    )


def _metrics(font: "TTFont") -> dict[str, Any]:
    head: Any = font["head"]
    line: Any = font["hhea"]
    metrics: Any = font["OS/2"]
    post: Any = font["post"]
    named: Any = font["name"]
    scale = 1000 / head.unitsPerEm
    box = (head.xMin, head.yMin, head.xMax, head.yMax)
    told = named.getDebugName(6) or "Font"
    return {
        "scale": scale,
        "name": "".join(c for c in told if c.isascii() and (c.isalnum() or c == "-")),
        "bounds": tuple(round(each * scale) for each in box),
        "ascent": round(line.ascent * scale),
        "descent": round(line.descent * scale),
        "cap_height": round(getattr(metrics, "sCapHeight", line.ascent) * scale),
        "italic_angle": float(post.italicAngle),
    }


def _named(character: str) -> str:
    return f"U+{ord(character):04X}"
