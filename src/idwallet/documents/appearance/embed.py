"""Fonts embedded into a PDF file, and the streams that objects are (ISO 32000-1 9)."""

import hashlib
import zlib
from collections.abc import Callable
from typing import Final

from idwallet.codec.font import FontSubset

WHITE: Final = b"/WhitePoint [0.9505 1 1.089]"
GREY: Final = b"[/CalGray << " + WHITE + b" /Gamma 2.2 >>]"
"""Grey under daylight (D65): said in the file, not left to a device (8.6.5)."""

_SYMBOLIC: Final = 4
_CMAP: Final = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%s
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
_RANGE: Final = 100  # so many entries a block may have (9.10.3)


def number(value: float) -> bytes:
    """Write a number, without the exponent that PDF does not know (7.3.3)."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


def embed_font(font: FontSubset, text: str, *, put: Callable[[bytes], int]) -> int:
    """Embed a font as one of two-octet glyph numbers (9.7); return its number.

    `put` takes the body of an object, and says which number it has.
    """
    # A subset is named by a tag of six letters (9.9.2), here by what it holds.
    digest = hashlib.sha256(font.octets).digest()
    tag = bytes(65 + octet % 26 for octet in digest[:6])
    name = b"%s+%s" % (tag, font.name.encode())
    file = put(packed(b"/Length1 %d " % len(font.octets), font.octets))
    descriptor = put(_descriptor(font, name=name, file=file))
    widths = b" ".join(b"%d" % each for each in font.widths)
    descendant = put(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <<"
        b" /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor"
        b" %d 0 R /DW 0 /W [0 [%s]] /CIDToGIDMap /Identity >>"
        % (name, descriptor, widths)
    )
    letters = put(packed(b"", _CMAP % _to_unicode(font, text)))
    return put(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (name, descendant, letters)
    )


def _descriptor(font: FontSubset, *, name: bytes, file: int) -> bytes:
    bounds = b" ".join(b"%d" % each for each in font.bounds)
    return (
        b"<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%s] /ItalicAngle"
        b" %s /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>"
        % (
            name,
            _SYMBOLIC,
            bounds,
            number(font.italic_angle),
            font.ascent,
            font.descent,
            font.cap_height,
            file,
        )
    )


def _to_unicode(font: FontSubset, text: str) -> bytes:
    """Say which character each glyph is, so that text can be taken out (9.10.3)."""
    pairs = [
        f"<{font.glyphs[each]:04X}> <{each.encode('utf-16-be').hex().upper()}>"
        for each in sorted(set(text))
    ]
    blocks = [pairs[n : n + _RANGE] for n in range(0, len(pairs), _RANGE)]
    lines = (
        "\n".join((f"{len(each)} beginbfchar", *each, "endbfchar")) for each in blocks
    )
    return "\n".join(lines).encode()


def packed(head: bytes, octets: bytes) -> bytes:
    """Return a stream, compressed; `head` is what else its dictionary says."""
    return stream(head + b"/Filter /FlateDecode ", zlib.compress(octets, 9))


def stream(head: bytes, octets: bytes) -> bytes:
    """Return a stream; `head` is what else its dictionary says."""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (head, len(octets), octets)
