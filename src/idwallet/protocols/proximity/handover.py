"""Engagement by NFC: handover, static or negotiated (ISO/IEC 18013-5 8.2.2.1).

In static handover a device offers its ways in a Handover Select message. In negotiated
handover the reader offers its own in a Handover Request before, and the device selects
of them. Both messages are in the transcript, octet by octet.
"""

from dataclasses import dataclass, field
from typing import Final

from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.proximity.carriers import (
    CARRIER,
    UNNAMED,
    pointed_to,
    points_to,
    read_carrier,
    write_carrier,
)
from idwallet.protocols.proximity.engagement import (
    DeviceEngagement,
    ReaderEngagement,
    read_device_engagement,
    read_reader_engagement,
    write_reader_engagement,
)
from idwallet.protocols.proximity.methods import Ble, Method
from idwallet.protocols.proximity.ndef import (
    EXTERNAL,
    WELL_KNOWN,
    Record,
    read_records,
    write_records,
)

CLAUSE: Final = "ISO/IEC 18013-5 §8.2.2.1"
_VERSION: Final = 0x15
_MAJOR: Final = 1
_SELECT, _REQUEST, _COLLISION = b"Hs", b"Hr", b"cr"
_DEVICE: Final = (b"iso.org:18013:deviceengagement", b"mdoc")
_READER: Final = (b"iso.org:18013:readerengagement", b"mdocreader")


@dataclass(frozen=True, slots=True)
class HandoverSelect:
    """What a device hands over: its engagement, and how it is reached.

    `octets` are the message as it went across.
    """

    octets: bytes = field(repr=False)
    engagement: DeviceEngagement
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class HandoverRequest:
    """What a reader offers: how it can be met, and its engagement where it sent one.

    `octets` are the message as it went across.
    """

    octets: bytes = field(repr=False)
    methods: tuple[Method, ...]
    engagement: ReaderEngagement | None = None


def write_handover_request(methods: tuple[Method, ...]) -> HandoverRequest:
    """Return what a reader offers in negotiated handover.

    Raises:
        UsageError: no way, one that NFC has no record for, or two services for one.
    """
    engagement = write_reader_engagement(None)
    beside = Record(EXTERNAL, *_pair(_READER, engagement.octets))
    octets = _message(_REQUEST, methods, beside=beside, names_service=True)
    return HandoverRequest(octets, methods, engagement)


def write_handover_select(
    engagement: DeviceEngagement,
    methods: tuple[Method, ...],
    *,
    asked: HandoverRequest | None = None,
) -> HandoverSelect:
    """Return what a device hands over; with `asked` it is one way that was offered.

    Where the reader named the Bluetooth service, the device does not (8.2.2.3).

    Raises:
        UsageError: no way, one that NFC has no record for, or that nobody offered.
    """
    named = True
    if asked is not None:
        if len(methods) != 1 or not _is_offered(methods[0], asked):
            raise UsageError("a device selects one way of those that were offered")
        way = methods[0]
        named = not (isinstance(way, Ble) and way.peripheral is None)
    beside = Record(EXTERNAL, *_pair(_DEVICE, engagement.octets))
    octets = _message(_SELECT, methods, beside=beside, names_service=named)
    return HandoverSelect(octets, engagement, methods)


def _pair(named: tuple[bytes, bytes], payload: bytes) -> tuple[bytes, bytes, bytes]:
    return named[0], payload, named[1]


def _message(
    kind: bytes, methods: tuple[Method, ...], *, beside: Record, names_service: bool
) -> bytes:
    if not methods:
        raise UsageError("a handover is to some way")
    by_reader = kind == _REQUEST
    carriers = tuple(
        write_carrier(each, by_reader=by_reader, names_service=names_service)
        for each in methods
    )
    if len({each.id for each in carriers}) != len(carriers):
        raise UsageError("a handover has one record for each kind of way")
    also = () if by_reader else (beside.id,)
    inside = write_records(tuple(points_to(each, also) for each in carriers))
    head = Record(WELL_KNOWN, kind, bytes((_VERSION,)) + inside)
    return write_records((head, *carriers, beside))


