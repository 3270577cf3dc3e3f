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
from idwallet.envelope.jws.structures import NOTHING, Jws
from idwallet.errors import LimitError, MalformedError

_SIGNATURE_CHARACTERS: Final = 4 * ((limits.JWS_SIGNATURE_BYTES + 2) // 3)
_PRINTABLE: Final = bytes(code for code in range(0x20, 0x7F) if code != ord("."))


def read_compact(
    token: str | bytes,
    *,
    at: str,
    understood: frozenset[str] = UNDERSTOOD,
    detached: bytes | None = None,
) -> Jws:
    """Take a compact JWS apart, judging nothing.

    `detached` is the payload that travelled elsewhere; the token must then have none.
    `understood` names the critical extensions that the caller acts on; any other that
    the token calls critical is an `UnsupportedError`.

    Raises:
        LimitError: the token or a part of it passes its bound.
        MalformedError: it breaks RFC 7515 or RFC 7797.
    """
    raw, first, second = _dots(token, at)
    head, body, tail = raw[:first], raw[first + 1 : second], raw[second + 1 :]
    header = read_header(head, at=at)
    if header.critical:
        require_understood(header, understood, at=at)
    signature = read_signature(tail, at=at)
    if detached is not None:
        if body:
            raise _doubled(at)
        covers = covered(head, header, payload=detached)
        return Jws(header, detached, signature, covers, NOTHING)
    if header.encoded:
        payload = b64.decode(body, at=f"{at}/payload", clause="RFC 7515 §5.2")
    else:
        payload = _plain(body, at)
    return Jws(header, payload, signature, raw[:second], NOTHING)


def _dots(token: str | bytes, at: str) -> tuple[bytes, int, int]:
    """Return the token in ASCII and where its two dots stand."""
    if len(token) > limits.JWS_BYTES:
        raise LimitError("token too long", at=at, clause="RFC 7515 §7.1")
    try:
        raw = token.encode("ascii") if isinstance(token, str) else token
    except UnicodeEncodeError:  # it holds the whole token
        raise MalformedError(
            "a character outside ASCII", at=at, clause="RFC 7515 §7.1"
        ) from None
    # Searching, not splitting: a megabyte of full stops never becomes a list.
    first = raw.find(b".")
    second = raw.find(b".", first + 1)
    if first < 0 or second < 0 or raw.find(b".", second + 1) >= 0:
        raise MalformedError("not three parts", at=at, clause="RFC 7515 §7.1")
    return raw, first, second


def _doubled(at: str) -> MalformedError:
    return MalformedError(
        "a payload beside the detached one",
        at=f"{at}/payload",
        clause="RFC 7515 Appendix F",
    )


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
