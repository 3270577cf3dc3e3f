r"""The chain of digests that holds the entries in their order.

    head(0)   = SHA-256("idwallet ledger 1\0" identity)
    digest(i) = SHA-256("idwallet ledger entry 1\0" octets of entry i)
    head(i+1) = SHA-256("idwallet ledger link 1\0" head(i) i digest(i))

Only the digest of an entry is chained: its octets can be erased, and the chain still
shows that it was there, when nothing else of it is known.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import JsonObject
from idwallet.codec.moment import require_aware
from idwallet.consent.reading import Members

CLAUSE: Final = "idwallet consent ledger 1 §3"
IDENTITY_BYTES: Final = 16
CHECKPOINT: Final = "idwallet-ledger-checkpoint/1"
_START: Final = b"idwallet ledger 1\0"
_ENTRY: Final = b"idwallet ledger entry 1\0"
_LINK: Final = b"idwallet ledger link 1\0"
_INDEX_BYTES: Final = 8


def first_head(identity: bytes) -> bytes:
    """Return the head of a ledger without entries; `identity` is its random name."""
    return hashlib.sha256(_START + identity).digest()


def entry_digest(octets: bytes) -> bytes:
    """Return what the chain holds of an entry."""
    return hashlib.sha256(_ENTRY + octets).digest()


def next_head(head: bytes, *, index: int, digest: bytes) -> bytes:
    """Return the head after entry `index`, of which `digest` is the digest."""
    place = index.to_bytes(_INDEX_BYTES)
    return hashlib.sha256(_LINK + head + place + digest).digest()


class Link(NamedTuple):
    """One entry's place in the chain: its digest, and the head after it."""

    digest: bytes
    head: bytes


def first_break(identity: bytes, links: Iterable[Link]) -> int | None:
    """Return the first index that does not follow on the one before, or None."""
    head = first_head(identity)
    for index, link in enumerate(links):
        head = next_head(head, index=index, digest=link.digest)
        if not hmac.compare_digest(head, link.head):
            return index
    return None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That a ledger had `count` entries and this `head` at that time.

    By itself it is its owner's word. It becomes a proof where it stands elsewhere: in
    somebody's hands who keeps it, under a timestamp, or in a receipt.
    """

    ledger: bytes
    count: int
    head: bytes
    time: datetime

    def __post_init__(self) -> None:
        """Refuse a moment that cannot be compared.

        Raises:
            UsageError: `time` has no zone.
        """
        require_aware(self.time)

    @property
    def digest(self) -> bytes:
        """The SHA-256 that is stamped, or put into a receipt: it tells nothing."""
        return hashlib.sha256(self.octets).digest()

    @property
    def octets(self) -> bytes:
        """What is digested: the canonical JSON (RFC 8785)."""
        return canonicalize(self.to_json())

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "format": CHECKPOINT,
            "ledger": b64.encode(self.ledger),
            "count": self.count,
            "head": b64.encode(self.head),
            "time": int(self.time.timestamp()),
        }

    @classmethod
    def from_json(cls, value: JsonObject, *, at: str = "checkpoint") -> "Checkpoint":
        """Read one that was kept.

        Raises:
            MalformedError: it is none, or of a version that is not known.
        """
        members = Members(value, at=at, clause=CLAUSE)
        made = read_checkpoint(members)
        members.done()
        return made


def read_checkpoint(members: Members) -> Checkpoint:
    """Read a checkpoint of an object that may hold more."""
    members.expect("format", CHECKPOINT)
    return Checkpoint(
        ledger=members.octets("ledger"),
        count=members.number("count"),
        head=members.digest("head"),
        time=members.moment("time"),
    )
