"""Engagement by NFC: what is handed over, and what no handover is."""

from collections.abc import Callable
from typing import Final

import pytest

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.proximity.apdu import (
    APPLICATION,
    DONE,
    SELECT,
    NfcDevice,
    NfcReader,
    unwrapped,
    wrapped,
)
from idwallet.protocols.proximity.carriers import LEAST_NFC
from idwallet.protocols.proximity.device import DeviceSession
from idwallet.protocols.proximity.handover import (
    read_handover_request,
    read_handover_select,
    write_handover_request,
)
from idwallet.protocols.proximity.machine import AnswerHeard, RequestHeard
from idwallet.protocols.proximity.methods import Ble, Method, Nfc, Rest, WifiAware
from idwallet.protocols.proximity.ndef import (
    EXTERNAL,
    MEDIA,
    WELL_KNOWN,
    Record,
    read_records,
    write_records,
)
from idwallet.protocols.proximity.reader import ReaderSession
from tests.unit.protocols.proximity.sessions import AT, REQUEST, RESPONSE, Pair

SERVICE: Final = bytes(range(16))
BOTH: Final = Ble(peripheral=SERVICE, central=SERVICE, address=bytes(range(6)))
CENTRAL: Final = Ble(central=SERVICE)
PERIPHERAL: Final = Ble(peripheral=SERVICE)
OFFERED: Final = write_handover_request((BOTH, Nfc(4096, 65_536)))


def _talk(pair: Pair) -> None:
    (asked,) = pair.device.receive(pair.reader.ask(REQUEST, at=AT), at=AT)
    assert isinstance(asked, RequestHeard)
    assert asked.handover == pair.conversation.handover
    sent = pair.device.answer(RESPONSE, at=AT)
    assert pair.reader.receive(sent, at=AT) == (AnswerHeard(RESPONSE),)


@pytest.mark.parametrize(
    "methods", [(CENTRAL,), (PERIPHERAL,), (BOTH,), (Nfc(255, 256),), (BOTH, LEAST_NFC)]
)
def test_in_static_handover_the_device_says_how_it_is_reached(
    methods: tuple[Method, ...],
) -> None:
    device, handed = DeviceSession.by_nfc(methods, at=AT)
    read = read_handover_select(handed.octets)
    assert read == handed
    _talk(Pair(device, ReaderSession.by_nfc(read, at=AT)))


@pytest.mark.parametrize(
    ("chosen", "names_service"),
    [(CENTRAL, False), (PERIPHERAL, True), (Nfc(255, 256), False)],
)
def test_in_negotiated_handover_the_device_selects_one_way_of_those_offered(
    chosen: Method, names_service: bool
) -> None:
    asked = read_handover_request(OFFERED.octets)
    assert asked == OFFERED
    device, handed = DeviceSession.by_nfc((chosen,), at=AT, asked=asked)
    assert (SERVICE[::-1] in handed.octets) is names_service
    read = read_handover_select(handed.octets, asked=OFFERED)
    assert read.methods == (chosen,)
    _talk(Pair(device, ReaderSession.by_nfc(read, at=AT, asked=OFFERED)))


def test_a_device_selects_nothing_that_nobody_offered() -> None:
    only = write_handover_request((PERIPHERAL,))
    for chosen in ((CENTRAL,), (LEAST_NFC,), (PERIPHERAL, LEAST_NFC), ()):
        with pytest.raises(UsageError):
            DeviceSession.by_nfc(chosen, at=AT, asked=only)
    _, handed = DeviceSession.by_nfc((CENTRAL,), at=AT)
    with pytest.raises(MalformedError, match="nobody offered"):
        read_handover_select(handed.octets, asked=only)
    assert read_handover_select(handed.octets).methods == (CENTRAL,)


def test_ways_without_a_record_are_not_handed_over() -> None:
    for methods in (
        (WifiAware(),),
        (Rest("https://desk.example/"),),
        (),
        (CENTRAL, PERIPHERAL),
        (Ble(peripheral=SERVICE, central=bytes(16)),),
    ):
        with pytest.raises(UsageError):
            write_handover_request(methods)


def test_a_session_of_one_handover_is_not_that_of_another() -> None:
    device, handed = DeviceSession.by_nfc((CENTRAL,), at=AT)
    select = read_handover_select(handed.octets)
    other = ReaderSession.by_nfc(select, at=AT, asked=OFFERED)
    reply, _ = device.receive(other.ask(REQUEST, at=AT), at=AT)
    assert reply.octets == bytes.fromhex("a1667374617475730a")  # type: ignore[union-attr]


