"""What an SD-JWT VC leaves with whoever receives it (RFC 9901 sections 10.1, 11.5)."""

import hashlib
from collections.abc import Iterator
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.codec.numeric_date import numeric_seconds
from idwallet.consent.linking.traces import (
    Placed,
    Signer,
    Trace,
    octets_of,
    telling_claims,
    tells,
)
from idwallet.credentials.model import Format
from idwallet.credentials.paths import show_path
from idwallet.credentials.sdjwt.structures import (
    DOTS,
    NEVER_DISCLOSABLE,
    SD,
    SdJwt,
    claimed_types,
    digest_of,
    read_disclosures,
    read_sd_jwt,
)
from idwallet.credentials.sdjwt.unpack import DisclosureFault, Unpacked, unpack
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import Jws, read_compact
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate

_CLAUSE: Final = "RFC 9901 §10.1"
_USUAL_HEADERS: Final = frozenset({"alg", "typ", "kid", "x5c", "cty", "vctm"})
_OF_THE_KEY: Final = frozenset({"kty", "crv", "x", "y", "n", "e", "alg", "use", "pub"})
_ANSWERED: Final = frozenset({"iat", "exp", "nbf", "aud", "nonce", "sd_hash"})
_OF_THE_TRANSACTION: Final = frozenset(
    {"transaction_data_hashes", "transaction_data_hashes_alg"}
)
_TIMES: Final = (("iat", "issued"), ("nbf", "starts"), ("exp", "ends"))
_SKIPPED: Final = NEVER_DISCLOSABLE | {"iat"}


def sdjwt_trace(text: str, *, at: str) -> Trace:
    """Return what an SD-JWT VC, with key binding or without, can be known by.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is none that can be read.
    """
    sd_jwt = read_sd_jwt(text)
    payload = read_object(sd_jwt.issuer_jwt.payload, at=at, clause="RFC 9901 §4")
    try:
        unpacked, algorithm = unpack(payload, sd_jwt.disclosures)
    except DisclosureFault as fault:
        raise MalformedError("its disclosures broke", at=at, clause=_CLAUSE) from fault
    listed = read_disclosures(sd_jwt.disclosures)
    types = claimed_types(payload)
    made = Trace(
        digests=frozenset(_digests([payload, *(row[-1] for row in listed)])),
        salts={
            octets_of(row[0]): _places_of(unpacked, n) for n, row in enumerate(listed)
        },
        places=_positions(payload, sd_jwt, unpacked=unpacked, algorithm=algorithm),
        status=_status(payload.get("status")),
        claims=telling_claims(
            unpacked.positioned,
            format_=Format.SD_JWT_VC.value,
            of_type=types[0] if types else "",
            skipped=_SKIPPED,
        ),
    )
    _signature(made, sd_jwt.issuer_jwt, payload=payload)
    _key(made, payload.get("cnf"))
    if sd_jwt.key_binding is not None:
        _binding(made, sd_jwt.key_binding, at=at)
    return made


def _signature(made: Trace, jws: Jws, *, payload: JsonObject) -> None:
    made.unique["signature", "issuer-signed JWT"] = frozenset(
        {hashlib.sha256(jws.signing_input).digest(), jws.signature}
    )
    for name, kept in _TIMES:
        seconds = numeric_seconds(payload.get(name))
        if seconds is not None:
            made.times[kept] = seconds
    if jws.header.x5c:
        made.signer = signer_of(jws.header.x5c[0])
    for name, value in jws.header.parameters.items():
        if name not in _USUAL_HEADERS:
            made.headers[name] = octets_of(value)
    named = {"iss": payload.get("iss"), "kid": jws.header.kid}
    made.common |= {n: octets_of(v) for n, v in named.items() if v is not None}
    made.common["vct"] = octets_of(payload.get("vct"))


