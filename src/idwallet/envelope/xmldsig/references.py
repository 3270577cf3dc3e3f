"""What a signature refers to, and what is done to it (XMLDSig 1.1 section 4.4.3)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import XmlDocument, XmlElement, XmlNode
from idwallet.envelope.xmldsig import names
from idwallet.envelope.xmldsig.apart import Apart
from idwallet.envelope.xmldsig.signed_info import read_digest, read_form
from idwallet.envelope.xmldsig.structures import Coverage, Reference, Removal, Steps
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_SIG: Final = "XMLDSig 1.1"
_DS: Final = names.DS
_FILTER2: Final = "{http://www.w3.org/2002/06/xmldsig-filter2}XPath"


class Place(NamedTuple):
    """Where a signature stands, and what came apart from it, by its address."""

    document: XmlDocument
    node: XmlNode
    detached: Mapping[str, Apart]


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
    coverage, node, apart = _target(uri, place, at=element.at)
    steps = _steps(element, place)
    if steps.removal is not Removal.NONE and (
        node is None or node == place.node or not node.holds(place.node)
    ):
        raise MalformedError(
            "the signature is not in what it is taken out of",
            at=element.at,
            clause=f"{_SIG} §6.6.4",
        )
    if steps.is_base64 and coverage is not Coverage.PART:
        raise UnsupportedError(
            "base64 of anything but an element", at=element.at, clause=f"{_SIG} §6.6.2"
        )
    method = element.one(f"{_DS}DigestMethod", clause=clause)
    value = element.one(f"{_DS}DigestValue", clause=clause)
    return Reference(
        uri,
        kind,
        element.attributes.get("Id"),
        coverage,
        node,
        apart,
        steps,
        read_digest(method),
        value.octets(clause=f"{_SIG} §4.4.3.6"),
    )


def _target(
    uri: str, place: Place, *, at: str
) -> tuple[Coverage, XmlNode | None, Apart | None]:
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


def _steps(element: XmlElement, place: Place) -> Steps:
    """Return what is done to the target, all of it in the closed list."""
    holder = element.maybe(f"{_DS}Transforms", clause=f"{_SIG} §4.4.3.4")
    if holder is None:
        return Steps()
    steps = holder.all(f"{_DS}Transform")
    if not steps or len(steps) != len(holder.children):
        raise MalformedError(
            "no list of transforms", at=holder.at, clause=f"{_SIG} §4.4.3.4"
        )
    if steps[0].attributes.get("Algorithm") == names.BASE64:
        if len(steps) > 1 or steps[0].children:
            raise UnsupportedError(
                "a transform beside base64", at=holder.at, clause=f"{_SIG} §6.6.2"
            )
        return Steps(is_base64=True)
    removal = _removal(steps[0], place)
    rest = steps[removal is not Removal.NONE :]
    if len(rest) > limits.XML_TRANSFORMS - 1:
        # After the first canonical form there are octets, and nothing left to do.
        raise LimitError("too many transforms", at=holder.at, clause=f"{_SIG} §6.6")
    if not rest:
        return Steps(removal)
    form, prefixes = read_form(rest[0])
    return Steps(removal, form, prefixes)


def _removal(step: XmlElement, place: Place) -> Removal:
    """Return which signatures a step takes out, none where it is no such step.

    Of XPath, two expressions are known by their very text; none is ever evaluated.

    Raises:
        UnsupportedError: any other expression, or parameters.
    """
    name = step.attributes.get("Algorithm")
    if name == names.ENVELOPED:
        if step.children:
            raise UnsupportedError(
                "parameters of a transform", at=step.at, clause=f"{_SIG} §6.6.4"
            )
        return Removal.OWN
    if name not in {names.XPATH, names.FILTER2}:
        return Removal.NONE
    kind = _FILTER2 if name == names.FILTER2 else f"{_DS}XPath"
    prefix = _prefix_of_every_signature(step, kind)
    if prefix is None:
        raise UnsupportedError("XPath", at=step.at, clause=f"{_SIG} §6.6.3")
    if any(each.namespace(prefix) != _DS[1:-1] for each in place.node.named(kind)):
        # The expression would name other elements than those that are taken out.
        raise UnsupportedError(
            "a prefix of XPath for another namespace",
            at=step.at,
            clause=f"{_SIG} §6.6.3",
        )
    return Removal.EVERY


_PREFIXES: Final = ("ds", "dsig")


def _prefix_of_every_signature(step: XmlElement, kind: str) -> str | None:
    """Return the prefix of the one expression that is known, None for any other."""
    if len(step.children) != 1 or step.children[0].name != kind:
        return None
    (only,) = step.children
    text = "".join(only.text.split())
    is_filter = kind == _FILTER2
    if dict(only.attributes) != ({"Filter": "subtract"} if is_filter else {}):
        return None
    for prefix in _PREFIXES:
        subtracted = f"/descendant::{prefix}:Signature"
        if text == (
            subtracted if is_filter else f"not(ancestor-or-self::{prefix}:Signature)"
        ):
            return prefix
    return None
