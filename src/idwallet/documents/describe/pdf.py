"""What a PDF file holds."""

from collections.abc import Callable
from typing import NamedTuple

from idwallet import limits
from idwallet.codec.pdf import PdfFile, Source, read_pdf
from idwallet.documents.describe.actions import describe_action, describe_triggers
from idwallet.documents.describe.catalog import describe_catalog
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.layers import Layers
from idwallet.documents.describe.model import (
    EarlierSignature,
    FieldDescribed,
    Finding,
    PageDescribed,
)
from idwallet.documents.describe.objects import describe_objects
from idwallet.documents.describe.page import describe_page
from idwallet.documents.describe.signed import describe_signatures
from idwallet.documents.pades.content.fonts import read_font
from idwallet.documents.pades.fields import Field, read_fields
from idwallet.documents.pades.pages import Page, read_pages
from idwallet.documents.pades.view import View, among
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_F = Finding


class PdfTold(NamedTuple):
    """What is told of a PDF file beside the findings."""

    pages: tuple[PageDescribed, ...] = ()
    fields: tuple[FieldDescribed, ...] = ()
    signatures: tuple[EarlierSignature, ...] = ()


def describe_pdf(source: Source, findings: Findings) -> PdfTold:
    """Tell what a PDF file holds; what of it cannot be read is told too."""
    try:
        file = read_pdf(source)
    except (MalformedError, UnsupportedError):
        findings.say(_F.UNREADABLE, "document")
        return PdfTold()
    if file.is_encrypted:
        findings.say(_F.ENCRYPTED, "document")
        return PdfTold()
    return _Told(file, findings).describe()


class _Told:
    """A file while it is told, part by part: one that is broken hides no other."""

    def __init__(self, file: PdfFile, findings: Findings) -> None:
        self._file = file
        self._view = View(file)
        self._findings = findings
        self._pages: tuple[PageDescribed, ...] = ()
        self._fields: tuple[FieldDescribed, ...] = ()
        self._signatures: tuple[EarlierSignature, ...] = ()

    def describe(self) -> PdfTold:
        if self._file.is_hybrid:
            self._findings.say(_F.HYBRID, "document")
        if sum(each.end is not None for each in self._file.sections) > 1:
            self._findings.say(_F.EARLIER_REVISIONS, "document")
        self._try(lambda: describe_catalog(self._view, self._findings))
        self._try(self._tell_pages)
        self._try(self._tell_fields)
        self._try(self._tell_signatures)
        self._try(lambda: describe_objects(self._view, self._findings))
        return PdfTold(self._pages, self._fields, self._signatures)

    def _try(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except LimitError:
            self._findings.say(_F.NOT_LOOKED_INTO, "document")
        except (MalformedError, UnsupportedError):
            self._findings.say(_F.UNREADABLE, "document")

    def _tell_pages(self) -> None:
        view, findings = self._view, self._findings
        layers = Layers(view)
        layers.describe(findings)
        pages = read_pages(view).pages
        self._pages = tuple(
            describe_page(view, page, number=number, layers=layers, findings=findings)
            for number, page in enumerate(pages[: limits.DESCRIBED_PAGES], 1)
        )
        if len(pages) > limits.DESCRIBED_PAGES:
            findings.say(_F.NOT_LOOKED_INTO, "document")
        for number, page in enumerate(pages[: limits.DESCRIBED_PAGES], 1):
            self._tell_fonts(page, number)

    def _tell_fonts(self, page: Page, number: int) -> None:
        view = self._view
        resources = view.dictionary(page.get("Resources"))
        fonts = view.dictionary(resources.get("Font")).values()
        if not all(read_font(view, each).is_embedded for each in fonts):
            self._findings.say(_F.FONT_NOT_EMBEDDED, f"page {number}")

    def _tell_fields(self) -> None:
        told = []
        for name, field in read_fields(self._view).items():
            value = self._view.resolve(field.entries.get("V"))
            kind = field.kind if isinstance(field.kind, str) else ""
            is_filled = value not in (None, b"", [], "Off")
            told.append(FieldDescribed(name, kind, is_filled))
            self._tell_field(field, is_filled=is_filled)
        self._fields = tuple(told)

    def _tell_field(self, field: Field, *, is_filled: bool) -> None:
        view, place = self._view, f"field {field.name}"
        for each in (field.entries, *map(view.dictionary, field.kids)):
            triggers, action = each.get("AA"), each.get("A")
            describe_triggers(view, triggers, place=place, findings=self._findings)
            describe_action(view, action, place=place, findings=self._findings)
        if field.is_signature:
            if not is_filled:
                self._findings.say(_F.RESERVED_FIELD, place)
        elif among(field.kind, {"Tx", "Ch", "Btn"}):
            self._findings.say(_F.FILLABLE_FIELD, place)

    def _tell_signatures(self) -> None:
        self._signatures = describe_signatures(self._file, self._findings)
