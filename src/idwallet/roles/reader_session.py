"""A verifier in a session with a device (ISO/IEC 18013-5): joins the two.

What comes back is judged by `verify_presentation`, as every answer is.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from idwallet.credentials.mdoc.reader import SignedOver
from idwallet.credentials.query import Query
from idwallet.errors import UsageError
from idwallet.protocols.proximity.machine import (
    AnswerHeard,
    DeviceEngaged,
    Event,
    MessageRefused,
    SessionEnded,
    ToSend,
)
from idwallet.protocols.proximity.reader import ReaderSession
from idwallet.protocols.proximity.states import Act
from idwallet.roles.reader import DeviceQuestion
from idwallet.roles.verifier import Verifier


@dataclass(frozen=True, slots=True)
class DeviceAnswered:
    """A device answered `question`, and nobody has judged it.

    ``verify_presentation(response, request=question, trust=trust, at=at)`` does.
    """

    response: bytes = field(repr=False)
    question: DeviceQuestion


ReaderEvent: TypeAlias = (
    ToSend | DeviceEngaged | DeviceAnswered | SessionEnded | MessageRefused
)


class SessionVerifier:
    """One verifier in one session. Not thread-safe, as the session is not."""

    __slots__ = ("_question", "_verifier", "session")

    session: ReaderSession
    """The machine: mind its `deadline`."""

    def __init__(self, verifier: Verifier, session: ReaderSession) -> None:
        """Join the two."""
        self._verifier = verifier
        self.session = session
        self._question: DeviceQuestion | None = None

    def ask(
        self,
        query: Query,
        *,
        at: datetime,
        over: SignedOver = SignedOver.EACH_DOCUMENT,
    ) -> bytes:
        """Return the message that asks, signed for this conversation; send it.

        Raises:
            UsageError: a question is open, no device is known, the session is over, or
                `query` asks for what a reader has no words for; see
                `Verifier.ask_device`.
            SignerError: the key could not sign.
        """
        self.session.require(Act.ASK, at=at)
        question = self._verifier.ask_device(
            query, session=self.session.conversation(), at=at, over=over
        )
        octets = self.session.ask(question.message, at=at)
        self._question = question
        return octets

    def receive(self, octets: bytes, *, at: datetime) -> tuple[ReaderEvent, ...]:
        """Take one message of the device and return what follows, in order.

        Raises:
            UsageError: `at` has no time zone.
        """
        return self._follow(self.session.receive(octets, at=at))

    def poll(self, *, at: datetime) -> tuple[ReaderEvent, ...]:
        """Return what follows from the time alone; see `ReaderSession.poll`."""
        return self._follow(self.session.poll(at=at))

    def lost(self, *, at: datetime) -> tuple[ReaderEvent, ...]:
        """Return what follows where the connection is gone."""
        return self._follow(self.session.lost(at=at))

    def end(self, *, at: datetime) -> bytes:
        """End the session; the message that says so is to be sent.

        Raises:
            UsageError: it is over already.
        """
        self._question = None
        return self.session.end(at=at)

    def _follow(self, events: tuple[Event, ...]) -> tuple[ReaderEvent, ...]:
        followed: list[ReaderEvent] = []
        for event in events:
            if isinstance(event, AnswerHeard):
                followed.append(DeviceAnswered(event.response, self._taken()))
            elif isinstance(event, ToSend | DeviceEngaged | MessageRefused):
                followed.append(event)
            elif isinstance(event, SessionEnded):
                self._question = None
                followed.append(event)
        return tuple(followed)

    def _taken(self) -> DeviceQuestion:
        question, self._question = self._question, None
        if question is None:
            # The machine takes an answer only while a question is open.
            raise UsageError("the session was asked past its verifier")
        return question
