"""The array of four that every COSE structure here is, and its tags."""

from typing import Final, TypeAlias, cast

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborTag, CborValue, read_cbor
from idwallet.envelope.cose.rules import Tags
from idwallet.errors import LimitError, MalformedError

Frame: TypeAlias = tuple[bytes, dict[CborKey, CborValue], bytes | None, bytes]
"""Protected header, unprotected header, payload and proof: the signature or MAC.

Those in byte strings are their contents as received.
"""

_CLAUSE: Final = "RFC 9052 §4.2"
_PARTS: Final = 4


def read_frame(
    data: bytes, *, at: str, tags: Tags, max_bytes: int = limits.CBOR_BYTES
) -> Frame:
    """Take the encoded structure apart, judging no header.

    Raises:
        LimitError: `data` passes `max_bytes`, or the proof its bound.
        MalformedError: not one array of protected, unprotected, payload and proof,
            other tags around it, or octets behind it.
        UnsupportedError: see `codec.cbor.read_cbor`.
    """
    frame = _regular(data, tags.starts) if len(data) <= max_bytes else None
    if frame is None:
        value = read_cbor(data, at=at, clause="RFC 9052 §2", max_bytes=max_bytes)
        return frame_of(value, at=at, tags=tags)
    return frame


def frame_of(value: CborValue, *, at: str, tags: Tags) -> Frame:
    """Take a structure apart that a larger one held.

    Raises:
        LimitError: see `read_frame`.
        MalformedError: see `read_frame`.
    """
    if type(value) is list and tuple(map(type, value)) in _TYPES:
        frame = cast("Frame", tuple(value))
        if () in tags.allowed and len(frame[3]) <= limits.COSE_SIGNATURE_BYTES:
            return frame
    found: tuple[int, ...] = ()
    while isinstance(value, CborTag):
        found += (value.number,)
        value = value.value
    if found not in tags.allowed:
        # Tag 17 read as 18 would let whoever shares the MAC's key speak for a signer.
        raise MalformedError("not tagged as expected", at=at, clause="RFC 9052 §2")
    if not isinstance(value, list) or len(value) != _PARTS:
        raise MalformedError("not an array of four", at=at, clause=_CLAUSE)
    return _checked(value, at=at)


_TYPES: Final = frozenset(
    {(bytes, dict, bytes, bytes), (bytes, dict, type(None), bytes)}
)


def _checked(parts: list[CborValue], *, at: str) -> Frame:
    protected, unprotected, payload, proof = parts
    if not isinstance(protected, bytes):
        raise _no_bytes(f"{at}/protected")
    if not isinstance(unprotected, dict):
        raise MalformedError("not a map", at=f"{at}/unprotected", clause="RFC 9052 §3")
    if not (payload is None or isinstance(payload, bytes)):
        raise _no_bytes(f"{at}/payload")
    if not isinstance(proof, bytes):
        raise _no_bytes(f"{at}/proof")
    if len(proof) > limits.COSE_SIGNATURE_BYTES:
        raise LimitError("signature too long", at=f"{at}/proof", clause=_CLAUSE)
    return protected, unprotected, payload, proof


def _no_bytes(at: str) -> MalformedError:
    return MalformedError("not a byte string", at=at, clause=_CLAUSE)


# --- the usual shape, without a walk over all of it ----------------------------------

_NULL: Final = 0xF6
_EMPTY_BYTES, _FIRST_MAP, _MAP_END = 0x40, 0xA0, 0xB8
_ARRAY: Final = 0x84
_INLINE: Final = 24
# The heads of byte strings whose length stands in so many octets behind them.
_ONE_OCTET, _TWO_OCTETS, _FOUR_OCTETS = 0x58, 0x59, 0x5A


def _regular(data: bytes, starts: tuple[bytes, ...]) -> Frame | None:
    """Read the shape that nearly all messages have, three times as fast.

    That is small unsigned labels and byte strings outside of the protected header.
    Anything else, faults included, is None and goes the long way: whatever this reads,
    `read_cbor` reads alike.
    """
    if not data.startswith(starts):
        return None
    try:
        frame, end = frame_at(data, data.index(_ARRAY))
    except LookupError:
        return None
    # Slices end where the data do, so one comparison finds whatever is cut off.
    return frame if end == len(data) else None


