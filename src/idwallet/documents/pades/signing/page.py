"""A page found by its number, with what it inherits (ISO 32000-2 7.7.3)."""

from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf import Ref, Shallow, Value
from idwallet.codec.pdf.lexer import malformed
from idwallet.documents.appearance import Box, Page, placed
from idwallet.documents.pades.signing.form import Form
from idwallet.documents.pades.signing.objects import Objects
from idwallet.errors import UsageError

_INHERITED: Final = (b"MediaBox", b"CropBox", b"Rotate")
_CORNERS: Final = 4


class PageHeld(NamedTuple):
    """A page as it stands, and what it and the nodes above it say of its box."""

    entries: Shallow
    ref: Ref
    said: dict[bytes, Value]

    @property
    def rotate(self) -> int:
        """By how many degrees a reader turns it, clockwise (table 31)."""
        value = self.said.get(b"Rotate", 0)
        return value if type(value) is int else 0

    def rectangle(self, box: Box) -> bytes:
        """Return a box on the page as it is seen, as a rectangle of the page's own.

        Raises:
            UsageError: it is not on the page.
            MalformedError: the page has no box.
        """
        crop = self.said.get(b"CropBox", self.said.get(b"MediaBox"))
        numbers = [
            float(each)
            for each in (crop if isinstance(crop, list) else [])
            if isinstance(each, int | float)
        ]
        if len(numbers) != _CORNERS:
            raise malformed(
                "a page without a box", at=self.entries.start, clause="7.7.3.3"
            )
        left, right = sorted(numbers[::2])
        bottom, top = sorted(numbers[1::2])
        corners = placed(box, Page(left, bottom, right, top, self.rotate))
        return b"[%s]" % b" ".join(b"%g" % round(each, 2) for each in corners)


def find_page(objects: Objects, form: Form, *, number: int, seen: bool) -> PageHeld:
    """Return a page, counted from 0; with `seen` what it inherits is read too.

    Raises:
        UsageError: there are not that many.
        MalformedError: the tree of pages is broken.
    """
    if not seen and not number:
        signed = _signed_page(objects, form)
        if signed is not None:
            return signed
    node = objects.held(form.catalog.entries, b"Pages")
    ref, entries = (None, None) if node is None else (node.ref, node.entries)
    left = number + 1
    said: dict[bytes, Value] = {}
    for _ in range(limits.PDF_DEPTH):
        if entries is None:
            raise UsageError("the document has no page of that number")
        if seen:
            said |= {
                key: objects.file.resolve(entries.get(key))
                for key in _INHERITED
                if key in entries
            }
        if ref is None:
            # It shall be an object of its own (table 29).
            raise malformed("a tree of pages in another object", at=0, clause="7.7.3")
        if b"Kids" not in entries:
            return PageHeld(entries, ref, said)
        ref, entries, left = _descended(objects, entries, left=left)
    raise malformed("a tree of pages that is too deep", at=0, clause="7.7.3")


def _signed_page(objects: Objects, form: Form) -> PageHeld | None:
    """Return the page that a signature is on already, as its field says.

    What is not seen may be on any: this one is at hand, without a walk through a tree.
    """
    for field in form.signatures:
        ref = field.entries.get(b"P")
        if not isinstance(ref, Ref):
            continue
        entries = objects.file.shallow(ref)
        if entries is not None and entries.raw(b"Type") == b"/Page":
            return PageHeld(entries, ref, {})
    return None


def _descended(
    objects: Objects, node: Shallow, *, left: int
) -> tuple[Ref | None, Shallow | None, int]:
    """Return the child that a page is in, and its number there."""
    for kid in objects.array(node, b"Kids").items:
        entries = objects.require(kid)
        count = 1
        if b"Kids" in entries:
            value = entries.get(b"Count")
            if type(value) is not int or value < 0:
                raise malformed("no number of pages", at=node.start, clause="7.7.3")
            count = value
        if left <= count:
            return kid, entries, left
        left -= count
    return None, None, left
