"""What some bytes are, by how they begin and what stands in them."""

import re
from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.cli.decode.bundles import decode_bundle, decode_delta
from idwallet.cli.decode.compact import (
    decode_code,
    decode_compact,
    is_code,
    is_compact,
)
from idwallet.cli.decode.evidence import decode_der
from idwallet.cli.decode.found import Found, Part
from idwallet.cli.decode.keys import decode_certificate, decode_jwk, decode_pem
from idwallet.cli.decode.lists import (
    decode_cose,
    decode_lote,
    decode_xml,
    is_lote,
    is_xml,
)
from idwallet.cli.decode.mdoc import as_octets, decode_mdoc, is_map
from idwallet.cli.decode.tokens import (
    decode_json_jws,
    decode_jws,
    decode_request,
    decode_response,
    decode_sd_jwt,
)
from idwallet.codec.json import JsonObject, read_json
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.metadata import read_type_metadata
from idwallet.errors import MalformedError
from idwallet.trust.bundle.delta import is_delta
from idwallet.trust.bundle.frame import is_bundle

_JWS: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_URI: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:")
_FORM: Final = re.compile(rb"(?:[A-Za-z_]+=[^&\s]*&)*(?:vp_token|error)=")
_SEQUENCE: Final = b"\x30"
# COSE_Sign1 with its tag, and without (RFC 9052 section 4.2).
_COSE: Final = (b"\xd2\x84", b"\x84")


def decode(data: bytes) -> Found:
    """Decode whatever it is.

    Raises:
        MalformedError: it is none of the things that are known, or is broken.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it is well-formed, and not something this version reads.
    """
    for begins, decoder in _BINARIES:
        if begins(data):
            return decoder(data)
    text = data.strip()
    if b"-----BEGIN " in text:
        return decode_pem(text)
    if text.startswith((b"{", b"[")):
        return _decode_json(text)
    for begins, decoder in _TEXTS:
        if begins(text):
            return decoder(text)
    octets = as_octets(text)
    if octets is not None:
        return decode_mdoc(octets)
    raise MalformedError(
        "nothing that is known: no PEM, certificate, token, mobile document, list, "
        "link, answer, QR code or JSON",
        at="the beginning",
        clause="idwallet inspect",
    )


def _is_sd_jwt(text: bytes) -> bool:
    return _JWS.match(text) is not None and b"~" in text


def _is_jws(text: bytes) -> bool:
    return _JWS.fullmatch(text) is not None


def _is_lote(text: bytes) -> bool:
    return _is_jws(text) and is_lote(text)


def _is_form(text: bytes) -> bool:
    return _FORM.match(text) is not None


def _is_link(text: bytes) -> bool:
    return _URI.match(text) is not None


def _is_der(data: bytes) -> bool:
    return data.startswith(_SEQUENCE)


def _is_cose(data: bytes) -> bool:
    return data.startswith(_COSE)


def _decode_der(data: bytes) -> Found:
    return decode_der(data, first=decode_certificate)


_Decoders = tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Found]], ...]
_BINARIES: Final[_Decoders] = (
    (is_bundle, decode_bundle),
    (is_delta, decode_delta),
    (_is_der, _decode_der),
    (_is_cose, decode_cose),
    (is_map, decode_mdoc),
)
_TEXTS: Final[_Decoders] = (
    (is_xml, decode_xml),
    (_is_sd_jwt, decode_sd_jwt),
    (_is_lote, decode_lote),
    (_is_jws, decode_jws),
    (_is_form, decode_response),
    (is_code, decode_code),
    (is_compact, decode_compact),
    (_is_link, decode_request),
)


def _decode_json(text: bytes) -> Found:
    value = read_json(text, at="JSON", max_bytes=limits.FILE_BYTES)
    if not isinstance(value, dict):
        return Found("JSON", (Part("value", value),))
    for names, decoder in _OBJECTS:
        if names <= value.keys():
            return decoder(value, text)
    return Found("JSON", (Part("value", value),))


def _json_token(value: JsonObject, text: bytes) -> Found:
    return decode_sd_jwt(text) if _has_disclosures(value) else decode_json_jws(value)


def _has_disclosures(value: JsonObject) -> bool:
    signatures = value.get("signatures")
    entries = signatures if isinstance(signatures, list) else [value]
    headers = [each.get("header") for each in entries if isinstance(each, dict)]
    return any(isinstance(each, dict) and "disclosures" in each for each in headers)


def _query(value: JsonObject, text: bytes) -> Found:  # noqa: ARG001 - as its neighbours
    return Found("DCQL query", (Part("query", Query.from_dcql(value).to_dcql()),))


def _metadata(value: JsonObject, text: bytes) -> Found:
    read_type_metadata(text)
    return Found("type metadata (SD-JWT VC)", (Part("document", value),))


def _key_set(value: JsonObject, text: bytes) -> Found:  # noqa: ARG001 - as its neighbours
    return Found("JWK set", (Part("keys", value["keys"]),))


# By the members that only such an object has; the first that fits is it.
_OBJECTS: Final[
    tuple[tuple[frozenset[str], Callable[[JsonObject, bytes], Found]], ...]
] = (
    (frozenset({"payload", "signature"}), _json_token),
    (frozenset({"payload", "signatures"}), _json_token),
    (frozenset({"client_id", "request"}), lambda _, text: decode_request(text)),
    (frozenset({"vp_token"}), lambda _, text: decode_response(text)),
    (frozenset({"kty"}), lambda value, _: decode_jwk(value)),
    (frozenset({"keys"}), _key_set),
    (frozenset({"credentials"}), _query),
    (frozenset({"vct"}), _metadata),
)
