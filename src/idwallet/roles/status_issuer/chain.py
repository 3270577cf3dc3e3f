"""The history of a list: each record covers the one before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.errors import MalformedError
from idwallet.ports import HistoryRecord

_BEGINNING: Final = b"idwallet status history 1\0"
_VERSION: Final = 1
_AT: Final = "status history"
_CLAUSE: Final = "idwallet status history 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """What happened to one entry: when, by whom and why.

    `before` and `after` are status values (Token Status List section 7.1).
    """

    index: int
    before: int
    after: int
    at: datetime
    actor: str
    reason: str


def beginning(uri: str) -> bytes:
    """Return what the first record of a list's history covers: the list itself."""
    return sha256(_BEGINNING + uri.encode("ascii")).digest()


def link(head: bytes, body: bytes) -> bytes:
    """Return the digest of a record that follows the one of digest `head`."""
    return sha256(head + body).digest()


def to_body(change: StatusChange) -> bytes:
    """Return a change as it is kept."""
    written: JsonObject = {
        "v": _VERSION,
        "index": change.index,
        "before": change.before,
        "after": change.after,
        "at": change.at.astimezone(UTC).isoformat(),
        "actor": change.actor,
        "reason": change.reason,
    }
    return write_json(written)


def from_body(body: bytes) -> StatusChange:
    """Return what `to_body` wrote.

    Raises:
        MalformedError: it did not write this.
    """
    found = read_object(body, at=_AT)
    if found.get("v") != _VERSION:
        raise MalformedError("another version", at=_AT, clause=_CLAUSE)
    try:
        at = datetime.fromisoformat(_text(found, "at"))
    except ValueError as error:
        raise MalformedError("no moment", at=_AT, clause=_CLAUSE) from error
    return StatusChange(
        index=_number(found, "index"),
        before=_number(found, "before"),
        after=_number(found, "after"),
        at=at,
        actor=_text(found, "actor"),
        reason=_text(found, "reason"),
    )


def _number(found: JsonObject, name: str) -> int:
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedError("no number", at=f"{_AT}/{name}", clause=_CLAUSE)
    return value


def _text(found: JsonObject, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise MalformedError("no text", at=f"{_AT}/{name}", clause=_CLAUSE)
    return value


def records(
    changes: Iterable[StatusChange], *, shard: str, number: int, head: bytes
) -> Iterator[HistoryRecord]:
    """Yield the records of changes that follow so many others, the last of `head`."""
    for count, change in enumerate(changes):
        body = to_body(change)
        head = link(head, body)
        yield HistoryRecord(shard, number + count, change.index, body, head)


def follows(record: HistoryRecord, *, number: int, head: bytes) -> bool:
    """Whether a record is the next, so far as its number and its digest tell."""
    same = compare_digest(record.digest, link(head, record.body))
    return same and record.number == number
