"""The claims of a CBOR Web Token (RFC 8392)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias, TypeGuard

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, read_cbor
from idwallet.codec.numeric_date import numeric_date
from idwallet.errors import MalformedError

ISS: Final = 1
SUB: Final = 2
AUD: Final = 3
EXP: Final = 4
NBF: Final = 5
IAT: Final = 6
CTI: Final = 7

_Claims: TypeAlias = dict[CborKey, CborValue]


@dataclass(frozen=True, slots=True)
class Cwt:
    """A claims set whose registered claims have their types; no time is judged.

    Moments are aware UTC and keep fractions. `claims` holds all, by label, the unknown
    ones as they were received.
    """

    issuer: str | None
    subject: str | None
    audience: tuple[str, ...]
    expires: datetime | None
    not_before: datetime | None
    issued: datetime | None
    identifier: bytes | None
    claims: Mapping[CborKey, CborValue]


def read_cwt(payload: bytes, *, at: str, max_bytes: int = limits.CBOR_BYTES) -> Cwt:
    """Read the payload of a COSE message as a CWT claims set.

    Which tags the message has is for `TagRule` to say, and whether to believe it for
    `signature_reason`.

    Raises:
        LimitError: it passes `max_bytes`, or is nested too deeply.
        MalformedError: not a map of claims, or a registered claim of a wrong type;
            a moment in tag 1 is one (RFC 8392 §2).
        UnsupportedError: see `codec.cbor.read_cbor`.
    """
    claims = read_cbor(payload, at=at, clause="RFC 8392 §1.1", max_bytes=max_bytes)
    return cwt_of(claims, at=at)


def cwt_of(claims: CborValue, *, at: str) -> Cwt:
    """Read a claims set that was already decoded; see `read_cwt`.

    Raises:
        MalformedError: see `read_cwt`.
    """
    if not isinstance(claims, dict) or not all(map(_is_label, claims)):
        raise MalformedError("not a map of claims", at=at, clause="RFC 8392 §1.1")
    return Cwt(
        issuer=_text(claims, ISS, at=at),
        subject=_text(claims, SUB, at=at),
        audience=_audience(claims, at=f"{at}/{AUD}"),
        expires=_moment(claims, EXP, at=at),
        not_before=_moment(claims, NBF, at=at),
        issued=_moment(claims, IAT, at=at),
        identifier=_octets(claims, CTI, at=at),
        claims=MappingProxyType(claims),
    )


def _is_label(label: CborKey) -> bool:
    return isinstance(label, int | str)


def _text(claims: _Claims, label: int, *, at: str) -> str | None:
    if label not in claims:
        return None
    value = claims[label]
    if not isinstance(value, str):
        raise MalformedError("not text", at=f"{at}/{label}", clause="RFC 8392 §3.1")
    return value


def _is_texts(value: CborValue) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _audience(claims: _Claims, *, at: str) -> tuple[str, ...]:
    if AUD not in claims:
        return ()
    value = claims[AUD]
    if isinstance(value, str):
        return (value,)
    if not _is_texts(value):
        raise MalformedError("not text nor texts", at=at, clause="RFC 8392 §3.1.3")
    return tuple(value)


def _moment(claims: _Claims, label: int, *, at: str) -> datetime | None:
    if label not in claims:
        return None
    value = claims[label]
    moment = numeric_date(value) if isinstance(value, int | float) else None
    if moment is None:
        raise MalformedError("not a moment", at=f"{at}/{label}", clause="RFC 8392 §2")
    return moment


def _octets(claims: _Claims, label: int, *, at: str) -> bytes | None:
    if label not in claims:
        return None
    value = claims[label]
    if not isinstance(value, bytes):
        raise MalformedError(
            "not a byte string", at=f"{at}/{label}", clause="RFC 8392 §3.1.7"
        )
    return value
