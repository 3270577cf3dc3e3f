"""What both sides of a session have in common: time, numbers, keys, and the table."""

import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, NoReturn, TypeAlias, TypeVar

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.crypto.counted import COUNTER_MAXIMUM, CountedCipher
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.proximity.engagement import DeviceEngagement
from idwallet.protocols.proximity.keys import OwnKey
from idwallet.protocols.proximity.messages import (
    SessionMessage,
    Status,
    read_message,
    write_data,
)
from idwallet.protocols.proximity.states import (
    Act,
    Ending,
    Heard,
    Refusal,
    Rule,
    Table,
)


@dataclass(frozen=True, slots=True)
class ToSend:
    """Octets for the other side, as they are."""

    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RequestHeard:
    """A reader asks: a DeviceRequest that nobody has judged.

    `handover` is the conversation it was heard in; `reader` the reader's key of the
    session, which a device may prove itself to by a MAC, or None where no device's key
    agrees with it (X25519, X448).
    """

    request: bytes = field(repr=False)
    handover: Handover
    reader: PublicKey | None


@dataclass(frozen=True, slots=True)
class AnswerHeard:
    """A device answers: a DeviceResponse that nobody has judged."""

    response: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceEngaged:
    """A device answered the reader's engagement: it can be asked."""

    engagement: DeviceEngagement


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session is over, and its keys are gone."""

    why: Ending


@dataclass(frozen=True, slots=True)
class MessageRefused:
    """A message was passed over; the session is as it was."""

    why: Refusal


Event: TypeAlias = (
    ToSend | RequestHeard | AnswerHeard | DeviceEngaged | SessionEnded | MessageRefused
)


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How long a session waits and lives, and how many messages go each way.

    The standard has nobody give up before 300 seconds without a message.

    Raises:
        UsageError: a time that is not positive or longer than its bound in `limits`,
            or a number of messages that no counter holds.
    """

    idle: timedelta = limits.PROXIMITY_IDLE
    lifetime: timedelta = limits.PROXIMITY_LIFETIME
    messages: int = limits.PROXIMITY_MESSAGES

    def __post_init__(self) -> None:
        """Hold the terms to their bounds."""
        if not timedelta(0) < self.idle <= limits.PROXIMITY_IDLE_MAXIMUM:
            raise UsageError("a session waits longer than nothing, an hour at most")
        if not timedelta(0) < self.lifetime <= limits.PROXIMITY_LIFETIME_MAXIMUM:
            raise UsageError("a session lives longer than nothing, a day at most")
        if not 0 < self.messages <= COUNTER_MAXIMUM:
            raise UsageError("no counter holds that many messages")


TERMS: Final = SessionTerms()
"""What a session has where nobody says otherwise."""

_State = TypeVar("_State", bound=StrEnum)


