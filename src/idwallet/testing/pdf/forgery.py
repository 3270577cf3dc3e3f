"""A forged signed PDF file, its valid twin, and what later revisions may do."""

from collections.abc import Callable
from dataclasses import dataclass

from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.pdf.contract import Contract, shown
from idwallet.testing.pdf.draft import PdfDraft, pdf_draft
from idwallet.testing.pdf.signing import EvidenceStep, SignStep, timestamp_step
from idwallet.testing.pdf.writing import Entries, PdfFile, Style, longer, ref

Forger = Callable[[PdfDraft], None]
Edit = Callable[[PdfFile], None]


@dataclass(frozen=True, slots=True)
class PdfForgery(Forged[PdfDraft]):
    """A signed PDF file that nobody may accept; see `Forged`."""

    def twins(self, scene: DocumentScene) -> tuple[PdfDraft, PdfDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: pdf_draft(scene))


def update(edit: Edit, *, style: Style | None = None) -> Edit:
    """Return one more revision with a change in it, in another style if named."""

    def step(file: PdfFile) -> None:
        if style is not None:
            file.style = style
        edit(file)
        file.commit()

    return step


def later(*edits: Edit) -> Forger:
    """Return a fault: these changes, each in one revision more."""

    def forge(made: PdfDraft) -> None:
        made.steps.extend(update(each) for each in edits)

    return forge


def then(*steps: Callable[[PdfDraft], Edit]) -> Forger:
    """Return what puts steps at the end, each made for the draft."""

    def prepare(made: PdfDraft) -> None:
        made.steps.extend(each(made) for each in steps)

    return prepare


def second(**changes: object) -> Callable[[PdfDraft], SignStep]:
    """Return a signature by the second signer, with some of it another."""

    def made_for(made: PdfDraft) -> SignStep:
        step = SignStep(made.scene.second, made.scene, name="Second")
        for name, value in changes.items():
            setattr(step, name, value)
        return step

    return made_for


def stamped(made: PdfDraft) -> SignStep:
    """Return a timestamp on the document."""
    return timestamp_step(made.scene)


def evidence(made: PdfDraft) -> EvidenceStep:
    """Return what keeps the first signature verifiable."""
    held = (each.der for each in made.crls)
    return EvidenceStep(
        certificates=made.scene.signer.chain,
        crls=tuple(each for each in held if isinstance(each, bytes)),
    )


def of(**changes: object) -> Forger:
    """Return what makes the contract another one before it is signed."""

    def prepare(made: PdfDraft) -> None:
        made.contract = Contract(**changes)  # type: ignore[arg-type]

    return prepare


def both(*parts: Forger) -> Forger:
    """Return what does one after the other."""

    def forge(made: PdfDraft) -> None:
        for each in parts:
            each(made)

    return forge


def first(**changes: object) -> Forger:
    """Return what makes the first signature another one."""

    def forge(made: PdfDraft) -> None:
        for name, value in changes.items():
            setattr(made.first, name, value)

    return forge


def entry(which: str, key: str, *, value: bytes) -> Edit:
    """Return a change of one entry of a dictionary."""

    def edit(file: PdfFile) -> None:
        file.change(which)[key] = value

    return edit


def annotate(
    subtype: bytes, *, box: bytes = b"[60 690 560 740]", **more: bytes
) -> Edit:
    """Return a change that puts an annotation on the page, over its text."""

    def edit(file: PdfFile) -> None:
        look = file.add(
            {"Type": b"/XObject", "Subtype": b"/Form", "BBox": b"[0 0 500 50]"},
            data=b"1 g 0 0 500 50 re f 0 g\n",
        )
        entries: Entries = {
            "Type": b"/Annot",
            "Subtype": subtype,
            "Rect": box,
            "F": b"4",
            "AP": b"<< /N %s >>" % ref(look),
            **more,
        }
        page = file.change("page")
        page["Annots"] = longer(page.get("Annots", b"[]"), ref(file.add(entries)))

    return edit


def rewrite(which: str, line: str) -> Edit:
    """Return a change of what a stream shows."""

    def edit(file: PdfFile) -> None:
        file.change(which)
        stream = file.objects[file.names[which]]
        stream.data = shown(line, left=72, low=720)

    return edit
