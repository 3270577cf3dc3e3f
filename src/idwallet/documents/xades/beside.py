"""Signatures put side by side that are in no document (EN 319 162-1 A.5)."""

from typing import Final

from idwallet.codec.xml import XmlDocument
from idwallet.documents.xades import names
from idwallet.documents.xades.placing import countersigned
from idwallet.documents.xades.targets import Target
from idwallet.envelope.xmldsig import (
    SIGNED_PROPERTIES,
    Coverage,
    Covered,
    Place,
    XmlSignature,
    find_signatures,
    judge_references,
    read_signature,
)
from idwallet.errors import UsageError
from idwallet.report import Reason

_NAMESPACE, _, _LOCAL = names.SIDE_BY_SIDE[1:].partition("}")
_OPEN: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<asic:{_LOCAL} xmlns:asic="{_NAMESPACE}">'
).encode("ascii")
_CLOSE: Final = f"</asic:{_LOCAL}>".encode("ascii")


def side_by_side(signature: bytes) -> bytes:
    """Return a signature in a file that others may be put into.

    Raises:
        UsageError: it is inside of a document, or has others beside it already.
    """
    document = XmlDocument.from_bytes(signature, at="signature")
    if document.root.name != names.SIGNATURE:
        raise UsageError("nothing but one signature is put into a file of its own")
    return b"".join((_OPEN, document.written(document.root), _CLOSE))


def put_beside(first: bytes, element: bytes, *, target: Target) -> bytes:
    """Return both signatures as one file.

    Raises:
        UsageError: `first` is on something else, in another packaging, or would be
            broken by what is put around it.
        MalformedError, UnsupportedError: it is no signature.
    """
    document = XmlDocument.from_bytes(first, at="beside")
    root = document.root
    if root.name == names.SIDE_BY_SIDE:
        made = document.with_octets([(root, element)])
    elif root.name == names.SIGNATURE:
        made = b"".join((_OPEN, document.written(root), element, _CLOSE))
    else:
        raise UsageError("the signature beside is inside of a document: sign that")
    before = _read(document, target)
    if not before or not all(_is_same(each, target) for each in before):
        raise UsageError("the signature beside is one on another document")
    after = _read(XmlDocument.from_bytes(made, at="beside"), target)
    if [_said(each) for each in before] != [_said(each) for each in after[:-1]]:
        raise UsageError("the signature beside would be broken by another one")
    return made


def _read(document: XmlDocument, target: Target) -> list[XmlSignature]:
    """Return the signatures that are by themselves."""
    return [
        read_signature(Place(document, each, target.apart), at="beside")
        for each in find_signatures(document, at="beside")
        if countersigned(each) is None
    ]


def _said(signature: XmlSignature) -> tuple[bytes, tuple[Covered, ...] | Reason]:
    return signature.signed_info, judge_references(signature)


def _is_same(signature: XmlSignature, target: Target) -> bool:
    """Whether a signature is on the very documents, and on nothing else."""
    covered = judge_references(signature)
    if isinstance(covered, Reason):
        return False
    own = [each for each in covered if each.type != SIGNED_PROPERTIES]
    if target.apart:
        is_apart = all(each.coverage is Coverage.DETACHED for each in own)
        return is_apart and {each.uri for each in own} == set(target.apart)
    return len(own) == 1 and own[0].octets == target.content
