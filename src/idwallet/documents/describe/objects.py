"""Objects of a PDF file that lie ready and are not used, or are used and not there.

Shadow attacks put in, before anybody signs, what a later update brings to light.
"""

from typing import Final

from idwallet import limits
from idwallet.codec.pdf import Kind, Ref
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import Finding
from idwallet.documents.pades.view import View, among, references
from idwallet.errors import MalformedError, UnsupportedError

_F = Finding
_EXTERNAL: Final = frozenset({"F", "FFilter", "FDecodeParms"})
_OF_FILE: Final = frozenset({"ObjStm", "XRef"})


def describe_objects(view: View, findings: Findings) -> None:
    """Tell which objects are not reached, not there, or kept elsewhere.

    Raises:
        MalformedError, LimitError, UnsupportedError: what is reached cannot be read.
    """
    reached: set[Ref] = set()
    trailer = view.file.trailer
    waiting = [ref for key in trailer.spans for ref in references(trailer.get(key))]
    while waiting:
        ref = waiting.pop()
        if ref in reached:
            continue
        reached.add(ref)
        if len(reached) > limits.DESCRIBED_OBJECTS:
            findings.say(_F.NOT_LOOKED_INTO, "document")
            return
        if view.stands(ref.number) is None:
            findings.say(_F.DANGLING_REFERENCE, f"object {ref.number}")
        found = view.get(ref)
        _describe_stream(view, ref, findings=findings)
        waiting.extend(references(found.value))
    _describe_rest(view, {each.number for each in reached}, findings=findings)


def _describe_stream(view: View, ref: Ref, *, findings: Findings) -> None:
    found = view.get(ref)
    if found.data is None or not isinstance(found.value, dict):
        return
    entries = found.value
    place = f"object {ref.number}"
    if entries.keys() & _EXTERNAL and entries.get("Type") != "EmbeddedFile":
        findings.say(_F.EXTERNAL_CONTENT, place)
    if among(entries.get("Subtype"), {"Image", "Form"}):
        if "OPI" in entries or "Ref" in entries:
            findings.say(_F.EXTERNAL_CONTENT, place)
        if "Alternates" in entries:
            findings.say(_F.ALTERNATE_IMAGE, place)


def _describe_rest(view: View, reached: set[int], *, findings: Findings) -> None:
    """Tell of objects that nothing leads to, but for those that hold others."""
    for section in view.file.sections:
        for number in section.numbers():
            entry = view.file.entry(number)
            if number in reached or entry is None or entry.kind is Kind.FREE:
                continue
            reached.add(number)
            if not _is_of_file(view, number, generation=entry.which):
                findings.say(_F.UNREACHED_OBJECTS, "document")
                return


def _is_of_file(view: View, number: int, *, generation: int) -> bool:
    try:
        found = view.get(Ref(number, generation)).value
    except (MalformedError, UnsupportedError):
        return False
    if found is None:
        return True
    return isinstance(found, dict) and among(found.get("Type"), _OF_FILE)
