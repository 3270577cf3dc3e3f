"""What an XML signature is made on, by how it is packaged: the references to it."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.documents.model import (
    Document,
    Documents,
    Packaging,
    XAdES,
    only,
)
from idwallet.documents.xades import names
from idwallet.documents.xades.properties import Described, escaped
from idwallet.envelope.xmldsig import (
    ALONE,
    AS_IT_IS,
    SIDE_BY_SIDE,
    SPELLED,
    Apart,
    Coverage,
    NewReference,
    Place,
    Removal,
    address,
    find_signatures,
    read_signature,
)
from idwallet.errors import UsageError

_XML: Final = "text/xml"
_OCTETS: Final = "application/octet-stream"


class Target(NamedTuple):
    """What is signed: references to it, what each is, and the object that holds it.

    `identifier` is what the signature is to be called, `document` what it is to be put
    into; `apart` holds what it is apart from, by its address.
    """

    identifier: str
    references: tuple[NewReference, ...]
    described: tuple[Described, ...]
    held: bytes = b""
    content: bytes = b""
    document: XmlDocument | None = None
    apart: dict[str, Apart] = {}  # noqa: RUF012 - never changed


Name = Callable[[bytes], str]
"""What a signature is called, by a fingerprint of what it is on."""


def target_of(
    documents: Documents, profile: XAdES, *, name: Name, digest: str
) -> Target:
    """Return what is to be signed of these documents.

    Raises:
        UsageError: they are not what the packaging takes, or too long for it.
        MalformedError, UnsupportedError: what is signed from within is no XML, or a
            signature there is none.
    """
    if profile.packaging is Packaging.DETACHED:
        return _detached(documents, profile, name=name, digest=digest)
    make = _enveloped if profile.packaging is Packaging.ENVELOPED else _enveloping
    held = _held(only(documents))
    return make(held, profile, name=name, digest=digest)


def _held(document: Document) -> bytes:
    """Return the document as a whole; one that is too long is refused early."""
    if isinstance(document, bytes):
        return document
    found = bytearray()
    while piece := document.read(limits.XML_BYTES + 1 - len(found)):
        found += piece
    return bytes(found)


def _enveloped(content: bytes, profile: XAdES, *, name: Name, digest: str) -> Target:
    if len(content) > limits.XML_BYTES:
        raise UsageError("a document of that length is signed detached")
    document = XmlDocument.from_bytes(content, at="document")
    if document.root.name == names.SIGNATURE:
        raise UsageError("a signature is not signed from within: counter-sign it")
    require_open(document)
    rest = document
    if not profile.alone and document.named(names.SIGNATURE):
        rest = document.without_every(names.SIGNATURE)
    octets = rest.canonical(Canonicalization.INCLUSIVE)
    # By all that stands there: whoever signs twice at one moment signs another file.
    identifier = name(_digest(content, digest))
    own = f"{identifier}-document"
    transforms = ALONE if profile.alone else SIDE_BY_SIDE
    return Target(
        identifier,
        (NewReference("", _digest(octets, digest), transforms, own),),
        (Described(own, profile.media_type or _XML),),
        content=octets,
        document=document,
    )


def require_open(document: XmlDocument, *, beside: XmlNode | None = None) -> None:
    """Require that another signature breaks none of those that are there.

    `beside` is one that is not broken by what is put into itself.

    Raises:
        UsageError: one covers all that stands in the document, other signatures too.
        MalformedError, UnsupportedError: one cannot be read.
    """
    for each in find_signatures(document, at="document"):
        if beside is not None and each.holds(beside):
            continue
        found = read_signature(Place(document, each, {}), at="document")
        for reference in found.references:
            covers = reference.coverage is Coverage.DOCUMENT
            if covers and reference.steps.removal is not Removal.EVERY:
                raise UsageError(
                    "a signature in the document covers all that stands there: another "
                    "one would break it; counter-sign it, or sign it detached"
                )


def _enveloping(content: bytes, profile: XAdES, *, name: Name, digest: str) -> Target:
    if len(content) > limits.XML_OBJECT_BYTES:
        raise UsageError("a document of that length is signed detached")
    fingerprint = _digest(content, digest)
    identifier = name(fingerprint)
    own, reference = f"{identifier}-object", f"{identifier}-document"
    media = profile.media_type or _OCTETS
    kind = f'MimeType="{_quoted(media)}"'
    held = (
        f'<ds:Object Encoding="http://www.w3.org/2000/09/xmldsig#base64"'
        f' Id="{own}" {kind}>'
    ).encode()
    return Target(
        identifier,
        (NewReference(f"#{own}", fingerprint, SPELLED, reference),),
        (Described(reference, media),),
        held=b"".join((held, b64encode(content), b"</ds:Object>")),
        content=content,
    )


def _quoted(text: str) -> str:
    return escaped(text).replace('"', "&quot;")


def _detached(
    documents: Documents, profile: XAdES, *, name: Name, digest: str
) -> Target:
    if not isinstance(documents, Mapping) or not documents:
        raise UsageError(
            "a signature apart names what it is on: sign {'contract.pdf': document}"
        )
    apart = {address(each): Apart(octets) for each, octets in documents.items()}
    values = {uri: each.state(digest).digest() for uri, each in apart.items()}
    return _referring(values, profile, name=name)._replace(apart=apart)


def digested_target(
    digests: Mapping[str, bytes], profile: XAdES, *, name: Name
) -> Target:
    """Return what is to be signed of documents apart, by their names and digests.

    Raises:
        UsageError: there are too many, or one has no name.
    """
    values = {address(each): value for each, value in digests.items()}
    return _referring(values, profile, name=name)


def _referring(values: Mapping[str, bytes], profile: XAdES, *, name: Name) -> Target:
    """Return references to what is apart, by addresses and digests."""
    if len(values) >= limits.XML_REFERENCES:
        raise UsageError("too many documents for one signature")
    media = profile.media_type or _OCTETS
    identifier = name(b"".join(values.values()))
    references, described = [], []
    for n, (uri, value) in enumerate(values.items()):
        own = f"{identifier}-document{n}"
        references.append(NewReference(uri, value, AS_IT_IS, own))
        described.append(Described(own, media))
    return Target(identifier, tuple(references), tuple(described))


def _digest(octets: bytes, name: str) -> bytes:
    return hashlib.new(name, octets).digest()
