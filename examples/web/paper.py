"""A page of text as a PDF file, with Latin and Cyrillic letters and nothing else.

It is set in Courier New, which stays on the machine that reads it: each letter is as
wide as the next one, so nobody needs its measures here.
"""

import textwrap
from collections.abc import Sequence
from typing import Final

_LETTERS: Final = "cp1251"
_COLUMNS: Final = 66
_LINES: Final = 52
_SIZE: Final = 11
_LEADING: Final = 14
_LEFT, _TOP = 72, 770
_FIRST: Final = 32
_DESCRIPTOR: Final = (
    b"<< /Type /FontDescriptor /FontName /CourierNew /Flags 33 /ItalicAngle 0 "
    b"/FontBBox [-122 -680 623 1021] /Ascent 833 /Descent -300 /CapHeight 571 "
    b"/StemV 80 >>"
)


def pdf_of(title: str, paragraphs: Sequence[str], *, lang: str) -> bytes:
    """Return a PDF file (ISO 32000-2) of a title and paragraphs, in the order given.

    A letter that neither alphabet has is a question mark.
    """
    lines = [title, ""]
    for each in paragraphs:
        lines += [*textwrap.wrap(each, _COLUMNS), ""]
    pages = [lines[n : n + _LINES] for n in range(0, len(lines), _LINES)]
    first = 6
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang ({lang}) "
        "/ViewerPreferences << /DisplayDocTitle true >> >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        f"<< /Title <FEFF{title.encode('utf-16-be').hex()}> >>".encode(),
        _font(),
        _DESCRIPTOR,
    ]
    for number, page in enumerate(pages):
        content = _content(page)
        bodies += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents "
            f"{first + 2 * number + 1} 0 R "
            "/Resources << /Font << /F1 4 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    return _file(bodies)


def _font() -> bytes:
    names = " ".join(f"/uni{ord(each):04X}" for each in _alphabet())
    last = _FIRST + len(_alphabet()) - 1
    widths = " ".join(["600"] * len(_alphabet()))
    return (
        f"<< /Type /Font /Subtype /TrueType /BaseFont /CourierNew /FirstChar {_FIRST} "
        f"/LastChar {last} /Widths [{widths}] /FontDescriptor 5 0 R /Encoding << "
        f"/Type /Encoding /Differences [{_FIRST} {names}] >> >>"
    ).encode()


def _alphabet() -> str:
    return bytes(range(_FIRST, 256)).decode(_LETTERS, "replace").replace("\ufffd", " ")


def _content(lines: Sequence[str]) -> bytes:
    shown = [f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td".encode()]
    shown += [b"<%s> Tj T*" % _coded(each) for each in lines]
    return b"\n".join([*shown, b"ET"])


def _coded(line: str) -> bytes:
    return line.encode(_LETTERS, "replace").hex().encode()


def _file(bodies: Sequence[bytes]) -> bytes:
    """Write the objects one after the other, and where each begins (7.5)."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    begin, size = len(out), len(bodies) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % each for each in places)
    out += (
        b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, begin)
    )
    return bytes(out)
