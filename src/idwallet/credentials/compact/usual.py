"""Proofs in the shape that nearly all have, read without a walk over all of them."""

from struct import Struct
from typing import Final

from idwallet.codec.cbor import CborValue, read_cbor
from idwallet.credentials.compact.bound_to import HINT_BYTES
from idwallet.envelope.cose.frame import extent, frame_at
from idwallet.errors import MalformedError

_COMMON_PARTS: Final = 6
_PLAIN, _WITH_PERSON = 0x85, 0x86
_UINT32, _FIRST_OF_UINT32 = 0x1A, 1 << 16
_MOMENT: Final = 2  # behind the heads of the array and of the moment
_BEGUN: Final = _MOMENT + 4
_HINT: Final = 0x40 + HINT_BYTES
_NULL: Final = 0xF6
_SHOWN: Final = 0x83
_INLINE: Final = 24


def proof_parts(payload: bytes, *, at: str, clause: str) -> list[CborValue]:
    """Return the parts of a proof, however many.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is no array; see `read_cbor`.
    """
    parts: CborValue = usual_parts(payload)
    if parts is None:
        parts = read_cbor(payload, at=at, clause=clause)
    if not isinstance(parts, list):
        raise MalformedError("no proof", at=at, clause=clause)
    return parts


def credential_parts(payload: bytes, *, at: str, clause: str) -> list[CborValue]:
    """Return the parts of a credential: those that every shape has, and maybe more.

    Raises:
        MalformedError, LimitError, UnsupportedError: they are fewer; see `read_cbor`.
    """
    parts: CborValue = usual_claims(payload)
    if parts is None:
        parts = read_cbor(payload, at=at, clause=clause)
    if not isinstance(parts, list) or len(parts) < _COMMON_PARTS:
        raise MalformedError("no credential", at=at, clause=clause)
    return parts


def usual_parts(payload: bytes) -> list[CborValue] | None:
    """Return the parts of a proof; None where it is not plainly in the usual shape.

    That is one without a delegation, whose moment takes four octets, with at most the
    first claims shown. Anything else, faults included, goes the long way: whatever
    this reads, `read_cbor` reads alike.
    """
    try:
        found, end = _parts(payload)
    except LookupError:
        return None
    # Slices end where the payload does, so this finds whatever is cut off.
    return found if end == len(payload) else None


def usual_claims(payload: bytes) -> list[CborValue] | None:
    """Return the parts of a credential; None where it is not in the usual shape.

    That is the selective one with a key on P-256, a life of four hours to 45 days and
    no status. For anything else see `usual_parts`.
    """
    if len(payload) != _SELECTIVE.size:
        return None
    head, shape, kind, one, start, two, life, three, key, status, count, four, root = (
        _SELECTIVE.unpack(payload)
    )
    if (head, shape, one, two, three, status, four) != _HEADS:
        return None
    if kind >= _INLINE or count >= _INLINE:
        return None
    if start < _FIRST_OF_UINT32 or life < _FIRST_OF_UINT16:
        return None
    return [shape, kind, start, life, key, None, count, root]


_SELECTIVE: Final = Struct(">BBBBIBHH33sBBB16s")
_HEADS: Final = (0x88, 2, _UINT32, 0x19, 0x5821, _NULL, 0x50)
_FIRST_OF_UINT16: Final = 1 << 8


def _parts(payload: bytes) -> tuple[list[CborValue], int]:
    """Return the parts, and where they end.

    Raises:
        LookupError: another shape.
    """
    moment = int.from_bytes(payload[_MOMENT:_BEGUN])
    if payload[1] != _UINT32 or moment < _FIRST_OF_UINT32:
        raise LookupError
    audience, end = _hint(payload, _BEGUN)
    nonce, end = _hint(payload, end)
    frame, end = frame_at(payload, end)
    shown: CborValue = None
    if payload[end] == _NULL:
        end += 1
    else:
        shown, end = _shown(payload, end)
    found: list[CborValue] = [moment, audience, nonce, [*frame], shown]
    if payload[0] == _WITH_PERSON:
        found.append(_small(payload, end))
        end += 1
    elif payload[0] != _PLAIN:
        raise LookupError
    return found, end


def _shown(payload: bytes, place: int) -> tuple[CborValue, int]:
    """Return which claims are shown, what proves them, and the claims."""
    if payload[place] != _SHOWN:
        raise LookupError
    places = _small(payload, place + 1)
    first, middle = extent(payload, place + 2)
    second, end = extent(payload, middle)
    return [places, payload[first:middle], payload[second:end]], end


def _hint(payload: bytes, place: int) -> tuple[bytes | None, int]:
    if payload[place] == _NULL:
        return None, place + 1
    if payload[place] != _HINT:
        raise LookupError
    end = place + 1 + HINT_BYTES
    return payload[place + 1 : end], end


def _small(payload: bytes, place: int) -> int:
    found = payload[place]
    if found >= _INLINE:
        raise LookupError
    return found
