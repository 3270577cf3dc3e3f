"""Mobile documents decoded: namespaces, elements and digests, on nobody's word."""

import hmac
import re
from collections.abc import Iterator, Mapping
from typing import Final

from idwallet import limits
from idwallet.cli.decode.found import Found, Part
from idwallet.cli.decode.keys import certificate_facts, key_facts
from idwallet.codec import b64
from idwallet.codec.cbor import CborTag, CborValue, read_cbor
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.mdoc.items import Item
from idwallet.credentials.mdoc.members import CborMap, a_map
from idwallet.credentials.mdoc.mso import (
    HASHES,
    Authorizations,
    MobileSecurityObject,
    Validity,
)
from idwallet.credentials.mdoc.request import read_device_request
from idwallet.credentials.mdoc.structures import (
    DeviceSigned,
    Document,
    IssuerSigned,
    issuer_signed_of,
    read_device_response,
)
from idwallet.credentials.mdoc.values import json_of
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cose import CoseSign1
from idwallet.errors import MalformedError, UnsupportedError

_CLAUSE: Final = "ISO/IEC 18013-5"
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}\s*+)++")
_BASE64URL: Final = re.compile(rb"[A-Za-z0-9_-]+")
# Major type 5 (RFC 8949 section 3.1), with a length of up to four octets.
_MAPS: Final = range(0xA0, 0xBB)
_TAGS: Final = {0: "tdate", 1004: "full-date", 24: "encoded CBOR"}


def is_map(data: bytes) -> bool:
    """Whether it begins as a map of CBOR does, and no text of ours."""
    return data[:1] != b"" and data[0] in _MAPS


def as_octets(text: bytes) -> bytes | None:
    """Return the octets of a map of CBOR in base64url or hexadecimal, None for others.

    An IssuerSigned travels as base64url (OpenID4VCI 1.0 A.2.4), and tools print hex.
    """
    if _HEX.fullmatch(text):
        octets = bytes.fromhex(text.decode("ascii"))
        if is_map(octets):
            return octets
    if _BASE64URL.fullmatch(text):
        try:
            octets = b64.decode(text, at="base64url")
        except MalformedError:
            return None
        return octets if is_map(octets) else None
    return None


def decode_mdoc(data: bytes) -> Found:
    """Decode what a map of CBOR is: a document, a response, a request, or its members.

    Raises:
        MalformedError: it is none, or breaks the structure that it names.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it is of a version that is not read here.
    """
    value = read_cbor(
        data, at="CBOR", clause="RFC 8949 §3", max_bytes=limits.CBOR_BYTES
    )
    held = a_map(value, at="CBOR", clause=_CLAUSE)
    if "issuerAuth" in held:
        issued = issuer_signed_of(held, at="")
        return Found("IssuerSigned (ISO/IEC 18013-5)", tuple(_issued(issued)))
    if "documents" in held or "documentErrors" in held or _is_response(held):
        return Found("DeviceResponse (ISO/IEC 18013-5)", tuple(_response(data)))
    if "docRequests" in held:
        return Found("DeviceRequest (ISO/IEC 18013-5)", tuple(_request(data)))
    return Found("CBOR", (Part("value", json_of(held)),))


def _is_response(held: CborMap) -> bool:
    return "version" in held and "status" in held


def _request(data: bytes) -> Iterator[Part]:
    found = read_device_request(data, at="DeviceRequest")
    facts: JsonObject = {"version": found.version, "documents": len(found.documents)}
    yield Part("request", facts)
    for number, each in enumerate(found.documents, start=1):
        items = each.items
        said: JsonObject = {
            "docType": items.doc_type,
            "readerAuth": each.auth is not None,
        }
        if items.issuers:
            said["issuers"] = [key.hex() for key in items.issuers]
        yield Part(f"document {number}", said)
        for namespace, elements in items.elements.items():
            rows: list[JsonValue] = [
                {"element": name, "intentToRetain": kept}
                for name, kept in elements.items()
            ]
            title = f"document {number}: elements of {namespace}"
            yield Part(title, rows, is_table=True)


def _response(data: bytes) -> Iterator[Part]:
    found = read_device_response(data, at="DeviceResponse")
    facts: JsonObject = {
        "version": found.version,
        "status": found.status,
        "documents": len(found.documents),
    }
    if found.errors:
        facts["documentErrors"] = dict(found.errors)
    yield Part("response", facts)
    for number, each in enumerate(found.documents, start=1):
        parts = Found("", (*_issued(each.issuer_signed), *_device(each)))
        yield from parts.inside(f"document {number}")


