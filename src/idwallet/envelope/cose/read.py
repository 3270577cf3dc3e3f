"""COSE_Sign1 and COSE_Mac0 taken apart (RFC 9052 §4.2, §6.2)."""

from functools import partial
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborValue
from idwallet.envelope.cose.frame import Frame, frame_of, read_frame
from idwallet.envelope.cose.header import NOTHING, read_header, read_outside
from idwallet.envelope.cose.rules import CoseRules
from idwallet.envelope.cose.structures import (
    CoseMac0,
    CoseSign1,
    mac_input,
    signing_input,
)
from idwallet.errors import MalformedError

_DETACHED: Final = "RFC 9052 §4.1"


def read_sign1(
    data: bytes,
    *,
    at: str,
    rules: CoseRules,
    detached: bytes | None = None,
    external_aad: bytes = b"",
    max_bytes: int = limits.CBOR_BYTES,
) -> CoseSign1:
    """Take an encoded COSE_Sign1 apart, judging nothing.

    `detached` is the payload that travelled elsewhere; the message must then have
    none, and without it must have one. `external_aad` is what is signed beside it.

    Raises:
        LimitError: the message passes `max_bytes`, or a part of it its bound.
        MalformedError: it breaks RFC 9052 or `rules`, or octets stand behind it.
        UnsupportedError: a critical parameter that `rules` do not name, or CBOR that
            this library does not read.
    """
    frame = read_frame(data, at=at, tags=rules.tag.sign1, max_bytes=max_bytes)
    return _sign1(frame, at=at, rules=rules, detached=detached, aad=external_aad)


def sign1_of(
    value: CborValue,
    *,
    at: str,
    rules: CoseRules,
    detached: bytes | None = None,
    external_aad: bytes = b"",
) -> CoseSign1:
    """Take a COSE_Sign1 apart that stood in a larger structure; see `read_sign1`.

    What was signed is inside of byte strings, so decoding has changed none of it.

    Raises:
        LimitError: see `read_sign1`.
        MalformedError: see `read_sign1`.
        UnsupportedError: see `read_sign1`.
    """
    frame = frame_of(value, at=at, tags=rules.tag.sign1)
    return _sign1(frame, at=at, rules=rules, detached=detached, aad=external_aad)


def sign1_in(frame: Frame, *, at: str, rules: CoseRules) -> CoseSign1:
    """Take a COSE_Sign1 apart that `frame_at` found; see `sign1_of`.

    Raises:
        LimitError: see `read_sign1`.
        MalformedError: see `read_sign1`.
        UnsupportedError: see `read_sign1`.
    """
    return _sign1(frame, at=at, rules=rules, detached=None, aad=b"")


def read_mac0(
    data: bytes,
    *,
    at: str,
    rules: CoseRules,
    detached: bytes | None = None,
    external_aad: bytes = b"",
) -> CoseMac0:
    """Take an encoded COSE_Mac0 apart, judging nothing; see `read_sign1`.

    Raises:
        LimitError: see `read_sign1`.
        MalformedError: see `read_sign1`.
        UnsupportedError: see `read_sign1`.
    """
    frame = read_frame(data, at=at, tags=rules.tag.mac0)
    return _mac0(frame, at=at, rules=rules, detached=detached, aad=external_aad)


def mac0_of(
    value: CborValue,
    *,
    at: str,
    rules: CoseRules,
    detached: bytes | None = None,
    external_aad: bytes = b"",
) -> CoseMac0:
    """Take a COSE_Mac0 apart that stood in a larger structure; see `sign1_of`.

    Raises:
        LimitError: see `read_sign1`.
        MalformedError: see `read_sign1`.
        UnsupportedError: see `read_sign1`.
    """
    frame = frame_of(value, at=at, tags=rules.tag.mac0)
    return _mac0(frame, at=at, rules=rules, detached=detached, aad=external_aad)


def _sign1(
    frame: Frame, *, at: str, rules: CoseRules, detached: bytes | None, aad: bytes
) -> CoseSign1:
    protected, unprotected, payload, signature = frame
    header = read_header(protected, at=at)
    if unprotected or header.critical or header.x5chain:
        outside, kid, chain = read_outside(unprotected, header, at=at, rules=rules)
    else:
        outside, kid, chain = NOTHING, header.kid, ()
    if payload is None or detached is not None:
        payload = _content(payload, detached, at=at)
    covered = signing_input(protected, external_aad=aad, payload=payload)
    return _made((header, protected, outside, kid, chain, payload, signature, covered))


# As the type itself, in half of the time: no Python code runs.
_made: Final = partial(tuple.__new__, CoseSign1)


def _mac0(
    frame: Frame, *, at: str, rules: CoseRules, detached: bytes | None, aad: bytes
) -> CoseMac0:
    protected, unprotected, payload, tag = frame
    header = read_header(protected, at=at)
    outside, kid, _ = read_outside(unprotected, header, at=at, rules=rules)
    content = _content(payload, detached, at=at)
    return CoseMac0(
        header,
        protected,
        outside,
        kid,
        content,
        tag,
        mac_input(protected, external_aad=aad, payload=content),
    )


def _content(payload: bytes | None, detached: bytes | None, *, at: str) -> bytes:
    """Return the one payload there is, inside or outside of the message."""
    if payload is None and detached is not None:
        return detached
    if payload is None:
        raise MalformedError("no payload", at=f"{at}/payload", clause=_DETACHED)
    if detached is not None:
        raise MalformedError(
            "a payload beside the detached one", at=f"{at}/payload", clause=_DETACHED
        )
    return payload
