"""Signed tokens decoded: JWS, SD-JWT, requests and answers that carry them."""

from collections.abc import Iterator, Mapping
from typing import Final

from idwallet import limits
from idwallet.cli.decode.evidence import LIST_TYP, decode_list_jwt
from idwallet.cli.decode.found import Found, Part
from idwallet.cli.decode.keys import certificate_facts
from idwallet.cli.decode.mdoc import as_octets, decode_mdoc
from idwallet.codec.json import JsonObject, JsonValue, read_json
from idwallet.credentials.sdjwt.structures import (
    TYP,
    TYP_KEY_BINDING,
    Disclosure,
    SdJwt,
    digest_of,
    hash_name,
    read_disclosure,
    read_sd_jwt,
)
from idwallet.envelope.jws import Jws, read_compact, read_json_serialization
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.known_by import TYP as TYP_REQUEST
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.protocols.openid4vp.response import WalletRefusal, read_response
from idwallet.trust.relying_party.envelopes import TYP_JWT as TYP_REGISTRATION

_KINDS: Final = {
    TYP: "SD-JWT VC",
    TYP_KEY_BINDING: "key binding JWT (RFC 9901)",
    TYP_REQUEST: "OpenID4VP request object",
    TYP_REGISTRATION: "registration certificate (ETSI TS 119 475)",
    "openid4vci-proof+jwt": "proof of possession (OpenID4VCI)",
}


def decode_jws(data: bytes) -> Found:
    """Decode a compact JWS.

    Raises:
        MalformedError: it is none.
        UnsupportedError: it calls critical what is not known here.
    """
    jws = read_compact(data, at="JWS", max_bytes=limits.STATUS_LIST_TOKEN_BYTES)
    if jws.header.typ == LIST_TYP:
        return decode_list_jwt(data)
    return Found(_KINDS.get(jws.header.typ or "", "JWS"), tuple(_jws(jws)))


def decode_json_jws(value: JsonObject) -> Found:
    """Decode a JWS in a JSON serialisation; raises as `decode_jws` does."""
    signatures = read_json_serialization(value, at="JWS")
    parts = [
        part
        for number, each in enumerate(signatures, start=1)
        for part in Found("", tuple(_jws(each))).inside(f"signature {number}")
    ]
    return Found("JWS, JSON serialisation", tuple(parts))


def decode_sd_jwt(data: bytes) -> Found:
    """Decode an SD-JWT in any serialisation.

    Raises:
        MalformedError: it is none.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it calls critical what is not known here.
    """
    found = read_sd_jwt(data)
    bound = "with" if found.key_binding else "without"
    name = _KINDS.get(found.issuer_jwt.header.typ or "", "SD-JWT")
    parts = [*_jws(found.issuer_jwt), *_disclosures(found)]
    if found.key_binding:
        binding = Found("", tuple(_jws(read_compact(found.key_binding, at="KB-JWT"))))
        parts += binding.inside("key binding")
    return Found(f"{name} {bound} key binding", tuple(parts))


def decode_request(data: bytes) -> Found:
    """Decode an OpenID4VP request in a link or in JSON; raises as `decode_jws` does."""
    carried = read_carrier(data)
    inner = decode_jws(carried.token)
    parts = (Part("client_id beside it", carried.client_id), *inner.parts)
    return Found(f"carrier of: {inner.kind}", parts)


def decode_response(data: bytes) -> Found:
    """Decode the answer to an OpenID4VP request; raises as `decode_sd_jwt` does."""
    answer = read_response(data)
    if isinstance(answer, WalletRefusal):
        code = None if answer.code is None else answer.code.value
        return Found("OpenID4VP refusal", (Part("error", code),))
    parts = [Part("state", answer.state)]
    for query, shown in answer.presentations.items():
        for number, each in enumerate(shown, start=1):
            parts += _presentation(each.encode()).inside(f"{query} {number}")
    return Found("OpenID4VP answer", tuple(parts))


def _presentation(text: bytes) -> Found:
    octets = as_octets(text)
    return decode_sd_jwt(text) if octets is None else decode_mdoc(octets)


def _jws(jws: Jws) -> Iterator[Part]:
    yield Part("header", _header(jws.header.parameters))
    for number, der in enumerate(jws.header.x5c, start=1):
        yield Part(f"x5c {number}", _certificate(der))
    if jws.unprotected:
        yield Part("unprotected header", dict(jws.unprotected))
    yield Part("payload", _payload(jws.payload))
    yield Part("signature", f"{len(jws.signature)} bytes")


def _header(parameters: Mapping[str, JsonValue]) -> JsonObject:
    # Certificates follow decoded, each under its own title.
    return {
        name: f"{len(value)} certificates"
        if name == "x5c" and isinstance(value, list)
        else value
        for name, value in parameters.items()
    }


def _certificate(der: bytes) -> JsonValue:
    try:
        return certificate_facts(der)
    except (MalformedError, UnsupportedError) as error:
        return {"bytes": len(der), "cannot be read": str(error)}


def _payload(data: bytes) -> JsonValue:
    try:
        return read_json(data, at="payload", max_bytes=limits.JWS_BYTES)
    except MalformedError:
        return f"{len(data)} bytes that are no JSON"


def _disclosures(found: SdJwt) -> Iterator[Part]:
    payload = _payload(found.issuer_jwt.payload)
    algorithm = hash_name(payload) if isinstance(payload, dict) else None
    for number, text in enumerate(found.disclosures, start=1):
        each = read_disclosure(text, number=number)
        yield Part(f"disclosure {number}", _disclosure(each, text, algorithm=algorithm))


def _disclosure(each: Disclosure, text: str, *, algorithm: str | None) -> JsonObject:
    shown: JsonObject = {} if each.name is None else {"name": each.name}
    shown["value"] = each.value
    if algorithm is not None:
        shown["digest"] = digest_of(text, algorithm)
    return shown
