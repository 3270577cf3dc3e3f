"""Pages as a PDF file with a tree of structure (ISO 32000-1 7.5, 14.7, 14.8)."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.font import FontSubset
from idwallet.codec.pdf import write_date, write_text
from idwallet.documents.appearance.embed import GREY, embed_font, number, packed
from idwallet.documents.sheet.layout import HEIGHT, MARGIN, WIDTH, Fonts, Piece

_HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_Cells = dict[tuple[str, int], list[tuple[int, int]]]


class Page(NamedTuple):
    """What stands on one page, and the heights of the rules between rows."""

    pieces: Sequence[Piece]
    rules: Sequence[float]


class Texts(NamedTuple):
    """What the file says of itself."""

    title: str
    lang: str
    at: datetime


class _Objects:
    """Objects in the order of their numbers."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def put(self, body: bytes = b"") -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def fill(self, number: int, body: bytes) -> None:
        self.bodies[number - 1] = body


def written(pages: Sequence[Page], *, fonts: Fonts, texts: Texts) -> bytes:
    """Return the file: always the same octets for the same pages and texts."""
    objects = _Objects()
    catalog, root = objects.put(), objects.put()
    resources = _resources(objects, pages, fonts=fonts)
    numbers = [objects.put() for _ in pages]
    found: _Cells = defaultdict(list)
    for place, page in enumerate(pages):
        content = objects.put(
            packed(b"", _content(page, fonts, place=place, found=found))
        )
        objects.fill(
            numbers[place],
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources %d 0 R"
            b" /Contents %d 0 R /StructParents %d /Tabs /S >>"
            % (root, number(WIDTH), number(HEIGHT), resources, content, place),
        )
    kids = b" ".join(b"%d 0 R" % each for each in numbers)
    objects.fill(
        root, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(numbers))
    )
    tree = _tree(objects, found, numbers=numbers)
    title, date = write_text(texts.title), write_date(texts.at)
    info = objects.put(
        b"<< /Title %s /CreationDate %s /ModDate %s >>" % (title, date, date)
    )
    objects.fill(
        catalog,
        b"<< /Type /Catalog /Pages %d 0 R /Lang %s /MarkInfo << /Marked true >>"
        b" /StructTreeRoot %d 0 R /ViewerPreferences << /DisplayDocTitle true >> >>"
        % (root, write_text(texts.lang), tree),
    )
    return _file(objects.bodies, catalog=catalog, info=info)


def _resources(objects: _Objects, pages: Sequence[Page], *, fonts: Fonts) -> int:
    letters = {True: "", False: ""}
    for page in pages:
        for each in page.pieces:
            letters[each.is_bold] += "".join(each.lines)
    embedded = b" ".join(
        b"/%s %d 0 R" % (name, embed_font(font, letters[bold], put=objects.put))
        for name, font, bold in ((b"F0", fonts.plain, False), (b"F1", fonts.bold, True))
        if letters[bold]
    )
    return objects.put(
        b"<< /ColorSpace << /G %s >> /Font << %s >> >>" % (GREY, embedded)
    )


def _content(page: Page, fonts: Fonts, *, place: int, found: _Cells) -> bytes:
    drawn: list[bytes] = []
    for mark, each in enumerate(page.pieces):
        found[each.role, each.row if each.row >= 0 else _alone(each, found)].append(
            (place, mark)
        )
        font = fonts.bold if each.is_bold else fonts.plain
        drawn += [
            b"/%s << /MCID %d >> BDC BT /G cs 0 sc /F%d %s Tf %s %s Td %s TL"
            % (
                each.role.encode(),
                mark,
                each.is_bold,
                number(each.size),
                number(each.left),
                number(each.top),
                number(each.leading),
            ),
            *(_shown(line, font) for line in each.lines),
            b"ET EMC",
        ]
    drawn.append(b"/Artifact BMC /G CS 0.75 SC 0.5 w")
    drawn += [
        b"%s %s m %s %s l S"
        % (number(MARGIN), number(y), number(WIDTH - MARGIN), number(y))
        for y in page.rules
    ]
    drawn.append(b"EMC")
    return b"\n".join(drawn)


