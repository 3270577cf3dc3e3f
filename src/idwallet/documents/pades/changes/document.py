"""Catalog, trailer, pages and annotations, compared from the strictest to the least."""

from collections import Counter
from typing import Final

from idwallet.codec.pdf import Ref, Value
from idwallet.documents.pades.changes.codes import Change, FoundChange
from idwallet.documents.pades.changes.compare import Comparison, Steps
from idwallet.documents.pades.changes.evidence import compare_evidence
from idwallet.documents.pades.changes.form import FormComparison
from idwallet.documents.pades.changes.properties import (
    compare_extensions,
    compare_info,
    compare_metadata,
    compare_version,
)
from idwallet.documents.pades.changes.structure import compare_structure
from idwallet.documents.pades.pages import Page, read_pages
from idwallet.documents.pades.view import View, same

_OF_CATALOG: Final = {
    "OCProperties": Change.LAYERS_CHANGED,
    "Names": Change.NAMES_CHANGED,
    "Dests": Change.NAMES_CHANGED,
    "AF": Change.NAMES_CHANGED,
    "OpenAction": Change.ACTIONS_CHANGED,
    "AA": Change.ACTIONS_CHANGED,
    "Perms": Change.PERMISSIONS_CHANGED,
    "MarkInfo": Change.STRUCTURE_CHANGED,
}
_DIRECT: Final = 256
_APART: Final = frozenset(
    {"Pages", "AcroForm", "DSS", "Extensions", "Version", "Metadata", "StructTreeRoot"}
)
_OF_SECTIONS: Final = frozenset(
    {"Size", "Prev", "XRefStm", "Root", "Info", "ID"}
    | {"Type", "Index", "W", "Filter", "DecodeParms", "Length"}
)
"""What a trailer, or a cross-reference stream, says of its section alone."""


def find_changes(
    old: View, new: View, *, updates: int, steps: Steps | None = None
) -> tuple[FoundChange, ...]:
    """Return what the newest so many sections changed, as a reader would see it.

    `steps` are those that all comparisons of a document have together.

    Raises:
        MalformedError, LimitError, UnsupportedError: either revision cannot be read as
            far as that needs it.
    """
    comparing = Comparison(old, new, updates=updates, steps=steps or Steps())
    if not _compare_trailers(comparing):
        return tuple(comparing.found)
    pages = _Pages(comparing)
    form = FormComparison(comparing)
    _put_barriers(comparing, pages=pages, form=form)
    _compare_catalogs(comparing)
    pages.compare()
    form.compare()
    compare_structure(comparing, form.added_widgets)
    pages.compare_annotations(form)
    comparing.compare_holders()
    return tuple(comparing.found)


def _compare_trailers(comparing: Comparison) -> bool:
    """Compare the trailers; return whether the catalog is the same object."""
    before, after = comparing.old.file.trailer, comparing.new.file.trailer
    old = {k.decode("latin-1"): before.get(k) for k in before.spans}
    new = {k.decode("latin-1"): after.get(k) for k in after.spans}
    if comparing.old.root != comparing.new.root:
        comparing.say(Change.CATALOG_REPLACED, "trailer/Root")
        return False
    comparing.require_keys(
        old, new, apart=_OF_SECTIONS, code=Change.TRAILER_CHANGED, place="trailer"
    )
    if not same(_first(comparing.old, old), _first(comparing.new, new)):
        comparing.say(Change.TRAILER_CHANGED, "trailer/ID")
    compare_info(comparing, old.get("Info"), new=new.get("Info"))
    return True


def _first(view: View, trailer: dict[str, Value]) -> Value:
    """Return the part of the identifier that stays what it was (14.4)."""
    found = view.array(trailer.get("ID"))
    return found[0] if found else None


def _put_barriers(
    comparing: Comparison, *, pages: "_Pages", form: FormComparison
) -> None:
    refs = [comparing.old.root, *pages.refs, *form.refs]
    refs += [
        each
        for key in ("AcroForm", "DSS")
        for each in (comparing.old.catalog.get(key),)
        if isinstance(each, Ref)
    ]
    comparing.barriers |= {each.number for each in refs if comparing.is_plain(each)}


def _compare_catalogs(comparing: Comparison) -> None:
    old, new = comparing.old.catalog, comparing.new.catalog
    for key in sorted((old.keys() | new.keys()) - _APART):
        comparing.require_same(
            old.get(key),
            new.get(key),
            code=_OF_CATALOG.get(key, Change.CATALOG_CHANGED),
            place=f"Root/{key}",
            is_drawn=key == "OCProperties",
        )
    compare_version(comparing, old.get("Version"), new=new.get("Version"))
    compare_extensions(comparing, old.get("Extensions"), new=new.get("Extensions"))
    compare_metadata(comparing, old.get("Metadata"), new=new.get("Metadata"))
    compare_evidence(comparing, old.get("DSS"), new=new.get("DSS"))


