"""What of a document an XML signature covers: all of it, or it does not pass.

A signature that covers a part lets anybody change the rest, and lets the part be moved
to where nobody reads it, with another in its place (signature wrapping). So everything
outside of signatures has to be covered, every object in a signature too, and whatever
came apart with it; and all signatures of one file are on the same content.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from idwallet.codec.xml import XmlDocument, XmlNode
from idwallet.documents.xades import names
from idwallet.envelope.xmldsig import (
    COUNTERSIGNED,
    SIGNED_PROPERTIES,
    Coverage,
    Covered,
    Reference,
    XmlSignature,
)
from idwallet.errors import UnsupportedError

_PARTS: Final = frozenset(
    f"{names.DS}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")
)
_IDENTIFIERS: Final = frozenset({"Id", "ID", "id"})


class Stands(NamedTuple):
    """A reference whose digest is right, and what it covers."""

    reference: Reference
    covered: Covered


class Extent(NamedTuple):
    """What a signature is on: the document around it, an object in it, what came apart.

    `inside` is the content of the object, None where there is none or the document is
    signed as a whole; `apart` are addresses.
    """

    is_whole: bool
    inside: bytes | None
    apart: frozenset[str]

    def __repr__(self) -> str:
        """Show nothing: what is signed may be personal."""
        return f"Extent(<{len(self.apart)} apart>)"


def is_content(reference: Reference) -> bool:
    """Whether a reference is to what is signed, and not to what is said of it."""
    if reference.type in {SIGNED_PROPERTIES, COUNTERSIGNED}:
        return False
    return reference.node is None or reference.node.name not in _PARTS


def extent_of(signature: XmlSignature, stands: Sequence[Stands]) -> Extent:
    """Return what a signature is on, by its references, all of them right.

    Raises:
        UnsupportedError: it is on several objects in it.
    """
    own = [each for each in stands if is_content(each.reference)]
    is_whole = any(each.covered.coverage is Coverage.DOCUMENT for each in own)
    objects = [
        each.covered.octets
        for each in own
        if each.reference.node is not None
        and each.reference.node != signature.node
        and signature.node.holds(each.reference.node)
    ]
    if len(objects) > 1:
        raise UnsupportedError(
            "several objects in one signature",
            at=signature.at,
            clause="XMLDSig 1.1 §4.5.5",
        )
    return Extent(
        is_whole,
        objects[0] if objects and not is_whole else None,
        frozenset(
            each.covered.uri
            for each in own
            if each.covered.coverage is Coverage.DETACHED
        ),
    )


def content_of(extent: Extent, stands: Sequence[Stands]) -> bytes | None:
    """Return what was signed where it came inside: the document, or an object."""
    if not extent.is_whole:
        return extent.inside
    return next(
        each.covered.octets
        for each in stands
        if each.covered.coverage is Coverage.DOCUMENT and is_content(each.reference)
    )


def left_open(
    signature: XmlSignature, stands: Sequence[Stands], *, extent: Extent
) -> str | None:
    """Return what a signature leaves uncovered, in a few words, None where nothing.

    `stands` are its references, all of them right.
    """
    if not extent.is_whole and _has_content(signature.document):
        return "what stands around the signature"
    if signature.document.has_instructions and not any(
        each.covered.uri == "" for each in stands
    ):
        return "an instruction beside the document"
    loose = loose_part(signature, stands)
    if loose is not None:
        return loose
    if not extent.is_whole and extent.inside is None and not extent.apart:
        return "everything: nothing is signed but what is said of it"
    return None


def _has_content(document: XmlDocument) -> bool:
    """Whether a document is more than a signature, or signatures side by side."""
    root = document.root
    if root.name == names.SIGNATURE:
        return False
    return not (
        root.name == names.SIDE_BY_SIDE
        and root.is_only_elements
        and root.attributes() <= _IDENTIFIERS
        and all(each.name == names.SIGNATURE for each in root.children())
    )


def loose_part(signature: XmlSignature, stands: Sequence[Stands]) -> str | None:
    """Return what in a signature nobody signed, None where there is nothing."""
    node = signature.node
    covered = [each.reference.node for each in stands]
    if not node.is_only_elements:
        return "text in the signature"
    for each in node.children():
        if each.name in _PARTS or each in covered:
            continue
        if each.name != names.OBJECT:
            return "an element in the signature that none has"
        if not _is_accounted_for(each, covered):
            return "an object in the signature"
    return None


def _is_accounted_for(holder: XmlNode, covered: Sequence[XmlNode | None]) -> bool:
    """Whether all in an object is signed, or its properties."""
    inner = holder.children()
    if not inner or not holder.is_only_elements:
        return False
    return all(each in covered or each.name == names.QUALIFYING for each in inner)
