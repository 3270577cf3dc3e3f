"""The table of states, row by row: written here by hand, and held against the machines.

In each matrix a line is what is heard and a column a state, in the order of the enum.
``>x`` goes on to the state x, ``=x`` is passed over for the reason x, ``x`` ends the
session for that reason, ``x+n`` sends status n before.
"""

from datetime import datetime
from typing import Final

import pytest

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.protocols.proximity.device import DeviceSession
from idwallet.protocols.proximity.machine import (
    AnswerHeard,
    DeviceEngaged,
    Event,
    MessageRefused,
    RequestHeard,
    SessionEnded,
    SessionTerms,
    ToSend,
)
from idwallet.protocols.proximity.messages import Status, write_data
from idwallet.protocols.proximity.reader import ReaderSession
from idwallet.protocols.proximity.states import (
    DEVICE,
    DEVICE_ACTS,
    READER,
    READER_ACTS,
    Act,
    DeviceState,
    Heard,
    ReaderState,
)
from tests.unit.protocols.proximity.sessions import (
    A_SECOND,
    AT,
    REQUEST,
    RESPONSE,
    Pair,
    device_in,
    engaged,
    reached,
    reader_in,
)

DEVICE_ROWS: Final = """
                engaged             reached             deciding            answered            ended
establishment   >deciding           >deciding           second-key+10       second-key+10       =after-end
data            not-established+10  >deciding           out-of-turn+20      >deciding           =after-end
last-data       not-established+10  by-peer             by-peer             by-peer             =after-end
engagement      out-of-turn+20      out-of-turn+20      out-of-turn+20      out-of-turn+20      =after-end
status-20       by-peer             by-peer             by-peer             by-peer             =after-end
status-10       peer-did-not-decrypt peer-did-not-decrypt peer-did-not-decrypt peer-did-not-decrypt =after-end
status-11       peer-did-not-decode peer-did-not-decode peer-did-not-decode peer-did-not-decode =after-end
status-other    peer-unknown        peer-unknown        peer-unknown        peer-unknown        =after-end
repeated        -                   -                   =repeated           =repeated           =after-end
unopened        unopened+10         unopened+10         out-of-turn+20      unopened+10         =after-end
malformed       malformed+11        malformed+11        malformed+11        malformed+11        =after-end
too-long        too-long+11         too-long+11         too-long+11         too-long+11         =after-end
exhausted       -                   -                   -                   exhausted+20        =after-end
idle            idle+20             idle+20             idle+20             idle+20             =after-end
outlived        outlived+20         outlived+20         outlived+20         outlived+20         =after-end
lost            lost                lost                lost                lost                =after-end
"""  # noqa: E501 - a table

READER_ROWS: Final = """
                showing             ready               waiting             answered            ended
establishment   second-key+10       second-key+10       second-key+10       second-key+10       =after-end
data            not-established+10  out-of-turn+20      >answered           out-of-turn+20      =after-end
last-data       not-established+10  by-peer             by-peer             by-peer             =after-end
engagement      >ready              out-of-turn+20      out-of-turn+20      out-of-turn+20      =after-end
status-20       by-peer             by-peer             by-peer             by-peer             =after-end
status-10       peer-did-not-decrypt peer-did-not-decrypt peer-did-not-decrypt peer-did-not-decrypt =after-end
status-11       peer-did-not-decode peer-did-not-decode peer-did-not-decode peer-did-not-decode =after-end
status-other    peer-unknown        peer-unknown        peer-unknown        peer-unknown        =after-end
repeated        -                   -                   =repeated           =repeated           =after-end
unopened        not-established+10  out-of-turn+20      unopened+10         out-of-turn+20      =after-end
malformed       malformed+11        malformed+11        malformed+11        malformed+11        =after-end
too-long        too-long+11         too-long+11         too-long+11         too-long+11         =after-end
exhausted       -                   -                   exhausted+20        -                   =after-end
idle            idle+20             idle+20             idle+20             idle+20             =after-end
outlived        outlived+20         outlived+20         outlived+20         outlived+20         =after-end
lost            lost                lost                lost                lost                =after-end
"""  # noqa: E501 - a table
# A dash: in that state nothing was taken that could be repeated, or no number was used
# up. `unopened` is told apart only where a message is taken: elsewhere it is what data
# or a key is in that state.

ONE_MESSAGE: Final = SessionTerms(messages=1)
TWO_MESSAGES: Final = SessionTerms(messages=2)