# --- what no handover is ----------------------------------------------------------


def _select() -> tuple[Record, ...]:
    _, handed = DeviceSession.by_nfc((BOTH,), at=AT)
    return read_records(handed.octets, at="")


def _with(
    records: tuple[Record, ...], number: int, **changed: object
) -> tuple[Record, ...]:
    held = records[number]
    fields = {
        "kind": held.kind,
        "type": held.type,
        "payload": held.payload,
        "id": held.id,
    }
    made = Record(**(fields | changed))  # type: ignore[arg-type]
    return (*records[:number], made, *records[number + 1 :])


def _oob(payload: bytes) -> Callable[[tuple[Record, ...]], tuple[Record, ...]]:
    return lambda records: _with(records, 1, payload=payload)


HANDOVERS: Final[
    dict[
        str, tuple[Callable[[tuple[Record, ...]], tuple[Record, ...]], type[Exception]]
    ]
] = {
    "no-head": (lambda r: r[1:], MalformedError),
    "the-head-of-a-request": (lambda r: _with(r, 0, type=b"Hr"), MalformedError),
    "a-head-of-another-kind": (lambda r: _with(r, 0, kind=EXTERNAL), MalformedError),
    "a-head-without-a-version": (lambda r: _with(r, 0, payload=b""), UnsupportedError),
    "a-head-of-version-2": (
        lambda r: _with(r, 0, payload=b"\x20" + r[0].payload[1:]),
        UnsupportedError,
    ),
    "a-head-of-nothing": (lambda r: _with(r, 0, payload=b"\x15"), MalformedError),
    "a-head-of-something-else": (
        lambda r: _with(
            r, 0, payload=b"\x15" + write_records((Record(WELL_KNOWN, b"T", b"x"),))
        ),
        MalformedError,
    ),
    "a-pointer-cut-off": (
        lambda r: _with(
            r, 0, payload=b"\x15" + write_records((Record(WELL_KNOWN, b"ac", b"\x01"),))
        ),
        MalformedError,
    ),
    "a-pointer-to-nothing": (lambda r: _with(r, 1, id=b"1"), MalformedError),
    "a-carrier-that-is-off": (
        lambda r: _with(r, 0, payload=r[0].payload.replace(b"ac\x01", b"ac\x00")),
        MalformedError,
    ),
    "an-identifier-twice": (lambda r: (*r, r[1]), MalformedError),
    "no-engagement": (lambda r: r[:-1], MalformedError),
    "two-engagements": (
        lambda r: (*r, Record(r[-1].kind, r[-1].type, r[-1].payload, b"m2")),
        MalformedError,
    ),
    "an-engagement-of-another-name": (
        lambda r: _with(r, 2, id=b"else"),
        MalformedError,
    ),
    "an-engagement-that-is-none": (
        lambda r: _with(r, 2, payload=b"\xa0"),
        MalformedError,
    ),
    "a-carrier-that-nobody-knows": (
        lambda r: _with(r, 1, kind=EXTERNAL),
        MalformedError,
    ),
    "bluetooth-without-a-role": (_oob(b"\x11\x07" + SERVICE), MalformedError),
    "bluetooth-of-role-4": (_oob(b"\x02\x1c\x04\x11\x07" + SERVICE), MalformedError),
    "bluetooth-without-a-service": (_oob(b"\x02\x1c\x01"), MalformedError),
    "bluetooth-of-two-services": (
        _oob(b"\x02\x1c\x01\x21\x07" + SERVICE * 2),
        MalformedError,
    ),
    "bluetooth-of-two-roles": (
        _oob(b"\x02\x1c\x01\x02\x1c\x01\x11\x07" + SERVICE),
        MalformedError,
    ),
    "bluetooth-of-no-length": (
        _oob(b"\x00\x02\x1c\x01\x11\x07" + SERVICE),
        MalformedError,
    ),
    "bluetooth-cut-off": (_oob(b"\x02\x1c\x01\x11\x07" + SERVICE[1:]), MalformedError),
    "bluetooth-of-a-short-address": (
        _oob(b"\x06\x1b12345\x02\x1c\x01\x11\x07" + SERVICE),
        MalformedError,
    ),
}


@pytest.mark.parametrize("name", HANDOVERS)
def test_a_faulty_handover_is_refused_and_its_twin_is_read(name: str) -> None:
    change, expected = HANDOVERS[name]
    records = _select()
    assert read_handover_select(write_records(records)).methods == (BOTH,)
    with pytest.raises(expected) as refused:
        read_handover_select(write_records(change(records)))
    assert type(refused.value) is expected


