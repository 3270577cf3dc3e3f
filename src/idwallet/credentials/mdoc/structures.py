"""Documents as they travel (ISO/IEC 18013-5 8.3.2.1.2.2), taken apart and not judged.

What digests and signatures cover is kept as it was received: nothing is encoded anew.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import CborValue, read_cbor
from idwallet.credentials.mdoc.items import Item, items_in, read_items
from idwallet.credentials.mdoc.members import (
    CborMap,
    a_list,
    a_map,
    embedded,
    map_in,
    member,
    read_map,
    typed,
)
from idwallet.credentials.mdoc.mso import (
    MobileSecurityObject,
    read_mso,
    require_version,
)
from idwallet.credentials.mdoc.regular_response import (
    Items,
    ShownParts,
    issued_parts,
    shown_parts,
)
from idwallet.envelope.cose import (
    ChainRule,
    CoseMac0,
    CoseRules,
    CoseSign1,
    TagRule,
    mac0_of,
    sign1_in,
    sign1_of,
)
from idwallet.envelope.cose.frame import Frame
from idwallet.errors import LimitError, MalformedError

CLAUSE: Final = "ISO/IEC 18013-5 §8.3.2.1.2.2"
# The chain stands outside of the signature (9.1.2.4), no tag around the message.
_RULES: Final = CoseRules(TagRule.UNTAGGED, ChainRule.UNPROTECTED)
_NOTHING: Final = b"\xa0"  # a map without members
_NO_ERRORS: Final[Mapping[str, Mapping[str, int]]] = MappingProxyType({})
_NO_ELEMENTS: Final[Mapping[str, Mapping[str, CborValue]]] = MappingProxyType({})


class IssuerSigned(NamedTuple):
    """What the issuer signed of a document, and the elements shown of it.

    `auth` is the signature with its certificates, `mso` its payload, read;
    `auth_value` is the message as it stood, to be shown again.
    """

    namespaces: Mapping[str, tuple[Item, ...]]
    auth: CoseSign1
    mso: MobileSecurityObject
    auth_value: CborValue

    def __repr__(self) -> str:
        """Show the type only."""
        return f"IssuerSigned({self.mso.doc_type!r})"


class DeviceSigned(NamedTuple):
    """What the device signed: elements of its own, and the proof that it was there.

    `octets` are DeviceNameSpacesBytes without their tag, as received. One of
    `signature` and `mac` is there; neither carries its payload (9.1.3.6, 9.1.3.5).
    """

    octets: bytes
    namespaces: Mapping[str, Mapping[str, CborValue]]
    signature: CborValue = None
    mac: CborValue = None

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "DeviceSigned(<...>)"

    def read_signature(self, covered: bytes, *, at: str) -> CoseSign1:
        """Take the signature apart over what it has to cover.

        Raises:
            MalformedError, LimitError, UnsupportedError: it is none.
        """
        at = f"{at}/deviceSignature"
        return sign1_of(self.signature, at=at, rules=_RULES, detached=covered)

    def read_mac(self, covered: bytes, *, at: str) -> CoseMac0:
        """Take the MAC apart over what it has to cover.

        Raises:
            MalformedError, LimitError, UnsupportedError: it is none.
        """
        at = f"{at}/deviceMac"
        return mac0_of(self.mac, at=at, rules=_RULES, detached=covered)


class Document(NamedTuple):
    """One document of a response. `errors` are codes by namespace and element."""

    doc_type: str
    issuer_signed: IssuerSigned
    device_signed: DeviceSigned
    errors: Mapping[str, Mapping[str, int]]

    def __repr__(self) -> str:
        """Show the type only."""
        return f"Document({self.doc_type!r})"


class DeviceResponse(NamedTuple):
    """A whole response. `errors` are documents that were not given, with a code each.

    `status` is 0 where nothing went wrong (table 8).
    """

    version: str
    documents: tuple[Document, ...]
    errors: tuple[tuple[str, int], ...]
    status: int

    def __repr__(self) -> str:
        """Show how many documents there are."""
        return f"DeviceResponse(<{len(self.documents)} documents>)"


def read_device_response(data: bytes, *, at: str) -> DeviceResponse:
    """Read a response; nothing of it is believed yet.

    Raises:
        MalformedError: it breaks 8.3.2.1.2.2, 9.1.2.4 or 9.1.3.
        UnsupportedError: a version, digest algorithm or key that is not known here.
        LimitError: it is longer, or has more of something, than `limits` says.
    """
    return _regular_response(data, at=at) or _response(data, at=at)


def _regular_response(data: bytes, *, at: str) -> DeviceResponse | None:
    """Read one of the usual shape; what is wrong with another, `_response` says."""
    parts = shown_parts(data) if len(data) <= limits.CBOR_ITEMS else None
    if parts is None:
        return None
    documents = [
        _regular_document(data, each, at=f"{at}/documents/{n}")
        for n, each in enumerate(parts)
    ]
    return _response_of(("1.0", tuple(documents), (), 0))


def _regular_issued(
    data: bytes, items: Items, *, frame: Frame, at: str
) -> IssuerSigned:
    place = f"{at}/issuerSigned"
    namespaces = MappingProxyType(
        {
            name: items_in(data, places, at=f"{place}/nameSpaces")
            for name, places in items.items()
        }
    )
    place = f"{place}/issuerAuth"
    auth = sign1_in(frame, at=place, rules=_RULES)
    mso = read_mso(auth.payload, at=place)
    return _issuer_signed((namespaces, auth, mso, [*frame]))


def _regular_document(data: bytes, parts: ShownParts, *, at: str) -> Document:
    issued = _regular_issued(data, parts.items, frame=parts.auth, at=at)
    said = _NO_ELEMENTS
    if parts.said != _NOTHING:
        said = _said(parts.said, at=f"{at}/deviceSigned")
    signature, mac = parts.signature, parts.mac
    device = _device_signed_of(
        (
            parts.said,
            said,
            None if signature is None else [*signature],
            None if mac is None else [*mac],
        )
    )
    return _document_of((parts.doc_type, issued, device, _NO_ERRORS))


# As the types themselves, in half of the time: no Python code runs.
_issuer_signed: Final = partial(tuple.__new__, IssuerSigned)
_document_of: Final = partial(tuple.__new__, Document)
_response_of: Final = partial(tuple.__new__, DeviceResponse)
_device_signed_of: Final = partial(tuple.__new__, DeviceSigned)


def _response(data: bytes, *, at: str) -> DeviceResponse:
    held = a_map(read_cbor(data, at=at, clause=CLAUSE), at=at, clause=CLAUSE)
    version = member(held, "version", kind=str, at=at)
    require_version(version, at=f"{at}/version", clause=CLAUSE)
    given = a_list(held.get("documents", []), at=f"{at}/documents", clause=CLAUSE)
    if len(given) > limits.MDOC_DOCUMENTS:
        raise LimitError("too many documents", at=at, clause="idwallet limits")
    return DeviceResponse(
        version,
        tuple(
            _document(each, at=f"{at}/documents/{n}") for n, each in enumerate(given)
        ),
        _document_errors(held.get("documentErrors", []), at=f"{at}/documentErrors"),
        member(held, "status", kind=int, at=at),
    )


def _document_errors(value: CborValue, *, at: str) -> tuple[tuple[str, int], ...]:
    listed = a_list(value, at=at, clause=CLAUSE)
    if not listed:
        return ()
    if len(listed) > limits.MDOC_DOCUMENTS:
        raise LimitError("too many errors", at=at, clause="idwallet limits")
    return tuple(
        (
            typed(name, str, at=at, clause=CLAUSE),
            typed(code, int, at=at, clause=CLAUSE),
        )
        for each in listed
        for name, code in a_map(each, at=at, clause=CLAUSE).items()
    )


def _document(value: CborValue, *, at: str) -> Document:
    held = a_map(value, at=at, clause=CLAUSE)
    return Document(
        member(held, "docType", kind=str, at=at),
        issuer_signed_of(map_in(held, "issuerSigned", at=at), at=at),
        _device_signed(map_in(held, "deviceSigned", at=at), at=at),
        _errors(held.get("errors", {}), at=f"{at}/errors"),
    )


def _errors(value: CborValue, *, at: str) -> Mapping[str, Mapping[str, int]]:
    if value == {}:
        return _NO_ERRORS
    return MappingProxyType(
        {
            typed(namespace, str, at=at, clause=CLAUSE): {
                typed(name, str, at=at, clause=CLAUSE): typed(
                    code, int, at=at, clause=CLAUSE
                )
                for name, code in a_map(each, at=at, clause=CLAUSE).items()
            }
            for namespace, each in a_map(value, at=at, clause=CLAUSE).items()
        }
    )


def read_issuer_signed(data: bytes, *, at: str) -> IssuerSigned:
    """Read what an issuer hands out: IssuerSigned (OpenID4VCI 1.0 A.2.4).

    Raises:
        MalformedError, UnsupportedError, LimitError: see `read_device_response`.
    """
    parts = issued_parts(data) if len(data) <= limits.CBOR_ITEMS else None
    if parts is None:
        return issuer_signed_of(read_map(data, at=at), at=at)
    items, frame = parts
    return _regular_issued(data, items, frame=frame, at=at)


def issuer_signed_of(held: CborMap, *, at: str) -> IssuerSigned:
    """Take apart what the issuer signed; see `read_issuer_signed`.

    Raises:
        MalformedError, UnsupportedError, LimitError: see `read_device_response`.
    """
    at = f"{at}/issuerSigned"
    given = a_map(held.get("nameSpaces", {}), at=f"{at}/nameSpaces", clause=CLAUSE)
    if len(given) > limits.MDOC_NAMESPACES:
        raise LimitError("too many namespaces", at=at, clause="idwallet limits")
    namespaces = {
        typed(name, str, at=at, clause=CLAUSE): _items(each, at=f"{at}/nameSpaces")
        for name, each in given.items()
    }
    if "issuerAuth" not in held:
        raise MalformedError("no issuerAuth", at=at, clause=CLAUSE)
    at = f"{at}/issuerAuth"
    auth = sign1_of(held["issuerAuth"], at=at, rules=_RULES)
    return IssuerSigned(
        MappingProxyType(namespaces),
        auth,
        read_mso(auth.payload, at=at),
        held["issuerAuth"],
    )


def _items(value: CborValue, *, at: str) -> tuple[Item, ...]:
    listed = a_list(value, at=at, clause=CLAUSE)
    if not listed:
        raise MalformedError("a namespace without elements", at=at, clause=CLAUSE)
    if len(listed) > limits.MDOC_DIGESTS:
        raise LimitError("too many elements", at=at, clause="idwallet limits")
    return read_items([embedded(each, at=at) for each in listed], at=at)


def _device_signed(held: CborMap, *, at: str) -> DeviceSigned:
    at = f"{at}/deviceSigned"
    if "nameSpaces" not in held:
        raise MalformedError("no nameSpaces", at=at, clause=CLAUSE)
    octets = embedded(held["nameSpaces"], at=f"{at}/nameSpaces")
    namespaces = _NO_ELEMENTS if octets == _NOTHING else _said(octets, at=at)
    auth = map_in(held, "deviceAuth", at=at)
    if ("deviceSignature" in auth) is ("deviceMac" in auth):
        # Absence is no proof, and of two nobody knows which one counts.
        raise MalformedError(
            "not one of deviceSignature and deviceMac", at=at, clause=CLAUSE
        )
    return DeviceSigned(
        octets,
        namespaces,
        signature=auth.get("deviceSignature"),
        mac=auth.get("deviceMac"),
    )


def _said(octets: bytes, *, at: str) -> Mapping[str, Mapping[str, CborValue]]:
    """Read what the device says by itself."""
    given = read_map(octets, at=f"{at}/nameSpaces")
    if len(given) > limits.MDOC_NAMESPACES:
        raise LimitError("too many namespaces", at=at, clause="idwallet limits")
    return MappingProxyType(
        {
            typed(name, str, at=at, clause=CLAUSE): MappingProxyType(
                {
                    typed(element, str, at=at, clause=CLAUSE): each
                    for element, each in a_map(value, at=at, clause=CLAUSE).items()
                }
            )
            for name, value in given.items()
        }
    )
