"""What a PDF file says of itself as a whole: its catalog (ISO 32000-2 7.7.2)."""

from typing import Final

from idwallet import limits
from idwallet.codec.pdf import Ref, Value, read_text
from idwallet.documents.describe.actions import describe_action, describe_triggers
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import Finding
from idwallet.documents.pades.view import View

_F = Finding
_DOCUMENT: Final = "document"


def describe_catalog(view: View, findings: Findings) -> None:
    """Tell what is done at opening, named scripts and files, and the form as a whole.

    Raises:
        MalformedError, LimitError, UnsupportedError: it cannot be read.
    """
    catalog = view.catalog
    opening = view.resolve(catalog.get("OpenAction"))
    if isinstance(opening, dict):
        findings.say(_F.OPENING_ACTION, _DOCUMENT)
        describe_action(view, catalog["OpenAction"], place=_DOCUMENT, findings=findings)
    if "AA" in catalog:
        describe_triggers(view, catalog["AA"], place=_DOCUMENT, findings=findings)
    if "Collection" in catalog:
        findings.say(_F.EMBEDDED_FILE, _DOCUMENT)
    _describe_names(view, findings)
    _describe_form(view, findings)
    for each in view.array(catalog.get("AF")):
        findings.say(_F.EMBEDDED_FILE, _file_name(view, each))
    if "DocMDP" in view.dictionary(catalog.get("Perms")):
        findings.say(_F.CERTIFIED, _DOCUMENT)


def _describe_names(view: View, findings: Findings) -> None:
    names = view.dictionary(view.catalog.get("Names"))
    for _, value in _leaves(view, names.get("JavaScript")):
        findings.say(_F.SCRIPT, _DOCUMENT)
        describe_action(view, value, place=_DOCUMENT, findings=findings)
    for name, _ in _leaves(view, names.get("EmbeddedFiles")):
        findings.say(_F.EMBEDDED_FILE, f"file {name}")
    for _, value in _leaves(view, names.get("AlternatePresentations")):
        del value
        findings.say(_F.MEDIA, _DOCUMENT)


def _describe_form(view: View, findings: Findings) -> None:
    form = view.dictionary(view.catalog.get("AcroForm"))
    if "XFA" in form:
        findings.say(_F.XFA_FORM, _DOCUMENT)
    if view.resolve(form.get("NeedAppearances")) is True:
        findings.say(_F.DRAWN_BY_READER, _DOCUMENT)


def _leaves(view: View, value: Value) -> list[tuple[str, Value]]:
    """Return what a tree of names holds (7.9.6), as far as it may reach."""
    found: list[tuple[str, Value]] = []
    waiting, visited = [value], 0
    while waiting and visited < limits.DESCRIBED_FINDINGS:
        visited += 1
        node = view.dictionary(waiting.pop())
        listed = view.array(node.get("Names"))
        for name, each in zip(listed[::2], listed[1::2], strict=False):
            shown = view.resolve(name)
            found.append((read_text(shown) if isinstance(shown, bytes) else "?", each))
        waiting += view.array(node.get("Kids"))
    return found


def _file_name(view: View, value: Value) -> str:
    entries = view.dictionary(value) if isinstance(value, Ref | dict) else {}
    for key in ("UF", "F"):
        name = view.resolve(entries.get(key))
        if isinstance(name, bytes):
            return f"file {read_text(name)}"
    return _DOCUMENT