def _alone(piece: Piece, found: _Cells) -> int:
    """Return a number of its own for what stands outside of the table."""
    return -1 - sum(role == piece.role for role, _ in found)


def _shown(line: str, font: FontSubset) -> bytes:
    return b"<%s> Tj T*" % font.encode(line).hex().encode()


class _Tree:
    """The tree of structure as it grows."""

    def __init__(self, objects: _Objects, found: _Cells, *, pages: Sequence[int]):
        """Begin with nothing in it; `pages` are the numbers of the pages."""
        self._objects = objects
        self._found = found
        self._pages = pages
        self.parents: list[dict[int, int]] = [{} for _ in pages]

    def leaf(self, cell: tuple[str, int], *, above: int) -> int:
        """Make an element of what was drawn."""
        made = self._objects.put()
        marks = []
        for place, mark in self._found[cell]:
            self.parents[place][mark] = made
            page = self._pages[place]
            marks.append(b"<< /Type /MCR /Pg %d 0 R /MCID %d >>" % (page, mark))
        more = b" /A << /O /Table /Scope /Row >>" if cell[0] == "TH" else b""
        self._objects.fill(
            made,
            b"<< /Type /StructElem /S /%s /P %d 0 R /K [%s]%s >>"
            % (cell[0].encode(), above, b" ".join(marks), more),
        )
        return made

    def alone(self, role: str, *, above: int) -> list[int]:
        """Make the elements of that type."""
        cells = [each for each in self._found if each[0] == role]
        return [self.leaf(each, above=above) for each in cells]

    def row(self, number: int, *, above: int) -> int:
        """Make a row of the table."""
        made = self._objects.put()
        cells = [(role, number) for role in ("TH", "TD")]
        kids = [self.leaf(e, above=made) for e in cells if e in self._found]
        self._objects.fill(made, _element(b"TR", above=above, kids=kids))
        return made


def _tree(objects: _Objects, found: _Cells, *, numbers: Sequence[int]) -> int:
    root, document, table = objects.put(), objects.put(), objects.put()
    tree = _Tree(objects, found, pages=numbers)
    before = tree.alone("H1", above=document)
    listed = sorted({row for role, row in found if role in {"TH", "TD"}})
    rows = [tree.row(each, above=table) for each in listed]
    after = tree.alone("P", above=document)
    objects.fill(table, _element(b"Table", above=document, kids=rows))
    kids = [*before, *([table] if rows else []), *after]
    objects.fill(document, _element(b"Document", above=root, kids=kids))
    entries = b" ".join(
        b"%d [%s]" % (n, b" ".join(b"%d 0 R" % marks[m] for m in sorted(marks)))
        for n, marks in enumerate(tree.parents)
    )
    objects.fill(
        root,
        b"<< /Type /StructTreeRoot /K %d 0 R /ParentTree << /Nums [%s] >>"
        b" /ParentTreeNextKey %d >>" % (document, entries, len(numbers)),
    )
    return root


def _element(role: bytes, *, above: int, kids: Sequence[int]) -> bytes:
    inside = b" ".join(b"%d 0 R" % each for each in kids)
    return b"<< /Type /StructElem /S /%s /P %d 0 R /K [%s] >>" % (role, above, inside)


def _file(bodies: Sequence[bytes], *, catalog: int, info: int) -> bytes:
    out, places, size = [_HEAD], [], len(_HEAD)
    for n, body in enumerate(bodies, 1):
        places.append(size)
        out.append(b"%d 0 obj\n%s\nendobj\n" % (n, body))
        size += len(out[-1])
    # Whoever keeps two of them tells them apart by what is in them (14.4).
    name = hashlib.sha256(b"".join(out)).hexdigest()[:32].encode()
    entries = b"".join(b"%010d 00000 n \n" % each for each in places)
    out.append(
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root %d 0 R"
        b" /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(places) + 1, entries, len(places) + 1, catalog, info, name, name, size)
    )
    return b"".join(out)
