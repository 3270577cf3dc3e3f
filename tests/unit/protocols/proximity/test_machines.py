"""Sessions of every curve, their times, and what they never tell."""

import copy
import pickle
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from idwallet import limits
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import UnsupportedError, UsageError
from idwallet.protocols import (
    AnswerHeard,
    DeviceSession,
    Ending,
    ReaderSession,
    RequestHeard,
    SessionEnded,
    SessionTerms,
)
from idwallet.protocols.proximity.contact import ByQr
from idwallet.protocols.proximity.engagement import (
    read_reader_engagement,
    write_device_engagement,
    write_reader_engagement,
)
from idwallet.protocols.proximity.keys import new_session_key, session_key_of
from idwallet.protocols.proximity.messages import Status, write_data
from idwallet.protocols.proximity.methods import Ble, OtherMethod, WifiAware
from idwallet.protocols.proximity.states import Act
from tests.unit.protocols.proximity.sessions import (
    AT,
    REQUEST,
    RESPONSE,
    Pair,
    engaged,
    reached,
)

CURVES = (
    *("P-256", "P-384", "P-521", "X25519", "X448"),
    *("brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"),
)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_session_is_keyed_on_every_curve(curve: str, *, reverse: bool) -> None:
    pair = reached(curve=curve) if reverse else engaged(curve=curve)
    for _ in range(2):
        (asked,) = pair.device.receive(pair.reader.ask(REQUEST, at=AT), at=AT)
        assert isinstance(asked, RequestHeard)
        assert asked.handover == pair.conversation.handover
        # A device's key agrees with one on its own curve; no device's is on these two.
        can_mac = not curve.startswith("X")
        assert (asked.reader is not None) is can_mac
        assert (pair.conversation.reader_key is not None) is can_mac
        sent = pair.device.answer(RESPONSE, at=AT)
        assert pair.reader.receive(sent, at=AT) == (AnswerHeard(RESPONSE),)


def test_other_curves_are_not_taken() -> None:
    for curve in ("secp256k1", "Ed25519", ""):
        with pytest.raises(UnsupportedError):
            DeviceSession.by_qr(at=AT, curve=curve)


def test_a_key_of_another_curve_is_answered_by_status_10() -> None:
    device, other = engaged(curve="P-256"), engaged(curve="X25519")
    reply, over = device.device.receive(other.reader.ask(REQUEST, at=AT), at=AT)
    assert over == SessionEnded(Ending.UNOPENED)
    assert reply.octets == bytes.fromhex("a1667374617475730a")  # type: ignore[union-attr]


def test_a_session_shows_its_own_key_and_no_other() -> None:
    key, other = new_session_key(), new_session_key()
    shown = write_device_engagement(session_key_of(key))
    assert DeviceSession(shown, ByQr(), key=key, at=AT).engagement == shown
    with pytest.raises(UsageError, match="another key"):
        DeviceSession(shown, ByQr(), key=other, at=AT)
    with pytest.raises(UsageError, match="shows something"):
        ReaderSession(None, ByQr(), key=key, at=AT)
    with pytest.raises(UsageError, match="shows nothing"):
        _ = engaged().reader.shown
    with pytest.raises(UsageError, match="no key"):
        nobody = write_reader_engagement(None)
        DeviceSession.by_reader(nobody, at=AT)
    assert read_reader_engagement(nobody.octets, at="shown") == nobody


def test_nobody_asks_before_a_device_is_known_or_after_the_end() -> None:
    reader = ReaderSession.showing((Ble(central=bytes(16)),), at=AT)
    with pytest.raises(UsageError, match="no device"):
        reader.conversation()
    pair = engaged()
    question = pair.conversation
    pair.reader.end(at=AT)
    with pytest.raises(UsageError, match="its key is gone"):
        pair.reader.conversation()
    # What was asked before keeps what judges a MAC.
    assert isinstance(question.reader_key, EphemeralKey)


def test_a_message_keeps_a_session_alive_and_nothing_keeps_it_for_ever() -> None:
    pair = engaged(
        SessionTerms(idle=timedelta(minutes=5), lifetime=timedelta(minutes=8))
    )
    at = AT + timedelta(minutes=4)
    sent = pair.reader.ask(REQUEST, at=at)
    pair.device.receive(sent, at=at)
    assert pair.device.deadline == AT + timedelta(minutes=8)
    assert pair.device.poll(at=AT + timedelta(minutes=7)) == ()
    over = pair.device.poll(at=AT + timedelta(minutes=8))
    assert over[-1] == SessionEnded(Ending.OUTLIVED)
    waiting = engaged()
    with pytest.raises(UsageError, match="over its time"):
        waiting.reader.require(Act.ASK, at=AT + limits.PROXIMITY_IDLE)


def test_what_is_passed_over_keeps_no_session_alive() -> None:
    pair = engaged()
    pair.ask()
    later = AT + limits.PROXIMITY_IDLE - timedelta(seconds=1)
    assert pair.device.receive(pair.sent, at=later)
    assert pair.device.deadline == AT + limits.PROXIMITY_IDLE


def test_a_clock_that_runs_backwards_lengthens_no_session() -> None:
    pair = engaged()
    pair.ask()
    before = pair.device.deadline
    pair.device.answer(RESPONSE, at=AT - timedelta(hours=2))
    assert pair.device.deadline == before