def _issued(found: IssuerSigned) -> Iterator[Part]:
    mso = found.mso
    yield Part("mobile security object", _mso(mso))
    yield Part(
        "device key", {**key_facts(mso.device_key), **_allowed(mso.authorizations)}
    )
    if mso.status is not None:
        yield Part("status", json_of(mso.status))
    yield from _auth(found.auth)
    for namespace, items in found.namespaces.items():
        digests = mso.digests.get(namespace, {})
        rows = [_row(each, digests, hashed=mso.hashed) for each in items]
        yield Part(f"elements of {namespace}", list[JsonValue](rows), is_table=True)


def _mso(mso: MobileSecurityObject) -> JsonObject:
    names = {hashed: name for name, hashed in HASHES.items()}
    return {
        "docType": mso.doc_type,
        "version": mso.version,
        "digestAlgorithm": names[mso.hashed],
        "validityInfo": _validity(mso.validity),
        "digests": {name: len(each) for name, each in mso.digests.items()},
    }


def _validity(validity: Validity) -> JsonObject:
    moments = {
        "signed": validity.signed,
        "validFrom": validity.valid_from,
        "validUntil": validity.valid_until,
        "expectedUpdate": validity.expected_update,
    }
    return {
        name: f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        for name, moment in moments.items()
        if moment is not None
    }


def _allowed(allowed: Authorizations) -> JsonObject:
    held: JsonObject = {}
    if allowed.namespaces:
        held["may sign namespaces"] = list[JsonValue](sorted(allowed.namespaces))
    if allowed.elements:
        held["may sign elements"] = {
            name: list[JsonValue](sorted(each))
            for name, each in allowed.elements.items()
        }
    return held


def _auth(auth: CoseSign1) -> Iterator[Part]:
    said: JsonObject = {
        "alg": _algorithm(auth),
        "signature": f"{len(auth.signature)} bytes",
    }
    yield Part("issuerAuth", said)
    for number, der in enumerate(auth.x5chain, start=1):
        yield Part(f"x5chain {number}", _certificate(der))


def _algorithm(auth: CoseSign1) -> str:
    number = auth.header.algorithm
    known = Algorithm.from_cose(number) if isinstance(number, int) else None
    return str(number) if known is None else f"{number} ({known.jose})"


def _certificate(der: bytes) -> JsonValue:
    try:
        return certificate_facts(der)
    except (MalformedError, UnsupportedError) as error:
        return {"bytes": len(der), "cannot be read": str(error)}


def _row(item: Item, digests: Mapping[int, bytes], *, hashed: str) -> JsonObject:
    """Return one element as a row; its digest is compared, and that proves nothing.

    Nobody looked at the signature over the digests.
    """
    digest = item.digest(hashed)
    listed = digests.get(item.digest_id)
    same = listed is not None and hmac.compare_digest(digest, listed)
    return {
        "element": item.element,
        "type": _type_of(item.value),
        "value": json_of(item.value),
        "digestID": item.digest_id,
        "digest": digest.hex(),
        "in the MSO": "same" if same else "absent" if listed is None else "another",
    }


def _type_of(value: CborValue) -> str:
    """Return a value's type in the words of CDDL (RFC 8610)."""
    if isinstance(value, CborTag):
        return _TAGS.get(value.number, f"tag {value.number}")
    if value is None:
        return "null"
    if isinstance(value, int) and not isinstance(value, bool):
        return "uint" if value >= 0 else "nint"
    return _TYPES[type(value)]


_TYPES: Final[Mapping[type, str]] = {
    str: "tstr",
    bytes: "bstr",
    bool: "bool",
    float: "float",
    list: "array",
    dict: "map",
}


def _device(document: Document) -> Iterator[Part]:
    signed = document.device_signed
    yield Part("deviceAuth", {"docType": document.doc_type, "proof": _proof(signed)})
    for namespace, elements in signed.namespaces.items():
        rows = [
            {"element": name, "type": _type_of(value), "value": json_of(value)}
            for name, value in elements.items()
        ]
        title = f"elements that the device says, of {namespace}"
        yield Part(title, list[JsonValue](rows), is_table=True)
    if document.errors:
        errors: JsonObject = {}
        for namespace, codes in document.errors.items():
            errors[namespace] = dict[str, JsonValue](codes)
        yield Part("errors", errors)


def _proof(signed: DeviceSigned) -> str:
    return "deviceSignature" if signed.signature is not None else "deviceMac"
