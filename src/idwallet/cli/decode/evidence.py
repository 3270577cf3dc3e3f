"""Status lists, CRLs and OCSP responses decoded: what they say, not each entry."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from idwallet.cli.decode.found import Found, Part
from idwallet.cli.decode.keys import certificate_facts
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.profiles import StatusListVersion
from idwallet.trust.distinguished import read_name
from idwallet.trust.revocation.crl import Crl
from idwallet.trust.revocation.ocsp import OcspResponse, SingleResponse
from idwallet.trust.status_list.bitmap import inflate
from idwallet.trust.status_list.claims import ListToken
from idwallet.trust.status_list.cwt import read_cwt_token
from idwallet.trust.status_list.jwt import TYP_JWT, read_jwt
from idwallet.trust.status_list.values import STATUS_VALUES

LIST_TYP: Final = TYP_JWT
"""What a JWT is marked with that is a status list."""


def decode_list_jwt(data: bytes) -> Found:
    """Decode a status list token in JWT form.

    Raises:
        MalformedError: it is none.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it calls critical what is not known here.
    """
    return _list(read_jwt(data), form="JWT")


def decode_list_cwt(data: bytes) -> Found:
    """Decode a status list token in CWT form; raises as `decode_list_jwt` does."""
    token = read_cwt_token(data, version=StatusListVersion.DRAFT_21)
    return _list(token, form="CWT")


def _list(token: ListToken, *, form: str) -> Found:
    claims, times = token.claims, token.claims.times
    header: JsonObject = {"alg": token.algorithm, "typ": token.typ, "kid": token.kid}
    said: JsonObject = {
        "sub": claims.uri,
        "iss": claims.issuer,
        "iat": _moment(times.issued),
        "nbf": _moment(times.not_before),
        "exp": _moment(times.expires),
        "ttl": None if times.ttl is None else f"{times.ttl.total_seconds():.0f} s",
        "aggregation_uri": claims.aggregation_uri,
    }
    array = inflate(claims.compressed, at="status_list/lst")
    entries: JsonObject = {
        "bits": claims.bits,
        "entries": len(array) * 8 // claims.bits,
        "compressed bytes": len(claims.compressed),
        "values": _values(array, bits=claims.bits),
    }
    parts = (
        Part("header", _present(header)),
        *_chain(token.x5c),
        Part("claims", _present(said)),
        Part("list", entries),
    )
    return Found(f"status list token, {form} (Token Status List)", parts)


def _values(array: memoryview, *, bits: int) -> JsonObject:
    """Count the entries of each value that stands in the list."""
    octets, mask = bytes(array), (1 << bits) - 1
    counts: Counter[int] = Counter()
    for octet in set(octets):
        times = octets.count(octet)
        for shift in range(0, 8, bits):
            counts[octet >> shift & mask] += times
    return {
        f"{value} ({STATUS_VALUES[value].kind.value})": count
        for value, count in sorted(counts.items())
    }


def decode_crl(der: bytes) -> Found:
    """Decode a DER CRL.

    Raises:
        MalformedError: it is none.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it is of a kind not read here.
    """
    return Found("CRL (RFC 5280)", (Part("CRL", crl_facts(der)),))


def crl_facts(der: bytes) -> JsonObject:
    """Return what a CRL says, and of its entries only how many; see `decode_crl`."""
    crl = Crl.from_der(der, at="CRL")
    try:
        entries: JsonValue = len(crl.entries())
    except ValueError:
        entries = "cannot be used"
    scope = crl.scope
    return _present(
        {
            "issuer": read_name(crl.issuer_der)[1],
            "this_update": _moment(crl.this_update),
            "next_update": _moment(crl.next_update),
            "number": _number(crl.number),
            "changes number": _number(crl.base_number),
            "covers expired since": _moment(crl.covers_expired_since),
            "indirect": None if scope is None else scope.indirect_crl,
            "only end entities": None
            if scope is None
            else scope.only_contains_user_certs,
            "only CAs": None if scope is None else scope.only_contains_ca_certs,
            "entries": entries,
        }
    )


def decode_ocsp(der: bytes) -> Found:
    """Decode a DER OCSP response; raises as `decode_crl` does."""
    response = OcspResponse.from_der(der, at="OCSP response")
    basic = response.basic
    if basic is None:
        parts: tuple[Part, ...] = (Part("response", "the responder gave no answer"),)
    else:
        about = _present(
            {
                "produced_at": _moment(basic.produced_at),
                "nonce": None if basic.nonce is None else basic.nonce.hex(),
            }
        )
        parts = (
            Part("response", about),
            *(
                Part(f"answer {number}", _single(each))
                for number, each in enumerate(basic.singles, start=1)
            ),
            *_chain(basic.certificates),
        )
    return Found("OCSP response (RFC 6960)", parts)


def _single(single: SingleResponse) -> JsonObject:
    return _present(
        {
            "serial": f"{single.serial:x}",
            "status": single.status.name.lower(),
            "this_update": _moment(single.this_update),
            "next_update": _moment(single.next_update),
            "revoked since": _moment(single.since),
            "reason": None if single.reason is None else single.reason.value,
        }
    )


def _chain(chain: tuple[bytes, ...]) -> Iterator[Part]:
    for number, der in enumerate(chain, start=1):
        try:
            shown: JsonValue = certificate_facts(der)
        except (MalformedError, UnsupportedError) as error:
            shown = {"bytes": len(der), "cannot be read": str(error)}
        yield Part(f"certificate {number}", shown)


def decode_der(der: bytes, *, first: Callable[[bytes], Found]) -> Found:
    """Decode DER that is what `first` reads, or a CRL, or an OCSP response.

    Raises:
        MalformedError: it is none of them; what `first` says of it.
        LimitError, UnsupportedError: see `decode_crl`.
    """
    try:
        return first(der)
    except MalformedError:
        for other in (decode_crl, decode_ocsp):
            try:
                return other(der)
            except MalformedError:
                continue
        raise


def _present(facts: JsonObject) -> JsonObject:
    return {name: value for name, value in facts.items() if value is not None}


def _number(number: int | None) -> str | None:
    # A CRL's number may have twenty octets (RFC 5280 5.2.3): no number of JSON's.
    return None if number is None else str(number)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
