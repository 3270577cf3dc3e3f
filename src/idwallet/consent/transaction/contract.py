"""Agreeing to a contract: a type of transaction that is this library's own.

No registered type binds a document to a presentation without a signature of its own;
so this one is of our name space, and a wallet that does not know it refuses.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.transaction.lines import (
    Transaction,
    TransactionLabel,
    TransactionLine,
)
from idwallet.consent.transaction.members import COMMON, Reader
from idwallet.errors import MalformedError, UsageError

CONTRACT: Final = "urn:idwallet:transaction:contract:1"
_CLAUSE: Final = "idwallet contract transaction 1"
_AT: Final = "/transaction_data"
_SHA_256_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ContractDocument:
    """One document of a contract: its name, its length and the SHA-256 of its bytes."""

    name: str
    sha256: bytes
    size: int

    @classmethod
    def of(cls, name: str, content: bytes) -> "ContractDocument":
        """Take name and digest of a document that is at hand."""
        return cls(name, hashlib.sha256(content).digest(), len(content))


@dataclass(frozen=True, slots=True)
class Contract:
    """What each party of a contract agrees to, and who else does.

    `agreement` is a name that no other agreement has. `parties` are all of them, by
    what they are in the contract, as seller and buyer; the order is that in which they
    agree where `in_turn` says so.
    """

    agreement: str
    title: str
    documents: tuple[ContractDocument, ...]
    parties: tuple[str, ...]
    in_turn: bool = False

    def __post_init__(self) -> None:
        """Refuse what no wallet could show.

        Raises:
            UsageError: no name, title, document or party; a name twice; too many.
        """
        texts = (self.agreement, self.title, *self.parties)
        if not all(0 < len(each) <= limits.TEXT_CHARACTERS for each in texts):
            raise UsageError("a contract and its parties have names")
        for listed in (self.parties, [each.name for each in self.documents]):
            if not 0 < len(listed) <= limits.CONTRACT_ENTRIES:
                raise UsageError("a contract has documents and parties, not too many")
            if len(set(listed)) != len(listed):
                raise UsageError("no document or party of a contract stands twice")

    def content(
        self, party: str, *, credential_ids: tuple[str, ...], previous: bytes | None
    ) -> JsonObject:
        """Return what one party's wallet is asked to agree to.

        `previous` is the digest of what the party before it agreed to, where they
        agree in turn.

        Raises:
            UsageError: no such party, or `previous` with parties in no order.
        """
        if party not in self.parties:
            raise UsageError("that is no party of the contract")
        follows = self.in_turn and party != self.parties[0]
        if follows is (previous is None):
            raise UsageError("whoever agrees in turn agrees after the one before")
        made: JsonObject = {
            "type": CONTRACT,
            "credential_ids": list(credential_ids),
            "transaction_data_hashes_alg": ["sha-256"],
            "agreement": self.agreement,
            "title": self.title,
            "documents": [
                {"name": e.name, "sha256": b64.encode(e.sha256), "size": e.size}
                for e in self.documents
            ],
            "parties": list(self.parties),
            "in_turn": self.in_turn,
            "party": party,
        }
        if previous is not None:
            made["previous"] = b64.encode(previous)
        return made


@dataclass(frozen=True, slots=True)
class Agreeing:
    """What one transaction says: the contract, who agrees, and after whom."""

    contract: Contract
    party: str
    previous: bytes | None


def read_contract(content: Mapping[str, JsonValue]) -> Agreeing:
    """Read a transaction of the type `CONTRACT`.

    Raises:
        MalformedError, LimitError: it breaks the rules of the type.
    """
    read = Reader(content, at=_AT, clause=_CLAUSE)
    for each in COMMON:
        read.take(each)
    in_turn = read.take("in_turn")
    if not isinstance(in_turn, bool):
        raise read.fault("no truth value", "in_turn")
    previous = read.maybe_text("previous")
    party = read.text("party")
    documents = read.listed("documents", most=limits.CONTRACT_ENTRIES)
    parties = read.listed("parties", most=limits.CONTRACT_ENTRIES)
    try:
        contract = Contract(
            read.text("agreement"),
            read.text("title"),
            tuple(_document(each) for each in documents),
            tuple(each for each in parties if isinstance(each, str)),
            in_turn,
        )
    except UsageError as error:
        raise MalformedError("no contract", at=_AT, clause=_CLAUSE) from error
    read.end()
    if len(contract.parties) != len(parties) or party not in contract.parties:
        raise read.fault("no party of the contract", "party")
    follows = in_turn and party != contract.parties[0]
    if follows is (previous is None):
        raise read.fault("not what the order of the parties asks", "previous")
    return Agreeing(contract, party, None if previous is None else _digest(previous))


def _document(value: JsonValue) -> ContractDocument:
    if not isinstance(value, Mapping):
        raise MalformedError("no document", at=f"{_AT}/documents", clause=_CLAUSE)
    read = Reader(value, at=f"{_AT}/documents", clause=_CLAUSE)
    size = read.take("size")
    if type(size) is not int or size < 0:
        raise read.fault("no length", "size")
    made = ContractDocument(read.text("name"), _digest(read.text("sha256")), size)
    read.end()
    return made


def _digest(text: str) -> bytes:
    digest = b64.decode(text, at=_AT, clause=_CLAUSE)
    if len(digest) != _SHA_256_BYTES:
        raise MalformedError("no SHA-256 digest", at=_AT, clause=_CLAUSE)
    return digest


def contract_transaction(content: Mapping[str, JsonValue]) -> Transaction:
    """Return a contract as a person is to see it.

    Raises:
        MalformedError, LimitError: see `read_contract`.
    """
    found = read_contract(content)
    return Transaction(CONTRACT, tuple(_lines(found)))


def _lines(found: Agreeing) -> Iterator[TransactionLine]:
    label, contract = TransactionLabel, found.contract
    yield TransactionLine(label.TITLE, contract.title)
    for each in contract.documents:
        yield TransactionLine(label.DOCUMENT, each.name, str(each.size))
        yield TransactionLine(label.DIGEST, each.sha256.hex(), each.name)
    yield TransactionLine(label.PARTY, found.party)
    for party in contract.parties:
        if party != found.party:
            yield TransactionLine(label.OTHER_PARTY, party)
    yield TransactionLine(label.AGREEMENT, contract.agreement)
    if found.previous is not None:
        yield TransactionLine(label.PREVIOUS, found.previous.hex())
