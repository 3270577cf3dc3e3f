"""The file that holds what the parties of a contract showed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.errors import LimitError, MalformedError

_FORMAT: Final = "idwallet-agreement/1"
CLAUSE: Final = "idwallet agreement 1"
_AT: Final = "agreement"


@dataclass(frozen=True, slots=True, repr=False)
class PartyEvidence:
    """What one party agreed to: the signed request, and what was shown in answer to it.

    `request` is the signed request object as it was sent, `presentations` the answer's,
    by credential query. Nothing of either is believed before it is judged.
    """

    party: str
    request: str
    presentations: Mapping[str, tuple[str, ...]]

    def __repr__(self) -> str:
        """Show the number of presentations only: they are personal data."""
        return f"PartyEvidence(<{len(self.presentations)} presentations>)"

    def digest(self) -> bytes:
        """Return the SHA-256 that whoever agrees next, in turn, agrees after."""
        return hashlib.sha256(canonicalize(self.to_json())).digest()

    def to_json(self) -> JsonObject:
        """Return it as it stands in the file."""
        shown: JsonObject = {
            name: list[JsonValue](texts) for name, texts in self.presentations.items()
        }
        return {"party": self.party, "request": self.request, "presentations": shown}


@dataclass(frozen=True, slots=True)
class AgreementEvidence:
    """What all parties of one contract agreed to, in the order in which they did."""

    parties: tuple[PartyEvidence, ...] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Return the file; it is personal data: seal it, or attach it to the contract.

        Raises:
            LimitError: it would be longer than `limits.AGREEMENT_BYTES`.
        """
        made = write_json(
            {"format": _FORMAT, "parties": [each.to_json() for each in self.parties]}
        )
        if len(made) > limits.AGREEMENT_BYTES:
            raise LimitError("too long", at=_AT, clause="idwallet limits")
        return made


def read_agreement_evidence(data: bytes) -> AgreementEvidence:
    """Read the file; nothing of it is believed yet.

    Raises:
        MalformedError: it is none, or of an unknown version.
        LimitError: longer, or of more parties, than `limits` allows.
    """
    read = read_object(data, at=_AT, clause=CLAUSE, max_bytes=limits.AGREEMENT_BYTES)
    if read.get("format") != _FORMAT or read.keys() != {"format", "parties"}:
        raise MalformedError("unknown version", at=_AT, clause=CLAUSE)
    listed = read["parties"]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("no parties", at=f"{_AT}/parties", clause=CLAUSE)
    if len(listed) > limits.CONTRACT_ENTRIES:
        raise LimitError("too many", at=f"{_AT}/parties", clause=CLAUSE)
    return AgreementEvidence(
        tuple(_party(each, at=f"{_AT}/parties/{n}") for n, each in enumerate(listed))
    )


_MEMBERS: Final = {"party", "request", "presentations"}


def _party(value: JsonValue, *, at: str) -> PartyEvidence:
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise MalformedError("no evidence of a party", at=at, clause=CLAUSE)
    party, request = value["party"], value["request"]
    shown = value["presentations"]
    if not isinstance(party, str) or not isinstance(request, str):
        raise MalformedError("no text", at=at, clause=CLAUSE)
    if not isinstance(shown, dict) or not shown:
        raise MalformedError("no presentations", at=at, clause=CLAUSE)
    return PartyEvidence(
        party, request, {name: _texts(each, at=at) for name, each in shown.items()}
    )


def _texts(value: JsonValue, *, at: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else []
    texts = tuple(each for each in listed if isinstance(each, str))
    if not texts or len(texts) != len(listed):
        raise MalformedError("no presentation", at=at, clause=CLAUSE)
    if len(texts) > limits.PRESENTATIONS:
        raise LimitError("too many presentations", at=at, clause=CLAUSE)
    return texts
