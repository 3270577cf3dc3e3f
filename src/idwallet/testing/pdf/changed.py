"""Files that were changed after they were signed, beyond what their author allowed.

Among them the shadow attacks (hide, replace, hide and replace) and incremental saving
attacks that were published of viewers in 2019 and 2021, and the attacks on certified
documents by annotations and by signatures.
"""

from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import nothing
from idwallet.testing.pdf import edits
from idwallet.testing.pdf.draft import PdfDraft
from idwallet.testing.pdf.forgery import (
    Edit,
    Forger,
    PdfForgery,
    annotate,
    both,
    entry,
    evidence,
    first,
    later,
    of,
    rewrite,
    second,
    stamped,
    then,
    update,
)
from idwallet.testing.pdf.signing import timestamp_step
from idwallet.testing.pdf.writing import Style

_R = Reason


def _in(
    name: str, *, prepare: Forger = nothing, edit: Edit
) -> tuple[str, Forger, Forger]:
    return name, prepare, later(edit)


_FORM: Final = of(form=True)
_TWO_PAGES: Final = of(pages=2)

_ALTERED: Final = (
    _in("a page more", edit=edits.add_page),
    _in("a page less", prepare=_TWO_PAGES, edit=edits.remove_page),
    _in("pages in another order", prepare=_TWO_PAGES, edit=edits.turn_pages),
    _in("pages turned by what they inherit", edit=edits.inherit),
    _in("a page turned", edit=entry("page", "Rotate", value=b"90")),
    _in("a page cut", edit=entry("page", "CropBox", value=b"[0 0 595 400]")),
    _in("more on a page", edit=edits.other_content),
    _in("another text", edit=rewrite("page content", "за 900 000 рублей.")),
    _in("another font", edit=edits.other_font),
    _in(
        "actions of a page",
        edit=entry("page", "AA", value=b"<< /O %s >>" % edits.SCRIPT),
    ),
    _in(
        "what is done at opening",
        edit=entry("catalog", "OpenAction", value=edits.SCRIPT),
    ),
    _in("a script by name", edit=edits.name_script),
    _in("a file attached", edit=edits.attach),
    _in(
        "an address for links", edit=entry("catalog", "URI", value=b"<< /Base (a:) >>")
    ),
    _in("permissions", edit=entry("catalog", "Perms", value=b"<< >>")),
    _in("another root of pages", edit=edits.other_root),
    _in("a seen field that nobody signed", edit=edits.unsigned_field),
    _in("a seen field with another's signature", edit=edits.borrowed_field),
    _in("another's signature in a reserved field", prepare=_FORM, edit=edits.borrow),
    _in("another catalog", edit=edits.other_catalog),
    _in("another language", edit=entry("catalog", "Lang", value=b"(en)")),
    _in("a version taken back", edit=entry("catalog", "Version", value=b"/1")),
    _in("another title", edit=entry("info", "Title", value=b"(Other)")),
    _in("another identity", edit=edits.identify),
    _in("a hybrid revision", edit=edits.in_hybrid),
    _in("a script where evidence stands", edit=edits.stand_for_evidence),
    _in("a layer shown", prepare=edits.layered, edit=edits.show_layer),
    _in("a cover taken away", prepare=edits.shadowed, edit=edits.hide),
    _in("a cover set free", prepare=edits.shadowed, edit=edits.hide_by_freeing),
    _in("an object that was not there", prepare=edits.dangling, edit=edits.define),
    _in(
        "a blank written on",
        prepare=edits.second_content,
        edit=rewrite("blank", "даром"),
    ),
    _in(
        "a stream of objects swapped",
        prepare=of(style=Style.OBJECT_STREAMS),
        edit=edits.swap_holder,
    ),
    _in("a comment", edit=annotate(b"/FreeText")),
    _in("a stamp", edit=annotate(b"/Stamp")),
    _in("a link", edit=annotate(b"/Link", A=edits.SCRIPT)),
    _in(
        "what was read aloud",
        prepare=of(tagged=True),
        edit=entry("document", "ActualText", value=b"(other)"),
    ),
    _in("a value overwritten", prepare=_FORM, edit=edits.fill("name", "Пётр")),
    _in("a value that shows another", prepare=_FORM, edit=edits.other_name),
    _in("a field moved", prepare=_FORM, edit=edits.move),
    _in("a field hidden", prepare=_FORM, edit=edits.hide_field),
    _in("a field with a script", prepare=_FORM, edit=edits.act),
    _in("a field more", prepare=_FORM, edit=edits.new_field),
    _in("a field less", prepare=_FORM, edit=edits.drop_field),
    _in(
        "fields drawn anew",
        prepare=_FORM,
        edit=entry("form", "NeedAppearances", value=b"true"),
    ),
    _in("XFA", prepare=_FORM, edit=entry("form", "XFA", value=b"(<x/>)")),
    _in("fonts of fields", prepare=_FORM, edit=entry("form", "DR", value=b"<< >>")),
    _in("a signature taken away", edit=edits.unsign),
    _in("the field of a signature taken away", edit=edits.forget),
    _in("the value of a signature set free", edit=edits.free_value),
    _in("a signature drawn otherwise", prepare=edits.drawn, edit=edits.redraw),
)


