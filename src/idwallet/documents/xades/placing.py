"""Where the signatures of an XML document stand, and how more of them are put there.

A signature in ``xades:CounterSignature`` is one on the signature around it; every other
one is by itself. None is overlooked.
"""

from collections.abc import Sequence
from typing import NamedTuple

from idwallet.codec.xml import XmlDocument, XmlNode
from idwallet.documents.xades import names
from idwallet.documents.xades.properties import unsigned_properties
from idwallet.envelope.xmldsig import find_signatures
from idwallet.errors import UnsupportedError


class Placed(NamedTuple):
    """A signature and those on it, in document order."""

    node: XmlNode
    counters: tuple["Placed", ...]


def signatures_in(document: XmlDocument, *, at: str) -> tuple[Placed, ...]:
    """Return every signature that is by itself, with those on each.

    Raises:
        LimitError: there are more than `limits.XML_SIGNATURES`.
    """
    on: dict[XmlNode, list[XmlNode]] = {}
    alone: list[XmlNode] = []
    for node in find_signatures(document, at=at):
        owner = countersigned(node)
        (alone if owner is None else on.setdefault(owner, [])).append(node)
    return tuple(_placed(each, on) for each in alone)


def _placed(node: XmlNode, on: dict[XmlNode, list[XmlNode]]) -> Placed:
    return Placed(node, tuple(_placed(each, on) for each in on.get(node, ())))


_WAY: tuple[str, ...] = (
    names.COUNTER_SIGNATURE,
    names.UNSIGNED_SIGNATURE,
    names.UNSIGNED,
    names.QUALIFYING,
    names.OBJECT,
)


def countersigned(node: XmlNode) -> XmlNode | None:
    """Return the signature that one is on by its place (5.2.7.2), None if on none."""
    above = node.above
    for name in _WAY:
        if above is None or above.name != name:
            return None
        above = above.above
    return above if above is not None and above.name == names.SIGNATURE else None


def properties_holder(node: XmlNode) -> XmlNode | None:
    """Return QualifyingProperties of a signature, None unless there is exactly one.

    It stands in an object of the signature's own (4.4.1, 6.3).
    """
    found = [
        each
        for holder in node.children(names.OBJECT)
        for each in holder.children(names.QUALIFYING)
    ]
    return found[0] if len(found) == 1 else None


def unsigned_of(node: XmlNode) -> tuple[XmlNode, ...]:
    """Return the unsigned properties of a signature, in order (4.3.6)."""
    holder = properties_holder(node)
    return tuple(
        each
        for outer in (() if holder is None else holder.children(names.UNSIGNED))
        for inner in outer.children(names.UNSIGNED_SIGNATURE)
        for each in inner.children()
    )


def place_for_more(node: XmlNode) -> tuple[XmlNode, bool]:
    """Return where another unsigned property goes, and whether that is its container.

    Raises:
        UnsupportedError: the signature has no qualifying properties: it is no XAdES.
    """
    holder = properties_holder(node)
    if holder is None:
        raise UnsupportedError(
            "a signature without qualifying properties",
            at="signature",
            clause="EN 319 132-1 §4.3.1",
        )
    outer = holder.children(names.UNSIGNED)
    if not outer:
        return holder, False
    inner = outer[0].children(names.UNSIGNED_SIGNATURE)
    if len(outer) > 1 or len(inner) != 1:
        raise UnsupportedError(
            "unsigned properties that are not in one container",
            at="signature",
            clause="EN 319 132-1 §4.3.3",
        )
    return inner[0], True


def with_properties(
    document: XmlDocument, additions: Sequence[tuple[XmlNode, bytes]]
) -> bytes:
    """Return the document with another unsigned property in each of these signatures.

    Each property comes behind those that are there; all else stays as it was written.

    Raises:
        UnsupportedError: a signature has no place for it.
    """
    placed = []
    for node, held in additions:
        place, is_container = place_for_more(node)
        placed.append((place, held if is_container else unsigned_properties(held)))
    return document.with_octets(placed)