ES256: Final = b"\xa1\x01\x26"
"""A protected header that names ES256, and says nothing else."""
ES256_BYTES: Final = 64
"""How long a signature by it is."""
PROOF_BY_ES256: Final = b"\x84\x43" + ES256 + b"\xa0\xf6\x58\x40"
"""What stands before such a signature over what travels elsewhere.

That is what nearly all devices write.
"""
# What stands before the length of a certificate of 256 to 65535 octets, where an issuer
# says nothing else; and what stands before its signature.
_BY_ONE_CERTIFICATE: Final = b"\x84\x43" + ES256 + b"\xa1\x18\x21\x59"
_THAT_LONG: Final = 1 << 8
_HEAD_OF_64: Final = b"\x58\x40"
_X5CHAIN: Final = 33


def frame_at(data: bytes, place: int) -> tuple[Frame, int]:
    """Return the untagged structure at a place, and where it ends.

    Nothing in it is longer than `data`, if where it ends is not behind the end of them.

    Raises:
        LookupError: there is none of the shape that nearly all have; the long way may
            find one.
    """
    if data.startswith(_BY_ONE_CERTIFICATE, place):
        found = _by_one_certificate(data, place + len(_BY_ONE_CERTIFICATE))
        if found is not None:
            return found
    if data.startswith(PROOF_BY_ES256, place):
        start = place + len(PROOF_BY_ES256)
        end = start + ES256_BYTES
        return (ES256, {}, None, data[start:end]), end
    if data[place] != _ARRAY:
        raise LookupError
    first, end = extent(data, place + 1)
    protected = data[first:end]
    unprotected: dict[CborKey, CborValue] = {}
    if data[end] == _FIRST_MAP:
        end += 1
    else:
        unprotected, end = _string_map(data, end)
    payload = None
    if data[end] == _NULL:
        end += 1
    else:
        first, end = extent(data, end)
        payload = data[first:end]
    first, end = extent(data, end)
    if end - first > limits.COSE_SIGNATURE_BYTES:
        raise LookupError
    return (protected, unprotected, payload, data[first:end]), end


def _by_one_certificate(data: bytes, place: int) -> tuple[Frame, int] | None:
    """Return a signature by ES256, from the length of the certificate on."""
    start = place + 2
    size = int.from_bytes(data[place:start])
    if size < _THAT_LONG:
        raise LookupError
    end = start + size
    if data[end] == _NULL:
        return None
    first, last = extent(data, end)
    if not data.startswith(_HEAD_OF_64, last):
        return None
    proof = last + len(_HEAD_OF_64)
    outside: dict[CborKey, CborValue] = {_X5CHAIN: data[start:end]}
    end = proof + ES256_BYTES
    return (ES256, outside, data[first:last], data[proof:end]), end


def extent(data: bytes, place: int) -> tuple[int, int]:
    """Return where the content of the byte string at `place` begins and ends.

    Raises:
        LookupError: there is no byte string with its length in shortest form.
    """
    head = data[place]
    if head < _ONE_OCTET:
        if head < _EMPTY_BYTES:
            raise LookupError
        return place + 1, place + 1 + head - _EMPTY_BYTES
    if head == _TWO_OCTETS:
        start, least = place + 3, 1 << 8
        length = data[place + 1] << 8 | data[place + 2]
    elif head == _ONE_OCTET:
        start, least = place + 2, _INLINE
        length = data[place + 1]
    elif head == _FOUR_OCTETS:
        start, least = place + 5, 1 << 16
        length = int.from_bytes(data[place + 1 : start], "big")
    else:
        raise LookupError
    if length < least:
        raise LookupError
    return start, start + length


def _string_map(data: bytes, place: int) -> tuple[dict[CborKey, CborValue], int]:
    """Return the map of byte strings at `place`, and where it ends.

    Raises:
        LookupError: there is no map, or one with other labels or values than usual.
    """
    if not _FIRST_MAP <= data[place] < _MAP_END:
        raise LookupError
    count = data[place] - _FIRST_MAP
    values: dict[CborKey, CborValue] = {}
    place += 1
    for _ in range(count):
        label = data[place]
        if label == _INLINE:
            place += 1
            label = data[place]
            if label < _INLINE:
                raise LookupError
        elif label > _INLINE:
            raise LookupError
        first, place = extent(data, place + 1)
        values[label] = data[first:place]
    if len(values) != count:
        raise LookupError
    return values, place