@pytest.mark.parametrize(
    ("payload", "read"),
    [
        (b"\x01", LEAST_NFC),
        (bytes.fromhex("010301ffff0402010000"), Nfc(65_535, 65_536)),
        (b"\x02", None),
        (b"", None),
        (bytes.fromhex("010301ffff"), None),
        (bytes.fromhex("010402010000 0301ffff".replace(" ", "")), None),
        (bytes.fromhex("0102010003020100"), None),
    ],
)
def test_lengths_of_nfc_are_read_within_their_bounds(
    payload: bytes, read: Nfc | None
) -> None:
    records = read_records(write_handover_request((LEAST_NFC,)).octets, at="")
    octets = write_records(_with(records, 1, payload=payload))
    if read is None:
        with pytest.raises(MalformedError):
            read_handover_request(octets)
    else:
        assert read_handover_request(octets).methods == (read,)


def test_two_engagements_of_a_reader_are_refused_and_none_is_fine() -> None:
    records = read_records(OFFERED.octets, at="")
    again = Record(records[-1].kind, records[-1].type, records[-1].payload, b"two")
    with pytest.raises(MalformedError, match="two engagements"):
        read_handover_request(write_records((*records, again)))
    alone = read_handover_request(write_records(records[:-1]))
    assert alone.engagement is None
    assert alone.methods == OFFERED.methods


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        bytes.fromhex("5101015478"),
        bytes.fromhex("9101015478"),
        bytes.fromhex("f101015478"),
        bytes.fromhex("d101015478") + b"\x00",
        bytes.fromhex("d1010154"),
        bytes.fromhex("d701015478"),
        bytes.fromhex("d100 0178".replace(" ", "")),
        bytes.fromhex("d000 0178".replace(" ", "")),
        bytes.fromhex("d501015478"),
        bytes.fromhex("9101015478d101015478"),
        bytes.fromhex("c101fffffff05478"),
    ],
    ids=[
        "nothing",
        "no-beginning",
        "no-end",
        "in-pieces",
        "octets-behind",
        "cut-off",
        "of-no-kind",
        "of-no-type",
        "not-empty",
        "unknown-with-a-type",
        "two-beginnings",
        "of-four-gigabytes",
    ],
)
def test_what_is_no_message_of_ndef_is_refused(octets: bytes) -> None:
    assert read_records(bytes.fromhex("d101015478"), at="")
    with pytest.raises(MalformedError):
        read_records(octets, at="ndef")


def test_messages_of_ndef_are_bounded() -> None:
    record = Record(MEDIA, b"a/b", bytes(300), b"1")
    assert read_records(write_records((record,)), at="") == (record,)
    with pytest.raises(LimitError):
        read_records(write_records((record,) * 17), at="")
    long = Record(MEDIA, b"a/b", bytes(limits.NDEF_BYTES))
    with pytest.raises(LimitError):
        read_records(write_records((long,)), at="")
    for wrong in ((), (Record(MEDIA, bytes(256), b""),)):
        with pytest.raises(UsageError):
            write_records(wrong)


# --- commands and responses -------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 600, 65_536, 70_000])
@pytest.mark.parametrize("lengths", [LEAST_NFC, Nfc(4096, 65_536)])
def test_messages_pass_in_commands_of_every_length(size: int, lengths: Nfc) -> None:
    message = bytes(n % 251 for n in range(size))
    assert unwrapped(wrapped(message)) == message
    device, reader = NfcDevice(), NfcReader(lengths)
    assert device.take(SELECT) == (DONE, None)
    for _ in range(2):
        assert _exchanged(device, reader, message) == message[::-1]


