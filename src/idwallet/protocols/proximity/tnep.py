"""How a reader chooses the service of handover on a tag, before it negotiates one.

NFC Forum Tag NDEF Exchange Protocol 1.0: the tag names its services, the reader
selects one, the tag says whether it is there.
"""

from typing import Final

from idwallet.errors import MalformedError
from idwallet.protocols.proximity.ndef import (
    WELL_KNOWN,
    Cursor,
    Record,
    read_records,
    write_records,
)

CLAUSE: Final = "NFC Forum TNEP 1.0 §4"
HANDOVER: Final = b"urn:nfc:sn:handover"
"""The name of the service of connection handover."""

_PARAMETER, _SELECT, _STATUS = b"Tp", b"Ts", b"Te"
_VERSION: Final = 0x10
_MAJOR: Final = 1
# One response at a time, no waiting between, fifteen extensions of it, any length.
_MODE: Final = b"\x00\x00\x0f\xff\xff"


def write_services() -> bytes:
    """Return the first message of a device: it offers to negotiate a handover."""
    payload = bytes((_VERSION, len(HANDOVER))) + HANDOVER + _MODE
    return write_records((Record(WELL_KNOWN, _PARAMETER, payload),))


def offers_handover(octets: bytes, *, at: str = "services") -> bool:
    """Tell whether a device's first message offers to negotiate a handover.

    It is static handover where it does not, and the message is a Handover Select.

    Raises:
        MalformedError, LimitError: it is no message, or a service breaks its form.
    """
    found = False
    for each in read_records(octets, at=at):
        if (each.kind, each.type) != (WELL_KNOWN, _PARAMETER):
            continue
        cursor = Cursor(each.payload, at=at, clause=CLAUSE)
        major = cursor.number() >> 4
        name = cursor.take(cursor.number())
        cursor.take(len(_MODE))
        found = found or (major == _MAJOR and name == HANDOVER)
    return found


def write_service_select() -> bytes:
    """Return what a reader sends to choose the service of handover."""
    payload = bytes((len(HANDOVER),)) + HANDOVER
    return write_records((Record(WELL_KNOWN, _SELECT, payload),))


def selects_handover(octets: bytes, *, at: str = "service") -> bool:
    """Tell whether a reader chose the service of handover, or another one.

    Raises:
        MalformedError, LimitError: it chose none.
    """
    cursor = Cursor(_only(octets, _SELECT, at=at), at=at, clause=CLAUSE)
    name = cursor.take(cursor.number())
    if cursor.left:
        raise cursor.fault("octets behind the service")
    return name == HANDOVER


def write_service_status(*, chosen: bool) -> bytes:
    """Return what a device answers: the service is there, or it is not."""
    payload = b"\x00" if chosen else b"\x01"
    return write_records((Record(WELL_KNOWN, _STATUS, payload),))


def is_chosen(octets: bytes, *, at: str = "status") -> bool:
    """Tell whether the service was there.

    Raises:
        MalformedError, LimitError: it is no status.
    """
    payload = _only(octets, _STATUS, at=at)
    if len(payload) != 1:
        raise MalformedError("not one status", at=at, clause=CLAUSE)
    return payload == b"\x00"


def _only(octets: bytes, type_: bytes, *, at: str) -> bytes:
    records = read_records(octets, at=at)
    if len(records) != 1 or (records[0].kind, records[0].type) != (WELL_KNOWN, type_):
        raise MalformedError("not one such record", at=at, clause=CLAUSE)
    return records[0].payload
