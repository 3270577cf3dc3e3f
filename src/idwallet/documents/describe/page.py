"""What is on a page of a PDF file, and what is there and not seen."""

from collections.abc import Iterable
from typing import Final

from idwallet import limits
from idwallet.codec.pdf import Ref, Value
from idwallet.documents.describe.actions import describe_action, describe_triggers
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.layers import Layers
from idwallet.documents.describe.model import Finding, PageDescribed
from idwallet.documents.pades.content.drawn import Drawn, Kind
from idwallet.documents.pades.content.geometry import Box, holds, meet
from idwallet.documents.pades.content.interpret import read_content
from idwallet.documents.pades.pages import Page, box
from idwallet.documents.pades.view import Dictionary, View
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_F = Finding
_LETTER: Final[Box] = (0.0, 0.0, 612.0, 792.0)
_WHITE: Final = 0.97
_TINY: Final = 1.5
_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW = 1, 2, 4, 32
_COMMENTS: Final = frozenset(
    {"Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Ink"}
    | {"Highlight", "Underline", "Squiggly", "StrikeOut", "Stamp", "Caret", "Popup"}
    | {"Redact", "Projection"}
)
_MEDIA: Final = frozenset({"Sound", "Movie", "Screen", "3D", "RichMedia"})
_LAID_OVER: Final = frozenset(
    {"FreeText", "Stamp", "Redact", "Square", "Ink", "Watermark"}
)


