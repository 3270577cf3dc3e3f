"""Two sides of one session, brought to every state that there is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet.credentials.mdoc.binding import Session
from idwallet.protocols.proximity.device import DeviceSession
from idwallet.protocols.proximity.machine import TERMS, SessionTerms
from idwallet.protocols.proximity.methods import Rest
from idwallet.protocols.proximity.reader import ReaderSession
from idwallet.protocols.proximity.states import DeviceState, ReaderState

AT: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
REQUEST: Final = b"a request"
RESPONSE: Final = b"an answer"
METHODS: Final = (Rest("https://desk.example/session"),)
A_SECOND: Final = timedelta(seconds=1)


@dataclass
class Pair:
    """A device and a reader that found each other, and what went across last."""

    device: DeviceSession
    reader: ReaderSession
    sent: bytes = b""
    """By the reader."""
    answered: bytes = b""
    """By the device."""

    @property
    def conversation(self) -> Session:
        return self.reader.conversation()

    def ask(self, request: bytes = REQUEST) -> None:
        self.sent = self.reader.ask(request, at=AT)
        self.device.receive(self.sent, at=AT)

    def answer(self, response: bytes = RESPONSE) -> None:
        self.answered = self.device.answer(response, at=AT)
        self.reader.receive(self.answered, at=AT)


def engaged(terms: SessionTerms = TERMS, *, curve: str = "P-256") -> Pair:
    device = DeviceSession.by_qr(at=AT, terms=terms, curve=curve)
    uri = device.engagement.to_uri()
    return Pair(device, ReaderSession.by_qr(uri, at=AT, terms=terms))


def reached(terms: SessionTerms = TERMS, *, curve: str = "P-256") -> Pair:
    reader = ReaderSession.showing(METHODS, at=AT, terms=terms, curve=curve)
    device, first = DeviceSession.by_reader(reader.shown, at=AT, terms=terms)
    reader.receive(first, at=AT)
    return Pair(device, reader, answered=first)


def device_in(state: DeviceState, terms: SessionTerms = TERMS) -> Pair:
    """Return a pair whose device stands there."""
    pair = reached(terms) if state is DeviceState.REACHED else engaged(terms)
    if state in (DeviceState.DECIDING, DeviceState.ANSWERED, DeviceState.ENDED):
        pair.ask()
    if state in (DeviceState.ANSWERED, DeviceState.ENDED):
        pair.answer()
    if state is DeviceState.ENDED:
        pair.device.end(at=AT)
    assert pair.device.state is state
    return pair


def reader_in(state: ReaderState, terms: SessionTerms = TERMS) -> Pair:
    """Return a pair whose reader stands there; where it shows, nobody has come."""
    if state is ReaderState.SHOWING:
        reader = ReaderSession.showing(METHODS, at=AT, terms=terms)
        return Pair(engaged(terms).device, reader)
    pair = engaged(terms)
    if state is not ReaderState.READY:
        pair.ask()
    if state in (ReaderState.ANSWERED, ReaderState.ENDED):
        pair.answer()
    if state is ReaderState.ENDED:
        pair.reader.end(at=AT)
    assert pair.reader.state is state
    return pair
