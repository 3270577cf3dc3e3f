"""A device's side of a session: it is engaged, asked, and answers (9.1.1.4)."""

from collections.abc import Mapping
from datetime import datetime

from idwallet import limits
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.proximity.contact import ByNfc, ByQr, ByReader, Contact
from idwallet.protocols.proximity.engagement import (
    DeviceEngagement,
    ReaderEngagement,
    write_device_engagement,
)
from idwallet.protocols.proximity.handover import (
    HandoverRequest,
    HandoverSelect,
    write_handover_select,
)
from idwallet.protocols.proximity.keys import (
    OwnKey,
    SessionKey,
    agreed,
    new_session_key,
    read_session_key,
    session_ciphers,
    session_key_of,
)
from idwallet.protocols.proximity.machine import (
    TERMS,
    Event,
    Machine,
    RequestHeard,
    SessionTerms,
    UnreadableError,
)
from idwallet.protocols.proximity.messages import (
    SessionMessage,
    Status,
    write_data,
    write_engaged,
)
from idwallet.protocols.proximity.methods import Method
from idwallet.protocols.proximity.states import (
    DEVICE,
    DEVICE_ACTS,
    Act,
    DeviceState,
    Table,
)


class DeviceSession(Machine[DeviceState]):
    """One session of a device: octets in, events and octets out.

    Show `engagement`, give every message of the reader to `receive`, answer a
    `RequestHeard` by `answer`, and send whatever comes out. Every session has a key of
    its own: what one reader scanned is of no use to the next.
    """

    __slots__ = ("_contact", "_peer", "engagement")

    _RULES: Table[DeviceState] = DEVICE
    _ACTS: Mapping[Act, frozenset[DeviceState]] = DEVICE_ACTS
    _MOST: int = limits.PROXIMITY_REQUEST_BYTES

    engagement: DeviceEngagement
    """What the device shows."""

    def __init__(
        self,
        engagement: DeviceEngagement,
        contact: Contact,
        *,
        key: OwnKey,
        at: datetime,
        terms: SessionTerms = TERMS,
    ) -> None:
        """Begin with an engagement of one's own; `by_qr` makes both.

        Raises:
            UsageError: `key` is not the one in the engagement, or `at` has no zone.
        """
        super().__init__(DeviceState.ENGAGED, key=key, at=at, terms=terms)
        if engagement.key.public_key != key.public_key:
            raise UsageError("the engagement shows another key")
        self.engagement = engagement
        self._contact = contact
        self._peer: tuple[SessionKey, Handover] | None = None

    @classmethod
    def by_qr(
        cls,
        methods: tuple[Method, ...] = (),
        *,
        at: datetime,
        curve: str = "P-256",
        terms: SessionTerms = TERMS,
    ) -> "DeviceSession":
        """Begin with a new key; show ``engagement.to_uri()`` as a QR code.

        Raises:
            UsageError: a method that is not known, or `at` has no zone.
            UnsupportedError: nothing here agrees on `curve`.
        """
        key = new_session_key(curve)
        engagement = write_device_engagement(session_key_of(key), methods)
        return cls(engagement, ByQr(), key=key, at=at, terms=terms)

    @classmethod
    def by_nfc(
        cls,
        methods: tuple[Method, ...],
        *,
        at: datetime,
        asked: HandoverRequest | None = None,
        terms: SessionTerms = TERMS,
    ) -> tuple["DeviceSession", HandoverSelect]:
        """Begin with a new key by NFC; return the session, and what to hand over.

        With `asked`, what a reader offered, `methods` is the one way that is chosen of
        it (negotiated handover); without, every way the device has (static).

        Raises:
            UsageError: no way, one that NFC has no record for or that nobody offered,
                or `at` has no zone.
        """
        key = new_session_key()
        engagement = write_device_engagement(session_key_of(key))
        select = write_handover_select(engagement, methods, asked=asked)
        contact = ByNfc(select.octets, None if asked is None else asked.octets)
        return cls(engagement, contact, key=key, at=at, terms=terms), select

    @classmethod
    def by_reader(
        cls, shown: ReaderEngagement, *, at: datetime, terms: SessionTerms = TERMS
    ) -> tuple["DeviceSession", bytes]:
        """Answer a reader's engagement; return the session, and what to send first.

        Raises:
            UsageError: the engagement has no key, or `at` has no zone.
            UnsupportedError: nothing here agrees on the curve of its key.
        """
        reader = shown.key
        if reader is None:
            raise UsageError("a reader that shows no key cannot be answered")
        key = new_session_key(reader.curve)
        engagement = write_device_engagement(session_key_of(key))
        made = cls(engagement, ByReader(shown.octets), key=key, at=at, terms=terms)
        made._meet(reader)
        made.state = DeviceState.REACHED
        return made, write_engaged(engagement.octets)

    def answer(self, response: bytes, *, at: datetime, last: bool = False) -> bytes:
        """Return the message with a DeviceResponse; `last` ends the session with it.

        Send it as it is, and send the same again where it got lost on the way: it is
        taken once.

        Raises:
            UsageError: no request is open, the session is over its time, or no number
                is left.
        """
        data = self._sealed(response, Act.ANSWER, at=at)
        if last:
            self._close()
            return write_data(data, Status.TERMINATION)
        self.state = DeviceState.ANSWERED
        return write_data(data)

    def _ended(self) -> DeviceState:
        return DeviceState.ENDED

    def _take(self, message: SessionMessage) -> Event:
        if message.reader_key is not None:
            self._introduce(message.reader_key)
        receiving, peer = self._receiving, self._peer
        if receiving is None or peer is None or message.data is None:
            raise UsageError("the session has no keys")
        request = receiving.unseal(message.data, at="message/data")
        return RequestHeard(request, peer[1], peer[0].for_mac)

    def _introduce(self, octets: bytes) -> None:
        """Take the reader's key; where it was shown before, it has to be that one."""
        if self._peer is not None:
            if octets != self._peer[0].octets:
                raise MalformedError(
                    "another key than was shown",
                    at="message/eReaderKey",
                    clause="ISO/IEC 18013-5 §9.1.1.4",
                )
            return
        try:
            reader = read_session_key(octets, at="message/eReaderKey")
        except UnsupportedError:
            raise
        except MalformedError:
            raise UnreadableError from None
        self._meet(reader)

    def _meet(self, reader: SessionKey) -> None:
        secret = agreed(self._own_key(), reader)
        handover = self._contact.handover(self.engagement.octets, reader.octets)
        ciphers = session_ciphers(
            secret, transcript=handover.transcript(), most=self._terms.messages
        )
        self._peer = (reader, handover)
        self._sending, self._receiving = ciphers.device, ciphers.reader
