"""The compact serialisation of a JWS (RFC 7515 §7.1)."""

from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.envelope.jws.header import (
    UNDERSTOOD,
    JwsHeader,
    read_header,
    require_understood,
)
from idwallet.envelope.jws.structures import NOTHING, Jws, JwsParts
from idwallet.errors import LimitError, MalformedError

_SIGNATURE_CHARACTERS: Final = 4 * ((limits.JWS_SIGNATURE_BYTES + 2) // 3)
# What a named tuple's constructor calls, without the Python function around it.
_new: Final = tuple.__new__
_PRINTABLE: Final = bytes(code for code in range(0x20, 0x7F) if code != ord("."))


def read_compact(
    token: str | bytes,
    *,
    at: str,
    understood: frozenset[str] = UNDERSTOOD,
    detached: bytes | None = None,
    max_bytes: int = limits.JWS_BYTES,
) -> Jws:
    """Take a compact JWS apart, judging nothing.

    `detached` is the payload that travelled elsewhere; the token must then have none.
    A critical extension that is not in `understood` is an `UnsupportedError`.

    Raises:
        LimitError: the token passes `max_bytes`, or a part of it its own bound.
        MalformedError: it breaks RFC 7515 or RFC 7797.
    """
    if len(token) > max_bytes:
        raise LimitError("token too long", at=at, clause="RFC 7515 §7.1")
    try:
        raw = token.encode("ascii") if isinstance(token, str) else token
    except UnicodeEncodeError:
        raise _foreign(at) from None  # the error holds the token, whole
    # Searching is ten times as fast as splitting, and makes no list of a megabyte.
    first = raw.find(b".")
    second = raw.find(b".", first + 1)
    if first < 0 or second < 0 or raw.find(b".", second + 1) >= 0:
        raise MalformedError("not three parts", at=at, clause="RFC 7515 §7.1")
    head, body = raw[:first], raw[first + 1 : second]
    header = read_header(head, at=at)
    if header.critical:
        require_understood(header, understood, at=at)
    signature = read_signature(raw[second + 1 :], at=at)
    if detached is None and header.encoded:
        payload = b64.decode(body, at=f"{at}/payload", clause="RFC 7515 §5.2")
        covers = raw[:second]
    else:
        payload = _unusual(body, detached, at=at)
        covers = covered(head, header, payload=payload)
    return _new(Jws, (header, payload, signature, covers, NOTHING))


def read_compact_parts(
    token: str | bytes,
    *,
    at: str,
    understood: frozenset[str] = UNDERSTOOD,
    max_bytes: int = limits.JWS_BYTES,
) -> JwsParts:
    """Take a compact JWS apart whose payload may be elsewhere.

    An empty payload and none are spelled alike here (RFC 7515 Appendix F): it is taken
    for none.

    Raises:
        LimitError, MalformedError, UnsupportedError: see `read_compact`.
    """
    jws = read_compact(token, at=at, understood=understood, max_bytes=max_bytes)
    head, _, body = jws.signing_input.partition(b".")
    is_inside = bool(body)
    return JwsParts(
        jws.header,
        head,
        body if is_inside else None,
        jws.payload if is_inside else None,
        jws.signature,
        NOTHING,
        at,
    )


def _foreign(at: str) -> MalformedError:
    return MalformedError("a character outside ASCII", at=at, clause="RFC 7515 §7.1")


def _unusual(body: bytes, detached: bytes | None, *, at: str) -> bytes:
    """Return a payload that travelled elsewhere, or was left as it is."""
    if detached is None:
        return _plain(body, at)
    if body:
        raise MalformedError(
            "a payload beside the detached one",
            at=f"{at}/payload",
            clause="RFC 7515 Appendix F",
        )
    return detached


def read_signature(segment: bytes, *, at: str) -> bytes:
    """Decode the signature part; its length is judged with the key, not here.

    Raises:
        LimitError: no algorithm has signatures that long.
        MalformedError: it is not canonical base64url.
    """
    place = f"{at}/signature"
    if len(segment) > _SIGNATURE_CHARACTERS:
        raise LimitError("signature too long", at=place, clause="RFC 7515 §5.2")
    return b64.decode(segment, at=place, clause="RFC 7515 §5.2")


def covered(head: bytes, header: JwsHeader, *, payload: bytes) -> bytes:
    """Return the signing input of a payload that is not in the token (RFC 7797 §3)."""
    body = b64.encode(payload).encode("ascii") if header.encoded else payload
    return b"%b.%b" % (head, body)


def _plain(body: bytes, at: str) -> bytes:
    if body.translate(None, _PRINTABLE):
        raise MalformedError(
            "a character that an unencoded payload cannot hold",
            at=f"{at}/payload",
            clause="RFC 7797 §5.2",
        )
    return body
