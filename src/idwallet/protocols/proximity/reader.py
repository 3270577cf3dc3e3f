"""A reader's side of a session: it knows a device, asks, and is answered (9.1.1.4)."""

from collections.abc import Mapping
from datetime import datetime

from idwallet import limits
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.proximity.contact import ByNfc, ByQr, ByReader, Contact
from idwallet.protocols.proximity.engagement import (
    DeviceEngagement,
    ReaderEngagement,
    device_engagement_of,
    read_device_engagement,
    read_reader_engagement,
    write_reader_engagement,
)
from idwallet.protocols.proximity.handover import HandoverRequest, HandoverSelect
from idwallet.protocols.proximity.keys import (
    OwnKey,
    agreed,
    new_session_key,
    session_ciphers,
    session_key_of,
)
from idwallet.protocols.proximity.machine import (
    TERMS,
    AnswerHeard,
    DeviceEngaged,
    Event,
    Machine,
    SessionTerms,
    UnreadableError,
)
from idwallet.protocols.proximity.messages import (
    SessionMessage,
    write_data,
    write_establishment,
)
from idwallet.protocols.proximity.methods import Method
from idwallet.protocols.proximity.states import (
    READER,
    READER_ACTS,
    Act,
    ReaderState,
    Table,
)


class ReaderSession(Machine[ReaderState]):
    """One session of a reader: octets in, events and octets out.

    Ask by `ask`, give every message of the device to `receive`, and judge what an
    `AnswerHeard` holds. What is asked and judged is bound to `conversation`.
    """

    __slots__ = ("_contact", "_handover", "_written")

    _RULES: Table[ReaderState] = READER
    _ACTS: Mapping[Act, frozenset[ReaderState]] = READER_ACTS
    _MOST: int = limits.PROXIMITY_RESPONSE_BYTES

    def __init__(
        self,
        engagement: DeviceEngagement | None,
        contact: Contact,
        *,
        key: OwnKey,
        at: datetime,
        terms: SessionTerms = TERMS,
    ) -> None:
        """Begin with a device's engagement, or with None and wait for one.

        `by_qr`, `by_nfc` and `showing` make the key, for this session alone.

        Raises:
            UsageError: the keys do not agree, `at` has no zone, or nobody knows how a
                device would answer.
        """
        state = ReaderState.SHOWING if engagement is None else ReaderState.READY
        super().__init__(state, key=key, at=at, terms=terms)
        if engagement is None and not isinstance(contact, ByReader):
            raise UsageError("only a reader that shows something waits for a device")
        self._contact = contact
        self._written = session_key_of(key).octets
        self._handover: Handover | None = None
        if engagement is not None:
            self._meet(engagement)

    @classmethod
    def by_qr(
        cls, uri: str, *, at: datetime, terms: SessionTerms = TERMS
    ) -> "ReaderSession":
        """Begin with the text of a device's QR code.

        Raises:
            MalformedError, LimitError: it is no engagement.
            UnsupportedError: of another version, or nothing here agrees on its curve.
            UsageError: `at` has no zone.
        """
        engagement = device_engagement_of(uri)
        key = new_session_key(engagement.key.curve)
        return cls(engagement, ByQr(), key=key, at=at, terms=terms)

    @classmethod
    def by_nfc(
        cls,
        select: HandoverSelect,
        *,
        at: datetime,
        asked: HandoverRequest | None = None,
        terms: SessionTerms = TERMS,
    ) -> "ReaderSession":
        """Begin with what a device handed over (`read_handover_select`).

        `asked` is what this reader offered, where it was negotiated.

        Raises:
            UnsupportedError: nothing here agrees on the curve of the device's key.
            UsageError: `at` has no zone.
        """
        engagement = select.engagement
        contact = ByNfc(select.octets, None if asked is None else asked.octets)
        key = new_session_key(engagement.key.curve)
        return cls(engagement, contact, key=key, at=at, terms=terms)

    @classmethod
    def showing(
        cls,
        methods: tuple[Method, ...],
        *,
        at: datetime,
        curve: str = "P-256",
        terms: SessionTerms = TERMS,
    ) -> "ReaderSession":
        """Begin with an engagement of the reader's own: `shown` is for the device.

        Raises:
            UsageError: a method that is not known, or `at` has no zone.
            UnsupportedError: nothing here agrees on `curve`.
        """
        key = new_session_key(curve)
        shown = write_reader_engagement(session_key_of(key), methods)
        return cls(None, ByReader(shown.octets), key=key, at=at, terms=terms)

    @property
    def shown(self) -> ReaderEngagement:
        """What the reader shows.

        Raises:
            UsageError: it is the device that showed something.
        """
        if not isinstance(self._contact, ByReader):
            raise UsageError("this reader shows nothing: it read a device's engagement")
        return read_reader_engagement(self._contact.shown, at="shown")

    def conversation(self) -> Session:
        """Return what a question is bound to: the transcript, and the reader's key.

        The question keeps the key until it is judged, for a MAC is judged by it; a key
        that no device's agrees with is not handed on (X25519, X448).

        Raises:
            UsageError: no device is known yet, or the session is over.
        """
        if self._handover is None:
            raise UsageError("no device has answered yet")
        own = self._own_key()
        return Session(self._handover, own if isinstance(own, EphemeralKey) else None)

    def ask(self, request: bytes, *, at: datetime) -> bytes:
        """Return the message with a DeviceRequest: the first one has the reader's key.

        Send it as it is, and send the same again where it got lost on the way: it is
        taken once.

        Raises:
            UsageError: a question is open, no device is known, the session is over, or
                no number is left.
        """
        first = self.state is ReaderState.READY
        data = self._sealed(request, Act.ASK, at=at)
        self.state = ReaderState.WAITING
        return write_establishment(self._written, data) if first else write_data(data)

    def _ended(self) -> ReaderState:
        return ReaderState.ENDED

    def _take(self, message: SessionMessage) -> Event:
        if message.engagement is not None:
            return self._reached(message.engagement)
        receiving = self._receiving
        if receiving is None or message.data is None:
            raise UsageError("the session has no keys")
        return AnswerHeard(receiving.unseal(message.data, at="message/data"))

    def _reached(self, octets: bytes) -> DeviceEngaged:
        try:
            engagement = read_device_engagement(octets, at="message/engagement")
        except UnsupportedError:
            raise
        except MalformedError:
            raise UnreadableError from None
        self._meet(engagement)
        return DeviceEngaged(engagement)

    def _meet(self, engagement: DeviceEngagement) -> None:
        secret = agreed(self._own_key(), engagement.key)
        handover = self._contact.handover(engagement.octets, self._written)
        ciphers = session_ciphers(
            secret, transcript=handover.transcript(), most=self._terms.messages
        )
        self._handover = handover
        self._sending, self._receiving = ciphers.reader, ciphers.device
