"""Faulty engagements and sessions, each beside a valid twin that differs in the fault.

Each case makes something faulty of something that is taken: the twin is what the fault
is put into, and every case shows first that it is taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborTag, CborValue, read_cbor, write_cbor
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols import AnswerHeard, RequestHeard
from idwallet.protocols.proximity.engagement import (
    device_engagement_of,
    read_device_engagement,
    reader_engagement_of,
    write_device_engagement,
)
from idwallet.protocols.proximity.keys import session_key_of
from idwallet.protocols.proximity.machine import Event, SessionEnded, ToSend
from idwallet.protocols.proximity.messages import (
    SessionMessage,
    Status,
    read_message,
    write_data,
)
from idwallet.protocols.proximity.methods import Ble, Nfc, WifiAware
from idwallet.protocols.proximity.states import Ending
from tests.unit.protocols.proximity.sessions import (
    AT,
    METHODS,
    REQUEST,
    RESPONSE,
    Pair,
    engaged,
    reached,
)

Held = dict[CborKey, CborValue]
SERVICE: Final = bytes(range(16))
WAYS: Final = (
    Ble(peripheral=SERVICE, central=SERVICE, address=bytes(6), psm=0x81),
    Nfc(255, 256),
    WifiAware("passphrase", 81, 6, b"\x14"),
    *METHODS,
)


def _shown() -> Held:
    """Return an engagement with every way, as a map to change."""
    key = session_key_of(EphemeralKey.generate())
    read = read_cbor(write_device_engagement(key, WAYS).octets, at="")
    assert isinstance(read, dict)
    return read


def _way(held: Held, number: int) -> list[CborValue]:
    ways = held[2]
    assert isinstance(ways, list)
    way = ways[number]
    assert isinstance(way, list)
    return way


def _options(held: Held, number: int) -> Held:
    options = _way(held, number)[2]
    assert isinstance(options, dict)
    return options


def _security(held: Held) -> list[CborValue]:
    security = held[1]
    assert isinstance(security, list)
    return security


def _key(held: Held, change: Callable[[Held], object]) -> None:
    tag = _security(held)[1]
    assert isinstance(tag, CborTag)
    assert isinstance(tag.value, bytes)
    key = read_cbor(tag.value, at="")
    assert isinstance(key, dict)
    change(key)
    _security(held)[1] = CborTag(24, write_cbor(key))


ENGAGEMENTS: Final[dict[str, tuple[Callable[[Held], object], type[Exception]]]] = {
    "no-version": (lambda h: h.pop(0), MalformedError),
    "a-version-that-is-a-number": (lambda h: h.update({0: 1}), MalformedError),
    "version-2": (lambda h: h.update({0: "2.0"}), UnsupportedError),
    "a-version-with-a-newline": (lambda h: h.update({0: "1.0\n"}), UnsupportedError),
    "no-security": (lambda h: h.pop(1), MalformedError),
    "security-of-one-part": (lambda h: _security(h).pop(), MalformedError),
    "security-of-three-parts": (lambda h: _security(h).append(0), MalformedError),
    "suite-0": (lambda h: _security(h).__setitem__(0, 0), UnsupportedError),
    "suite-2": (lambda h: _security(h).__setitem__(0, 2), UnsupportedError),
    "a-suite-that-is-true": (
        lambda h: _security(h).__setitem__(0, True),
        MalformedError,
    ),
    "a-key-without-its-tag": (
        lambda h: _security(h).__setitem__(1, write_cbor({1: 2})),
        MalformedError,
    ),
    "a-key-under-another-tag": (
        lambda h: _security(h).__setitem__(1, CborTag(25, b"\xa0")),
        MalformedError,
    ),
    "an-empty-key": (
        lambda h: _security(h).__setitem__(1, CborTag(24, b"\xa0")),
        MalformedError,
    ),
    "a-private-key": (
        lambda h: _key(h, lambda k: k.update({-4: bytes(32)})),
        MalformedError,
    ),
    "a-key-off-its-curve": (
        lambda h: _key(h, lambda k: k.update({-2: bytes(32)})),
        MalformedError,
    ),
    "a-key-on-secp256k1": (
        lambda h: _key(h, lambda k: k.update({-1: 8})),
        UnsupportedError,
    ),
    "half-a-key": (lambda h: _key(h, lambda k: k.pop(-3)), MalformedError),
    "methods-that-are-a-map": (lambda h: h.update({2: {}}), MalformedError),
    "no-method-in-the-list": (lambda h: h.update({2: []}), MalformedError),
    "too-many-methods": (lambda h: h.update({2: [_way(h, 1)] * 17}), LimitError),
    "a-method-of-two-parts": (lambda h: _way(h, 0).pop(), MalformedError),
    "a-method-of-a-negative-kind": (
        lambda h: _way(h, 0).__setitem__(0, -2),
        MalformedError,
    ),
    "options-that-are-a-list": (
        lambda h: _way(h, 0).__setitem__(2, []),
        MalformedError,
    ),
    "ble-without-its-modes": (lambda h: _options(h, 0).pop(1), MalformedError),
    "ble-with-a-mode-that-is-1": (
        lambda h: _options(h, 0).update({0: 1}),
        MalformedError,
    ),
    "ble-with-a-mode-and-no-service": (
        lambda h: _options(h, 0).pop(10),
        MalformedError,
    ),
    "ble-with-a-service-and-no-mode": (
        lambda h: _options(h, 0).update({0: False}),
        MalformedError,
    ),
    "ble-with-no-mode-at-all": (
        lambda h: h.update({2: [[2, 1, {0: False, 1: False}]]}),
        MalformedError,
    ),
    "ble-with-a-short-service": (
        lambda h: _options(h, 0).update({11: bytes(15)}),
        MalformedError,
    ),
    "ble-with-a-long-address": (
        lambda h: _options(h, 0).update({20: bytes(7)}),
        MalformedError,
    ),
    "ble-with-psm-0": (lambda h: _options(h, 0).update({21: 0}), MalformedError),
    "nfc-without-a-length": (lambda h: _options(h, 1).pop(1), MalformedError),
    "nfc-with-too-short-commands": (
        lambda h: _options(h, 1).update({0: 254}),
        MalformedError,
    ),
    "nfc-with-too-long-responses": (
        lambda h: _options(h, 1).update({1: 65_537}),
        MalformedError,
    ),
    "wifi-with-a-short-passphrase": (
        lambda h: _options(h, 2).update({0: "1234567"}),
        MalformedError,
    ),
    "wifi-with-a-negative-channel": (
        lambda h: _options(h, 2).update({2: -6}),
        MalformedError,
    ),
    "a-web-address-that-is-octets": (
        lambda h: _options(h, 3).update({0: b"x"}),
        MalformedError,
    ),
    "an-endless-web-address": (
        lambda h: _options(h, 3).update({0: "x" * 3000}),
        LimitError,
    ),
    "a-label-that-is-text": (lambda h: h.update({"0": "1.0"}), MalformedError),
    "too-long": (lambda h: h.update({9: bytes(limits.ENGAGEMENT_BYTES)}), LimitError),
}


@pytest.mark.parametrize("name", ENGAGEMENTS)
def test_a_faulty_engagement_is_refused_and_its_twin_is_read(name: str) -> None:
    change, expected = ENGAGEMENTS[name]
    held = _shown()
    twin = read_device_engagement(write_cbor(held), at="shown")
    assert twin.methods == WAYS
    change(held)
    with pytest.raises(expected) as refused:
        read_device_engagement(write_cbor(held), at="shown")
    assert type(refused.value) is expected


def test_what_an_engagement_has_beside_is_read_past() -> None:
    held = _shown()
    held.update(
        {0: "1.1", 3: {"webApi": [1, "https://issuer.example", "token"]}, 5: []}
    )
    _way(held, 0)[0:2] = [9, 1]
    _way(held, 1)[1] = 2
    read = read_device_engagement(write_cbor(held), at="shown")
    assert read.octets == write_cbor(held)
    assert [type(each).__name__ for each in read.methods] == [
        "OtherMethod",
        "OtherMethod",
        "WifiAware",
        "Rest",
    ]


LINKS: Final[dict[str, Callable[[str], str]]] = {
    "no-scheme": lambda uri: uri.removeprefix("mdoc:"),
    "another-scheme": lambda uri: uri.replace("mdoc:", "openid4vp:"),
    "that-of-a-reader": lambda uri: uri.replace("mdoc:", "mdoc://"),
    "with-padding": lambda uri: uri + "=",
    "with-a-space": lambda uri: uri.replace("mdoc:", "mdoc: "),
    "with-a-newline": lambda uri: uri + "\n",
    "in-base64": lambda uri: uri[:-1] + "+",
    "cut-off": lambda uri: uri[:-4],
    "endless": lambda uri: uri + "A" * limits.ENGAGEMENT_BYTES * 2,
    "with-octets-behind": lambda uri: uri + "AAAA",
}


@pytest.mark.parametrize("name", LINKS)
def test_a_faulty_link_is_refused_and_its_twin_is_read(name: str) -> None:
    uri = engaged().device.engagement.to_uri()
    assert device_engagement_of(uri).to_uri() == uri
    assert device_engagement_of(uri.replace("mdoc:", "MDOC:")).to_uri() == uri
    with pytest.raises(MalformedError):
        device_engagement_of(LINKS[name](uri))


def test_an_endless_link_is_refused_before_it_is_decoded() -> None:
    uri = engaged().device.engagement.to_uri()
    with pytest.raises(MalformedError) as faulty:
        device_engagement_of(uri + "?")
    assert not isinstance(faulty.value, LimitError)
    with pytest.raises(LimitError):
        device_engagement_of(uri + "?" * limits.ENGAGEMENT_BYTES * 2)


def test_a_reader_s_link_is_not_a_device_s_and_needs_a_key() -> None:
    uri = reached().reader.shown.to_uri()
    assert reader_engagement_of(uri).to_uri() == uri
    with pytest.raises(MalformedError):
        device_engagement_of(uri)
    with pytest.raises(MalformedError):
        reader_engagement_of(engaged().device.engagement.to_uri())
    with pytest.raises(MalformedError, match="no security"):
        reader_engagement_of("mdoc://oQBjMS4w")


MESSAGES: Final[dict[str, CborValue]] = {
    "nothing": {},
    "a-list": [],
    "data-that-is-text": {"data": "x"},
    "data-that-is-a-map": {"data": {}},
    "a-status-that-is-text": {"status": "20"},
    "a-status-that-is-true": {"status": True},
    "a-negative-status": {"status": -20},
    "a-status-that-is-a-fraction": {"status": 20.0},
    "data-and-an-error": {"data": b"x", "status": 10},
    "data-and-an-unknown-status": {"data": b"x", "status": 99},
    "a-key-without-data": {"eReaderKey": CborTag(24, b"\xa0")},
    "a-key-and-a-status": {
        "eReaderKey": CborTag(24, b"\xa0"),
        "data": b"x",
        "status": 20,
    },
    "a-key-without-its-tag": {"eReaderKey": b"\xa0", "data": b"x"},
    "an-engagement-with-data": {
        "deviceEngagementBytes": CborTag(24, b"\xa0"),
        "data": b"x",
    },
    "an-engagement-with-a-key": {
        "deviceEngagementBytes": CborTag(24, b"\xa0"),
        "eReaderKey": CborTag(24, b"\xa0"),
    },
    "an-engagement-with-a-status": {
        "deviceEngagementBytes": CborTag(24, b"\xa0"),
        "status": 20,
    },
    "members-in-another-case": {"Data": b"x"},
}
WELL_FORMED: Final[tuple[CborValue, ...]] = (
    {"data": b"x"},
    {"data": b"x", "status": 20},
    {"status": 10},
    {"status": 99},
    {"data": b"x", "seq": 1},
    {"eReaderKey": CborTag(24, b"\xa0"), "data": b"x"},
    {"deviceEngagementBytes": CborTag(24, b"\xa0")},
)


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_no_message_of_a_session_is_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        read_message(write_cbor(MESSAGES[name]), most=1000)


@pytest.mark.parametrize("held", WELL_FORMED)
def test_what_is_one_is_read(held: CborValue) -> None:
    octets = write_cbor(held)
    assert read_message(octets, most=len(octets)) != SessionMessage()
    with pytest.raises(LimitError):
        read_message(octets, most=len(octets) - 1)


@pytest.mark.parametrize(
    "octets",
    [
        bytes.fromhex("a2666461746100"),
        bytes.fromhex("bf6464617461417 8ff".replace(" ", "")),
        bytes.fromhex("a26464617461417864646174614178"),
        bytes.fromhex("a164646174614178") + b"\x00",
        b"",
    ],
    ids=["cut-off", "of-no-length", "a-member-twice", "octets-behind", "empty"],
)
def test_what_is_not_deterministic_cbor_is_no_message(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        read_message(octets, most=1000)


# --- captured sessions ------------------------------------------------------------


@dataclass
class Captured:
    """Two sessions as somebody near heard them; `pair` is at its third message."""

    pair: Pair
    other: Pair
    heard: list[bytes]
    """What the reader sent, in order: two requests, the second one not yet heard."""
    answers: list[bytes]
    """What the device answered to the first."""


def _captured() -> Captured:
    pair, other = engaged(), engaged()
    pair.ask()
    first = pair.sent
    pair.answer()
    other.ask()
    other.answer()
    second = pair.reader.ask(b"another request", at=AT)
    return Captured(pair, other, [first, second], [pair.answered])


def _skipping(captured: Captured) -> bytes:
    """Return what the reader says after a message that never arrives."""
    sending = captured.pair.reader._sending
    assert sending is not None
    return write_data(sending.seal(REQUEST))


def _answered(captured: Captured) -> bytes:
    captured.pair.device.receive(captured.heard[1], at=AT)
    return captured.pair.device.answer(b"another answer", at=AT)


def _twice_answered(captured: Captured) -> bytes:
    _answered(captured)
    sending = captured.pair.device._sending
    assert sending is not None
    return write_data(sending.seal(RESPONSE))


def _flipped(octets: bytes) -> bytes:
    return octets[:-1] + bytes([octets[-1] ^ 1])


def _with_a_key(octets: bytes) -> bytes:
    key = session_key_of(EphemeralKey.generate()).octets
    held = read_cbor(octets, at="")
    assert isinstance(held, dict)
    return write_cbor({**held, "eReaderKey": CborTag(24, key)})


TO_DEVICE: Final[dict[str, tuple[Callable[[Captured], bytes], Ending]]] = {
    "the-first-message-again-of-this-session": (
        lambda c: write_data(read_message(c.heard[0], most=10_000).data),
        Ending.UNOPENED,
    ),
    "the-next-one-of-another-session": (
        lambda c: c.other.reader.ask(b"another request", at=AT),
        Ending.UNOPENED,
    ),
    "the-message-after-the-next": (_skipping, Ending.UNOPENED),
    "its-own-answer-back": (lambda c: c.answers[0], Ending.UNOPENED),
    "the-establishment-of-another-session": (
        lambda c: c.other.sent,
        Ending.SECOND_KEY,
    ),
    "a-bit-flipped": (lambda c: _flipped(c.heard[1]), Ending.UNOPENED),
    "cut-off": (lambda c: c.heard[1][:-1], Ending.MALFORMED),
    "shortened-and-well-formed": (
        lambda c: write_data((read_message(c.heard[1], most=10_000).data or b"")[:-1]),
        Ending.UNOPENED,
    ),
    "the-tag-alone": (
        lambda c: write_data((read_message(c.heard[1], most=10_000).data or b"")[-16:]),
        Ending.UNOPENED,
    ),
    "no-octets": (lambda c: write_data(b""), Ending.UNOPENED),
    "an-octet-behind": (lambda c: c.heard[1] + b"\x00", Ending.MALFORMED),
    "padded-to-the-bound": (
        lambda c: bytes(limits.PROXIMITY_REQUEST_BYTES + 1),
        Ending.TOO_LONG,
    ),
    "with-a-status-that-ends-it": (
        lambda c: write_data(
            read_message(c.heard[1], most=10_000).data, Status.TERMINATION
        ),
        Ending.BY_PEER,
    ),
    "said-twice-in-one": (
        lambda c: b"\xa2" + c.heard[1][1:] + c.heard[1][1:],
        Ending.MALFORMED,
    ),
}


@pytest.mark.parametrize("name", TO_DEVICE)
def test_a_device_takes_the_next_message_and_nothing_else(name: str) -> None:
    fault, why = TO_DEVICE[name]
    twin = _captured()
    (taken,) = twin.pair.device.receive(twin.heard[1], at=AT)
    assert isinstance(taken, RequestHeard)
    assert taken.request == b"another request"
    captured = _captured()
    events = captured.pair.device.receive(fault(captured), at=AT)
    assert _over(events) is why
    # What would have been next is not taken any more, nor answered.
    (late,) = captured.pair.device.receive(captured.heard[1], at=AT)
    assert late != taken


TO_READER: Final[dict[str, tuple[Callable[[Captured], bytes], Ending]]] = {
    "an-answer-of-another-session": (
        lambda c: c.other.device.answer(RESPONSE, at=AT),
        Ending.UNOPENED,
    ),
    "its-own-question-back": (lambda c: c.heard[1], Ending.UNOPENED),
    "the-message-after-the-next": (_twice_answered, Ending.UNOPENED),
    "a-bit-flipped": (lambda c: _flipped(_answered(c)), Ending.UNOPENED),
    "cut-off": (lambda c: _answered(c)[:-1], Ending.MALFORMED),
    "an-establishment": (lambda c: c.heard[0], Ending.SECOND_KEY),
    "an-error-instead": (
        lambda c: write_data(None, Status.ENCRYPTION_ERROR),
        Ending.PEER_DID_NOT_DECRYPT,
    ),
    "a-key-beside-it": (lambda c: _with_a_key(_answered(c)), Ending.SECOND_KEY),
}


@pytest.mark.parametrize("name", TO_READER)
def test_a_reader_takes_the_answer_and_nothing_else(name: str) -> None:
    fault, why = TO_READER[name]
    twin = _captured()
    twin.other.device.end(at=AT)
    (taken,) = twin.pair.reader.receive(_answered(twin), at=AT)
    assert taken == AnswerHeard(b"another answer")
    captured = _captured()
    if name == "an-answer-of-another-session":
        captured.other.device.receive(captured.other.reader.ask(REQUEST, at=AT), at=AT)
    assert _over(captured.pair.reader.receive(fault(captured), at=AT)) is why


def test_a_captured_session_opens_no_other_device() -> None:
    captured = _captured()
    fresh = engaged().device
    assert _over(fresh.receive(captured.heard[0], at=AT)) is Ending.UNOPENED


def test_a_device_whose_engagement_was_swapped_is_not_reached() -> None:
    """Somebody between shows an engagement of his own: both ends hear other keys."""
    mine, theirs = engaged(), engaged()
    request = theirs.reader.ask(REQUEST, at=AT)
    assert _over(mine.device.receive(request, at=AT)) is Ending.UNOPENED
    (heard,) = theirs.device.receive(request, at=AT)
    assert isinstance(heard, RequestHeard)


def test_who_was_shown_one_key_takes_no_establishment_with_another() -> None:
    twin = reached()
    (heard,) = twin.device.receive(twin.reader.ask(REQUEST, at=AT), at=AT)
    assert isinstance(heard, RequestHeard)
    pair = reached()
    # The data is the reader's own: only the key beside it is somebody else's.
    swapped = _with_a_key(pair.reader.ask(REQUEST, at=AT))
    assert _over(pair.device.receive(swapped, at=AT)) is Ending.UNOPENED


def test_nothing_but_a_status_is_said_to_whoever_breaks_a_session() -> None:
    replies = set()
    for fault, _ in TO_DEVICE.values():
        captured = _captured()
        for event in captured.pair.device.receive(fault(captured), at=AT):
            if isinstance(event, ToSend):
                replies.add(event.octets)
    assert replies == {write_data(None, each) for each in (10, 11)}  # type: ignore[arg-type]


def _over(events: tuple[Event, ...]) -> Ending:
    last = events[-1]
    assert isinstance(last, SessionEnded)
    assert not any(isinstance(each, RequestHeard | AnswerHeard) for each in events)
    return last.why
