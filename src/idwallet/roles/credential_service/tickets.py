"""What a service hands out and takes back: sealed, of one kind, for a time.

A ticket of one kind opens as no other: a nonce is no token, a code no transaction.
"""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError
from idwallet.ports import Random

_CLAUSE: Final = "idwallet service ticket 1"
_ID_BYTES: Final = 16


class Kind(StrEnum):
    """What a ticket is for."""

    OFFER = "offer"
    STATE = "issuer_state"
    PUSHED = "pushed"
    CODE = "code"
    TOKEN = "token"  # noqa: S105 - the name of a kind
    REFRESH = "refresh"
    NONCE = "nonce"
    DPOP_NONCE = "dpop_nonce"
    CHALLENGE = "challenge"
    TIE = "tie"
    ASKED = "asked"
    TRANSACTION = "transaction"
    NOTIFICATION = "notification"


class Tickets:
    """Seals and opens the tickets of one issuer.

    They are bound to the issuer's identifier: services that share a key for several
    issuers do not take one another's.
    """

    __slots__ = ("_issuer", "_key", "_random")

    def __init__(self, key: SealKey, *, issuer: str, random: Random) -> None:
        """Take the key that all processes of the service share."""
        self._key = key
        self._issuer = issuer
        self._random = random

    def issue(self, kind: Kind, values: JsonObject, *, until: datetime) -> str:
        """Return a ticket that holds `values` and is over at `until`."""
        plain = write_json(
            {
                "id": b64.encode(self._random(_ID_BYTES)),
                "until": int(until.timestamp()),
                **values,
            }
        )
        sealed = seal(
            plain, key=self._key, context=self._context(kind), random=self._random
        )
        return b64.encode(sealed)

    def read(self, kind: Kind, ticket: str, *, at: datetime) -> "Ticket | None":
        """Return what a ticket holds, None where it is none, of another kind, or over.

        Which of these it is nobody outside is to learn.
        """
        try:
            sealed = b64.decode(ticket, at="ticket", clause=_CLAUSE)
            plain = unseal(
                sealed, key=self._key, context=self._context(kind), at="ticket"
            )
            values = read_object(plain, at="ticket", clause=_CLAUSE)
        except MalformedError:
            return None
        until = values["until"]
        if not isinstance(until, int) or at >= datetime.fromtimestamp(until, UTC):
            return None
        return Ticket(values, hashlib.sha256(plain).digest())

    def _context(self, kind: Kind) -> bytes:
        return f"idwallet service/1 {kind.value} {self._issuer}".encode()


class Ticket:
    """An open ticket. `digest` tells it from every other."""

    __slots__ = ("digest", "values")

    def __init__(self, values: JsonObject, digest: bytes) -> None:
        """Take what was sealed."""
        self.values = values
        self.digest = digest

    def text(self, name: str) -> str:
        """Return a text, "" where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, () where there is none."""
        value = self.values.get(name)
        listed = value if isinstance(value, list) else []
        return tuple(each for each in listed if isinstance(each, str))

    @property
    def until(self) -> datetime:
        """When it is over."""
        seconds = self.values["until"]
        return datetime.fromtimestamp(seconds if isinstance(seconds, int) else 0, UTC)

    def slot(self, name: str) -> bytes:
        """Return the digest under which one use of the ticket is remembered."""
        return hashlib.sha256(self.digest + name.encode()).digest()
