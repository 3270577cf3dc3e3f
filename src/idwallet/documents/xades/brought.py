"""What a caller brings to be judged beside a signature, by the addresses it goes by."""

from collections.abc import Container, Mapping
from urllib.parse import unquote

from idwallet import limits
from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.documents.model import Documents, only
from idwallet.documents.xades import names
from idwallet.documents.xades.coverage import Stands
from idwallet.envelope.xmldsig import Apart, Coverage, Reference
from idwallet.errors import IdWalletError
from idwallet.report import Reason


def addresses_in(document: XmlDocument) -> frozenset[str]:
    """Return the addresses of all that signatures refer to outside of a document."""
    return frozenset(map(_address, _apart_in(document)))


def plain_addresses_in(document: XmlDocument) -> frozenset[str]:
    """Return those of what is signed as it stands, with nothing done to it."""
    return frozenset(
        _address(each)
        for each in _apart_in(document)
        if not each.children(f"{names.DS}Transforms")
    )


def _apart_in(document: XmlDocument) -> list[XmlNode]:
    found = (
        reference
        for node in document.named(names.SIGNATURE)
        for info in node.children(f"{names.DS}SignedInfo")
        for reference in info.children(f"{names.DS}Reference")
    )
    return [each for each in found if not _address(each).startswith("#")]


def _address(reference: XmlNode) -> str:
    return reference.attribute("URI") or "#"


def name_of(uri: str, names: Container[str]) -> str:
    """Return by which of these names an address is meant (RFC 3986 2.1).

    An escaped one is meant before one that is spelled like the address: else a document
    would be compared in the place of another.
    """
    plain = unquote(uri)
    return plain if plain in names else uri


class Brought:
    """The documents that a caller has, looked up and never fetched.

    One without a name is what the one reference of the file to something apart is to,
    if there is just one such address; else it is what has to have come inside.
    """

    __slots__ = ("apart", "inside")

    def __init__(self, given: Documents | None, *, addresses: frozenset[str]) -> None:
        """Hold what is given against the addresses that the file refers to.

        What is an `Apart` already is taken as it is: others may have read it before.
        """
        self.apart: dict[str, Apart] = {}
        self.inside: Apart | None = None
        if given is None:
            return
        if not isinstance(given, Mapping):
            self._one(Apart(given), addresses)
            return
        if len(given) == 1 and not addresses:
            self.inside = Apart(only(given))
            return
        held = {
            name: each if isinstance(each, Apart) else Apart(each)
            for name, each in given.items()
        }
        named = {uri: name_of(uri, held) for uri in addresses}
        self.apart = {uri: held[name] for uri, name in named.items() if name in held}
        for name in held.keys() - set(named.values()):
            # What nothing refers to is kept: it is told that it is not signed.
            self.apart[f"\0{name}"] = held[name]

    def _one(self, octets: Apart, addresses: frozenset[str]) -> None:
        if len(addresses) == 1:
            (address,) = addresses
            self.apart[address] = octets
        else:
            self.inside = octets

    def expect(self, digests: set[str]) -> None:
        """Digest what is apart by all these names, each stream read once."""
        for each in self.apart.values():
            each.expect(digests)

    def inside_reason(self, content: bytes | None, stands: list[Stands]) -> Reason:
        """Say whether what came inside is what the caller brought beside it."""
        if self.inside is None:
            return Reason.MATCHES
        if content is None:
            # Several addresses, and one document: nobody says which it is.
            return Reason.NOT_AT_HAND
        given = self.inside.whole(at="document")
        if given == content:
            return Reason.MATCHES
        references = [
            each.reference
            for each in stands
            if each.covered.coverage is Coverage.DOCUMENT
        ]
        same = any(_canonical(given, each) == content for each in references)
        return Reason.MATCHES if same else Reason.INTEGRITY_MISMATCH


def _canonical(given: bytes, reference: Reference) -> bytes | None:
    """Return a document as one that was signed from within is digested."""
    steps = reference.steps
    form = (steps.form or Canonicalization.INCLUSIVE).without_comments()
    try:
        document = XmlDocument.from_bytes(
            given, at="document", max_bytes=limits.XML_BYTES
        )
        return document.canonical(form, prefixes=steps.prefixes)
    except IdWalletError:
        return None
