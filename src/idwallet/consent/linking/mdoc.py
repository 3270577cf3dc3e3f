"""What a mobile document leaves with whoever receives it (ISO/IEC 18013-5 E.8)."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from idwallet.codec import b64
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.json import JsonObject
from idwallet.consent.linking.sdjwt import signer_of
from idwallet.consent.linking.traces import (
    Placed,
    Trace,
    octets_of,
    telling_claims,
    tells,
)
from idwallet.credentials.mdoc.structures import (
    Document,
    IssuerSigned,
    read_device_response,
    read_issuer_signed,
)
from idwallet.credentials.mdoc.values import json_of
from idwallet.credentials.model import Format
from idwallet.envelope.cose import labels

_CLAUSE: Final = "ISO/IEC 18013-5 §8.3.2.1.2.2"
_USUAL_LABELS: Final[frozenset[CborKey]] = frozenset(
    {labels.ALG, labels.KID, labels.X5CHAIN}
)


def mdoc_traces(text: str, *, at: str) -> list[Trace]:
    """Return what each document of a DeviceResponse, in base64url, can be known by.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none that can be read.
    """
    response = read_device_response(b64.decode(text, at=at, clause=_CLAUSE), at=at)
    return [_trace(each) for each in response.documents]


def issued_trace(raw: str, *, at: str) -> Trace:
    """Return what an IssuerSigned, in base64url, can be known by once it is shown.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none that can be read.
    """
    octets = b64.decode(raw, at=at, clause="OpenID4VCI 1.0 §A.2.4")
    return _of_issuer(read_issuer_signed(octets, at=at))


def _trace(document: Document) -> Trace:
    made = _of_issuer(document.issuer_signed)
    _device(made, document)
    return made


def _of_issuer(signed: IssuerSigned) -> Trace:
    made = Trace(
        digests=frozenset(
            digest for each in signed.mso.digests.values() for digest in each.values()
        ),
        salts={
            each.random: f"/{namespace}/{each.element}"
            for namespace, items in signed.namespaces.items()
            for each in items
        },
        places={
            f"/{namespace}/{each.element}": Placed(
                each.digest_id, len(signed.mso.digests.get(namespace, ()))
            )
            for namespace, items in signed.namespaces.items()
            for each in items
        },
        status=_status(signed.mso.status),
        claims=telling_claims(
            _elements(signed),
            format_=Format.MDOC.value,
            of_type=signed.mso.doc_type,
            skipped=frozenset(),
        ),
    )
    _signature(made, signed)
    return made


def _elements(signed: IssuerSigned) -> JsonObject:
    return {
        namespace: {each.element: json_of(each.value) for each in items}
        for namespace, items in signed.namespaces.items()
    }


def _signature(made: Trace, signed: IssuerSigned) -> None:
    auth, validity = signed.auth, signed.mso.validity
    made.unique["signature", "issuerAuth"] = frozenset(
        {hashlib.sha256(auth.signing_input).digest(), auth.signature}
    )
    key = signed.mso.device_key.thumbprint.encode()
    made.unique["holder_key", "deviceKey"] = frozenset({key})
    for name, moment in (
        ("issued", validity.signed),
        ("starts", validity.valid_from),
        ("ends", validity.valid_until),
        ("update", validity.expected_update),
    ):
        if isinstance(moment, datetime):
            made.times[name] = moment.timestamp()
    if auth.x5chain:
        made.signer = signer_of(auth.x5chain[0])
    for bucket in (auth.header.parameters, auth.unprotected):
        for label, value in bucket.items():
            if label not in _USUAL_LABELS:
                made.headers[f"issuerAuth/{label!r}"] = write_cbor(value)
    if auth.kid is not None:
        made.common["kid"] = auth.kid
    made.common["docType"] = signed.mso.doc_type.encode()


def _device(made: Trace, document: Document) -> None:
    """Take what the device signed: it is the same where the device says the same."""
    device = document.device_signed
    for namespace, elements in device.namespaces.items():
        for name, value in elements.items():
            said = json_of(value)
            if tells(said):
                where = f"deviceSigned/{namespace}/{name}"
                made.unique["device", where] = frozenset({octets_of(said)})
    for where, proof in (("signature", device.signature), ("mac", device.mac)):
        found = frozenset(_proof(proof))
        if found:
            made.unique["device", f"deviceSigned/{where}"] = found


def _proof(value: CborValue) -> Iterator[bytes]:
    """Yield the signature or tag of a COSE message, its last member (RFC 9052 4.2)."""
    if isinstance(value, list) and value and isinstance(value[-1], bytes):
        yield value[-1]


def _status(status: object) -> tuple[str, int | str] | None:
    if not isinstance(status, dict):
        return None
    listed, named = status.get("status_list"), status.get("identifier_list")
    for member, key in ((listed, "idx"), (named, "id")):
        if isinstance(member, dict):
            uri, entry = member.get("uri"), member.get(key)
            if isinstance(entry, bytes):
                entry = entry.hex()
            if isinstance(uri, str) and isinstance(entry, int | str):
                return uri, entry
    return None
