"""A page for the archive: PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) at once.

It has what both ask for and no more: an embedded part of a font with its map to
Unicode, a tree of structure, a profile of colours, and what the file says of itself.
The two people that it names are invented.
"""

from functools import cache
from typing import Final

from PIL import ImageCms

from idwallet.adapters.fonts import default_font
from idwallet.codec.font import FontSubset, subset_font

TITLE: Final = "Договор № 1 (образец)"
LINES: Final = (
    TITLE,
    "Анна Образцова продаёт, а Борис Примеров покупает",
    "один велосипед за 12 000 рублей.",
)

_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">TITLE</rdf:li></rdf:Alt></dc:title>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""

_TO_UNICODE: Final = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
{count} beginbfchar
{pairs}
endbfchar
endcmap CMapName currentdict /CMap defineresource pop end end"""


def _stream(octets: bytes, head: str = "") -> bytes:
    opened = f"<< {head} /Length {len(octets)} >>\nstream\n".encode()
    return opened + octets + b"\nendstream"


def _text(value: str) -> str:
    return f"<FEFF{value.encode('utf-16-be').hex()}>"


def _content(font: FontSubset) -> bytes:
    drawn = []
    for number, line in enumerate(LINES):
        size, low = (16, 760) if number == 0 else (12, 750 - 20 * number)
        tag = "H1" if number == 0 else "P"
        drawn.append(
            f"/{tag} << /MCID {number} >> BDC BT /F1 {size} Tf 60 {low} Td "
            f"<{font.encode(line).hex()}> Tj ET EMC"
        )
    return "\n".join(drawn).encode()


def _font_objects(font: FontSubset) -> dict[int, bytes]:
    pairs = "\n".join(f"<{g:04x}> <{ord(c):04x}>" for c, g in font.glyphs.items())
    cmap = _TO_UNICODE.format(count=len(font.glyphs), pairs=pairs)
    name, box = f"ABCDEF+{font.name}", " ".join(map(str, font.bounds))
    widths = " ".join(map(str, font.widths))
    return {
        10: (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [11 0 R] /ToUnicode 14 0 R >>"
        ).encode(),
        11: (
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor 12 0 R /W [0 [{widths}]] /CIDToGIDMap /Identity >>"
        ).encode(),
        12: (
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] "
            f"/ItalicAngle 0 /Ascent {font.ascent} /Descent {font.descent} "
            f"/CapHeight {font.cap_height} /StemV 80 /FontFile2 13 0 R >>"
        ).encode(),
        13: _stream(font.octets, f"/Length1 {len(font.octets)}"),
        14: _stream(cmap.encode()),
    }


@cache
def archival() -> bytes:
    """Return the page."""
    font = subset_font(default_font(), "".join(LINES))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    objects = {
        1: (
            b"<< /Type /Catalog /Pages 2 0 R /Lang (ru) /MarkInfo << /Marked true >> "
            b"/Metadata 5 0 R /OutputIntents [6 0 R] /StructTreeRoot 8 0 R "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>"
        ),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 10 0 R >> >> /StructParents 0 /Tabs /S >>"
        ),
        4: _stream(_content(font)),
        5: _stream(
            _XMP.replace("TITLE", TITLE).encode(), "/Type /Metadata /Subtype /XML"
        ),
        6: (
            b"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) "
            b"/Info (sRGB) /DestOutputProfile 7 0 R >>"
        ),
        7: _stream(profile, "/N 3"),
        8: (
            b"<< /Type /StructTreeRoot /K [9 0 R] "
            b"/ParentTree << /Nums [0 [15 0 R 16 0 R 17 0 R]] >> "
            b"/ParentTreeNextKey 1 >>"
        ),
        9: (b"<< /Type /StructElem /S /Document /P 8 0 R /K [15 0 R 16 0 R 17 0 R] >>"),
        **_font_objects(font),
        **{
            15 + n: (
                f"<< /Type /StructElem /S /{'P' if n else 'H1'} /P 9 0 R /Pg 3 0 R "
                f"/K {n} >>"
            ).encode()
            for n in range(len(LINES))
        },
        18: f"<< /Title {_text(TITLE)} >>".encode(),
    }
    return _written(objects)


def _written(objects: dict[int, bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), list[bytes]()
    for number, body in sorted(objects.items()):
        assert number == len(places) + 1
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(places))
    out += (
        b"trailer\n<< /Size %d /Root 1 0 R /Info 18 0 R /ID [%s %s] >>\n"
        b"startxref\n%d\n%%%%EOF\n"
    ) % (
        size,
        b"<00112233445566778899AABBCCDDEEFF>",
        b"<00112233445566778899AABBCCDDEEFF>",
        start,
    )
    return bytes(out)
