"""What a status list token says, whichever envelope it came in (section 5)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError
from idwallet.report import Reason
from idwallet.trust.status_list.bitmap import BITS
from idwallet.trust.status_list.structures import ListTimes


class ListClaims(NamedTuple):
    """The claims of a status list token; `compressed` is not inflated yet.

    `is_addressed` says that it names an audience.
    """

    uri: str
    issuer: str | None
    is_addressed: bool
    times: ListTimes
    bits: int
    compressed: bytes
    aggregation_uri: str | None


class ListToken(NamedTuple):
    """A status list token that was read and not yet judged.

    `typ` and `algorithm` are the header's own words, `expected_typ` is what the
    envelope wants there. `signature` says of a key, and of the algorithms that a
    policy allows, whether it signed: one of VALID, INVALID, ALGORITHM_NOT_ALLOWED and
    KEY_UNUSABLE.
    """

    expected_typ: str
    typ: str | None
    algorithm: str
    kid: str | None
    x5c: tuple[bytes, ...]
    claims: ListClaims
    signature: Callable[[PublicKey, frozenset[Algorithm]], Reason]


_JWT: Final = "Token Status List §5.1"
_LIST: Final = "Token Status List §4.2"


def read_json_claims(claims: JsonObject) -> ListClaims:
    """Read the claims of a status list token in JWT form.

    Raises:
        MalformedError: a claim that must be there is not, or one breaks its rule.
        LimitError: the compressed list passes `limits.STATUS_LIST_COMPRESSED_BYTES`,
            or an address `limits.URI_CHARACTERS`.
    """
    found = claims.get("status_list")
    if not isinstance(found, dict):
        raise MalformedError("no object", at="status_list", clause=_JWT)
    return ListClaims(
        uri=require_text(claims.get("sub"), at="sub", clause=_JWT),
        issuer=_text(claims, "iss", clause="RFC 7519 §4.1.1"),
        is_addressed="aud" in claims,
        times=_times(claims),
        bits=read_bits(found.get("bits"), at="status_list/bits", clause=_LIST),
        compressed=_compressed(found.get("lst")),
        aggregation_uri=_text(found, "aggregation_uri", clause=_LIST),
    )


def _text(members: JsonObject, name: str, *, clause: str) -> str | None:
    if name not in members:
        return None
    return require_text(members[name], at=name, clause=clause)


def require_text(value: object, *, at: str, clause: str) -> str:
    """Return a name or an address.

    Raises:
        MalformedError: it is no text, or an empty one.
        LimitError: it passes `limits.URI_CHARACTERS`.
    """
    if not isinstance(value, str) or not value:
        raise MalformedError("no text", at=at, clause=clause)
    if len(value) > limits.URI_CHARACTERS:
        raise LimitError("text too long", at=at, clause=clause)
    return value


def read_bits(value: object, *, at: str, clause: str) -> int:
    """Return how many bits an entry has.

    Raises:
        MalformedError: that is no integer, or none of 1, 2, 4 and 8.
    """
    if type(value) is not int or value not in BITS:
        raise MalformedError("not 1, 2, 4 or 8", at=at, clause=clause)
    return value


def _compressed(value: JsonValue) -> bytes:
    at = "status_list/lst"
    if not isinstance(value, str):
        raise MalformedError("no text", at=at, clause=_LIST)
    if len(value) * 3 // 4 > limits.STATUS_LIST_COMPRESSED_BYTES:
        raise LimitError("compressed list too long", at=at, clause=_LIST)
    return b64.decode(value, at=at, clause=_LIST)


def _times(claims: JsonObject) -> ListTimes:
    if "iat" not in claims:
        raise MalformedError("no moment of issue", at="iat", clause=_JWT)
    return ListTimes(
        issued=_moment(claims["iat"], "iat"),
        not_before=_moment(claims["nbf"], "nbf") if "nbf" in claims else None,
        expires=_moment(claims["exp"], "exp") if "exp" in claims else None,
        ttl=read_ttl(claims["ttl"], at="ttl", clause=_JWT) if "ttl" in claims else None,
    )


def _moment(value: JsonValue, name: str) -> datetime:
    moment = numeric_date(value)
    if moment is None:
        raise MalformedError("no NumericDate", at=name, clause="RFC 7519 §2")
    return moment


def read_ttl(value: object, *, at: str, clause: str) -> timedelta:
    """Return how long a list may be kept.

    Raises:
        MalformedError: that is no positive number, or longer than there are dates.
    """
    if type(value) is not int and type(value) is not float:
        raise MalformedError("no number of seconds", at=at, clause=clause)
    if not isfinite(value) or not 0 < value <= limits.NUMERIC_DATE_MAXIMUM:
        raise MalformedError("no positive number of seconds", at=at, clause=clause)
    return timedelta(seconds=value)
