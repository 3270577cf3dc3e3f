"""A child's card in the wallet of who may answer for it, and the record of that."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.consent.reading import Members
from idwallet.credentials.compact.evaluate_guardian import Acted, pseudonym
from idwallet.credentials.compact.guardian import Act, Delegation, read_delegation
from idwallet.credentials.compact.guardian import takes as act_takes
from idwallet.credentials.compact.present import Acting
from idwallet.credentials.compact.structures import IssuedCompact
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.query import Candidate
from idwallet.errors import MalformedError, UsageError
from idwallet.roles.held.compact import CompactOpened, issued_of, numbers_of
from idwallet.roles.record import HeldCredential

_FORMAT: Final = "idwallet-delegated/1"
_RECORD: Final = "idwallet-acting/1"
_CLAUSE: Final = "idwallet compact 1 §14"
_RECORD_CLAUSE: Final = "idwallet acting record 1"
# Statements may come from anybody: together with all else, and written as text, they
# stay within what is read again.
_OCTETS_OF_ENDS: Final = limits.JSON_BYTES // 4
_OCTETS_OF_OTHERS: Final = limits.JSON_BYTES // 2


@dataclass(frozen=True, slots=True, repr=False)
class Delegated:
    """What a child hands to who answers for it: its card, and what is delegated.

    Both are as they came; nothing of them is verified. It is personal data: send it to
    nobody but whom it names.
    """

    card: Credential
    delegation: bytes

    def __repr__(self) -> str:
        """Show the sizes only."""
        return f"Delegated({self.card!r}, <{len(self.delegation)} octets>)"

    def to_json(self) -> str:
        """Return it as the text that travels from one wallet to the other."""
        members: JsonObject = {
            "format": _FORMAT,
            "card": self.card.raw,
            "delegation": b64.encode(self.delegation),
        }
        return write_json(members).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Delegated":
        """Read what `to_json` wrote.

        Raises:
            MalformedError: it is none, or of a later version.
            LimitError: it is longer than `limits.DELEGATED_BYTES`.
        """
        at = "delegated"
        found = read_object(
            text, at=at, clause=_CLAUSE, max_bytes=limits.DELEGATED_BYTES
        )
        members = Members(found, at=at, clause=_CLAUSE)
        members.expect("format", _FORMAT)
        raw = members.long_text("card")
        made = cls(Credential(Format.COMPACT, raw), members.octets("delegation"))
        members.done()
        return made


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Ward(HeldCredential):
    """The card of a child for whom this wallet answers, and what was delegated.

    `claims` and `positioned` are those that the delegated `acts` take, and no others.
    `thumbprint` is that of the child's key, which is not in this wallet; `delegation`
    names the key that is, and `right` says by which right, None where the wallet has
    none any more. `Holder.add_ward` makes one.
    """

    issued: IssuedCompact = field(compare=False)
    delegation: Delegation
    right: IssuedCompact | None = None

    @property
    def acts(self) -> frozenset[Act]:
        """What may be done for the child."""
        return self.delegation.acts

    @property
    def since(self) -> datetime:
        """From when on."""
        return self.delegation.since

    @property
    def until(self) -> datetime:
        """Until when."""
        return self.delegation.until

    @property
    def signed_by(self) -> str:
        """The thumbprint of the key that answers: the guardian's."""
        return self.delegation.guardian.thumbprint

    @property
    def pseudonym(self) -> str:
        """By what a report and a ledger name the child: its key, and no name."""
        return pseudonym(self.thumbprint)

    def acted(self, claims: Iterable[str], *, withdrawn: tuple[bytes, ...]) -> Acted:
        """Return who would act for whom by showing these claims."""
        right = None if self.right is None else self.right.credential
        return Acted(
            self.issued.credential, self.delegation, right, tuple(claims), withdrawn
        )

    def opened(self) -> CompactOpened:
        """Return the card, to be shown by the guardian.

        Raises:
            UsageError: the wallet has no right over this child any more.
        """
        if self.right is None:
            raise UsageError("the wallet has no right over this child any more")
        return CompactOpened(
            self.issued, Acting(self.delegation.value, self.right.value)
        )

    def candidate(self) -> Candidate:
        """Return what a query is matched against: what was delegated, while it is."""
        ends = (self.until, self.valid_until or self.until)
        starts = (self.since, self.valid_from or self.since)
        return Candidate(
            format=self.format.value,
            types=self.types,
            claims=self.positioned,
            authority_key_ids=self.authority_key_ids,
            holder_bound=True,
            valid_from=max(starts),
            valid_until=min(ends),
            key_algorithms=numbers_of(self.delegation.guardian),
        )


class KeptWard(NamedTuple):
    """What the record has of one child."""

    name: str
    issuer: str
    authority_key_ids: tuple[bytes, ...]
    delegated: Delegated

    def opened(self) -> tuple[IssuedCompact, Delegation]:
        """Return card and delegation, read again."""
        card = issued_of(self.delegated.card.raw, at="ward card")
        return card, read_delegation(self.delegated.delegation, at="ward delegation")

    def ward(self, right: IssuedCompact | None) -> Ward:
        """Return the child, with the right of whoever answers for it."""
        issued, delegation = self.opened()
        card = issued.credential
        claims = {
            name: value
            for name, value in issued.claims.items()
            if act_takes(delegation.acts, name)
        }
        return Ward(
            name=self.name,
            format=Format.COMPACT,
            credential_type=card.type,
            types=(card.type,),
            issuer=self.issuer,
            claims=claims,
            positioned=claims,
            raw=self.delegated.card.raw,
            thumbprint=card.key.thumbprint,
            authority_key_ids=self.authority_key_ids,
            valid_from=card.valid_from,
            valid_until=card.valid_until,
            issued=issued,
            delegation=delegation,
            right=right,
        )