def signer_of(der: bytes) -> Signer:
    """Return what is compared of the certificate of who issued.

    Raises:
        MalformedError, UnsupportedError: it is none.
    """
    leaf = Certificate.from_der(der, at="issuer certificate")
    return Signer(leaf.sha256, (leaf.not_after - leaf.not_before).total_seconds())


def _key(made: Trace, confirmation: JsonValue) -> None:
    """Take the key, and whatever name it goes by (RFC 7800 section 3)."""
    if not isinstance(confirmation, dict):
        return
    jwk = confirmation.get("jwk")
    named = {"cnf/kid": confirmation.get("kid")}
    if isinstance(jwk, dict):
        named |= {f"cnf/jwk/{n}": v for n, v in jwk.items() if n not in _OF_THE_KEY}
        made.unique["holder_key", "cnf"] = frozenset({_thumbprint(jwk)})
    _name(made, named)


def _name(made: Trace, named: dict[str, JsonValue]) -> None:
    for where, value in named.items():
        if value is not None:
            made.unique["holder_key_id", where] = frozenset({octets_of(value)})


def _thumbprint(jwk: JsonObject) -> bytes:
    try:
        return PublicKey.from_jwk(jwk, at="cnf/jwk").thumbprint.encode()
    except (MalformedError, UnsupportedError):
        return octets_of(jwk)  # of another kind: it is compared as it stands


def _binding(made: Trace, text: str, *, at: str) -> None:
    jws = read_compact(text, at=at, understood=frozenset())
    said = read_object(jws.payload, at=at, clause="RFC 9901 §4.3")
    _name(made, {"key binding/kid": jws.header.kid})
    for name, value in jws.header.parameters.items():
        if name not in _USUAL_HEADERS:
            made.headers[f"key binding/{name}"] = octets_of(value)
    for name, value in said.items():
        if name not in _ANSWERED | _OF_THE_TRANSACTION and tells(value):
            where = f"key binding/{name}"
            made.unique["device", where] = frozenset({octets_of(value)})
    made.unique["device", "key binding/signature"] = frozenset({jws.signature})


def _status(status: JsonValue) -> tuple[str, int | str] | None:
    listed = status.get("status_list") if isinstance(status, dict) else None
    if not isinstance(listed, dict):
        return None
    uri, index = listed.get("uri"), listed.get("idx")
    if not isinstance(uri, str) or not isinstance(index, int):
        return None
    return uri, index


def _digests(value: JsonValue) -> Iterator[bytes]:
    for listed in _lists(value):
        yield from (each.encode() for each in listed)


def _lists(value: JsonValue) -> Iterator[list[str]]:
    """Yield each list of digests; one that stands in an array is a list by itself."""
    if isinstance(value, list):
        for each in value:
            yield from _lists(each)
    elif isinstance(value, dict):
        hidden, element = value.get(SD), value.get(DOTS)
        if isinstance(hidden, list):
            yield [each for each in hidden if isinstance(each, str)]
        if isinstance(element, str):
            yield [element]
        for each in value.values():
            yield from _lists(each)


def _places_of(unpacked: Unpacked, number: int) -> str:
    return next(
        (show_path(e.place) for e in unpacked.revealed if e.position == number), ""
    )


def _positions(
    payload: JsonObject, sd_jwt: SdJwt, *, unpacked: Unpacked, algorithm: str
) -> dict[str, Placed]:
    """Return where the disclosed claims of the payload stand among its digests.

    Digests in order of their values stand where chance put them: that tells nothing.
    """
    hidden = payload.get(SD)
    listed = (
        [each for each in hidden if isinstance(each, str)]
        if isinstance(hidden, list)
        else []
    )
    if listed == sorted(listed):
        return {}
    found: dict[str, Placed] = {}
    for each in unpacked.revealed:
        digest = digest_of(sd_jwt.disclosures[each.position], algorithm)
        if digest in listed:
            found[show_path(each.place)] = Placed(listed.index(digest), len(listed))
    return found
