"""A wallet in a session with a reader (ISO/IEC 18013-5): joins the two.

The machine carries and the wallet judges: who asks is verified before anybody sees it,
the person chooses, and only then is something signed and sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from idwallet.codec.cbor import read_cbor
from idwallet.consent.purpose import Judgement
from idwallet.credentials.mdoc.present import device_response
from idwallet.crypto.keys import PublicKey
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationError,
)
from idwallet.protocols.proximity.device import DeviceSession
from idwallet.protocols.proximity.machine import (
    Event,
    MessageRefused,
    RequestHeard,
    SessionEnded,
    ToSend,
)
from idwallet.protocols.proximity.states import Act
from idwallet.report import CheckId, Outcome, Report
from idwallet.roles.asked import Asked, Choice, Match
from idwallet.roles.holder import Holder

# ISO/IEC 18013-5 8.3.2.1.2.3, Table 8.
_NO_CBOR: Final = 11
_NO_REQUEST: Final = 12


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """A reader that was verified asks: show the person who, and for what."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """A request did not verify: show the person nothing of it.

    The answer is among the events; it says no more than that nothing is given.
    """

    report: Report


DeviceEvent: TypeAlias = (
    ToSend | PersonAsked | RequestRefused | SessionEnded | MessageRefused
)


@dataclass(frozen=True, slots=True, repr=False)
class SessionAnswer:
    """A message to send as it is; `entry` is that of the ledger (`record_sent`)."""

    octets: bytes
    entry: int

    def __repr__(self) -> str:
        """Show the entry only: the rest is for the reader."""
        return f"SessionAnswer(<{len(self.octets)} octets>, entry={self.entry})"


class SessionHolder:
    """One wallet in one session. Not thread-safe, as the session is not."""

    __slots__ = ("_asked", "_reader", "_wallet", "session")

    session: DeviceSession
    """The machine: show its engagement, and mind its `deadline`."""

    def __init__(self, wallet: Holder, session: DeviceSession) -> None:
        """Join the two."""
        self._wallet = wallet
        self.session = session
        self._asked: Asked | None = None
        self._reader: PublicKey | None = None

    def receive(self, octets: bytes, *, at: datetime) -> tuple[DeviceEvent, ...]:
        """Take one message of the reader and return what follows, in order.

        Raises:
            UsageError: `at` has no time zone.
        """
        return self._follow(self.session.receive(octets, at=at), at=at)

    def poll(self, *, at: datetime) -> tuple[DeviceEvent, ...]:
        """Return what follows from the time alone; see `DeviceSession.poll`."""
        return self._follow(self.session.poll(at=at), at=at)

    def lost(self, *, at: datetime) -> tuple[DeviceEvent, ...]:
        """Return what follows where the connection is gone."""
        return self._follow(self.session.lost(at=at), at=at)

    def match(self, *, at: datetime) -> Match:
        """Find what answers the open request; see `Holder.match`.

        Raises:
            UsageError: no request is open.
        """
        return self._wallet.match(self._open(), at=at)

    def present(
        self, choice: Choice, *, at: datetime, mac: bool = True, last: bool = False
    ) -> SessionAnswer:
        """Answer the open request with exactly what `choice` says.

        By default the device proves itself by a MAC, which convinces this reader and
        nobody else; keys that only sign, or are on another curve than the session's,
        need ``mac=False``. In a session keyed by X25519 or X448 it signs. `last` ends
        the session with the answer. Nothing is signed and no entry is written for a
        session that cannot send it.

        Raises:
            UsageError: no request is open, `choice` came from another, the session is
                over its time, or the keys do not agree.
            UnsupportedError, BatchEmpty, SignerError, PortError: as
                `Holder.present_device`; the request is open still.
        """
        asked = self._open()
        self.session.require(Act.ANSWER, at=at)
        reader = self._reader if mac else None
        answer = self._wallet.present_device(asked, choice, at=at, reader=reader)
        return self._sent(answer, answer.entry, at=at, last=last)

    def decline(
        self,
        *,
        at: datetime,
        judgement: Judgement | None = None,
        last: bool = False,
    ) -> SessionAnswer:
        """Answer the open request with nothing, as a wallet that holds nothing does.

        Raises:
            UsageError: no request is open, or the session is over its time.
            PortError: the ledger's store failed.
        """
        asked = self._open()
        self.session.require(Act.ANSWER, at=at)
        answer = self._wallet.decline_device(asked, at=at, judgement=judgement)
        return self._sent(answer, answer.entry, at=at, last=last)

    def end(self, *, at: datetime) -> bytes:
        """End the session; the message that says so is to be sent.

        Raises:
            UsageError: it is over already.
        """
        self._asked = None
        return self.session.end(at=at)

    def _sent(
        self, answer: bytes, entry: int, *, at: datetime, last: bool
    ) -> SessionAnswer:
        octets = self.session.answer(answer, at=at, last=last)
        self._asked = None
        return SessionAnswer(octets, entry)

    def _open(self) -> Asked:
        if self._asked is None:
            raise UsageError("no request is open")
        return self._asked

    def _follow(
        self, events: tuple[Event, ...], *, at: datetime
    ) -> tuple[DeviceEvent, ...]:
        followed: list[DeviceEvent] = []
        for event in events:
            if isinstance(event, RequestHeard):
                followed += self._judged(event, at=at)
            elif isinstance(event, ToSend | MessageRefused):
                followed.append(event)
            elif isinstance(event, SessionEnded):
                self._asked = self._reader = None
                followed.append(event)
        return tuple(followed)

    def _judged(self, heard: RequestHeard, *, at: datetime) -> list[DeviceEvent]:
        try:
            self._asked = self._wallet.read_device_request(
                heard.request, handover=heard.handover, at=at
            )
        except VerificationError as error:
            answer = device_response((), status=_status(heard.request, error.report))
            return [
                RequestRefused(error.report),
                ToSend(self.session.answer(answer, at=at)),
            ]
        self._reader = heard.reader
        return [PersonAsked(self._asked)]


def _status(request: bytes, report: Report) -> int:
    """Return what the standard has a device say of such a request.

    Whoever signed it wrongly, or is not trusted, hears what everybody hears whom
    nothing is given: 0.
    """
    if not any(
        each.id is CheckId.REQUEST_FORMAT and each.outcome is Outcome.FAILED
        for each in report.checks
    ):
        return 0
    try:
        read_cbor(request, at="request")
    except (MalformedError, UnsupportedError):
        return _NO_CBOR
    return _NO_REQUEST
