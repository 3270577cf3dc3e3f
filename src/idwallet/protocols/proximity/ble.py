"""Messages over Bluetooth Low Energy: cut into pieces and put together again.

ISO/IEC 18013-5 8.3.3.1.1.6: a piece is what one attribute carries, and its first
octet is 1 where more follows and 0 where it is the last.
"""

import hashlib
from typing import Final

from idwallet import limits
from idwallet.credentials.mdoc.transcript import tagged
from idwallet.crypto.agreement import derive
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.proximity.keys import SessionKey

CLAUSE: Final = "ISO/IEC 18013-5 §8.3.3.1.1.6"
STATE_START: Final = b"\x01"
"""Written to the state characteristic: data may come (Table 13)."""
STATE_END: Final = b"\x02"
"""Written to the state characteristic: the transaction is over (Table 13)."""

_MORE, _LAST = b"\x01", b"\x00"
_ATTRIBUTE_OVERHEAD: Final = 3
_ATTRIBUTE_BYTES: Final = 512
_LEAST_MTU: Final = 23
_IDENT_BYTES: Final = 16


def ble_pieces(message: bytes, *, mtu: int) -> list[bytes]:
    """Cut a message for a connection whose attributes carry ``mtu - 3`` octets.

    Raises:
        UsageError: `mtu` is below 23, which every connection has.
    """
    if mtu < _LEAST_MTU:
        raise UsageError("an ATT_MTU is 23 at least")
    size = min(mtu - _ATTRIBUTE_OVERHEAD, _ATTRIBUTE_BYTES) - 1
    starts = range(0, max(len(message), 1), size)
    return [
        (_MORE if start + size < len(message) else _LAST)
        + message[start : start + size]
        for start in starts
    ]


class BlePieces:
    """Puts messages together from pieces, in the order in which they come.

    `most` bounds a message. Not thread-safe.
    """

    __slots__ = ("_held", "_most")

    def __init__(self, *, most: int = limits.PROXIMITY_RESPONSE_BYTES) -> None:
        """Begin with nothing."""
        self._most = most
        self._held = (
            bytearray()
        )  # no list: tiny pieces would cost many times their size

    def take(self, piece: bytes) -> bytes | None:
        """Take one piece; return the message that it completes, or None.

        Raises:
            MalformedError: it has no first octet of 0 or 1, or nothing behind it where
                more is to follow.
            LimitError: the message gets too long. Either way, begin anew.
        """
        first, rest = piece[:1], piece[1:]
        if len(piece) > _ATTRIBUTE_BYTES or first not in (_MORE, _LAST):
            raise MalformedError("no piece of a message", at="piece", clause=CLAUSE)
        if first == _MORE and not rest:
            raise MalformedError("an empty piece", at="piece", clause=CLAUSE)
        if len(self._held) + len(rest) > self._most:
            raise LimitError("too long", at="piece", clause="idwallet limits")
        self._held += rest
        if first == _MORE:
            return None
        message = bytes(self._held)
        self._held.clear()
        return message


def ble_ident(device_key: SessionKey) -> bytes:
    """Return the value of the Ident characteristic (8.3.3.1.1.3).

    A device that is connected to reads by it whether it met the reader that scanned its
    engagement; it is no secret.
    """
    octets = tagged(device_key.octets)
    no_salt = bytes(hashlib.sha256().digest_size)
    return derive(octets, salt=no_salt, info=b"BLEIdent", length=_IDENT_BYTES)