class Machine(ABC, Generic[_State]):
    """One side of one session. Not thread-safe, and never copied."""

    __slots__ = (
        "_began",
        "_heard",
        "_key",
        "_last",
        "_receiving",
        "_sending",
        "_terms",
        "state",
    )

    # What each side has, once for all of its sessions.
    _RULES: Table[_State]
    _ACTS: Mapping[Act, frozenset[_State]]
    _MOST: int

    state: _State
    """Where this side stands."""

    def __init__(
        self, state: _State, *, key: OwnKey, at: datetime, terms: SessionTerms
    ) -> None:
        """Begin at the moment `at`; the key is this session's and no other's."""
        require_aware(at)
        self.state = state
        self._key: OwnKey | None = key
        self._terms = terms
        self._began = self._last = at
        self._heard = b""
        self._sending: CountedCipher | None = None
        self._receiving: CountedCipher | None = None

    @property
    def deadline(self) -> datetime:
        """When the session ends by itself, if nothing happens: call `poll` then."""
        terms = self._terms
        return min(self._last + terms.idle, self._began + terms.lifetime)

    @property
    def is_over(self) -> bool:
        """Whether the session has ended, by whomever."""
        return self.state is self._ended()

    def receive(self, octets: bytes, *, at: datetime) -> tuple[Event, ...]:
        """Take one message of the other side and return what follows, in order.

        Never raises because of the octets: what breaks the protocol ends the session,
        with the standard's status code to send and no word more.

        Raises:
            UsageError: `at` has no time zone.
        """
        due = self._due(at)
        if due is not None:
            return self._follow(self._rule(due), None, at=at)
        heard, message = self._sort(octets)
        rule = self._rule(heard)
        taken: Event | None = None
        if rule.takes:
            result = self._tried(message)
            if isinstance(result, Heard):
                rule = self._rule(result)
            else:
                taken = result
                self._heard = hashlib.sha256(octets).digest()
        return self._follow(rule, taken, at=at)

    def poll(self, *, at: datetime) -> tuple[Event, ...]:
        """Return what follows from the time alone: nothing, or the end.

        Raises:
            UsageError: `at` has no time zone.
        """
        due = self._due(at)
        return () if due is None else self._follow(self._rule(due), None, at=at)

    def lost(self, *, at: datetime) -> tuple[Event, ...]:
        """Return what follows where the connection is gone: the end, unless it came.

        Raises:
            UsageError: `at` has no time zone.
        """
        require_aware(at)
        return self._follow(self._rule(Heard.LOST), None, at=at)

    def end(self, *, at: datetime) -> bytes:
        """End the session; the message that says so is to be sent.

        Raises:
            UsageError: it is over already.
        """
        self.require(Act.END, at=at)
        self._close()
        return write_data(None, Status.TERMINATION)

    @abstractmethod
    def _take(self, message: SessionMessage) -> Event:
        """Open a message that the table takes.

        Raises:
            MalformedError, UnsupportedError: it does not open.
            UsageError: the keys do not fit.
        """

    @abstractmethod
    def _ended(self) -> _State: ...

    def _rule(self, heard: Heard) -> Rule[_State]:
        return self._RULES[self.state, heard]

    def _due(self, at: datetime) -> Heard | None:
        require_aware(at)
        if self.is_over:
            return None
        if at - self._began >= self._terms.lifetime:
            return Heard.OUTLIVED
        return Heard.IDLE if at - self._last >= self._terms.idle else None

    def _sort(self, octets: bytes) -> tuple[Heard, SessionMessage]:
        if self.is_over:
            return Heard.MALFORMED, _NOTHING  # nobody reads it: every rule is the same
        if len(octets) <= self._MOST and self._is_repeated(octets):
            return Heard.REPEATED, _NOTHING
        try:
            message = read_message(octets, most=self._MOST)
        except LimitError:
            return Heard.TOO_LONG, _NOTHING
        except (MalformedError, UnsupportedError):
            return Heard.MALFORMED, _NOTHING
        return _heard(message), message

    def _is_repeated(self, octets: bytes) -> bool:
        digest = hashlib.sha256(octets).digest()
        return hmac.compare_digest(digest, self._heard)

    def _tried(self, message: SessionMessage) -> Event | Heard:
        receiving = self._receiving
        if receiving is not None and receiving.exhausted:
            return Heard.EXHAUSTED
        try:
            return self._take(message)
        except UnreadableError:
            return Heard.MALFORMED
        except (MalformedError, UnsupportedError, UsageError):
            return Heard.UNOPENED

    def _follow(
        self, rule: Rule[_State], taken: Event | None, *, at: datetime
    ) -> tuple[Event, ...]:
        events: list[Event] = []
        if taken is not None:
            events.append(taken)
        if rule.refusal is not None:
            events.append(MessageRefused(rule.refusal))
            return tuple(events)
        self._last = max(self._last, at)
        if rule.reply is not None:
            events.append(ToSend(write_data(None, rule.reply)))
        if rule.ending is not None:
            self._close()
            events.append(SessionEnded(rule.ending))
        self.state = rule.then
        return tuple(events)

    def require(self, act: Act, *, at: datetime) -> None:
        """Return only if that can be done at this moment; nothing is changed.

        Raises:
            UsageError: `at` has no time zone, the state is another, the session is over
                its time, or no number is left for another message.
        """
        require_aware(at)
        if self.state not in self._ACTS[act]:
            raise UsageError(f"nobody can {act} while the session is {self.state}")
        if act is Act.END:
            return
        if self._due(at) is not None:
            raise UsageError("the session is over its time: poll it")
        if self._sending is None or self._sending.exhausted:
            raise UsageError("no number is left for another message: end the session")

    def _sealed(self, plain: bytes, act: Act, *, at: datetime) -> bytes:
        """Return the next message's data, if that can be done at this moment."""
        self.require(act, at=at)
        if self._sending is None:  # as `require` has seen: it is there
            raise UsageError("the session has no keys")
        self._last = max(self._last, at)
        return self._sending.seal(plain)

    def _own_key(self) -> OwnKey:
        if self._key is None:
            raise UsageError("the session is over: its key is gone")
        return self._key

    def _close(self) -> None:
        """Let go of every key; what Python has copied of them is beyond our reach."""
        self._key = self._sending = self._receiving = None
        self.state = self._ended()

    def __repr__(self) -> str:
        """Show the state and nothing else."""
        return f"<{type(self).__name__} {self.state}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a copy would use a number twice."""
        raise UsageError("a session cannot be pickled or copied")


class UnreadableError(Exception):
    """What a message holds breaks its form; inside of the machines only."""


_NOTHING: Final = SessionMessage()
_STATUSES: Final = {
    Status.TERMINATION: Heard.TERMINATION,
    Status.ENCRYPTION_ERROR: Heard.ENCRYPTION_ERROR,
    Status.DECODING_ERROR: Heard.DECODING_ERROR,
}


def _heard(message: SessionMessage) -> Heard:
    if message.engagement is not None:
        return Heard.ENGAGEMENT
    if message.reader_key is not None:
        return Heard.ESTABLISHMENT
    if message.data is not None:
        return Heard.DATA if message.status is None else Heard.LAST_DATA
    for status, heard in _STATUSES.items():
        if message.status == status:
            return heard
    return Heard.OTHER_STATUS
