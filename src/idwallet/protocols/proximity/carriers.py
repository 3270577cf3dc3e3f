"""Carriers of data as NFC names them: configuration records, and what points to them.

    ISO/IEC 18013-5 8.2.2.1, NFC Forum Connection Handover 1.5, and for Bluetooth the
    Supplement to the Core Specification, part A 1.

For Bluetooth one service stands for both modes, and who is peripheral is said from the
sender's side.
"""

from typing import Final

from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.proximity.methods import (
    ADDRESS_BYTES,
    SERVICE_BYTES,
    Ble,
    Method,
    Nfc,
    OtherMethod,
)
from idwallet.protocols.proximity.ndef import (
    EXTERNAL,
    MEDIA,
    WELL_KNOWN,
    Cursor,
    Record,
)

CLAUSE: Final = "ISO/IEC 18013-5 §8.2.2.1"
CARRIER: Final = b"ac"
_ACTIVE: Final = 1
_CARRIER_STATE: Final = 0x03
_BLE_TYPE: Final = b"application/vnd.bluetooth.le.oob"
_NFC_TYPE: Final = b"iso.org:18013:nfc"
_WIFI_TYPE: Final = b"application/vnd.wfa.nan"
_BLE_ID, _NFC_ID = b"0", b"nfc"
_SERVICES, _ADDRESS, _ROLE = 0x07, 0x1B, 0x1C
_PERIPHERAL_ONLY, _CENTRAL_ONLY, _PERIPHERAL_PREFERRED, _CENTRAL_PREFERRED = range(4)
_RANDOM: Final = b"\x01"
_NFC_VERSION: Final = 1
_COMMAND, _RESPONSE = 1, 2
UNNAMED: Final = bytes(SERVICE_BYTES)
"""The service of a mode that a reader offers and leaves to the device to name."""
LEAST_NFC: Final = Nfc(255, 256)
"""What everybody supports, where nothing is said of lengths."""


def read_carrier(
    record: Record, *, by_reader: bool, service: bytes | None, at: str
) -> Method | None:
    """Return the way that a record configures, or None where it configures none.

    `service` stands in where the record names no Bluetooth service: in negotiated
    handover only one side says it (8.2.2.3).

    Raises:
        MalformedError: it breaks its structure.
    """
    if (record.kind, record.type) == (MEDIA, _BLE_TYPE):
        return _ble(record.payload, by_reader=by_reader, service=service, at=at)
    if (record.kind, record.type) == (EXTERNAL, _NFC_TYPE):
        return _nfc(record.payload, at=at)
    if (record.kind, record.type) == (MEDIA, _WIFI_TYPE):
        return OtherMethod(3, 1)  # its attributes are not read here
    return None


def _ble(payload: bytes, *, by_reader: bool, service: bytes | None, at: str) -> Method:
    cursor = Cursor(payload, at=at, clause=CLAUSE)
    said: dict[int, bytes] = {}
    while cursor.left:
        length = cursor.number()
        if not length:
            raise cursor.fault("an entry of no length")
        kind = cursor.number()
        if kind in said:
            raise cursor.fault("an entry twice")
        said[kind] = cursor.take(length - 1)
    role = said.get(_ROLE, b"")
    if len(role) != 1 or role[0] > _CENTRAL_PREFERRED:
        raise cursor.fault("no role of Bluetooth LE")
    services = said.get(_SERVICES, b"")
    if len(services) not in (0, SERVICE_BYTES):
        raise cursor.fault("one service of 128 bits stands there, or none")
    # The supplement has the least significant octet first.
    named = services[::-1] or service
    if named is None:
        raise cursor.fault("no service of Bluetooth LE")
    only = {_PERIPHERAL_ONLY: not by_reader, _CENTRAL_ONLY: by_reader}.get(role[0])
    address = said.get(_ADDRESS)
    if address is not None and len(address) - ADDRESS_BYTES not in (0, 1):
        raise cursor.fault("an address of Bluetooth LE of another length")
    return Ble(
        peripheral=None if only is False else named,
        central=None if only is True else named,
        address=None if address is None else address[:ADDRESS_BYTES][::-1],
    )


