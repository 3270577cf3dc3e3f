"""An identifier list taken apart (ISO/IEC 18013-5 second edition 12.3.6.3, 12.3.6.4).

Signature first: what is signed may hold millions of identifiers, and is not read before
somebody believed is found to have signed it.
"""

from datetime import timedelta
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import (
    MAP,
    CborKey,
    CborValue,
    read_cbor_head,
    read_cbor_item,
)
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    CoseSign1,
    Cwt,
    TagRule,
    cwt_of,
    read_sign1,
)
from idwallet.envelope.cose.labels import TYP
from idwallet.errors import LimitError, MalformedError
from idwallet.trust.identifier_list.table import IdentifierTable, read_identifiers
from idwallet.trust.status_list.claims import read_ttl, require_text
from idwallet.trust.status_list.cwt import STATUS_LIST, TTL
from idwallet.trust.status_list.structures import ListTimes

TYP_CWT: Final = "application/identifierlist+cwt"
IDENTIFIER_LIST: Final = 65530

_AT: Final = "identifier list"
_ENVELOPE: Final = "ISO/IEC 18013-5 2nd ed. §12.3.6.3"
_LIST: Final = "ISO/IEC 18013-5 2nd ed. §12.3.6.4"
# The chain stands under the signature (12.3.6.3); the tag as in a status list.
_RULES: Final = CoseRules(
    TagRule.TAG_OPTIONAL, ChainRule.PROTECTED, understood=frozenset({TYP})
)

_Members = dict[CborKey, CborValue]


class IdentifierClaims(NamedTuple):
    """The claims of an identifier list."""

    uri: str
    is_addressed: bool
    times: ListTimes
    table: IdentifierTable
    aggregation_uri: str | None


def read_envelope(token: bytes) -> CoseSign1:
    """Take the envelope apart and look at no claim.

    Raises:
        LimitError: the token passes `limits.IDENTIFIER_LIST_BYTES`, or a part of it a
            bound of its own.
        MalformedError: it is no COSE_Sign1, or names no certificate under its
            signature.
        UnsupportedError: it needs an extension that is not known.
    """
    sign1 = read_sign1(
        token, at=_AT, rules=_RULES, max_bytes=limits.IDENTIFIER_LIST_BYTES
    )
    if not sign1.x5chain:
        raise MalformedError("no protected x5chain", at=_AT, clause=_ENVELOPE)
    return sign1


def read_claims(payload: bytes) -> IdentifierClaims:
    """Read what was signed.

    Raises:
        LimitError: an identifier, an address or the number of claims passes its bound.
        MalformedError: a claim that must be there is not, one that must not be is, or
            one breaks its rule.
        UnsupportedError: see `codec.cbor.read_cbor`.
    """
    claims, found = _claims(payload)
    if found is None:
        raise MalformedError("no list", at=f"{_AT}/{IDENTIFIER_LIST}", clause=_LIST)
    if STATUS_LIST in claims:
        raise MalformedError("a status list too", at=_AT, clause=_LIST)
    cwt = cwt_of(claims, at=_AT)
    return IdentifierClaims(
        uri=require_text(cwt.subject, at=f"{_AT}/2", clause=_ENVELOPE),
        is_addressed=bool(cwt.audience),
        times=_times(cwt),
        table=found[0],
        aggregation_uri=found[1],
    )


def _times(cwt: Cwt) -> ListTimes:
    if cwt.issued is None:
        raise MalformedError("no moment of issue", at=f"{_AT}/6", clause=_ENVELOPE)
    if cwt.expires is None:
        # Optional in a status list, and not here.
        raise MalformedError("no expiry", at=f"{_AT}/4", clause=_ENVELOPE)
    return ListTimes(
        issued=cwt.issued,
        not_before=cwt.not_before,
        expires=cwt.expires,
        ttl=_ttl(cwt.claims[TTL]) if TTL in cwt.claims else None,
    )


def _ttl(value: CborValue) -> timedelta:
    at = f"{_AT}/{TTL}"
    if type(value) is not int:
        raise MalformedError("no unsigned integer", at=at, clause=_ENVELOPE)
    return read_ttl(value, at=at, clause=_ENVELOPE)


_Found = tuple[IdentifierTable, str | None]


def _claims(payload: bytes) -> tuple[_Members, _Found | None]:
    """Read the claims but the list as values, and the list on its own."""
    claims: _Members = {}
    found: _Found | None = None
    place, count = _map(payload, 0, at=_AT, clause="RFC 8392 §1.1")
    for _ in range(count):
        label, place = _label(payload, place, known=claims)
        if label == IDENTIFIER_LIST:
            claims[label] = None
            found, place = _list(payload, place)
        else:
            claims[label], place = _value(payload, place)
    if place != len(payload):
        raise MalformedError("octets behind the claims", at=_AT, clause=_ENVELOPE)
    return claims, found


def _list(payload: bytes, place: int) -> tuple[_Found, int]:
    at = f"{_AT}/{IDENTIFIER_LIST}"
    members: _Members = {}
    table: IdentifierTable | None = None
    place, count = _map(payload, place, at=at, clause=_LIST)
    for _ in range(count):
        label, place = _label(payload, place, known=members)
        if label == "identifiers":
            members[label] = None
            table, place = read_identifiers(payload, offset=place)
        else:
            members[label], place = _value(payload, place)
    if table is None:
        raise MalformedError("no identifiers", at=at, clause=_LIST)
    if "aggregation_uri" not in members:
        return (table, None), place
    uri = members["aggregation_uri"]
    at = f"{at}/aggregation_uri"
    return (table, require_text(uri, at=at, clause=_LIST)), place


def _map(payload: bytes, offset: int, *, at: str, clause: str) -> tuple[int, int]:
    """Return where the content of a map begins, and how many pairs it has."""
    head = read_cbor_head(payload, offset=offset, at=at, clause=clause)
    if head.major != MAP:
        raise MalformedError("no map", at=at, clause=clause)
    if head.argument > limits.IDENTIFIER_LIST_MEMBERS:
        raise LimitError("too many members", at=at, clause="idwallet limits")
    return head.end, head.argument


def _label(payload: bytes, place: int, *, known: _Members) -> tuple[int | str, int]:
    label, end = _value(payload, place)
    if type(label) is not int and type(label) is not str:
        raise MalformedError("label of a wrong type", at=_AT, clause="RFC 8392 §1.1")
    if label in known:
        raise MalformedError("duplicate map key", at=_AT, clause="RFC 8949 §5.6")
    return label, end


def _value(payload: bytes, place: int) -> tuple[CborValue, int]:
    item = read_cbor_item(
        payload, offset=place, at=_AT, max_bytes=limits.IDENTIFIER_LIST_BYTES
    )
    return item.value, item.end
