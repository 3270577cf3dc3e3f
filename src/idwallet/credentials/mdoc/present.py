"""Show mobile documents: choose elements, and have the device sign (9.1.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.device import mac_key
from idwallet.credentials.mdoc.elements import ElementValue, element_value
from idwallet.credentials.mdoc.members import ENCODED_CBOR, CborMap
from idwallet.credentials.mdoc.structures import IssuerSigned
from idwallet.credentials.mdoc.transcript import Handover, device_authentication
from idwallet.crypto.agreement import Agreement
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    CoseForm,
    Naming,
    PayloadPlace,
    Sign1Signer,
    TagForm,
    mac0_value,
)
from idwallet.errors import UsageError

VERSION: Final = "1.0"
OK: Final = 0
"""The status of a response to which nothing went wrong (table 8)."""

NOT_RETURNED: Final = 0
"""The code of an element that is not given, whatever the reason (table 9)."""

_FORM: Final = CoseForm(TagForm.UNTAGGED, PayloadPlace.DETACHED, Naming.CURVE_OF_KEY)

Elements = Mapping[str, Iterable[str]]
"""Which elements to show, by namespace."""

DeviceElements = Mapping[str, Mapping[str, ElementValue]]
"""What the device says by itself, by namespace and identifier."""


@dataclass(frozen=True, slots=True, repr=False)
class Showing:
    """One document to show: which elements of it, and what the device adds.

    `errors` are the elements that were asked for and are not given.
    """

    document: IssuerSigned
    elements: Elements
    device_elements: DeviceElements = field(default_factory=dict)
    errors: Elements = field(default_factory=dict)

    def __repr__(self) -> str:
        """Show the type only."""
        return f"Showing({self.document.mso.doc_type!r})"


def signed_document(
    showing: Showing, *, signer: Signer, handover: Handover
) -> CborValue:
    """Return a Document that the device signed for this conversation (9.1.3.6).

    Raises:
        UsageError: the key is not the document's, an element is not there, or the
            device may not say what it is to say.
        SignerError: the key could not sign.
    """
    _require_key(showing, signer.public_key)
    namespaces = _device_namespaces(showing)
    covered = _covered(showing, namespaces, handover=handover)
    proof = Sign1Signer(signer, form=_FORM).sign_value(covered)
    return _document(showing, namespaces, auth={"deviceSignature": proof})


def authenticated_document(
    showing: Showing, *, key: Agreement, reader: PublicKey, handover: Handover
) -> CborValue:
    """Return a Document that the device proves to one reader alone (9.1.3.5).

    `reader` is the reader's key of this session. Nobody else can be convinced by the
    proof, the reader could have made it: a person may deny what was shown.

    Raises:
        UsageError: as in `signed_document`, or the keys do not agree.
        SignerError: the device could not.
    """
    _require_key(showing, key.public_key)
    namespaces = _device_namespaces(showing)
    covered = _covered(showing, namespaces, handover=handover)
    shared = mac_key(key, reader, transcript=handover.transcript())
    proof = mac0_value(covered, key=shared, form=_FORM)
    return _document(showing, namespaces, auth={"deviceMac": proof})


def device_response(
    documents: Iterable[CborValue],
    *,
    errors: Mapping[str, int] | None = None,
    status: int = OK,
) -> bytes:
    """Return a DeviceResponse (8.3.2.1.2.2).

    `errors` are codes for document types that are not given.
    """
    held: CborMap = {"version": VERSION, "status": status}
    listed = list(documents)
    if listed:
        held["documents"] = listed
    if errors:
        held["documentErrors"] = [{name: code} for name, code in errors.items()]
    return write_cbor(held)


def _require_key(showing: Showing, key: PublicKey) -> None:
    if key != showing.document.mso.device_key:
        raise UsageError("the document is bound to another key")


def _covered(showing: Showing, namespaces: bytes, *, handover: Handover) -> bytes:
    doc_type = showing.document.mso.doc_type
    return device_authentication(
        handover.transcript(), doc_type=doc_type, namespaces=namespaces
    )


def _device_namespaces(showing: Showing) -> bytes:
    """Return DeviceNameSpaces; a reader refuses what the issuer did not allow."""
    allowed = showing.document.mso.authorizations
    held: CborMap = {}
    for namespace, elements in showing.device_elements.items():
        for name in elements:
            if not allowed.allows(namespace, name):
                raise UsageError(f"the device may not say {name} by itself (9.1.2.4)")
        held[namespace] = {
            name: element_value(namespace, name, value=value)
            for name, value in elements.items()
        }
    return write_cbor(held)


def _document(showing: Showing, namespaces: bytes, *, auth: CborMap) -> CborValue:
    document = showing.document
    issued: CborMap = {"issuerAuth": document.auth_value}
    chosen = _chosen(showing)
    if chosen:
        issued["nameSpaces"] = chosen
    held: CborMap = {
        "docType": document.mso.doc_type,
        "issuerSigned": issued,
        "deviceSigned": {
            "nameSpaces": CborTag(ENCODED_CBOR, namespaces),
            "deviceAuth": auth,
        },
    }
    errors: CborMap = {}
    for namespace, names in showing.errors.items():
        errors[namespace] = dict.fromkeys(names, NOT_RETURNED)
    if errors:
        held["errors"] = errors
    return held


def _chosen(showing: Showing) -> CborMap:
    """Return the chosen items as they were issued, in their order."""
    chosen: CborMap = {}
    for namespace, names in showing.elements.items():
        wanted = set(names)
        items = showing.document.namespaces.get(namespace, ())
        missing = wanted - {each.element for each in items}
        if missing:
            raise UsageError(f"no element {min(missing)} in {namespace}")
        if wanted:
            chosen[namespace] = [
                CborTag(ENCODED_CBOR, each.octets)
                for each in items
                if each.element in wanted
            ]
    return chosen
