"""XML signatures taken apart (XMLDSig 1.1 section 4)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.xml import (
    XmlDocument,
    XmlNode,
    read_made,
)
from idwallet.envelope.xmldsig import names
from idwallet.envelope.xmldsig.apart import Apart
from idwallet.envelope.xmldsig.properties import named_first
from idwallet.envelope.xmldsig.references import Place, read_references
from idwallet.envelope.xmldsig.signed_info import read_form, read_scheme
from idwallet.envelope.xmldsig.structures import XmlSignature
from idwallet.errors import LimitError, MalformedError

_SIG: Final = "XMLDSig 1.1"
_DS: Final = names.DS
_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


def read_signatures(
    data: bytes,
    *,
    at: str,
    detached: Mapping[str, bytes] = _NOTHING,
    max_bytes: int = limits.XML_BYTES,
) -> tuple[XmlSignature, ...]:
    """Take every signature of a document apart, in document order, judging none.

    A reference is to the document, to one element of it by its identifier, or to what
    the caller has in `detached` under that very address. Nothing is ever fetched.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it is no XML without a DTD, or breaks XMLDSig; an identifier
            referred to stands nowhere or twice.
        UnsupportedError: a transform, digest, address or parameter that is not in the
            closed lists of `names`.
    """
    document = XmlDocument.from_bytes(data, at=at, max_bytes=max_bytes)
    apart = {uri: Apart(octets) for uri, octets in detached.items()}
    return tuple(
        read_signature(Place(document, each, apart), at=at)
        for each in find_signatures(document, at=at)
    )


def find_signatures(document: XmlDocument, *, at: str) -> tuple[XmlNode, ...]:
    """Return every signature of a document, in document order.

    Raises:
        LimitError: there are more than `limits.XML_SIGNATURES`.
    """
    found = document.named(f"{_DS}Signature")
    if len(found) > limits.XML_SIGNATURES:
        raise LimitError("too many signatures", at=at, clause="idwallet limits")
    return found


def read_signature(place: Place, *, at: str) -> XmlSignature:
    """Take one signature apart, judging nothing; raises as `read_signatures` does."""
    clause = f"{_SIG} §4.2"
    octets = _signed_info(place.node, at=at)
    info = read_made(octets, at=f"{at}/SignedInfo")
    method = info.one(f"{_DS}SignatureMethod", clause=f"{_SIG} §4.4")
    held = _one(place.node, "SignatureValue", at=at, clause=clause).read()
    value = held.octets(clause=f"{_SIG} §4.3")
    if len(value) > limits.XML_SIGNATURE_BYTES:
        raise LimitError("signature too long", at=at, clause=f"{_SIG} §4.3")
    return XmlSignature(
        node=place.node,
        document=place.document,
        algorithm=method.attributes.get("Algorithm") or "",
        scheme=read_scheme(method),
        signed_info=octets,
        value=value,
        references=read_references(info, place),
        certificates=_certificates(place.node, at=at),
        is_below_root=place.node.is_below_root,
        at=at,
    )


def _one(node: XmlNode, name: str, *, at: str, clause: str) -> XmlNode:
    found = node.children(f"{_DS}{name}")
    if len(found) != 1:
        raise MalformedError(f"not one {name}", at=at, clause=clause)
    return found[0]


def _signed_info(node: XmlNode, *, at: str) -> bytes:
    """Return SignedInfo in the form that it names itself.

    All that is acted on is read from these octets, which the signature covers.
    """
    clause = f"{_SIG} §4.4.1"
    info = _one(node, "SignedInfo", at=at, clause=f"{_SIG} §4.2")
    method = _one(info, "CanonicalizationMethod", at=at, clause=clause)
    form, prefixes = read_form(method.read())
    octets = info.canonical(form, prefixes=prefixes)
    if len(octets) > limits.XML_SIGNED_INFO_BYTES:
        raise LimitError("SignedInfo is too long", at=at, clause=f"{_SIG} §4.4")
    return octets


def _certificates(node: XmlNode, *, at: str) -> tuple[bytes, ...]:
    """Return the certificates of KeyInfo; nothing else in it is looked at."""
    holders = node.children(f"{_DS}KeyInfo")
    if len(holders) > 1:
        raise MalformedError("two KeyInfo", at=at, clause=f"{_SIG} §4.2")
    found = [
        certificate
        for holder in holders
        for data in holder.children(f"{_DS}X509Data")
        for certificate in data.children(f"{_DS}X509Certificate")
    ]
    if len(found) > limits.XML_CERTIFICATES:
        raise LimitError("too many certificates", at=at, clause=f"{_SIG} §4.5.4")
    ders = tuple(each.read().octets(clause=f"{_SIG} §4.5.4") for each in found)
    return named_first(ders, node, at=at)
