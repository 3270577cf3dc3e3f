"""Noise in engagements, handovers, messages and commands: refused by name, or read.

Over a hundred thousand mutations of what is well-formed, the same on every run: nothing
but `MalformedError` (with `LimitError`), and `UnsupportedError` where a mutation is
well-formed and of a version, a suite or a curve that is not known here.
"""

from collections.abc import Callable
from random import Random
from typing import Final

import pytest

from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols import (
    AnswerHeard,
    Ble,
    DeviceSession,
    Nfc,
    ReaderSession,
    RequestHeard,
    SessionEnded,
    WifiAware,
)
from idwallet.protocols.proximity.apdu import SELECT, NfcDevice, unwrapped, wrapped
from idwallet.protocols.proximity.engagement import (
    device_engagement_of,
    read_device_engagement,
    read_reader_engagement,
)
from idwallet.protocols.proximity.handover import (
    read_handover_request,
    read_handover_select,
    write_handover_request,
)
from idwallet.protocols.proximity.messages import read_message
from tests.unit.protocols.proximity.sessions import AT, METHODS, REQUEST, engaged

SERVICE: Final = bytes(range(16))
WAYS: Final = (
    Ble(peripheral=SERVICE, central=SERVICE, address=bytes(6), psm=129),
    Nfc(255, 65_536),
    WifiAware("passphrase", 81, 6, b"\x14"),
    *METHODS,
)
SHOWN: Final = DeviceSession.by_qr(WAYS, at=AT).engagement
OFFERED: Final = write_handover_request((WAYS[0], WAYS[1]))
HANDED: Final = DeviceSession.by_nfc((WAYS[0], WAYS[1]), at=AT)[1]
ESTABLISHING: Final = engaged().reader.ask(REQUEST, at=AT)


def _mutated(octets: bytes, random: Random) -> bytes:
    """Return octets with one to three changes: flipped, cut, doubled, put in."""
    made = bytearray(octets)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(made) + 1)
        kind = random.randrange(6)
        if kind == 0 and made:
            made[place % len(made)] ^= 1 << random.randrange(8)
        elif kind == 1 and made:
            made[place % len(made)] = random.randrange(256)
        elif kind == 2:
            del made[place : place + random.randint(1, 8)]
        elif kind == 3:
            made[place:place] = random.randbytes(random.randint(1, 4))
        elif kind == 4:
            made[place:place] = made[place : place + random.randint(1, 16)]
        else:
            del made[place:]
    return bytes(made)


READERS: Final[dict[str, tuple[bytes, Callable[[bytes], object], int]]] = {
    "device-engagement": (
        SHOWN.octets,
        lambda octets: read_device_engagement(octets, at="shown"),
        30_000,
    ),
    "reader-engagement": (
        SHOWN.octets,
        lambda octets: read_reader_engagement(octets, at="shown"),
        10_000,
    ),
    "link": (
        SHOWN.to_uri().encode(),
        lambda octets: device_engagement_of(octets.decode("latin-1")),
        10_000,
    ),
    "handover-select": (
        HANDED.octets,
        lambda octets: read_handover_select(octets, asked=OFFERED),
        15_000,
    ),
    "handover-request": (OFFERED.octets, read_handover_request, 15_000),
    "message": (ESTABLISHING, lambda octets: read_message(octets, most=1_000), 20_000),
    "data-object": (wrapped(ESTABLISHING), unwrapped, 10_000),
}


def test_there_are_more_than_a_hundred_thousand() -> None:
    assert sum(count for _, _, count in READERS.values()) > 100_000


@pytest.mark.parametrize("name", READERS)
def test_noise_is_refused_by_name_or_read(name: str) -> None:
    octets, read, count = READERS[name]
    read(octets)
    random = Random(name)
    refused = 0
    for _ in range(count):
        try:
            read(_mutated(octets, random))
        except (MalformedError, UnsupportedError):
            refused += 1
    # Nearly all of it is refused; what is not differs in what nobody checks, as a
    # service or an address, or is the original once more.
    assert count // 2 < refused <= count


def test_noise_ends_a_session_and_is_never_taken() -> None:
    random = Random("sessions")
    for _ in range(1_500):
        pair = engaged()
        sent = pair.reader.ask(REQUEST, at=AT)
        noise = _mutated(sent, random)
        events = pair.device.receive(noise, at=AT)
        if noise == sent:
            continue
        assert isinstance(events[-1], SessionEnded), events
        assert not any(isinstance(each, RequestHeard) for each in events)


def test_noise_in_an_answer_ends_a_session_and_is_never_taken() -> None:
    random = Random("answers")
    for _ in range(1_500):
        pair = engaged()
        pair.ask()
        sent = pair.device.answer(b"an answer", at=AT)
        noise = _mutated(sent, random)
        events = pair.reader.receive(noise, at=AT)
        if noise == sent:
            continue
        assert isinstance(events[-1], SessionEnded), events
        assert not any(isinstance(each, AnswerHeard) for each in events)


def test_a_device_answers_any_command_by_a_status_word() -> None:
    random = Random("commands")
    device = NfcDevice()
    commands = (
        SELECT,
        bytes.fromhex("00c300000353017800"),
        bytes.fromhex("00c0000000"),
    )
    for _ in range(20_000):
        answered, heard = device.take(_mutated(random.choice(commands), random))
        assert (answered is None) is (heard is not None)
        assert answered is None or len(answered) >= 2


def test_a_link_of_noise_begins_no_session() -> None:
    random = Random("links")
    for _ in range(2_000):
        link = "mdoc:" + random.randbytes(40).hex()
        with pytest.raises((MalformedError, UnsupportedError)):
            ReaderSession.by_qr(link, at=AT)
