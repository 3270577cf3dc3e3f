"""Messages over TCP: whole or not at all, and nowhere but near."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final

import pytest

from idwallet import limits
from idwallet.adapters import clock, tcp
from idwallet.adapters.clock import now
from idwallet.adapters.tcp import TcpListener, TcpTransport, converse
from idwallet.errors import PortError, UsageError
from idwallet.protocols import (
    AnswerHeard,
    DeviceSession,
    Ending,
    ReaderSession,
    RequestHeard,
    SessionEnded,
    SessionTerms,
)
from idwallet.protocols.proximity import machine

pytestmark = pytest.mark.loopback

SOON = timedelta(seconds=5)
AT_ONCE = timedelta(milliseconds=20)


@pytest.fixture
def pair() -> Iterator[tuple[TcpTransport, TcpTransport]]:
    with (
        TcpListener() as listener,
        TcpTransport.connect(*listener.address) as one,
        listener.accept(wait=SOON) as other,
    ):
        yield one, other


@pytest.mark.parametrize("message", [b"", b"a", bytes(200_000)])
def test_a_message_arrives_as_it_was_sent(
    pair: tuple[TcpTransport, TcpTransport], message: bytes
) -> None:
    one, other = pair
    thread = Thread(target=one.send, args=(message,))
    thread.start()
    assert other.receive(wait=SOON) == message
    thread.join()


def test_waiting_for_nothing_is_no_fault(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    assert pair[0].receive(wait=AT_ONCE) is None
    assert pair[0].receive(wait=-SOON) is None


@pytest.mark.parametrize(
    ("octets", "what"),
    [
        (b"", "closed"),
        (b"\x00", "closed"),
        (b"\x00\x00\x00\x05abcd", "closed"),
        ((limits.PROXIMITY_RESPONSE_BYTES + 1).to_bytes(4), "too long"),
    ],
)
def test_half_a_message_or_too_long_a_one_is_none(
    pair: tuple[TcpTransport, TcpTransport], octets: bytes, what: str
) -> None:
    one, other = pair
    one._socket.sendall(octets)
    one._socket.shutdown(socket.SHUT_WR)
    with pytest.raises(PortError, match=what):
        other.receive(wait=SOON)


def test_a_message_that_dribbles_in_is_given_up(
    pair: tuple[TcpTransport, TcpTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "TIMEOUT", AT_ONCE)
    pair[0]._socket.sendall(b"\x00\x00")
    with pytest.raises(PortError):
        pair[1].receive(wait=SOON)


def test_a_message_that_never_stops_arriving_is_given_up(
    pair: tuple[TcpTransport, TcpTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "TIMEOUT", timedelta(milliseconds=100))
    is_over = Event()

    def drip() -> None:
        pair[0]._socket.sendall((100_000).to_bytes(4))
        while not is_over.wait(0.005):
            pair[0]._socket.sendall(b"x")

    thread = Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(PortError):
            pair[1].receive(wait=SOON)
    finally:
        is_over.set()
        thread.join()


def test_too_long_a_message_is_not_sent(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    with pytest.raises(UsageError, match="too long"):
        pair[0].send(bytes(limits.PROXIMITY_RESPONSE_BYTES + 1))


ALL: Final = ("0.0.0.0", "::", "::ffff:0.0.0.0")  # noqa: S104 - refused
PUBLIC: Final = ("8.8.8.8", "::ffff:8.8.8.8", "100.64.0.1", "224.0.0.1", *ALL)


@pytest.mark.parametrize("host", ["localhost", "desk.example", *PUBLIC])
def test_only_addresses_that_are_near_are_taken(host: str) -> None:
    with pytest.raises(UsageError, match=r"needed|stay"):
        TcpListener(host)
    with pytest.raises(UsageError, match=r"needed|stay"):
        TcpTransport.connect(host, 1)


def test_where_nobody_is_is_an_error_of_the_port() -> None:
    with TcpListener() as listener:
        _, port = listener.address
        with pytest.raises(PortError, match="nobody came"):
            listener.accept(wait=AT_ONCE)
        with pytest.raises(PortError, match="nobody came"):
            listener.accept(wait=-SOON)
        with pytest.raises(PortError, match="nobody came"):
            listener.accept(wait=timedelta.max)
        with pytest.raises(PortError, match="nobody can listen"):
            TcpListener(port=port)
    with pytest.raises(PortError, match="no connection"):
        TcpTransport.connect("127.0.0.1", port)
    with pytest.raises(PortError, match="no connection"):
        TcpTransport.connect("127.0.0.1", port, timeout=-SOON)
    with pytest.raises(PortError):
        TcpTransport.connect("127.0.0.1", 1 << 20)


class _Alone:
    """A machine as `converse` takes it, joined with no role."""

    def __init__(self, session: DeviceSession | ReaderSession) -> None:
        self.session = session
        self.receive = session.receive
        self.poll = session.poll
        self.lost = session.lost


def test_a_conversation_ends_with_the_session_and_no_side_is_left_waiting(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    device = DeviceSession.by_qr(at=now())
    reader = ReaderSession.by_qr(device.engagement.to_uri(), at=now())
    heard: list[object] = []

    def phone() -> None:
        for event in converse(_Alone(device), pair[0]):
            heard.append(event)
            if isinstance(event, RequestHeard):
                pair[0].send(device.answer(b"answer", at=now()))

    thread = Thread(target=phone)
    thread.start()
    pair[1].send(reader.ask(b"request", at=now()))
    events = converse(_Alone(reader), pair[1])
    assert next(events) == AnswerHeard(b"answer")
    pair[1].send(reader.end(at=now()))
    thread.join()
    assert heard[-1] == SessionEnded(Ending.BY_PEER)


def test_what_does_not_open_is_answered_and_ends_the_conversation(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    device = DeviceSession.by_qr(at=now())
    pair[1].send(b"\xa0")
    over = list(converse(_Alone(device), pair[0]))
    assert over == [SessionEnded(Ending.MALFORMED)]
    assert pair[1].receive(wait=SOON) == bytes.fromhex("a1667374617475730b")


def test_a_conversation_is_over_when_this_side_ends_it(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    device = DeviceSession.by_qr(at=now())
    reader = ReaderSession.by_qr(device.engagement.to_uri(), at=now())
    pair[1].send(reader.ask(b"request", at=now()))
    events = converse(_Alone(device), pair[0])
    assert isinstance(next(events), RequestHeard)
    pair[0].send(device.answer(b"answer", at=now(), last=True))
    # Nothing more is waited for, though the other side says nothing.
    assert list(events) == []
    assert list(converse(_Alone(reader), pair[1])) == [
        AnswerHeard(b"answer"),
        SessionEnded(Ending.BY_PEER),
    ]
    assert list(converse(_Alone(reader), pair[1])) == []


def test_a_status_that_cannot_be_sent_is_no_fault_of_the_session(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    device = DeviceSession.by_qr(at=now())
    pair[1].send(b"\xa0")
    pair[1].close()
    pair[0]._socket.shutdown(socket.SHUT_WR)
    over = list(converse(_Alone(device), pair[0]))
    assert over == [SessionEnded(Ending.MALFORMED)]


def test_a_connection_that_is_gone_ends_the_session(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    device = DeviceSession.by_qr(at=now())
    pair[1].close()
    over = list(converse(_Alone(device), pair[0]))
    assert over == [SessionEnded(Ending.LOST)]


def test_what_fails_in_the_wallet_is_not_called_a_lost_connection(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    class Failing(_Alone):
        def __init__(self, session: DeviceSession) -> None:
            super().__init__(session)
            self.receive = self.fail

        def fail(self, octets: bytes, *, at: datetime) -> tuple[machine.Event, ...]:
            raise PortError("the store is not there")

    device = DeviceSession.by_qr(at=now())
    pair[1].send(b"\xa0")
    with pytest.raises(PortError, match="store"):
        list(converse(Failing(device), pair[0]))
    assert not device.is_over


def test_a_clock_that_is_set_back_keeps_no_conversation_open(
    pair: tuple[TcpTransport, TcpTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    device = DeviceSession.by_qr(at=now(), terms=SessionTerms(idle=AT_ONCE))
    times = iter([now()])
    hours_ago = now() - timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: next(times, hours_ago))
    assert list(converse(_Alone(device), pair[0])) == [SessionEnded(Ending.IDLE)]


def test_a_session_that_waits_too_long_ends_by_itself(
    pair: tuple[TcpTransport, TcpTransport],
) -> None:
    device = DeviceSession.by_qr(at=now(), terms=SessionTerms(idle=AT_ONCE))
    over = list(converse(_Alone(device), pair[0]))
    assert over == [SessionEnded(Ending.IDLE)]
    assert pair[1].receive(wait=SOON) == bytes.fromhex("a16673746174757314")
