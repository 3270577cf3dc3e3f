"""What a PDF file does, or may do: actions wherever they hang (ISO 32000-2 12.6)."""

from typing import Final

from idwallet.codec.pdf import Ref, Value
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import Finding
from idwallet.documents.pades.view import View

_F = Finding
_KINDS: Final = {
    "JavaScript": _F.SCRIPT,
    "Rendition": _F.MEDIA,
    "Launch": _F.LAUNCHES_PROGRAM,
    "SubmitForm": _F.SENDS_FORM,
    "ImportData": _F.IMPORTS_DATA,
    "URI": _F.LINK,
    "GoToR": _F.OTHER_DOCUMENT,
    "GoToE": _F.OTHER_DOCUMENT,
    "Thread": _F.OTHER_DOCUMENT,
    "Sound": _F.MEDIA,
    "Movie": _F.MEDIA,
    "RichMediaExecute": _F.MEDIA,
    "GoTo3DView": _F.MEDIA,
    "Hide": _F.HIDES_OR_SHOWS,
    "SetOCGState": _F.HIDES_OR_SHOWS,
    "ResetForm": _F.HIDES_OR_SHOWS,
}
_HARMLESS: Final = frozenset({"GoTo", "Named", "GoToDp", "Trans"})
_CHAIN: Final = 64


def describe_action(
    view: View, value: Value, *, place: str, findings: Findings
) -> None:
    """Tell what an action does, and those that follow it (12.6.2)."""
    waiting: list[Value] = [value]
    visited: set[Ref] = set()
    for _ in range(_CHAIN):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, Ref):
            if value in visited:
                continue
            visited.add(value)
        found = view.resolve(value)
        if not isinstance(found, dict):
            continue
        kind = view.resolve(found.get("S"))
        if isinstance(kind, str) and kind not in _HARMLESS:
            # What nobody here knows may do anything.
            findings.say(_KINDS.get(kind, _F.NOT_LOOKED_INTO), place)
        if "JS" in found and kind != "JavaScript":
            findings.say(_F.SCRIPT, place)
        following = view.resolve(found.get("Next"))
        waiting += following if isinstance(following, list) else [found.get("Next")]
    findings.say(_F.NOT_LOOKED_INTO, place)


def describe_triggers(
    view: View, value: Value, *, place: str, findings: Findings
) -> None:
    """Tell what is done on events (12.6.3)."""
    for each in view.dictionary(value).values():
        describe_action(view, each, place=place, findings=findings)
