"""A status list token in CWT form (Token Status List section 5.2)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    CoseSign1,
    Cwt,
    TagRule,
    read_cwt,
    read_sign1,
    signature_reason,
)
from idwallet.envelope.cose.labels import TYP
from idwallet.errors import MalformedError
from idwallet.profiles import StatusListVersion
from idwallet.report import Reason
from idwallet.trust.status_list.claims import (
    ListClaims,
    ListToken,
    read_bits,
    read_ttl,
    require_text,
)
from idwallet.trust.status_list.structures import ListTimes

TYP_CWT: Final = "application/statuslist+cwt"
TTL: Final = 65534
STATUS_LIST: Final = 65533

_AT: Final = "status list"
_CWT: Final = "Token Status List §5.2"
_LIST: Final = "Token Status List §4.3"


def _rules(tag: TagRule) -> CoseRules:
    # A chain outside of the signature is a hint: it must certify the key that signed.
    return CoseRules(tag, ChainRule.EITHER, understood=frozenset({TYP}))


_RULES: Final[Mapping[StatusListVersion, CoseRules]] = MappingProxyType(
    {
        StatusListVersion.DRAFT_14: _rules(TagRule.UNTAGGED),
        # The tag came back after draft 14, and the example has it.
        StatusListVersion.DRAFT_21: _rules(TagRule.TAG_OPTIONAL),
    }
)


def read_cwt_token(token: bytes, *, version: StatusListVersion) -> ListToken:
    """Take a status list token in CWT form apart, judging nothing.

    Raises:
        LimitError: the token passes `limits.STATUS_LIST_TOKEN_BYTES`, or what it holds
            a bound of its own.
        MalformedError: it is no COSE_Sign1 as that version has it (a MAC is nobody's
            signature), or its claims break section 5.2.
        UnsupportedError: it needs an extension that is not known.
    """
    most = limits.STATUS_LIST_TOKEN_BYTES
    sign1 = read_sign1(token, at=_AT, rules=_RULES[version], max_bytes=most)
    cwt = read_cwt(sign1.payload, at=_AT, max_bytes=most)

    def signature(key: PublicKey, allowed: frozenset[Algorithm]) -> Reason:
        return signature_reason(sign1, key=key, allowed=allowed)

    typ = sign1.header.typ
    return ListToken(
        expected_typ=TYP_CWT,
        typ=None if typ is None else str(typ),
        algorithm=str(sign1.header.algorithm),
        kid=_kid(sign1),
        x5c=sign1.x5chain,
        claims=_claims(cwt),
        signature=signature,
    )


def _kid(sign1: CoseSign1) -> str | None:
    # Pinned keys go by text; octets that are none name no key that is pinned.
    kid = sign1.kid
    return None if kid is None else kid.decode("utf-8", errors="replace")


def _claims(cwt: Cwt) -> ListClaims:
    found = cwt.claims.get(STATUS_LIST)
    if not isinstance(found, dict):
        raise MalformedError("no map", at=f"{_AT}/{STATUS_LIST}", clause=_CWT)
    if cwt.issued is None:
        raise MalformedError("no moment of issue", at=f"{_AT}/6", clause=_CWT)
    times = ListTimes(
        issued=cwt.issued,
        not_before=cwt.not_before,
        expires=cwt.expires,
        ttl=_ttl(cwt.claims[TTL]) if TTL in cwt.claims else None,
    )
    at = f"{_AT}/{STATUS_LIST}"
    return ListClaims(
        uri=require_text(cwt.subject, at=f"{_AT}/2", clause=_CWT),
        issuer=cwt.issuer,
        is_addressed=bool(cwt.audience),
        times=times,
        bits=read_bits(found.get("bits"), at=f"{at}/bits", clause=_LIST),
        compressed=_compressed(found, at=f"{at}/lst"),
        aggregation_uri=require_text(
            found["aggregation_uri"], at=f"{at}/aggregation_uri", clause=_LIST
        )
        if "aggregation_uri" in found
        else None,
    )


def _ttl(value: CborValue) -> timedelta:
    at = f"{_AT}/{TTL}"
    if type(value) is not int:
        raise MalformedError("no unsigned integer", at=at, clause=_CWT)
    return read_ttl(value, at=at, clause=_CWT)


def _compressed(found: dict[CborKey, CborValue], *, at: str) -> bytes:
    value = found.get("lst")
    if not isinstance(value, bytes):
        raise MalformedError("no byte string", at=at, clause=_LIST)
    return value
