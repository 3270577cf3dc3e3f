"""What a document holds, in words, for whoever is about to sign it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from idwallet.codec.text import show
from idwallet.explain.words import Language, Words, words

if TYPE_CHECKING:  # verdicts are put in words without what describes documents
    from idwallet.documents.describe import Description, EarlierSignature

_ORDER: Final = ("hostile", "doubt", "notice")
_PLACES: Final = frozenset({"page", "field", "file", "object"})


def explain_description(description: "Description", *, lang: Language = "en") -> str:
    """Say what a document holds, the gravest first; the first line says what to do.

    Names that stand in the document are made safe to show.

    Raises:
        UsageError: there is no such language.
    """
    return "\n".join(_lines(description, words(lang)))


def _lines(description: "Description", text: Words) -> Iterator[str]:
    said = text["described"]
    yield said[f"headline_{description.weight.value}"]
    kind = said[f"kind_{description.kind.value}"]
    yield said["what"].format(kind=kind, size=description.size)
    if description.pages:
        yield said["pages"].format(count=len(description.pages))
    yield said["digest"].format(sha256=description.sha256)
    for weight in _ORDER:
        for each in description.findings:
            if each.weight.value == weight:
                yield said["finding"].format(
                    weight=said[f"weight_{weight}"],
                    text=text["findings"][each.code.value],
                    place=_place(each.place, said),
                )
    for number, signature in enumerate(description.signatures, 1):
        yield _signature(signature, number=number, text=text)


def _place(place: str, said: dict[str, str]) -> str:
    kind, _, name = place.partition(" ")
    if kind in _PLACES and name:
        return said[kind].format(name=show(name))
    return said["document"] if place == "document" else show(place)


def _signature(signature: "EarlierSignature", *, number: int, text: Words) -> str:
    said = text["described"]
    kind = "timestamp" if signature.is_timestamp else "signature"
    signer = show(signature.signer) or said["nobody"]
    line = said[kind].format(number=number, signer=signer)
    if not signature.covers_revision:
        return f"{line} {said['uncovered']}"
    codes = dict.fromkeys(each.code.value for each in signature.changes)
    if not codes:
        return f"{line} {said['unchanged']}"
    changes = text["separator"].join(text["changes"][each] for each in codes)
    return f"{line} {said['changed'].format(changes=changes)}"