def _seen_stamp(name: str) -> Callable[[PdfDraft], Edit]:
    """Return a timestamp that is made to look as somebody's signature."""

    def made_for(made: PdfDraft) -> Edit:
        step = timestamp_step(made.scene, name=name)
        step.kind, step.entries = b"/Sig", {"M": b"(D:20261101120000Z)"}
        step.box, step.look = b"[300 100 500 150]", b"0 g 0 0 200 50 re f"
        return step

    return made_for


def _certified(level: int, *parts: Forger) -> Forger:
    return both(first(certify=level), *parts)


def _locked(made: PdfDraft) -> None:
    made.first.lock = b"/Action /Include /Fields [(name)]"


_BEYOND: Final = (
    ("a second signature where nothing may change", _certified(1), then(second())),
    (
        "a value where nothing may change",
        _certified(1, _FORM),
        later(edits.fill("amount", "1")),
    ),
    (
        "a comment where forms may be filled",
        _certified(2),
        later(annotate(b"/FreeText")),
    ),
    (
        "a seen field where forms may be filled",
        _certified(2),
        then(second(box=b"[300 100 500 150]")),
    ),
    (
        "a locked value",
        both(_certified(2, _FORM), _locked),
        later(edits.fill("name", "Пётр")),
    ),
    ("a page more where comments may be made", _certified(3), later(edits.add_page)),
    (
        "a certificate after a signature",
        nothing,
        then(second(certify=2)),
    ),
)

_LEFT_OPEN: Final = (
    (
        "a value filled in that nobody allowed",
        _R.FORM_FILLED,
        _FORM,
        later(edits.fill("amount", "900 000")),
    ),
    (
        "a comment where comments may be made",
        _R.ANNOTATED,
        _certified(3),
        later(annotate(b"/FreeText")),
    ),
    (
        "a second signature over the first",
        _R.CONTENT_COVERED,
        edits.drawn,
        then(second(box=b"[310 110 400 140]")),
    ),
    (
        "a second signature over the text",
        _R.CONTENT_COVERED,
        nothing,
        then(second(box=b"[60 690 560 740]")),
    ),
)


def _after_second(made: PdfDraft) -> None:
    made.steps.append(update(edits.other_content))


CHANGED: Final = (
    *(
        PdfForgery(f"changed: {n}", CheckId.DOCUMENT_CHANGES, _R.CHANGED, f, prepare=p)
        for n, p, f in (*_ALTERED, *_BEYOND)
    ),
    *(
        PdfForgery(f"changed: {n}", CheckId.DOCUMENT_CHANGES, r, f, prepare=p)
        for n, r, p, f in _LEFT_OPEN
    ),
    PdfForgery(
        "changed: after signatures, evidence and a timestamp",
        CheckId.DOCUMENT_CHANGES,
        _R.CHANGED,
        _after_second,
        prepare=then(second(), evidence, stamped),
    ),
    PdfForgery(
        "changed: between two signatures",
        CheckId.DOCUMENT_CHANGES,
        _R.CHANGED,
        lambda made: setattr(made.steps[-1], "before", edits.other_content),
        prepare=then(second()),
    ),
    *(
        PdfForgery(f"changed: {n}", CheckId.DOCUMENT_CHANGES, r, f, prepare=p)
        for n, r, p, f in (
            (
                "a stamp in a field that is seen",
                _R.CHANGED,
                nothing,
                then(_seen_stamp("Seen")),
            ),
            (
                "a stamp drawn in a reserved field",
                _R.CHANGED,
                _FORM,
                then(_seen_stamp("Reserved")),
            ),
            (
                "a field that does not turn with its page",
                _R.CHANGED,
                then(second(box=b"[300 100 500 150]")),
                lambda made: made.steps[-1].widget.update(F=b"148"),
            ),
            (
                "an object of another generation",
                _R.CHANGED,
                nothing,
                lambda made: made.steps.append(edits.other_generation),
            ),
            (
                "an object behind the end of what was signed",
                _R.MALFORMED,
                edits.promised,
                lambda made: made.steps.append(edits.kept_promise),
            ),
        )
    ),
    PdfForgery(
        "changed: what cannot be unpacked here",
        CheckId.DOCUMENT_CHANGES,
        _R.UNSUPPORTED,
        later(edits.pack_otherwise),
    ),
    PdfForgery(
        "changed: more than anybody reads",
        CheckId.DOCUMENT_CHANGES,
        _R.LIMIT_EXCEEDED,
        later(edits.turn_all),
        prepare=of(pages=limits.PDF_CHANGES + 1),
    ),
    PdfForgery(
        "changed: a page leads in a circle",
        CheckId.DOCUMENT_CHANGES,
        _R.MALFORMED,
        later(entry("pages", "Kids", value=b"[2 0 R]")),
    ),
)
"""Every one of them."""
