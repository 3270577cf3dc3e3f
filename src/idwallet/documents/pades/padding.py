"""The value of Contents without the zeros that fill the room left for it."""

from typing import Final

from idwallet.codec.der import DerError, element
from idwallet.errors import MalformedError

_INDEFINITE: Final = 0x80
_CLAUSE: Final = "ISO 32000-2 §12.8.3.3.1"


def unpadded(octets: bytes, *, at: str) -> bytes:
    """Return the message that a value begins with; behind it may be nothing but zeros.

    Raises:
        MalformedError: none begins there, or something else follows.
    """
    if octets[1:2] == bytes([_INDEFINITE]):
        # BER closes what it opened by two zeros: how many belong to it shows in it.
        stop = _end_of_ber(octets)
    else:
        try:
            _, stop, _ = element(octets, 0)
        except DerError as error:
            raise MalformedError(str(error), at=at, clause=_CLAUSE) from error
    if octets[stop:].strip(b"\0"):
        raise MalformedError("something after the signature", at=at, clause=_CLAUSE)
    return octets[:stop]


def _end_of_ber(octets: bytes) -> int:
    """Return where a BER element of no stated length ends (X.690 8.1.3.6)."""
    depth, offset = 0, 0
    while offset < len(octets):
        if octets[offset : offset + 2] == b"\0\0" and depth:
            depth, offset = depth - 1, offset + 2
        elif octets[offset + 1 : offset + 2] == bytes([_INDEFINITE]):
            depth, offset = depth + 1, offset + 2
        else:
            try:
                _, offset, _ = element(octets, offset)
            except DerError:
                return len(octets)
        if not depth:
            return offset
    return len(octets)