class PageTold:
    """One page while it is told."""

    def __init__(
        self, view: View, page: Page, *, number: int, layers: Layers, findings: Findings
    ) -> None:
        """Look at a page."""
        self._view = view
        self._page = page
        self._number = number
        self._layers = layers
        self._findings = findings
        self._place = f"page {number}"
        found = box(view, page.get("CropBox")) or box(view, page.get("MediaBox"))
        self._bounds = found or _LETTER

    def describe(self) -> PageDescribed:
        """Tell all of it.

        Raises:
            MalformedError, LimitError, UnsupportedError: what hangs on the page cannot
                be read; of what is drawn on it that is told.
        """
        view, page = self._view, self._page
        if "AA" in page.entries:
            triggers = page.entries["AA"]
            place, findings = self._place, self._findings
            describe_triggers(view, triggers, place=place, findings=findings)
        drawn = self._drawn()
        self._tell_drawn(drawn)
        seen = [each for each in drawn if self._is_seen(each)]
        annotations = view.array(page.entries.get("Annots"))
        for each in annotations[: limits.DESCRIBED_ANNOTATIONS]:
            self._tell_annotation(each, seen)
        if len(annotations) > limits.DESCRIBED_ANNOTATIONS:
            self._say(_F.NOT_LOOKED_INTO)
        wide, high = self._size()
        return PageDescribed(
            self._number,
            wide,
            high,
            has_text=any(each.kind is Kind.TEXT for each in drawn),
            has_images=any(each.kind is Kind.IMAGE for each in drawn),
            annotations=len(annotations),
        )

    def _size(self) -> tuple[float, float]:
        left, low, right, high = self._bounds
        wide, tall = right - left, high - low
        turned = self._view.resolve(self._page.get("Rotate"))
        is_turned = type(turned) is int and turned % 180 != 0
        return (tall, wide) if is_turned else (wide, tall)

    def _say(self, code: Finding) -> None:
        self._findings.say(code, self._place)

    # --- what is drawn ----------------------------------------------------------------

    def _drawn(self) -> tuple[Drawn, ...]:
        try:
            return read_content(self._view, self._page)
        except (MalformedError, UnsupportedError):
            self._say(_F.NOT_LOOKED_INTO)
            return ()

    def _is_seen(self, each: Drawn) -> bool:
        is_there = not each.is_invisible and each.alpha > 0
        return is_there and not self._layers.hides(each.layer)

    def _tell_drawn(self, drawn: tuple[Drawn, ...]) -> None:
        for each in drawn:
            if self._layers.hides(each.layer):
                self._say(_F.HIDDEN_LAYER)
            if each.kind in {Kind.TEXT, Kind.IMAGE} and not meet(
                each.box, self._bounds
            ):
                self._say(_F.OFF_PAGE)
            if each.kind is Kind.TEXT:
                self._tell_text(each)
        for text in self._covered(drawn):
            del text
            self._say(_F.COVERED_TEXT)

    def _tell_text(self, each: Drawn) -> None:
        if each.is_invisible or each.alpha == 0:
            self._say(_F.INVISIBLE_TEXT)
        elif 0 < each.size < _TINY:
            self._say(_F.TINY_TEXT)

    def _covered(self, drawn: tuple[Drawn, ...]) -> Iterable[Drawn]:
        """Yield the text that something was drawn over, and the white on white."""
        areas: list[tuple[int, Drawn]] = [
            (n, each)
            for n, each in enumerate(drawn)
            if each.kind in {Kind.FILL, Kind.IMAGE} and self._is_seen(each)
        ]
        texts = [(n, e) for n, e in enumerate(drawn) if e.kind is Kind.TEXT]
        if len(areas) * len(texts) > limits.PDF_COMPARISONS:
            self._say(_F.NOT_LOOKED_INTO)
            return
        for n, text in texts:
            if not self._is_seen(text):
                continue
            if any(
                k > n and area.is_opaque and holds(area.box, text.box)
                for k, area in areas
            ):
                yield text
            elif text.white is not None and text.white > _WHITE:
                below = [a for k, a in areas if k < n and meet(a.box, text.box)]
                if not any(a.white is None or a.white <= _WHITE for a in below):
                    self._say(_F.WHITE_TEXT)

    # --- annotations ------------------------------------------------------------------

    def _tell_annotation(self, value: Value, seen: list[Drawn]) -> None:
        view = self._view
        entries = view.dictionary(value)
        kind = view.resolve(entries.get("Subtype"))
        name = kind if isinstance(kind, str) else "?"
        if "A" in entries:
            describe_action(
                view, entries["A"], place=self._place, findings=self._findings
            )
        if "AA" in entries:
            describe_triggers(
                view, entries["AA"], place=self._place, findings=self._findings
            )
        if name == "FileAttachment":
            self._say(_F.EMBEDDED_FILE)
        elif name in _MEDIA:
            self._say(_F.MEDIA)
        elif name in _COMMENTS:
            self._say(_F.COMMENT)
        self._tell_flags(entries, name)
        if name in _LAID_OVER and self._is_over(entries, seen):
            self._say(_F.ANNOTATION_OVER_CONTENT)
        layer = entries.get("OC")
        if isinstance(layer, Ref) and self._layers.hides(layer):
            self._say(_F.HIDDEN_LAYER)

    def _tell_flags(self, entries: Dictionary, name: str) -> None:
        flags = self._view.resolve(entries.get("F"))
        found = flags if type(flags) is int else 0
        if name == "Popup":
            return
        if found & (_HIDDEN | _INVISIBLE):
            self._say(_F.HIDDEN_ANNOTATION)
        elif found & _NO_VIEW and found & _PRINT:
            self._say(_F.PRINTED_OTHERWISE)

    def _is_over(self, entries: Dictionary, seen: list[Drawn]) -> bool:
        place = box(self._view, entries.get("Rect"))
        if place is None:
            return False
        return any(each.kind is Kind.TEXT and meet(each.box, place) for each in seen)


def describe_page(
    view: View, page: Page, *, number: int, layers: Layers, findings: Findings
) -> PageDescribed:
    """Tell what is on a page; what of it cannot be read is told too."""
    told = PageTold(view, page, number=number, layers=layers, findings=findings)
    try:
        return told.describe()
    except (MalformedError, LimitError, UnsupportedError):
        findings.say(_F.NOT_LOOKED_INTO, f"page {number}")
        return PageDescribed(
            number, 0.0, 0.0, has_text=False, has_images=False, annotations=0
        )