class _Pages:
    """The pages of both revisions."""

    def __init__(self, comparing: Comparison) -> None:
        self._comparing = comparing
        self._old = read_pages(comparing.old)
        self._new = read_pages(comparing.new)
        self.refs = [*self._old.nodes, *(each.ref for each in self._old.pages)]
        self._annotations: list[tuple[Ref, str]] = []

    def compare(self) -> None:
        """Compare which pages there are, and all of each but its annotations."""
        comparing = self._comparing
        before = [each.ref for each in self._old.pages]
        after = [each.ref for each in self._new.pages]
        if before != after:
            self._tell_pages(Counter(before), Counter(after))
            return
        roots = [view.catalog.get("Pages") for view in (comparing.old, comparing.new)]
        if not same(*roots) or self._old.nodes != self._new.nodes:
            # Pages have from the nodes above them what they do not say themselves.
            comparing.say(Change.PAGE_CHANGED, "Root/Pages")
        for node in self._old.nodes:
            self._compare_node(node)
        for number, (old, new) in enumerate(
            zip(self._old.pages, self._new.pages, strict=True), 1
        ):
            self._compare_page(old, new, place=f"page {number}")

    def _tell_pages(self, before: Counter[Ref], after: Counter[Ref]) -> None:
        for ref in after - before:
            self._comparing.say(Change.PAGE_ADDED, f"object {ref.number}")
        for ref in before - after:
            self._comparing.say(Change.PAGE_REMOVED, f"object {ref.number}")
        if before == after:
            self._comparing.say(Change.PAGE_CHANGED, "Root/Pages")

    def _compare_node(self, ref: Ref) -> None:
        comparing = self._comparing
        comparing.require_keys(
            comparing.old.dictionary(ref),
            comparing.new.dictionary(ref),
            apart=(),
            code=Change.PAGE_CHANGED,
            place="Root/Pages",
        )

    def _compare_page(self, old: Page, new: Page, *, place: str) -> None:
        comparing = self._comparing
        comparing.require_keys(
            old.entries,
            new.entries,
            apart=("Annots", "Tabs"),
            code=Change.PAGE_CHANGED,
            place=place,
        )
        before, after = old.entries.get("Tabs"), new.entries.get("Tabs")
        # Which annotation is next (12.5.1): nobody sees it; PDF/UA wants it said.
        if not same(before, after) and (before is not None or after != "S"):
            comparing.say(Change.PAGE_CHANGED, place)

    def compare_annotations(self, form: FormComparison) -> None:
        """Compare the annotations of each page; fields were compared before."""
        for number, (old, new) in enumerate(
            zip(self._old.pages, self._new.pages, strict=False), 1
        ):
            if old.ref == new.ref:
                self._compare_annotations_of(
                    old, new, form=form, place=f"page {number}"
                )

    def _compare_annotations_of(
        self, old: Page, new: Page, *, form: FormComparison, place: str
    ) -> None:
        comparing = self._comparing
        before = comparing.old.array(old.entries.get("Annots"))
        after = comparing.new.array(new.entries.get("Annots"))
        known = _Listed(before)
        added = [each for each in after if each not in known]
        for each in added:
            number = form.widget_number(each)
            if number is None:
                comparing.say(Change.ANNOTATION_ADDED, place)
            else:
                form.place(number, new, place=place)
        kept = [each for each in after if each in known]
        if len(kept) < len(before):
            comparing.say(Change.ANNOTATION_REMOVED, place)
        elif not same(kept, before):
            # One over another is seen, the other is not.
            comparing.say(Change.ANNOTATION_CHANGED, place)
        for each in before:
            if form.is_compared(each):
                continue
            comparing.require_same(
                each, each, code=Change.ANNOTATION_CHANGED, place=place
            )


class _Listed:
    """The annotations of a page, most of them references."""

    def __init__(self, listed: list[Value]) -> None:
        self._refs = {each for each in listed if isinstance(each, Ref)}
        self._others = [each for each in listed if not isinstance(each, Ref)]

    def __contains__(self, value: Value) -> bool:
        if isinstance(value, Ref):
            return value in self._refs
        return any(same(value, each) for each in self._others[:_DIRECT])
