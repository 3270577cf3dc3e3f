"""Tokens, requests and answers of RFC 3161, cut in their parts."""

from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.der import (
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    DerError,
    Element,
    Fields,
    dotted,
    inside,
    read_boolean,
    read_exact_time,
    read_integer,
    value,
    whole,
)
from idwallet.envelope.cms import names, read_digest, read_signed_data
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.trust.timestamp.structures import TimestampInfo, TimestampToken

_MILLIS: Final = 0x80
_MICROS: Final = 0x81
_TSA: Final = 0xA0
_EXTENSIONS: Final = 0xA1
_PARTS: Final = range(1, 1000)
_CLAUSE: Final = "RFC 3161 §2.4.2"


def read_token(der: bytes, *, at: str) -> TimestampToken:
    """Read a TimeStampToken; nothing of it is judged.

    Raises:
        LimitError: it is longer than `limits.TIMESTAMP_BYTES`.
        MalformedError: it breaks RFC 3161 or RFC 5652.
        UnsupportedError: it is a message of another kind, or of another version.
    """
    if len(der) > limits.TIMESTAMP_BYTES:
        raise LimitError("timestamp is too long", at=at, clause="idwallet limits")
    signed = read_signed_data(der, at=at)
    if signed.content_type != names.TIMESTAMP_INFO or signed.content is None:
        raise UnsupportedError("not a timestamp", at=at, clause=_CLAUSE)
    if len(signed.signers) != 1:
        # RFC 3161 2.4.2: the token holds no signature but the authority's.
        raise MalformedError("not one signature", at=at, clause=_CLAUSE)
    try:
        info = _info(signed.content, at=at)
    except DerError as error:
        raise MalformedError(str(error), at=at, clause=_CLAUSE) from error
    return TimestampToken(info, signed, der, at)


def _info(der: bytes, *, at: str) -> TimestampInfo:
    fields = Fields(der)
    if read_integer(fields.value(INTEGER)) != 1:
        raise UnsupportedError("version of a timestamp", at=at, clause=_CLAUSE)
    policy = dotted(fields.value(OID))
    hashed, imprint = _imprint(der, fields.one(SEQUENCE))
    serial = read_integer(fields.value(INTEGER))
    moment = read_exact_time(fields.value(GENERALIZED_TIME))
    accuracy = fields.maybe(SEQUENCE)
    ordering = fields.maybe(BOOLEAN)
    if ordering is not None:
        read_boolean(value(der, ordering))
    nonce = fields.maybe(INTEGER)
    fields.maybe(_TSA)
    _require_understood(der, fields.maybe(_EXTENSIONS), at=at)
    fields.done()
    return TimestampInfo(
        hashed,
        imprint,
        moment,
        None if accuracy is None else _accuracy(der, accuracy),
        serial,
        policy,
        None if nonce is None else read_integer(value(der, nonce)),
    )


def _imprint(der: bytes, found: Element) -> tuple[str | None, bytes]:
    fields = Fields(der, found)
    hashed = read_digest(der, fields.one(SEQUENCE))
    imprint = fields.value(OCTETS)
    fields.done()
    return hashed, imprint


def _accuracy(der: bytes, found: Element) -> timedelta:
    fields = Fields(der, found)
    seconds, millis = fields.maybe(INTEGER), fields.maybe(_MILLIS)
    micros = fields.maybe(_MICROS)
    fields.done()
    whole_seconds = 0 if seconds is None else read_integer(value(der, seconds))
    if not 0 <= whole_seconds <= limits.TIMESTAMP_ACCURACY.total_seconds():
        raise DerError("an accuracy that says nothing")
    return timedelta(
        seconds=whole_seconds,
        milliseconds=_part(der, millis),
        microseconds=_part(der, micros),
    )


def _part(der: bytes, found: Element | None) -> int:
    if found is None:
        return 0
    number = read_integer(value(der, found))
    if number not in _PARTS:
        raise DerError("an accuracy out of its range")
    return number


def _require_understood(der: bytes, holder: Element | None, *, at: str) -> None:
    """Refuse a critical extension: none is known here (RFC 3161 2.4.2)."""
    for each in () if holder is None else inside(der, holder):
        fields = Fields(der, each)
        fields.one(OID)
        critical = fields.maybe(BOOLEAN)
        if critical is not None and read_boolean(value(der, critical)):
            raise UnsupportedError(
                "a critical extension of a timestamp", at=at, clause=_CLAUSE
            )


def granted_token(answer: bytes, *, at: str) -> bytes | None:
    """Return the token of a TimeStampResp, None where the authority gave none.

    Raises:
        LimitError: it is longer than `limits.TIMESTAMP_BYTES`.
        MalformedError: it breaks RFC 3161 2.4.2.
    """
    if len(answer) > limits.TIMESTAMP_BYTES:
        raise LimitError("answer is too long", at=at, clause="idwallet limits")
    try:
        fields = Fields(answer)
        status = Fields(answer, fields.one(SEQUENCE))
        number = read_integer(status.value(INTEGER))
        token = fields.maybe(SEQUENCE)
        fields.done()
    except DerError as error:
        raise MalformedError(str(error), at=at, clause=_CLAUSE) from error
    is_granted = number in _GRANTED
    if is_granted is (token is None):
        raise MalformedError(
            "a grant without token, or a token without grant", at=at, clause=_CLAUSE
        )
    return None if token is None else whole(answer, token)


# PKIStatus: granted, and granted with modifications.
_GRANTED: Final = frozenset({0, 1})