def _exchanged(device: NfcDevice, reader: NfcReader, message: bytes) -> bytes:
    command: bytes | None = reader.send(message)
    while command is not None:
        response, heard = device.take(command)
        if heard is not None:
            assert heard == message
            response = device.send(heard[::-1])
        assert response is not None
        command, answer = reader.take(response)
        if answer is not None:
            return answer
    raise AssertionError


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (b"\x00\xa4\x04\x00\x07" + APPLICATION[:-1] + b"\x01\x00", "6a82"),
        (bytes.fromhex("00b0000000"), "6d00"),
        (bytes.fromhex("00c0000000"), "6d00"),
        (bytes.fromhex("80c3000000"), "6f00"),
        (bytes.fromhex("00c300000000055301"), "6f00"),
        (bytes.fromhex("00c30000025300"), "6f00"),
        (bytes.fromhex("00c3000003530178ff00"), "6f00"),
        (bytes.fromhex("00c300000454017800"), "6f00"),
        (bytes.fromhex("00c30000045381017800"), "6f00"),
        (b"\x00", "6f00"),
        (b"", "6f00"),
    ],
)
def test_a_faulty_command_is_answered_by_a_status_word(
    command: bytes, status: str
) -> None:
    device = NfcDevice()
    assert device.take(bytes.fromhex("00c300000353017800")) == (b"\x6f\x00", None)
    device.take(SELECT)
    assert device.take(bytes.fromhex("00c300000353017800")) == (None, b"x")
    device.send(b"y")
    assert device.take(command) == (bytes.fromhex(status), None)


def test_a_message_of_no_length_is_one() -> None:
    device = NfcDevice()
    device.take(SELECT)
    assert device.take(bytes.fromhex("00c3000002530000")) == (None, b"")


def test_what_was_under_way_is_forgotten_at_a_fault() -> None:
    whole = wrapped(b"a message")
    first = b"\x10\xc3\x00\x00\x04" + whole[:4]
    second = b"\x00\xc3\x00\x00" + bytes((len(whole) - 4,)) + whole[4:] + b"\x00"
    device = NfcDevice()
    device.take(SELECT)
    assert device.take(first) == (DONE, None)
    assert device.take(second) == (None, b"a message")
    assert device.take(first) == (DONE, None)
    assert device.take(b"\x80") == (b"\x6f\x00", None)
    assert device.take(second) == (b"\x6f\x00", None)


def test_an_answer_is_sent_once_and_its_rest_to_nobody_else() -> None:
    asks = bytes.fromhex("00c300000353017800")
    get = bytes.fromhex("00c0000000")
    device = NfcDevice()
    device.take(SELECT)
    device.take(asks)
    assert device.send(bytes(300))[-2] == 0x61
    with pytest.raises(UsageError, match="nobody expects"):
        device.send(bytes(300))
    rest, _ = device.take(get)
    assert rest is not None
    assert rest.endswith(DONE)
    device.take(asks)
    device.send(bytes(300))
    # A new message begins: nobody gets the rest of the old answer.
    device.take(b"\x10" + asks[1:-1])
    assert device.take(get) == (bytes.fromhex("6d00"), None)


@pytest.mark.parametrize("interrupting", [SELECT, b"\x80\xc3\x00\x00", b""])
def test_an_answer_to_what_was_interrupted_is_sent_to_nobody(
    interrupting: bytes,
) -> None:
    device = NfcDevice()
    device.take(SELECT)
    asks = bytes.fromhex("00c300000353017800")
    assert device.take(asks) == (None, b"x")
    twin = NfcDevice()
    twin.take(SELECT)
    twin.take(asks)
    assert twin.send(b"answer").endswith(DONE)
    device.take(interrupting)
    with pytest.raises(UsageError, match="nobody expects"):
        device.send(b"answer")


def test_a_device_answers_when_it_was_asked_and_no_message_is_endless() -> None:
    device = NfcDevice(most=100)
    device.take(SELECT)
    with pytest.raises(UsageError, match="nobody expects"):
        device.send(b"answer")
    chained = b"\x10\xc3\x00\x00\x50" + bytes(80)
    assert device.take(chained) == (DONE, None)
    assert device.take(chained) == (b"\x6f\x00", None)


@pytest.mark.parametrize(
    "response", [b"", b"\x6f\x00", b"\x61\x00", b"\x53\x01x\x61", b"\x53\x02x\x90\x00"]
)
def test_a_faulty_response_is_refused(response: bytes) -> None:
    reader = NfcReader(LEAST_NFC)
    reader.send(b"request")
    assert reader.take(b"\x53\x01x\x90\x00") == (None, b"x")
    reader.send(b"request")
    with pytest.raises(UsageError, match="under way"):
        reader.send(b"request")
    with pytest.raises(MalformedError):
        reader.take(response)
    with pytest.raises(UsageError, match="no message"):
        reader.take(DONE)
    short = NfcReader(LEAST_NFC, most=10)
    short.send(b"request")
    with pytest.raises(LimitError):
        short.take(bytes(20) + b"\x61\x00")
    short.send(bytes(300))
    with pytest.raises(MalformedError, match="broken off"):
        short.take(b"\x6f\x00")
