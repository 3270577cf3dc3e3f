"""SignedInfo: how it was signed, and what it refers to (XMLDSig 1.1 section 4.4)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import (
    Canonicalization,
    XmlDocument,
    XmlElement,
    XmlNode,
)
from idwallet.crypto.schemes import SignatureScheme
from idwallet.envelope.xmldsig import names
from idwallet.envelope.xmldsig.structures import Coverage, Reference
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_SIG: Final = "XMLDSig 1.1"
_DS: Final = names.DS


class Place(NamedTuple):
    """Where a signature stands, and what came apart from it, by its address."""

    document: XmlDocument
    node: XmlNode
    detached: Mapping[str, bytes]


def read_scheme(method: XmlElement) -> SignatureScheme | None:
    """Return the scheme that a SignatureMethod names, None where it is none of ours.

    Raises:
        MalformedError: RSASSA-PSS parameters that break RFC 9231 section 2.3.9.
        UnsupportedError: parameters for what has none, or not one hash throughout.
    """
    name = method.attributes.get("Algorithm")
    if name == names.RSA_PSS:
        return names.PSS[_pss_hash(method)]
    scheme = names.SCHEMES.get(name or "")
    if scheme is not None and method.children:
        raise UnsupportedError(
            "parameters of a signature method", at=method.at, clause=f"{_SIG} §4.4.2"
        )
    return scheme


def _pss_hash(method: XmlElement) -> str:
    clause = "RFC 9231 §2.3.9"
    params = method.maybe(f"{names.MORE_2007}RSAPSSParams", clause=clause)
    if params is None:
        return "sha256"
    hashed = _named_digest(params, clause=clause)
    mask = params.maybe(f"{names.MORE_2007}MaskGenerationFunction", clause=clause)
    masked = "sha256"
    if mask is not None:
        if mask.attributes.get("Algorithm") != names.MGF1:
            raise UnsupportedError("a mask function", at=mask.at, clause=clause)
        masked = _named_digest(mask, clause=clause)
    salt = params.maybe(f"{names.MORE_2007}SaltLength", clause=clause)
    trailer = params.maybe(f"{names.MORE_2007}TrailerField", clause=clause)
    length = str({"sha256": 32, "sha384": 48, "sha512": 64}[hashed])
    if (
        masked != hashed
        or (salt is not None and salt.value(clause=clause) != length)
        or (trailer is not None and trailer.value(clause=clause) != "1")
    ):
        raise UnsupportedError(
            "RSASSA-PSS of more than one hash", at=params.at, clause=clause
        )
    return hashed


def _named_digest(within: XmlElement, *, clause: str) -> str:
    found = within.maybe(f"{_DS}DigestMethod", clause=clause)
    return "sha256" if found is None else read_digest(found)


def read_digest(method: XmlElement) -> str:
    """Return the hash that a DigestMethod names, by its name in hashlib.

    Raises:
        UnsupportedError: it is none of SHA-256, SHA-384 and SHA-512.
    """
    name = method.attributes.get("Algorithm")
    found = names.DIGESTS.get(name or "")
    if found is None or method.children:
        raise UnsupportedError(
            "a digest algorithm", at=method.at, clause=f"{_SIG} §6.2"
        )
    return found


def read_form(method: XmlElement) -> tuple[Canonicalization, tuple[str, ...]]:
    """Return the canonical form that an element names, with its list of prefixes.

    Raises:
        LimitError: the list is too long.
        UnsupportedError: another form, or parameters that it does not have.
    """
    form = names.CANONICALIZATIONS.get(method.attributes.get("Algorithm") or "")
    if form is None:
        raise UnsupportedError("a transform", at=method.at, clause=f"{_SIG} §6.5, §6.6")
    if not method.children:
        return form, ()
    only = method.children[0]
    if (
        len(method.children) > 1
        or only.name != f"{names.EXC}InclusiveNamespaces"
        or not form.value.is_exclusive
    ):
        raise UnsupportedError(
            "parameters of a transform", at=method.at, clause=f"{_SIG} §6.5"
        )
    prefixes = tuple(only.attributes.get("PrefixList", "").split())
    if len(prefixes) > limits.XML_PREFIXES:
        raise LimitError("too many prefixes", at=only.at, clause="Exclusive C14N §3")
    return form, prefixes


def read_references(info: XmlElement, place: Place) -> tuple[Reference, ...]:
    """Read every reference and find what it is to.

    Raises:
        LimitError: there are too many.
        MalformedError: there is none, its target stands nowhere or twice, or a
            transform has nothing to be done to.
        UnsupportedError: a transform, digest or address that is not in a closed list.
    """
    found = info.all(f"{_DS}Reference")
    if not found:
        raise MalformedError("no reference", at=info.at, clause=f"{_SIG} §4.4")
    if len(found) > limits.XML_REFERENCES:
        raise LimitError("too many references", at=info.at, clause=f"{_SIG} §4.4")
    return tuple(_reference(each, place) for each in found)


def _reference(element: XmlElement, place: Place) -> Reference:
    clause = f"{_SIG} §4.4.3"
    uri, kind = element.attributes.get("URI"), element.attributes.get("Type")
    if uri is None or kind == names.MANIFEST:
        # What has no address the application would have to know; and what a manifest
        # lists, nobody has verified.
        raise UnsupportedError(
            "a reference without address, or to a manifest",
            at=element.at,
            clause=clause,
        )
    coverage, node, octets = _target(uri, place, at=element.at)
    is_enveloped, form, prefixes = _transforms(element)
    if is_enveloped and (
        node is None or node == place.node or not node.holds(place.node)
    ):
        raise MalformedError(
            "the signature is not in what it is taken out of",
            at=element.at,
            clause=f"{_SIG} §6.6.4",
        )
    method = element.one(f"{_DS}DigestMethod", clause=clause)
    value = element.one(f"{_DS}DigestValue", clause=clause)
    return Reference(
        uri,
        kind,
        coverage,
        node,
        octets,
        is_enveloped,
        form,
        prefixes,
        read_digest(method),
        value.octets(clause=f"{_SIG} §4.4.3.6"),
    )


def _target(
    uri: str, place: Place, *, at: str
) -> tuple[Coverage, XmlNode | None, bytes | None]:
    root = place.document.root
    if not uri:
        return Coverage.DOCUMENT, root, None
    if not uri.startswith("#"):
        return Coverage.DETACHED, None, place.detached.get(uri)
    name = uri[1:]
    if not name or not name.replace("-", "a").replace(".", "a").isidentifier():
        # No XPointer: "#xpointer(...)" chooses elements, as XPath does.
        raise UnsupportedError("a fragment", at=at, clause=f"{_SIG} §4.4.3.2")
    found = place.document.identified(name)
    if len(found) != 1:
        # Two would let one be verified and the other be read.
        what = "an identifier that stands twice" if found else "no such identifier"
        raise MalformedError(what, at=at, clause=f"{_SIG} §4.4.3.3")
    coverage = Coverage.DOCUMENT if found[0] == root else Coverage.PART
    return coverage, found[0], None


def _transforms(
    element: XmlElement,
) -> tuple[bool, Canonicalization | None, tuple[str, ...]]:
    """Return whether the signature is taken out, and which form is made of the rest."""
    holder = element.maybe(f"{_DS}Transforms", clause=f"{_SIG} §4.4.3.4")
    if holder is None:
        return False, None, ()
    steps = holder.all(f"{_DS}Transform")
    if not steps or len(steps) != len(holder.children):
        raise MalformedError(
            "no list of transforms", at=holder.at, clause=f"{_SIG} §4.4.3.4"
        )
    first = steps[0]
    is_enveloped = first.attributes.get("Algorithm") == names.ENVELOPED
    if is_enveloped and first.children:
        raise UnsupportedError(
            "parameters of a transform", at=first.at, clause=f"{_SIG} §6.6.4"
        )
    rest = steps[is_enveloped:]
    if len(rest) > limits.XML_TRANSFORMS - 1:
        # After the first canonical form there are octets, and nothing left to do.
        raise LimitError("too many transforms", at=holder.at, clause=f"{_SIG} §6.6")
    if not rest:
        return is_enveloped, None, ()
    return (is_enveloped, *read_form(rest[0]))
