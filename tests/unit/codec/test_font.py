"""Fonts are cut down to what a text needs, and never draw what they cannot."""

import io
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from idwallet import limits
from idwallet.adapters.fonts import default_font
from idwallet.codec.font import drawable, subset_font
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

CYRILLIC = "Съешь ещё этих мягких французских булок, Ёжик №5 «да»"


def changed(**values: int) -> bytes:
    """Return the font with other values in its OS/2 table."""
    font = TTFont(io.BytesIO(default_font()))
    table: Any = font["OS/2"]
    for name, value in values.items():
        setattr(table, name, value)
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def without(table: str) -> bytes:
    font = TTFont(io.BytesIO(default_font()))
    del font[table]
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def test_a_subset_holds_the_letters_of_the_text_and_few_others() -> None:
    cut = subset_font(default_font(), CYRILLIC)
    assert cut.glyphs.keys() == set(CYRILLIC)
    assert len(cut.octets) < len(default_font()) / 8
    inside = TTFont(io.BytesIO(cut.octets))
    assert max(cut.glyphs.values()) < len(inside.getGlyphOrder()) == len(cut.widths)


def test_each_letter_is_drawn_as_in_the_whole_font() -> None:
    cut = subset_font(default_font(), CYRILLIC)
    whole, part = (TTFont(io.BytesIO(each)) for each in (default_font(), cut.octets))
    names = whole.getBestCmap()
    for letter, number in cut.glyphs.items():
        theirs: Any = whole["glyf"][names[ord(letter)]]
        ours: Any = part["glyf"][part.getGlyphName(number)]
        drawn, expected = (
            each.getCoordinates(font["glyf"])[0]
            for each, font in ((ours, part), (theirs, whole))
        )
        assert list(drawn) == list(expected), letter


def test_the_same_text_gives_the_same_octets_whatever_the_order() -> None:
    subset_font.__globals__["_subset"].cache_clear()
    first = subset_font(default_font(), "Иван")
    subset_font.__globals__["_subset"].cache_clear()
    assert subset_font(default_font(), "навИ") == first


def test_a_text_is_as_wide_as_its_letters_together() -> None:
    cut = subset_font(default_font(), "Иванов")
    whole = TTFont(io.BytesIO(default_font()))
    advances: Any = whole["hmtx"]
    names = whole.getBestCmap()
    units = sum(advances[names[ord(each)]][0] for each in "Иванов")
    assert cut.width("Иванов") == pytest.approx(
        units * 1000 / whole["head"].unitsPerEm, abs=3
    )


def test_glyphs_are_written_in_two_octets_each() -> None:
    cut = subset_font(default_font(), "Ян")
    assert cut.encode("Ян") == b"".join(
        cut.glyphs[each].to_bytes(2, "big") for each in "Ян"
    )


def test_a_letter_that_the_font_lacks_is_named_and_never_drawn_as_another() -> None:
    with pytest.raises(UsageError, match=r"no glyph .* U\+6F22"):
        subset_font(default_font(), "Иван 漢")


@pytest.mark.parametrize("rights", [0x0002, 0x0100, 0x0200])
def test_a_font_whose_licence_forbids_embedding_is_not_embedded(rights: int) -> None:
    with pytest.raises(UsageError, match="licence"):
        subset_font(changed(fsType=rights), "A")


@pytest.mark.parametrize("rights", [0x0000, 0x0004, 0x0008])
def test_a_font_that_may_be_embedded_is(rights: int) -> None:
    assert "A" in subset_font(changed(fsType=rights), "A").glyphs


@pytest.mark.parametrize(
    "data", [b"", b"junk", default_font()[:2000], without("head"), without("OS/2")]
)
def test_what_is_no_font_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="font"):
        subset_font(data, "A")


def test_a_font_of_other_outlines_is_not_supported() -> None:
    with pytest.raises(UnsupportedError, match="TrueType"):
        subset_font(without("glyf"), "A")


def test_a_font_beyond_the_limit_is_not_opened() -> None:
    with pytest.raises(LimitError):
        subset_font(bytes(limits.FONT_BYTES + 1), "A")


def test_letters_come_composed() -> None:
    assert drawable("Ёж") == "Ёж" == "\u0401ж"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\nb", "U+000A"),
        ("a\u202eb", "U+202E"),
        ("a\u2028b", "U+2028"),
        ("a\ud800b", "U+D800"),
        ("שלום", "U+05E9"),
        ("سلام", "U+0633"),
        ("क्षि", "U+094D"),
        ("x\u0331", "U+0331"),
    ],
)
def test_what_cannot_be_drawn_letter_by_letter_is_named(text: str, named: str) -> None:
    with pytest.raises(UsageError, match=named.replace("+", r"\+")):
        drawable(text)
