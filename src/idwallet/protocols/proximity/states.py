"""What each side makes of each message in each state (ISO/IEC 18013-5 9.1.1.4).

The machines look here and decide nothing themselves: `DEVICE` and `READER` have a rule
for every state and everything that can be heard, `DEVICE_ACTS` and `READER_ACTS` say
when an application may do what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from idwallet.protocols.proximity.messages import Status


class DeviceState(StrEnum):
    """Where a device stands."""

    ENGAGED = "engaged"
    """It showed an engagement and waits for a reader."""
    REACHED = "reached"
    """It answered a reader's engagement and waits for the first request."""
    DECIDING = "deciding"
    """A request is before the person."""
    ANSWERED = "answered"
    """It answered; the reader may ask again."""
    ENDED = "ended"
    """Over: the keys are gone."""


class ReaderState(StrEnum):
    """Where a reader stands."""

    SHOWING = "showing"
    """It shows its own engagement and waits for a device."""
    READY = "ready"
    """It knows the device and has not asked."""
    WAITING = "waiting"
    """It asked and waits for an answer."""
    ANSWERED = "answered"
    """It has an answer and may ask again."""
    ENDED = "ended"
    """Over: the keys are gone."""


class Heard(StrEnum):
    """Everything that can be heard."""

    ESTABLISHMENT = "establishment"
    """A key of a reader, and a request."""
    DATA = "data"
    """Encrypted data."""
    LAST_DATA = "last-data"
    """Encrypted data, and status 20 with it."""
    ENGAGEMENT = "engagement"
    """A device's answer to a reader's engagement."""
    TERMINATION = "status-20"
    ENCRYPTION_ERROR = "status-10"
    DECODING_ERROR = "status-11"
    OTHER_STATUS = "status-other"
    REPEATED = "repeated"
    """The last message, octet by octet, once more."""
    UNOPENED = "unopened"
    """Data, or a key, that this session's keys do not fit."""
    MALFORMED = "malformed"
    TOO_LONG = "too-long"
    EXHAUSTED = "exhausted"
    """Data that no number is left for."""
    IDLE = "idle"
    """Nothing for too long."""
    OUTLIVED = "outlived"
    """The session is as old as it may get."""
    LOST = "lost"
    """The connection is gone."""


class Ending(StrEnum):
    """Why a session is over."""

    BY_US = "by-us"
    BY_PEER = "by-peer"
    PEER_DID_NOT_DECRYPT = "peer-did-not-decrypt"
    PEER_DID_NOT_DECODE = "peer-did-not-decode"
    PEER_UNKNOWN = "peer-unknown"
    """By a status that no standard knows."""
    NOT_ESTABLISHED = "not-established"
    """Data before there were keys."""
    SECOND_KEY = "second-key"
    """A reader's key where there is one already."""
    OUT_OF_TURN = "out-of-turn"
    UNOPENED = "unopened"
    MALFORMED = "malformed"
    TOO_LONG = "too-long"
    EXHAUSTED = "exhausted"
    IDLE = "idle"
    OUTLIVED = "outlived"
    LOST = "lost"


class Refusal(StrEnum):
    """Why a message was passed over, and the session is as it was."""

    AFTER_END = "after-end"
    REPEATED = "repeated"


class Act(StrEnum):
    """What an application does."""

    ASK = "ask"
    ANSWER = "answer"
    END = "end"