def test_a_message_heard_by_a_clock_set_back_shortens_no_session_either() -> None:
    pair = engaged()
    before = pair.device.deadline
    sent = pair.reader.ask(REQUEST, at=AT)
    pair.device.receive(sent, at=AT - timedelta(minutes=4))
    assert pair.device.deadline == before
    pair.reader.receive(pair.device.answer(RESPONSE, at=AT), at=AT)
    assert pair.reader.deadline == before


ENDINGS: dict[str, Callable[[Pair], object]] = {
    "by-us": lambda pair: (pair.device.end(at=AT), pair.reader.end(at=AT)),
    "by-the-line": lambda pair: (pair.device.lost(at=AT), pair.reader.lost(at=AT)),
    "by-the-time": lambda pair: (
        pair.device.poll(at=AT + limits.PROXIMITY_LIFETIME),
        pair.reader.poll(at=AT + limits.PROXIMITY_LIFETIME),
    ),
    "by-noise": lambda pair: (
        pair.device.receive(b"noise", at=AT),
        pair.reader.receive(b"noise", at=AT),
    ),
    "by-a-status": lambda pair: (
        pair.device.receive(write_data(None, Status.TERMINATION), at=AT),
        pair.reader.receive(write_data(None, Status.TERMINATION), at=AT),
    ),
    "with-the-answer": lambda pair: pair.reader.receive(
        pair.device.answer(RESPONSE, at=AT, last=True), at=AT
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_no_key_is_left_of_a_session_that_is_over(name: str) -> None:
    pair = engaged()
    pair.ask()
    for side in (pair.device, pair.reader):
        assert None not in (side._key, side._sending, side._receiving)
    ENDINGS[name](pair)
    for side in (pair.device, pair.reader):
        assert side.is_over
        assert {side._key, side._sending, side._receiving} == {None}


def test_a_moment_without_a_zone_is_refused_everywhere() -> None:
    naive = datetime(2026, 11, 26, 12)  # noqa: DTZ001 - refused
    with pytest.raises(UsageError):
        DeviceSession.by_qr(at=naive)
    pair = engaged()
    for work in (
        lambda: pair.reader.ask(REQUEST, at=naive),
        lambda: pair.reader.receive(b"", at=naive),
        lambda: pair.reader.poll(at=naive),
        lambda: pair.reader.lost(at=naive),
        lambda: pair.reader.end(at=naive),
    ):
        with pytest.raises(UsageError):
            work()


@pytest.mark.parametrize(
    "wrong",
    [
        {"idle": timedelta(0)},
        {"idle": limits.PROXIMITY_IDLE_MAXIMUM + timedelta(seconds=1)},
        {"lifetime": timedelta(0)},
        {"lifetime": limits.PROXIMITY_LIFETIME_MAXIMUM + timedelta(seconds=1)},
        {"messages": 0},
        {"messages": 1 << 32},
    ],
)
def test_terms_have_bounds(wrong: dict[str, timedelta]) -> None:
    assert SessionTerms(messages=(1 << 32) - 1)
    with pytest.raises(UsageError):
        SessionTerms(**wrong)  # type: ignore[arg-type]


def test_a_session_that_has_had_its_messages_asks_no_more() -> None:
    pair = engaged(SessionTerms(messages=1))
    pair.ask()
    pair.answer()
    # It is known before anything is signed.
    with pytest.raises(UsageError, match="end the session"):
        pair.reader.require(Act.ASK, at=AT)
    with pytest.raises(UsageError, match="no number is left"):
        pair.reader.ask(REQUEST, at=AT)
    assert pair.reader.end(at=AT)


def test_what_got_lost_is_sent_again_and_taken_once() -> None:
    pair = engaged()
    sent = pair.reader.ask(REQUEST, at=AT)
    (first,) = pair.device.receive(sent, at=AT)
    (again,) = pair.device.receive(sent, at=AT)
    assert isinstance(first, RequestHeard)
    assert not isinstance(again, RequestHeard)
    answer = pair.device.answer(RESPONSE, at=AT)
    assert pair.reader.receive(answer, at=AT) == (AnswerHeard(RESPONSE),)
    (late,) = pair.reader.receive(answer, at=AT)
    assert late != AnswerHeard(RESPONSE)


def test_a_session_does_not_travel_and_shows_its_state_alone() -> None:
    pair = engaged()
    assert repr(pair.device) == "<DeviceSession engaged>"
    for side in (pair.device, pair.reader):
        for work in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(UsageError):
                work(side)
    (asked,) = pair.device.receive(pair.reader.ask(b"secret", at=AT), at=AT)
    assert "secret" not in repr(asked)
    assert isinstance(pair, Pair)


def test_a_passphrase_is_not_shown_and_unknown_ways_are_not_offered() -> None:
    assert "passphrase1" not in repr(WifiAware("passphrase1"))
    with pytest.raises(UsageError):
        DeviceSession.by_qr((OtherMethod(9, 1),), at=AT)
    for wrong in (b"", bytes(15)):
        with pytest.raises(UsageError):
            Ble(central=wrong)
    with pytest.raises(UsageError):
        Ble()
