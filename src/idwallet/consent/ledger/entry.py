"""One entry of the ledger: something that happened, without a claim's value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.moment import require_aware
from idwallet.consent.occasion import (
    ClaimsAsked,
    ClaimsShown,
    LegalContacts,
    Occasion,
    Party,
    lists,
)
from idwallet.consent.reading import Members, filled
from idwallet.errors import LimitError, MalformedError, UsageError

FORMAT: Final = "idwallet-ledger-entry/1"
FORMAT_ACTING: Final = "idwallet-ledger-entry/2"
"""Of an entry that says for whom somebody acted: those before did not know of it."""

CLAUSE: Final = "idwallet consent ledger 1 §2"
SALT_BYTES: Final = 16


class EntryKind(StrEnum):
    """What happened."""

    SHOWN = "shown"
    """The holder chose to show this; until an outcome says so it is not known to have
    been sent: the entry is written before anything is signed."""
    DECLINED = "declined"
    """The holder showed nothing."""
    OUTCOME = "outcome"
    """What became of an earlier entry."""
    RECEIPT = "receipt"
    """The one who asked signed a receipt for an earlier entry, and it was verified."""
    DELETION = "deletion"
    """The holder began to ask that what an earlier entry shows be deleted."""
    RECEIVED = "received"
    """The other side: a verifier was answered."""


class Sending(StrEnum):
    """What is known of an answer that was made."""

    NOT_KNOWN = "not_known"
    """It may have been sent: nothing says so, and nothing says that it was not."""
    SENT = "sent"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened, when, and about whom; which members there are depends on `kind`.

    `judgement` counts the codes that the judgement of the request came to. `request` is
    the SHA-256 of the request as it came, `receipt` that of a receipt; the octets are
    kept apart. `about` is the index of an earlier entry. `outcome` is what became of it
    (`Sending`), or at a verifier the outcome of its verdict, with the `checks` that
    stood in the way. `kept_until` is how long a verifier says that it keeps what it
    received, None for not at all. `reason` is a code for what was not shown or sent.
    `acted_for` is for whom it was shown, where not for the wallet's owner: the
    pseudonym by which a verdict names a child's key, and no name.
    """

    kind: EntryKind
    time: datetime
    party: Party | None = None
    legal: LegalContacts | None = None
    purpose: str | None = None
    asked: tuple[ClaimsAsked, ...] = ()
    shown: tuple[ClaimsShown, ...] = ()
    judgement: Mapping[str, int] = field(default_factory=dict)
    request: bytes | None = None
    receipt: bytes | None = None
    about: int | None = None
    outcome: str | None = None
    reason: str | None = None
    checks: tuple[str, ...] = ()
    kept_until: datetime | None = None
    acted_for: str | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read again.

        Raises:
            UsageError: a moment has no zone, or the kind of entry lacks what it is of.
        """
        require_aware(self.time)
        if self.kind in _OF_A_REQUEST and self.request is None:
            raise UsageError("that kind of entry names the request")
        if self.kind in _OF_AN_ENTRY and self.about is None:
            raise UsageError("that kind of entry is about an earlier one")
        if self.kind in _OF_A_PARTY and self.party is None:
            raise UsageError("that kind of entry names who asked")
        if self.acted_for is not None and self.kind is not EntryKind.SHOWN:
            raise UsageError("nobody acts for anybody where nothing is shown")

    def occasion(self) -> Occasion:
        """Return what a receipt for this entry is held against.

        Raises:
            UsageError: nobody asked for anything here.
        """
        if self.party is None or self.request is None:
            raise UsageError("no receipt is given for that kind of entry")
        return Occasion(self.party, self.request, self.time, self.purpose, self.shown)

    def to_json(self) -> JsonObject:
        """Return the entry as JSON, without what is not there."""
        return filled(
            kind=self.kind.value,
            time=int(self.time.timestamp()),
            party=None if self.party is None else self.party.to_json(),
            legal=None if self.legal is None else self.legal.to_json(),
            purpose=self.purpose,
            asked=lists(self.asked),
            shown=lists(self.shown),
            judgement=dict[str, JsonValue](sorted(self.judgement.items())),
            request=None if self.request is None else b64.encode(self.request),
            receipt=None if self.receipt is None else b64.encode(self.receipt),
            about=self.about,
            outcome=self.outcome,
            reason=self.reason,
            checks=list[JsonValue](self.checks),
            kept_until=_seconds(self.kept_until),
            acted_for=self.acted_for,
        )


_OF_A_REQUEST: Final = frozenset(
    {EntryKind.SHOWN, EntryKind.DECLINED, EntryKind.RECEIVED}
)
_OF_A_PARTY: Final = frozenset({EntryKind.SHOWN, EntryKind.DECLINED})
_OF_AN_ENTRY: Final = frozenset(
    {EntryKind.OUTCOME, EntryKind.RECEIPT, EntryKind.DELETION}
)


def write_entry(entry: Entry, *, salt: bytes) -> bytes:
    """Return the octets of an entry, of which the chain holds the digest.

    `salt` keeps an entry that was erased from being guessed by its digest.

    Raises:
        LimitError: it is longer than `limits.LEDGER_ENTRY_BYTES`.
    """
    version = FORMAT if entry.acted_for is None else FORMAT_ACTING
    head: JsonObject = {"format": version, "salt": b64.encode(salt)}
    octets = write_json({**head, **entry.to_json()})
    if len(octets) > limits.LEDGER_ENTRY_BYTES:
        raise LimitError("entry is too long", at="entry", clause="idwallet limits")
    return octets


def read_entry(octets: bytes, *, at: str) -> Entry:
    """Read the octets of an entry.

    Raises:
        MalformedError: they are none, or of a version that is not known.
        LimitError: they are longer than `limits.LEDGER_ENTRY_BYTES`.
    """
    found = read_object(
        octets, at=at, clause=CLAUSE, max_bytes=limits.LEDGER_ENTRY_BYTES
    )
    members = Members(found, at=at, clause=CLAUSE)
    acting = found.get("format") == FORMAT_ACTING
    members.expect("format", FORMAT_ACTING if acting else FORMAT)
    if members.has("acted_for") is not acting:
        raise MalformedError("not of its version", at=f"{at}/acted_for", clause=CLAUSE)
    if len(members.octets("salt")) != SALT_BYTES:
        raise MalformedError("no salt", at=f"{at}/salt", clause=CLAUSE)
    try:
        return _entry(members)
    except UsageError as error:
        raise MalformedError(str(error), at=at, clause=CLAUSE) from error


def _entry(members: Members) -> Entry:
    made = Entry(
        kind=members.code("kind", EntryKind),
        time=members.moment("time"),
        party=members.maybe("party", lambda name: Party.read(members.object(name))),
        legal=members.maybe(
            "legal", lambda name: LegalContacts.read(members.object(name))
        ),
        purpose=members.maybe("purpose", members.text),
        asked=tuple(map(ClaimsAsked.read, _objects(members, "asked"))),
        shown=tuple(map(ClaimsShown.read, _objects(members, "shown"))),
        judgement=members.maybe("judgement", lambda name: _counts(members, name)) or {},
        request=members.maybe("request", members.digest),
        receipt=members.maybe("receipt", members.digest),
        about=members.maybe("about", members.number),
        outcome=members.maybe("outcome", members.text),
        reason=members.maybe("reason", members.text),
        checks=members.texts("checks"),
        kept_until=members.maybe("kept_until", members.moment),
        acted_for=members.maybe("acted_for", members.text),
    )
    members.done()
    return made


def _objects(members: Members, name: str) -> list[Members]:
    return members.objects(name, limits.QUERY_CREDENTIALS * limits.PRESENTATIONS)


def _counts(members: Members, name: str) -> Mapping[str, int]:
    found = members.take(name)
    counted = Members(found, at=f"{members.at}/{name}", clause=members.clause)
    names = list(found) if isinstance(found, dict) else []
    return {each: counted.number(each) for each in names}


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