_State = TypeVar("_State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Rule(Generic[_State]):
    """What follows: the next state, and what is handed on or sent.

    `takes` says that the message is opened and handed on; what does not open is heard
    as such in its place. `reply` is sent before the session ends.
    """

    then: _State
    takes: bool = False
    ending: Ending | None = None
    refusal: Refusal | None = None
    reply: Status | None = None


Table = Mapping[tuple[_State, Heard], Rule[_State]]

# What ends a session in every state that is not the end, and what is sent then. Nothing
# is sent to whoever has ended it already.
_ENDINGS: Final[Mapping[Heard, tuple[Ending, Status | None]]] = {
    Heard.TERMINATION: (Ending.BY_PEER, None),
    Heard.ENCRYPTION_ERROR: (Ending.PEER_DID_NOT_DECRYPT, None),
    Heard.DECODING_ERROR: (Ending.PEER_DID_NOT_DECODE, None),
    Heard.OTHER_STATUS: (Ending.PEER_UNKNOWN, None),
    Heard.UNOPENED: (Ending.UNOPENED, Status.ENCRYPTION_ERROR),
    Heard.MALFORMED: (Ending.MALFORMED, Status.DECODING_ERROR),
    Heard.TOO_LONG: (Ending.TOO_LONG, Status.DECODING_ERROR),
    Heard.EXHAUSTED: (Ending.EXHAUSTED, Status.TERMINATION),
    Heard.IDLE: (Ending.IDLE, Status.TERMINATION),
    Heard.OUTLIVED: (Ending.OUTLIVED, Status.TERMINATION),
    Heard.LOST: (Ending.LOST, None),
    # Where the tables below have no other rule for them:
    Heard.ENGAGEMENT: (Ending.OUT_OF_TURN, Status.TERMINATION),
    Heard.ESTABLISHMENT: (Ending.SECOND_KEY, Status.ENCRYPTION_ERROR),
    Heard.DATA: (Ending.OUT_OF_TURN, Status.TERMINATION),
    Heard.LAST_DATA: (Ending.BY_PEER, None),
}


def _table(
    states: type[_State],
    ended: _State,
    *,
    own: Mapping[tuple[_State, Heard], Rule[_State]],
) -> Table[_State]:
    made: dict[tuple[_State, Heard], Rule[_State]] = {}
    for state in states:
        for heard in Heard:
            if state is ended:
                rule = Rule(ended, refusal=Refusal.AFTER_END)
            elif heard is Heard.REPEATED:
                rule = Rule(state, refusal=Refusal.REPEATED)
            elif (state, heard) in own:
                rule = own[state, heard]
            else:
                ending, reply = _ENDINGS[heard]
                rule = Rule(ended, ending=ending, reply=reply)
            made[state, heard] = rule
    return MappingProxyType(made)


def _too_soon(ended: _State) -> Rule[_State]:
    reply = Status.ENCRYPTION_ERROR
    return Rule(ended, ending=Ending.NOT_ESTABLISHED, reply=reply)


_D, _R = DeviceState, ReaderState
_ASKED: Final = Rule(_D.DECIDING, takes=True)

DEVICE: Final[Table[DeviceState]] = _table(
    DeviceState,
    _D.ENDED,
    own={
        (_D.ENGAGED, Heard.ESTABLISHMENT): _ASKED,
        (_D.ENGAGED, Heard.DATA): _too_soon(_D.ENDED),
        (_D.ENGAGED, Heard.LAST_DATA): _too_soon(_D.ENDED),
        # The key has to be the one that was shown: else it does not open.
        (_D.REACHED, Heard.ESTABLISHMENT): _ASKED,
        (_D.REACHED, Heard.DATA): _ASKED,
        (_D.ANSWERED, Heard.DATA): _ASKED,
    },
)
"""What a device makes of what it hears."""

READER: Final[Table[ReaderState]] = _table(
    ReaderState,
    _R.ENDED,
    own={
        (_R.SHOWING, Heard.ENGAGEMENT): Rule(_R.READY, takes=True),
        (_R.SHOWING, Heard.DATA): _too_soon(_R.ENDED),
        (_R.SHOWING, Heard.LAST_DATA): _too_soon(_R.ENDED),
        (_R.WAITING, Heard.DATA): Rule(_R.ANSWERED, takes=True),
        (_R.WAITING, Heard.LAST_DATA): Rule(
            _R.ENDED, takes=True, ending=Ending.BY_PEER
        ),
    },
)
"""What a reader makes of what it hears."""

DEVICE_ACTS: Final[Mapping[Act, frozenset[DeviceState]]] = {
    Act.ANSWER: frozenset({_D.DECIDING}),
    Act.END: frozenset(_D) - {_D.ENDED},
}
"""When a device may do what; anything else is a mistake of the program."""

READER_ACTS: Final[Mapping[Act, frozenset[ReaderState]]] = {
    Act.ASK: frozenset({_R.READY, _R.ANSWERED}),
    Act.END: frozenset(_R) - {_R.ENDED},
}
"""When a reader may do what; anything else is a mistake of the program."""