def _nfc(payload: bytes, *, at: str) -> Nfc:
    cursor = Cursor(payload, at=at, clause=CLAUSE)
    if cursor.number() != _NFC_VERSION:
        raise cursor.fault("another version")
    if not cursor.left:
        return LEAST_NFC
    lengths: list[int] = []
    for kind in (_COMMAND, _RESPONSE):
        length = cursor.number()
        if cursor.number() != kind or length < 2:
            raise cursor.fault("not the length of a command and of a response")
        lengths.append(cursor.number(length - 1))
    try:
        return Nfc(*lengths)
    except UsageError as error:
        raise MalformedError(str(error), at=at, clause=CLAUSE) from None


def write_carrier(
    method: Method, *, by_reader: bool, names_service: bool = True
) -> Record:
    """Return the record that configures a way.

    Raises:
        UsageError: no record is known for that way, or two services stand for one.
    """
    if isinstance(method, Nfc):
        payload = bytes((_NFC_VERSION,)) + b"".join(
            _length(kind, number)
            for kind, number in (
                (_COMMAND, method.command_bytes),
                (_RESPONSE, method.response_bytes),
            )
        )
        return Record(EXTERNAL, _NFC_TYPE, payload, _NFC_ID)
    if not isinstance(method, Ble):
        raise UsageError("NFC hands over to Bluetooth LE or to itself")
    return Record(
        MEDIA,
        _BLE_TYPE,
        _written(method, by_reader=by_reader, names_service=names_service),
        _BLE_ID,
    )


def _written(method: Ble, *, by_reader: bool, names_service: bool) -> bytes:
    services = {each for each in (method.peripheral, method.central) if each}
    if len(services) != 1:
        raise UsageError("over NFC one service stands for both modes of Bluetooth LE")
    (service,) = services
    if method.peripheral and method.central:
        role = _CENTRAL_PREFERRED
    else:
        is_peripheral = (method.peripheral is not None) is not by_reader
        role = _PERIPHERAL_ONLY if is_peripheral else _CENTRAL_ONLY
    parts = [_entry(_ADDRESS, method.address[::-1] + _RANDOM)] if method.address else []
    parts.append(_entry(_ROLE, bytes((role,))))
    parts += [_entry(_SERVICES, service[::-1])] if names_service else []
    return b"".join(parts)


def _entry(kind: int, data: bytes) -> bytes:
    return bytes((len(data) + 1, kind)) + data


def _length(kind: int, number: int) -> bytes:
    return _entry(kind, number.to_bytes(max(1, (number.bit_length() + 7) // 8)))


def points_to(record: Record, beside: tuple[bytes, ...]) -> Record:
    """Return the alternative carrier that points to a configuration, and what beside.

    `beside` are the identifiers of the records that belong to it.
    """
    parts = [bytes((_ACTIVE, len(record.id))), record.id, bytes((len(beside),))]
    for each in beside:
        parts += [bytes((len(each),)), each]
    return Record(WELL_KNOWN, CARRIER, b"".join(parts))


def pointed_to(record: Record, *, at: str) -> bytes | None:
    """Return the identifier that an alternative carrier points to; None where off.

    Raises:
        MalformedError: it breaks its structure.
    """
    cursor = Cursor(record.payload, at=at, clause="NFC Forum CH 1.5 §7.1")
    state = cursor.number() & _CARRIER_STATE
    pointer = cursor.take(cursor.number())
    for _ in range(cursor.number()):
        cursor.take(cursor.number())
    if not pointer or cursor.left:
        raise cursor.fault("not one pointer, and what belongs to it")
    return pointer if state else None
