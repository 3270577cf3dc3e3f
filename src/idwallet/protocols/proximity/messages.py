"""What travels in a session (ISO/IEC 18013-5 9.1.1.4).

    SessionEstablishment = {"eReaderKey": EReaderKeyBytes, "data": bstr}
    SessionData          = {? "data": bstr, ? "status": uint}
    MessageData          = {"deviceEngagementBytes": DeviceEngagementBytes}

The last is how a device answers a reader's engagement (ISO/IEC TS 18013-7 Annex A).
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import (
    ENCODED_CBOR,
    CborMap,
    embedded,
    read_map,
    typed,
)
from idwallet.credentials.mdoc.transcript import tagged
from idwallet.envelope.cose.structures import string_head
from idwallet.errors import LimitError, MalformedError

CLAUSE: Final = "ISO/IEC 18013-5 §9.1.1.4"
_KEY, _DATA, _STATUS = "eReaderKey", "data", "status"
_ENGAGEMENT: Final = "deviceEngagementBytes"
_ESTABLISHMENT: Final = b"\xa2\x6aeReaderKey"
_THEN_DATA: Final = b"\x64data"


class Status(IntEnum):
    """Why a session ends (Table 20)."""

    ENCRYPTION_ERROR = 10
    DECODING_ERROR = 11
    TERMINATION = 20


@dataclass(frozen=True, slots=True)
class SessionMessage:
    """One message: the members it has, each as received.

    `reader_key` and `engagement` are the octets inside of tag 24, `data` is encrypted.
    """

    reader_key: bytes | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)
    status: int | None = None
    engagement: bytes | None = field(default=None, repr=False)


def read_message(octets: bytes, *, most: int, at: str = "message") -> SessionMessage:
    """Read a message of any kind, of at most `most` octets; others are refused unread.

    Members that are not known are read past: the second edition has more.

    Raises:
        MalformedError, UnsupportedError: it is none of them.
        LimitError: it is too long.
    """
    if len(octets) > most:
        raise LimitError("too long", at=at, clause="idwallet limits")
    held = read_map(octets, at=at, clause=CLAUSE)
    read = SessionMessage(
        _embedded(held, _KEY, at=at),
        _data(held, at=at),
        _status(held, at=at),
        _embedded(held, _ENGAGEMENT, at=at),
    )
    said = read.data is not None or read.status is not None
    if read.engagement is not None:
        # It stands alone: nothing can be encrypted before both sides have a key.
        well_formed = not said and read.reader_key is None
    elif read.reader_key is not None:
        well_formed = read.data is not None and read.status is None
    else:
        errs = read.status not in (None, Status.TERMINATION)
        well_formed = said and not (errs and read.data is not None)
    if not well_formed:
        raise MalformedError("not a message of a session", at=at, clause=CLAUSE)
    return read


def _embedded(held: CborMap, name: str, *, at: str) -> bytes | None:
    if name not in held:
        return None
    return embedded(held[name], at=f"{at}/{name}", clause=CLAUSE)


def _data(held: CborMap, *, at: str) -> bytes | None:
    if _DATA not in held:
        return None
    return typed(held[_DATA], bytes, at=f"{at}/data", clause=CLAUSE)


def _status(held: CborMap, *, at: str) -> int | None:
    if _STATUS not in held:
        return None
    status = typed(held[_STATUS], int, at=f"{at}/status", clause=CLAUSE)
    if status < 0:
        raise MalformedError("negative", at=f"{at}/status", clause=CLAUSE)
    return status


def write_establishment(reader_key: bytes, data: bytes) -> bytes:
    """Return the first message of a reader, in the order of the standard's example."""
    return b"".join(
        (
            _ESTABLISHMENT,
            tagged(reader_key),
            _THEN_DATA,
            string_head(len(data)),
            data,
        )
    )


def write_data(data: bytes | None, status: Status | None = None) -> bytes:
    """Return any later message: encrypted data, a status, or both."""
    held: dict[CborKey, CborValue] = {}
    if data is not None:
        held[_DATA] = data
    if status is not None:
        held[_STATUS] = int(status)
    return write_cbor(held)


def write_engaged(engagement: bytes) -> bytes:
    """Return a device's answer to a reader's engagement."""
    return write_cbor({_ENGAGEMENT: CborTag(ENCODED_CBOR, engagement)})