def _rows(text: str) -> dict[tuple[str, str], str]:
    head, *lines = text.strip("\n").splitlines()
    states = head.split()
    rows: dict[tuple[str, str], str] = {}
    for line in lines:
        heard, *cells = line.split()
        assert len(cells) == len(states), line
        rows.update(
            ((state, heard), cell) for state, cell in zip(states, cells, strict=True)
        )
    return rows


DEVICE_CELLS: Final = _rows(DEVICE_ROWS)
READER_CELLS: Final = _rows(READER_ROWS)


def _later(heard: Heard) -> datetime:
    if heard is Heard.IDLE:
        return AT + limits.PROXIMITY_IDLE
    return AT + limits.PROXIMITY_LIFETIME if heard is Heard.OUTLIVED else AT


_PLAIN: Final = {
    Heard.TERMINATION: write_data(None, Status.TERMINATION),
    Heard.ENCRYPTION_ERROR: write_data(None, Status.ENCRYPTION_ERROR),
    Heard.DECODING_ERROR: write_data(None, Status.DECODING_ERROR),
    Heard.OTHER_STATUS: bytes.fromhex("a1667374617475731863"),
    Heard.MALFORMED: b"\xa0",
    Heard.UNOPENED: write_data(bytes(40)),
    Heard.TOO_LONG: bytes(limits.PROXIMITY_RESPONSE_BYTES + 1),
    Heard.IDLE: b"\xa0",
    Heard.OUTLIVED: b"\xa0",
    Heard.LOST: b"",
}


def _received(
    side: DeviceSession | ReaderSession, sent: bytes, heard: Heard
) -> tuple[Event, ...]:
    if heard is Heard.LOST:
        return side.lost(at=AT)
    return side.receive(sent, at=_later(heard))


def _to_device(pair: Pair, heard: Heard) -> bytes:
    """Return such a message as a reader would send it."""
    if heard in _PLAIN:
        if heard is Heard.UNOPENED and pair.device.state is DeviceState.ENGAGED:
            return engaged().reader.ask(REQUEST, at=AT)
        return _PLAIN[heard]
    if heard is Heard.REPEATED:
        return pair.sent
    if heard is Heard.ENGAGEMENT:
        return reached().answered
    if heard is Heard.ESTABLISHMENT:
        fresh = pair.device.state in (DeviceState.ENGAGED, DeviceState.REACHED)
        return (pair if fresh else engaged()).reader.ask(REQUEST, at=AT)
    data = write_data(_sealed_by(pair.reader, REQUEST))
    if heard is Heard.LAST_DATA:
        return b"\xa2" + data[1:] + write_data(None, Status.TERMINATION)[1:]
    return data


def _to_reader(pair: Pair, heard: Heard) -> bytes:
    """Return such a message as a device would send it."""
    if heard in _PLAIN:
        return _PLAIN[heard]
    if heard is Heard.REPEATED:
        return pair.answered
    if heard is Heard.ENGAGEMENT:
        shown = pair.reader.shown if pair.reader.state is ReaderState.SHOWING else None
        return (
            reached().answered
            if shown is None
            else DeviceSession.by_reader(shown, at=AT)[1]
        )
    if heard is Heard.ESTABLISHMENT:
        return engaged().reader.ask(REQUEST, at=AT)
    data = write_data(_sealed_by(pair.device, RESPONSE))
    if heard is Heard.LAST_DATA:
        return b"\xa2" + data[1:] + write_data(None, Status.TERMINATION)[1:]
    return data


def _sealed_by(side: DeviceSession | ReaderSession, plain: bytes) -> bytes:
    """Return what that side would send next, were it allowed to send anything."""
    cipher = side._sending
    return bytes(40) if cipher is None else cipher.seal(plain)


def _told(side: DeviceSession | ReaderSession, events: tuple[Event, ...]) -> str:
    """Return what happened, as the matrix has it."""
    told = ""
    for event in events:
        if isinstance(event, MessageRefused):
            told += f"={event.why}"
        elif isinstance(event, SessionEnded):
            told = f"{event.why}{told}"
        elif isinstance(event, ToSend):
            assert event.octets[:-1] == b"\xa1\x66status"
            told += f"+{event.octets[-1]}"
    return told or f">{side.state}"


