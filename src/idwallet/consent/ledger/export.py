"""A ledger as it leaves the wallet (docs/reference/consent-ledger.md, section 5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.consent.ledger.anchor import AnchoredCheckpoint, read_anchored
from idwallet.consent.ledger.chain import IDENTITY_BYTES, Link
from idwallet.consent.ledger.position import NO_EVIDENCE, Evidence
from idwallet.consent.reading import Members, filled
from idwallet.errors import LimitError, MalformedError

FORMAT: Final = "idwallet-ledger-export/1"
CLAUSE: Final = "idwallet consent ledger 1 §5"
_TEXT: Final = "utf-8"


@dataclass(frozen=True, slots=True, repr=False)
class Position:
    """One place of an exported chain; `octets` is None where it is concealed.

    It is concealed when its owner erased it, or does not show it here: which of both,
    nobody else can tell.
    """

    index: int
    link: Link
    octets: bytes | None
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True, repr=False)
class ExportParts:
    """An export taken apart, and nothing of it judged."""

    identity: bytes
    made: datetime
    positions: tuple[Position, ...]
    checkpoints: tuple[AnchoredCheckpoint, ...]

    @property
    def is_anchored(self) -> bool:
        """Whether somebody else bears witness, believed or not."""
        return any(each.is_outside for each in self.checkpoints)


def write_export(parts: ExportParts) -> bytes:
    """Return an export as JSON text.

    Raises:
        LimitError: it passes `limits.LEDGER_EXPORT_BYTES` or `LEDGER_CHECKPOINTS`.
    """
    if len(parts.checkpoints) > limits.LEDGER_CHECKPOINTS:
        raise LimitError(
            "too many checkpoints", at="checkpoints", clause="idwallet limits"
        )
    made: JsonObject = {
        "format": FORMAT,
        "ledger": b64.encode(parts.identity),
        "made": int(parts.made.timestamp()),
        # The reader computes it again: a word of who made the export proves nothing.
        "assertion": "anchored" if parts.is_anchored else "self-asserted",
        "entries": [_written(each) for each in parts.positions],
        "checkpoints": [each.to_json() for each in parts.checkpoints],
    }
    octets = write_json(made)
    if len(octets) > limits.LEDGER_EXPORT_BYTES:
        raise LimitError("export is too long", at="entries", clause="idwallet limits")
    return octets


def _written(each: Position) -> JsonValue:
    request = each.evidence.request
    head: JsonObject = {
        "index": each.index,
        "digest": b64.encode(each.link.digest),
        "head": b64.encode(each.link.head),
    }
    return head | filled(
        content=None if each.octets is None else each.octets.decode(_TEXT),
        request=None if request is None else b64.encode(request),
        receipt=each.evidence.receipt,
    )


def read_export(data: bytes) -> ExportParts:
    """Take an export apart.

    Raises:
        LimitError: it passes a bound of `idwallet.limits`.
        MalformedError: it is none, or of a version that is not known.
    """
    found = read_object(
        data, at="export", clause=CLAUSE, max_bytes=limits.LEDGER_EXPORT_BYTES
    )
    members = Members(found, at="export", clause=CLAUSE)
    members.expect("format", FORMAT)
    identity = members.octets("ledger")
    if len(identity) != IDENTITY_BYTES:
        raise MalformedError("no identity", at="export/ledger", clause=CLAUSE)
    parts = ExportParts(
        identity=identity,
        made=members.moment("made"),
        positions=tuple(
            _position(each)
            for each in members.objects("entries", limits.LEDGER_ENTRIES)
        ),
        checkpoints=tuple(
            map(
                read_anchored,
                members.objects("checkpoints", limits.LEDGER_CHECKPOINTS),
            )
        ),
    )
    members.expect("assertion", "anchored" if parts.is_anchored else "self-asserted")
    members.done()
    return parts


def _position(members: Members) -> Position:
    made = Position(
        members.number("index"),
        Link(members.digest("digest"), members.digest("head")),
        members.maybe("content", lambda name: members.long_text(name).encode(_TEXT)),
        Evidence(
            members.maybe("request", members.octets),
            members.maybe("receipt", members.long_text),
        ),
    )
    members.done()
    return made
