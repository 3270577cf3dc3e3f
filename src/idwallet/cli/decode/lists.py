"""Lists of trust and registrations decoded: what they say, on nobody's word."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.cli.decode.evidence import decode_list_cwt
from idwallet.cli.decode.found import Found, Part
from idwallet.codec import b64
from idwallet.codec.cbor import CborValue, read_cbor
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.envelope.cose import ChainRule, CoseRules, TagRule, read_cwt, read_sign1
from idwallet.envelope.jws import read_compact
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate
from idwallet.trust.lists.etsi import open_etsi, read_etsi
from idwallet.trust.lists.lote import open_lote, read_lote
from idwallet.trust.lists.structures import (
    ListContent,
    ListedService,
    ListPointer,
    OpenedList,
    StatusPeriod,
)
from idwallet.trust.lists.vical import open_vical, read_vical
from idwallet.trust.relying_party.claims import named_claims

_BOM: Final = b"\xef\xbb\xbf"
_RULES: Final = CoseRules(TagRule.TAG_OPTIONAL, ChainRule.EITHER, frozenset({16}))
# As many octets of a payload as the name of its first member takes, at most.
_BEGINNING: Final = 64


def is_xml(text: bytes) -> bool:
    """Whether it begins as XML does."""
    return text.removeprefix(_BOM).startswith(b"<")


def is_lote(text: bytes) -> bool:
    """Whether it is a JWS whose payload begins as a list of trusted entities does."""
    body = text.partition(b".")[2][:_BEGINNING]
    try:
        return b'"LoTE"' in b64.decode(body, at="payload")
    except MalformedError:
        return False


def decode_xml(data: bytes) -> Found:
    """Decode a trusted list in XML.

    Raises:
        MalformedError: it is none.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it is of a version that is not read here.
    """
    content = read_etsi(data)
    parts = _content(content, _signature(open_etsi, data))
    return Found("trusted list (ETSI TS 119 612)", tuple(parts))


def decode_lote(data: bytes) -> Found:
    """Decode a list of trusted entities in JSON; raises as `decode_xml` does."""
    token = read_compact(data, at="list", max_bytes=limits.LOTE_BYTES)
    parts = _content(read_lote(token.payload), _signature(open_lote, data))
    return Found("list of trusted entities (ETSI TS 119 602)", tuple(parts))


def decode_cose(data: bytes) -> Found:
    """Decode a VICAL, a registration or a status list; raises as `decode_xml` does."""
    payload = read_sign1(data, at="COSE_Sign1", rules=_RULES).payload
    content: CborValue = read_cbor(payload, at="payload")
    if isinstance(content, dict) and "certificateInfos" in content:
        parts = _content(read_vical(payload), _signature(open_vical, data))
        return Found("VICAL (ISO/IEC 18013-5)", tuple(parts))
    if isinstance(content, dict) and "entitlements" in content:
        claims = named_claims(read_cwt(payload, at="payload").claims)
        kind = "registration certificate (ETSI TS 119 475)"
        return Found(kind, (Part("payload", claims),))
    return decode_list_cwt(data)


def _signature(opener: Callable[[bytes], OpenedList], data: bytes) -> Iterator[Part]:
    try:
        opened = opener(data)
    except (MalformedError, UnsupportedError) as error:
        yield Part("signature", {"cannot be read": str(error)})
        return
    yield Part("signature", {"algorithm": opened.algorithm})
    for number, der in enumerate(opened.x5c, start=1):
        yield Part(f"certificate {number} of the signer", _certificate(der))


def _content(content: ListContent, signature: Iterator[Part]) -> Iterator[Part]:
    facts: JsonObject = {
        "operator": content.operator,
        "territory": content.territory,
        "type": content.type,
        "sequence": content.sequence,
        "issued": _moment(content.issued),
        "next_update": None
        if content.next_update is None
        else _moment(content.next_update),
    }
    yield Part("list", {name: value for name, value in facts.items() if value})
    yield from signature
    for number, service in enumerate(content.services, start=1):
        yield Part(f"entry {number}", _service(service))
    for number, pointer in enumerate(content.pointers, start=1):
        yield Part(f"pointer {number}", _pointer(pointer))


def _service(service: ListedService) -> JsonValue:
    facts: JsonObject = {
        "operator": service.operator,
        "name": service.name,
        "jurisdiction": service.jurisdiction,
        "credential_types": [*sorted(service.credential_types)],
        "periods": [_period(each) for each in service.periods],
        "certificates": [_certificate(der) for der in service.certificates],
        "flaw": service.flaw,
    }
    return {name: value for name, value in facts.items() if value}


def _period(period: StatusPeriod) -> JsonValue:
    facts: JsonObject = {
        "type": period.type,
        "status": period.status,
        "since": None if period.since is None else _moment(period.since),
    }
    return {name: value for name, value in facts.items() if value}


def _pointer(pointer: ListPointer) -> JsonValue:
    facts: JsonObject = {
        "location": pointer.location,
        "territory": pointer.territory,
        "type": pointer.type,
        "signers": [_certificate(der) for der in pointer.certificates],
    }
    return {name: value for name, value in facts.items() if value}


def _certificate(der: bytes) -> JsonValue:
    try:
        found = Certificate.from_der(der, at="certificate")
    except (MalformedError, UnsupportedError) as error:
        return {"bytes": len(der), "cannot be read": str(error)}
    return {
        "subject": found.subject,
        "is_ca": found.is_ca,
        "not_after": _moment(found.not_after),
        "sha256": found.sha256.hex(),
    }


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