@pytest.mark.parametrize("heard", Heard)
@pytest.mark.parametrize("state", DeviceState)
def test_a_device_does_with_each_message_in_each_state_what_the_table_says(
    state: DeviceState, heard: Heard
) -> None:
    cell = DEVICE_CELLS[state, heard]
    terms = ONE_MESSAGE if heard is Heard.EXHAUSTED else SessionTerms()
    pair = device_in(state, terms)
    if cell == "-":
        _assert_rule_is_there(DEVICE[state, heard].refusal, heard)
        return
    before = pair.device.state
    sent = _to_device(pair, Heard.UNOPENED if heard is Heard.EXHAUSTED else heard)
    events = _received(pair.device, sent, heard)
    assert _told(pair.device, events) == cell
    over = any(isinstance(each, SessionEnded) for each in events)
    if over:
        assert pair.device.state is DeviceState.ENDED
    elif cell.startswith("="):
        assert pair.device.state is before
    else:
        (asked,) = events
        assert isinstance(asked, RequestHeard)
        assert asked.request == REQUEST


@pytest.mark.parametrize("heard", Heard)
@pytest.mark.parametrize("state", ReaderState)
def test_a_reader_does_with_each_message_in_each_state_what_the_table_says(
    state: ReaderState, heard: Heard
) -> None:
    cell = READER_CELLS[state, heard]
    exhausted = heard is Heard.EXHAUSTED and state is ReaderState.WAITING
    pair = reader_in(state, TWO_MESSAGES if exhausted else SessionTerms())
    if exhausted:
        pair = _used_up()
    if heard is Heard.REPEATED and state is ReaderState.WAITING:
        pair = engaged()
        pair.ask()
        pair.answer()
        pair.reader.ask(REQUEST, at=AT)
    if cell == "-":
        _assert_rule_is_there(READER[state, heard].refusal, heard)
        return
    sent = _to_reader(pair, Heard.UNOPENED if heard is Heard.EXHAUSTED else heard)
    events = _received(pair.reader, sent, heard)
    assert _told(pair.reader, events) == cell
    if heard is Heard.LAST_DATA and state is ReaderState.WAITING:
        assert events[0] == AnswerHeard(RESPONSE)
    elif cell.startswith(">"):
        (taken,) = events
        assert taken == AnswerHeard(RESPONSE) or isinstance(taken, DeviceEngaged)
    else:
        assert not any(isinstance(each, AnswerHeard | DeviceEngaged) for each in events)


def _used_up() -> Pair:
    """Return a reader that waits and has heard as many messages as it may."""
    device = DeviceSession.by_qr(at=AT)
    uri = device.engagement.to_uri()
    pair = Pair(device, ReaderSession.by_qr(uri, at=AT, terms=TWO_MESSAGES))
    pair.ask()
    pair.answer()
    pair.ask()
    receiving = pair.reader._receiving
    assert receiving is not None
    receiving.count = 2
    return pair


def _assert_rule_is_there(refusal: object, heard: Heard) -> None:
    assert (refusal is not None) is (heard is Heard.REPEATED)


def test_every_state_has_a_rule_for_everything_that_can_be_heard() -> None:
    assert set(DEVICE) == {(s, h) for s in DeviceState for h in Heard}
    assert set(READER) == {(s, h) for s in ReaderState for h in Heard}
    assert set(DEVICE_CELLS) == {(str(s), str(h)) for s, h in DEVICE}
    assert set(READER_CELLS) == {(str(s), str(h)) for s, h in READER}


@pytest.mark.parametrize("state", DeviceState)
def test_a_device_answers_while_a_request_is_open_and_ends_before_the_end(
    state: DeviceState,
) -> None:
    pair = device_in(state)
    if state is DeviceState.DECIDING:
        pair.device.answer(RESPONSE, at=AT)
    else:
        with pytest.raises(UsageError, match="nobody can answer while"):
            pair.device.answer(RESPONSE, at=AT)
    _ends(device_in(state).device, can=state is not DeviceState.ENDED)
    assert (state in DEVICE_ACTS[Act.ANSWER]) is (state == "deciding")


@pytest.mark.parametrize("state", ReaderState)
def test_a_reader_asks_while_nothing_is_open_and_ends_before_the_end(
    state: ReaderState,
) -> None:
    pair = reader_in(state)
    if state in (ReaderState.READY, ReaderState.ANSWERED):
        pair.reader.ask(REQUEST, at=AT)
    else:
        with pytest.raises(UsageError, match="nobody can ask while"):
            pair.reader.ask(REQUEST, at=AT)
    _ends(reader_in(state).reader, can=state is not ReaderState.ENDED)
    assert (state in READER_ACTS[Act.ASK]) is (state in ("ready", "answered"))


def _ends(side: DeviceSession | ReaderSession, *, can: bool) -> None:
    if can:
        assert side.end(at=AT) == write_data(None, Status.TERMINATION)
    with pytest.raises(UsageError, match="nobody can end while"):
        side.end(at=AT)
    assert side.poll(at=AT + limits.PROXIMITY_LIFETIME + A_SECOND) == ()
