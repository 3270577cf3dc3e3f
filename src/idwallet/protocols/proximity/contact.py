"""How two sides found each other, and the conversation that follows (9.1.5.1)."""

from dataclasses import dataclass, field
from typing import Protocol

from idwallet.credentials.mdoc.transcript import (
    Handover,
    NfcHandover,
    QrHandover,
    ReverseHandover,
)


class Contact(Protocol):
    """How an engagement came to the other side."""

    def handover(self, engagement: bytes, reader_key: bytes) -> Handover:
        """Return the conversation of that engagement with that reader's key."""
        ...


@dataclass(frozen=True, slots=True)
class ByQr:
    """The device showed a QR code."""

    def handover(self, engagement: bytes, reader_key: bytes) -> Handover:
        """Return the conversation."""
        return QrHandover(engagement, reader_key)


@dataclass(frozen=True, slots=True)
class ByNfc:
    """The two touched: `select` and `request` are the messages as they went across.

    `request` is None for static handover.
    """

    select: bytes = field(repr=False)
    request: bytes | None = field(default=None, repr=False)

    def handover(self, engagement: bytes, reader_key: bytes) -> Handover:
        """Return the conversation."""
        return NfcHandover(engagement, reader_key, self.select, self.request)


@dataclass(frozen=True, slots=True)
class ByReader:
    """The reader showed its own engagement: `shown` are its octets."""

    shown: bytes = field(repr=False)

    def handover(self, engagement: bytes, reader_key: bytes) -> Handover:
        """Return the conversation."""
        return ReverseHandover(engagement, reader_key, self.shown)
