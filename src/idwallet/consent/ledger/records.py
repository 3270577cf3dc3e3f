"""How a ledger stands in a vault: one record an entry, one head, evidence apart.

The entries are on the shelf `LEDGER`, named by their index; beside them stands the
head, which counts them. What an entry has for evidence is on the shelf `RECEIPT`, so
that it can be erased by itself.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.consent.ledger.chain import (
    IDENTITY_BYTES,
    Link,
    entry_digest,
    first_head,
    next_head,
)
from idwallet.consent.ledger.position import Evidence
from idwallet.consent.reading import Members, filled
from idwallet.crypto.vault import Edit, VaultRecord
from idwallet.errors import MalformedError
from idwallet.ports import Shelf

HEAD: Final = "head"
CLAUSE: Final = "idwallet consent ledger 1 §6"
_HEAD_FORMAT: Final = "idwallet-ledger/1"
_RECORD_FORMAT: Final = "idwallet-ledger-record/1"
_DIGITS: Final = 12
_TEXT: Final = "utf-8"


@dataclass(frozen=True, slots=True)
class Head:
    """Which ledger it is, how many entries it has, and the head of its chain."""

    identity: bytes
    count: int
    head: bytes

    @classmethod
    def first(cls, identity: bytes) -> "Head":
        """Return the head of a ledger without entries."""
        return cls(identity, 0, first_head(identity))

    def after(self, octets: bytes) -> tuple["Head", Link]:
        """Return the head after one more entry, and its link."""
        digest = entry_digest(octets)
        head = next_head(self.head, index=self.count, digest=digest)
        return Head(self.identity, self.count + 1, head), Link(digest, head)

    def to_bytes(self) -> bytes:
        """Return it as it is sealed."""
        made: JsonObject = {
            "format": _HEAD_FORMAT,
            "ledger": b64.encode(self.identity),
            "count": self.count,
            "head": b64.encode(self.head),
        }
        return write_json(made)


def read_head(plain: bytes) -> Head:
    """Read the head.

    Raises:
        MalformedError: it is none, or of a version that is not known.
    """
    at = "ledger head"
    members = Members(read_object(plain, at=at, clause=CLAUSE), at=at, clause=CLAUSE)
    members.expect("format", _HEAD_FORMAT)
    made = Head(
        members.octets("ledger"), members.number("count"), members.digest("head")
    )
    members.done()
    if len(made.identity) != IDENTITY_BYTES:
        raise MalformedError("no identity", at=at, clause=CLAUSE)
    return made


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """The record of one entry; `octets` is None where the entry was erased."""

    index: int
    link: Link
    octets: bytes | None

    @property
    def name(self) -> str:
        """The name of its record: names in order are entries in order."""
        return name_of(self.index)

    def to_bytes(self) -> bytes:
        """Return it as it is sealed."""
        head: JsonObject = {
            "format": _RECORD_FORMAT,
            "index": self.index,
            "digest": b64.encode(self.link.digest),
            "head": b64.encode(self.link.head),
        }
        octets = self.octets
        content = None if octets is None else octets.decode(_TEXT)
        return write_json(head | filled(content=content))

    def is_whole(self) -> bool:
        """Whether the entry is the one whose digest is chained."""
        octets = self.octets
        return octets is None or hmac.compare_digest(
            entry_digest(octets), self.link.digest
        )


def name_of(index: int) -> str:
    """Return the name of the record of an entry."""
    return f"{index:0{_DIGITS}d}"


def read_kept(record: VaultRecord) -> Kept:
    """Read the record of an entry.

    Raises:
        MalformedError: it is none, or another one's.
    """
    at = f"ledger entry {record.name}"
    found = read_object(record.plain, at=at, clause=CLAUSE)
    members = Members(found, at=at, clause=CLAUSE)
    members.expect("format", _RECORD_FORMAT)
    made = Kept(
        members.number("index"),
        Link(members.digest("digest"), members.digest("head")),
        members.maybe("content", lambda name: members.long_text(name).encode(_TEXT)),
    )
    members.done()
    if made.name != record.name:
        raise MalformedError("an entry of another place", at=at, clause=CLAUSE)
    return made


def evidence_names(index: int) -> tuple[str, str]:
    """Return the names of what an entry has for evidence: request, and receipt."""
    return f"{name_of(index)}-request", f"{name_of(index)}-receipt"


def adding(kept: Kept, evidence: Evidence, *, marks: bytes | None) -> list[Edit]:
    """Return what stores a new entry, its evidence, and its marks if there are any."""
    edits = [
        Edit.adding(Shelf.LEDGER, kept.name, plain=kept.to_bytes()),
        *_adding_evidence(kept.index, evidence),
    ]
    if marks is not None:
        name = marks_name(kept.index)
        edits.append(Edit.adding(Shelf.RECEIPT, name, plain=marks))
    return edits


def _adding_evidence(index: int, evidence: Evidence) -> list[Edit]:
    receipt = None if evidence.receipt is None else evidence.receipt.encode(_TEXT)
    pieces = zip(evidence_names(index), (evidence.request, receipt), strict=True)
    return [
        Edit.adding(Shelf.RECEIPT, name, plain=plain)
        for name, plain in pieces
        if plain is not None
    ]


def marks_name(index: int) -> str:
    """Return under what name the marks of an entry are kept; see `linking.marks`."""
    return f"marks-{name_of(index)}"