class Given(NamedTuple):
    """What a card of this wallet delegated: `delegation`, by the key of the card."""

    octets: bytes
    thumbprint: str

    @property
    def delegation(self) -> Delegation:
        """What was delegated, to whose key, and until when."""
        return read_delegation(self.octets, at="given")


class Ended(NamedTuple):
    """A statement that ends a delegation, kept as long as that would have lasted."""

    statement: bytes
    until: datetime


class ActingRecord(NamedTuple):
    """What a wallet keeps of delegations: those it has, those it gave, and their ends.

    One record holds all of it: how many children there are, a store does not see.
    """

    wards: tuple[KeptWard, ...] = ()
    given: tuple[Given, ...] = ()
    ended: tuple[Ended, ...] = ()

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"ActingRecord(<{len(self.wards)} wards>)"

    @property
    def statements(self) -> tuple[bytes, ...]:
        """The statements that end delegations."""
        return tuple(each.statement for each in self.ended)

    def at(self, moment: datetime) -> "ActingRecord":
        """Return it without what is over: nothing of a child is kept for nothing."""
        return ActingRecord(
            tuple(e for e in self.wards if moment < e.opened()[1].until),
            tuple(e for e in self.given if moment < e.delegation.until),
            tuple(e for e in self.ended if moment < e.until),
        )

    def with_end(self, end: Ended) -> "ActingRecord":
        """Return it with another statement; of too many the first give way."""
        kept = [*self.ended, end][-limits.DELEGATIONS_WITHDRAWN :]
        over = sum(len(each.statement) for each in kept) - _OCTETS_OF_ENDS
        while over > 0:
            over -= len(kept.pop(0).statement)
        return self._replace(ended=tuple(kept))

    def has_room_for(self, statement: bytes) -> bool:
        """Whether a statement fits in that nobody has judged: into half of the room."""
        octets = sum(len(each.statement) for each in self.ended) + len(statement)
        is_few = len(self.ended) < limits.DELEGATIONS_WITHDRAWN // 2
        return is_few and octets <= _OCTETS_OF_ENDS // 2

    def require_bounded(self) -> "ActingRecord":
        """Return it; no reader has to refuse what was written.

        Raises:
            UsageError: more of something than `limits.WARDS`, or
                `limits.DELEGATIONS_WITHDRAWN`; or more octets than fit in.
        """
        if len(self._replace(ended=()).to_bytes()) > _OCTETS_OF_OTHERS:
            raise UsageError("more octets of delegations than fit into a wallet")
        if max(len(self.wards), len(self.given)) > limits.WARDS:
            raise UsageError("more delegations at a time than limits.WARDS")
        if len(self.ended) > limits.DELEGATIONS_WITHDRAWN:
            raise UsageError("more statements than limits.DELEGATIONS_WITHDRAWN")
        return self

    def to_bytes(self) -> bytes:
        """Return what the vault seals."""
        wards: list[JsonValue] = [
            {
                "name": each.name,
                "issuer": each.issuer,
                "authority_key_ids": [e.hex() for e in each.authority_key_ids],
                "card": each.delegated.card.raw,
                "delegation": b64.encode(each.delegated.delegation),
            }
            for each in self.wards
        ]
        given: list[JsonValue] = [
            {"delegation": b64.encode(each.octets), "thumbprint": each.thumbprint}
            for each in self.given
        ]
        ended: list[JsonValue] = [
            {
                "statement": b64.encode(each.statement),
                "until": int(each.until.timestamp()),
            }
            for each in self.ended
        ]
        return write_json(
            {"format": _RECORD, "wards": wards, "given": given, "ended": ended}
        )


NOBODY: Final = ActingRecord()
"""Nobody acts for anybody."""


def read_acting(octets: bytes) -> ActingRecord:
    """Read what `ActingRecord.to_bytes` wrote.

    Raises:
        MalformedError: another version of this library wrote it, or no such thing.
    """
    found = read_object(octets, at="record", clause=_RECORD_CLAUSE)
    members = Members(found, at="record", clause=_RECORD_CLAUSE)
    members.expect("format", _RECORD)
    made = ActingRecord(
        tuple(map(_ward, members.objects("wards", limits.WARDS))),
        tuple(map(_given, members.objects("given", limits.WARDS))),
        tuple(map(_ended, members.objects("ended", limits.DELEGATIONS_WITHDRAWN))),
    )
    members.done()
    return made


def _ward(members: Members) -> KeptWard:
    card = Credential(Format.COMPACT, members.long_text("card"))
    made = KeptWard(
        members.text("name"),
        members.text("issuer"),
        _key_ids(members),
        Delegated(card, members.octets("delegation")),
    )
    members.done()
    return made


def _key_ids(members: Members) -> tuple[bytes, ...]:
    try:
        return tuple(bytes.fromhex(e) for e in members.texts("authority_key_ids"))
    except ValueError as error:
        at = "record authority_key_ids"
        raise MalformedError("no hexadecimal", at=at, clause=_RECORD_CLAUSE) from error


def _given(members: Members) -> Given:
    made = Given(members.octets("delegation"), members.text("thumbprint"))
    members.done()
    return made


def _ended(members: Members) -> Ended:
    made = Ended(members.octets("statement"), members.moment("until"))
    members.done()
    return made