def read_handover_request(octets: bytes, *, at: str = "request") -> HandoverRequest:
    """Read what a reader offers.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is no Handover Request.
    """
    records = read_records(octets, at=at)
    methods = _methods(records, _REQUEST, asked=None, at=at)
    found = [each for each in records if _is(each, _READER[0])]
    if len(found) > 1:
        raise MalformedError("two engagements of a reader", at=at, clause=CLAUSE)
    engagement = None
    if found:
        engagement = read_reader_engagement(found[0].payload, at=f"{at}/engagement")
    return HandoverRequest(octets, methods, engagement)


def read_handover_select(
    octets: bytes, *, asked: HandoverRequest | None = None, at: str = "select"
) -> HandoverSelect:
    """Read what a device hands over; with `asked` it was negotiated.

    Raises:
        MalformedError, LimitError: it is no Handover Select, names no way, or one that
            nobody offered.
        UnsupportedError: of another version, or a curve not known here.
    """
    records = read_records(octets, at=at)
    methods = _methods(records, _SELECT, asked=asked, at=at)
    found = [each for each in records if _is(each, _DEVICE[0])]
    if len(found) != 1 or found[0].id != _DEVICE[1]:
        raise MalformedError("not one engagement of a device", at=at, clause=CLAUSE)
    if asked is not None and not all(_is_offered(each, asked) for each in methods):
        raise MalformedError("a way that nobody offered", at=at, clause=CLAUSE)
    engagement = read_device_engagement(found[0].payload, at=f"{at}/engagement")
    return HandoverSelect(octets, engagement, methods)


def _is(record: Record, type_: bytes) -> bool:
    return (record.kind, record.type) == (EXTERNAL, type_)


def _is_offered(method: Method, asked: HandoverRequest) -> bool:
    """Tell whether a reader offered that; of Bluetooth in that mode."""
    for each in asked.methods:
        if isinstance(each, Ble) and isinstance(method, Ble):
            return all(
                offered is not None
                for wanted, offered in (
                    (method.peripheral, each.peripheral),
                    (method.central, each.central),
                )
                if wanted is not None
            )
        if type(each) is type(method):
            return True
    return False


def _methods(
    records: tuple[Record, ...],
    kind: bytes,
    *,
    asked: HandoverRequest | None,
    at: str,
) -> tuple[Method, ...]:
    """Return the ways that the head of a message points to, in its order."""
    head, *others = records
    if (head.kind, head.type) != (WELL_KNOWN, kind):
        raise MalformedError("not that kind of handover", at=at, clause=CLAUSE)
    if not head.payload or head.payload[0] >> 4 != _MAJOR:
        raise UnsupportedError("another version of handover", at=at, clause=CLAUSE)
    by_id = {each.id: each for each in others if each.id}
    if len(by_id) != sum(1 for each in others if each.id):
        raise MalformedError("an identifier twice", at=at, clause=CLAUSE)
    # A reader may leave the service of peripheral mode to the device.
    service = UNNAMED if kind == _REQUEST else _service(asked)
    methods: list[Method] = []
    for pointer in _pointers(head.payload[1:], at=at):
        record = by_id.get(pointer)
        if record is None:
            raise MalformedError("a pointer to nothing", at=at, clause=CLAUSE)
        found = read_carrier(
            record, by_reader=kind == _REQUEST, service=service, at=f"{at}/carrier"
        )
        methods += [] if found is None else [found]
    if not methods:
        raise MalformedError("no way that is known here", at=at, clause=CLAUSE)
    return tuple(methods)


def _pointers(octets: bytes, *, at: str) -> list[bytes]:
    pointers: list[bytes] = []
    for each in read_records(octets, at=f"{at}/handover"):
        if (each.kind, each.type) == (WELL_KNOWN, CARRIER):
            pointer = pointed_to(each, at=f"{at}/handover")
            pointers += [] if pointer is None else [pointer]
        elif (each.kind, each.type) != (WELL_KNOWN, _COLLISION):
            raise MalformedError("an unknown record", at=at, clause=CLAUSE)
    return pointers


def _service(asked: HandoverRequest | None) -> bytes | None:
    ways = () if asked is None else asked.methods
    for each in ways:
        if isinstance(each, Ble):
            service = each.central or each.peripheral
            return None if service == UNNAMED else service
    return None
