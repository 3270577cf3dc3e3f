"""Checkpoints that stand outside: under a timestamp, or in somebody's receipt.

The owner of a ledger can write a whole other one. What it cannot do is to have a
checkpoint of that one in the hands of others as of a moment that has passed.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.consent.ledger.chain import CLAUSE, Checkpoint, read_checkpoint
from idwallet.consent.reading import Members
from idwallet.consent.receipt.structures import TYP, ReadReceipt, read_receipt
from idwallet.envelope.jws import signature_reason
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import Random, TimestampAuthority
from idwallet.report import Facts, Reason
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerRefused, resolve_signer
from idwallet.trust.timestamp import (
    ProvenTime,
    TimestampRefused,
    TimestampRules,
    ask_timestamp,
    judge_timestamp,
    read_token,
)


class AnchorContext(NamedTuple):
    """Whom to believe about anchors, by which policy, at which moment."""

    trust: TrustStore
    policy: Policy
    at: datetime


@dataclass(frozen=True, slots=True)
class AnchoredCheckpoint:
    """A checkpoint with what bears witness of it: a timestamp, a receipt, or nothing.

    `timestamp` is a DER TimeStampToken over `Checkpoint.digest`, `receipt` a receipt
    that says to have seen it.
    """

    checkpoint: Checkpoint
    timestamp: bytes | None = field(default=None, repr=False)
    receipt: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse two witnesses at once: two checkpoints say the same twice.

        Raises:
            UsageError: there are both.
        """
        if self.timestamp is not None and self.receipt is not None:
            raise UsageError("a checkpoint has one witness")

    @property
    def is_outside(self) -> bool:
        """Whether there is a witness; whether it is believed is another question."""
        return self.timestamp is not None or self.receipt is not None

    def tells_of(self, requests: Collection[bytes | None]) -> bool:
        """Whether its witness is a receipt for one of those requests.

        Such a receipt names who asked, and what was shown.
        """
        try:
            read = read_receipt(self.receipt or "")
        except (MalformedError, UnsupportedError):
            return False
        return read.receipt.request in requests

    def to_json(self) -> JsonObject:
        """Return the checkpoint as JSON, with its witness."""
        made = self.checkpoint.to_json()
        if self.timestamp is not None:
            made["timestamp"] = b64.encode(self.timestamp)
        if self.receipt is not None:
            made["receipt"] = self.receipt
        return made


def read_anchored(members: Members) -> AnchoredCheckpoint:
    """Read a checkpoint with its witness, and judge neither.

    Raises:
        MalformedError: it is none.
    """
    checkpoint = read_checkpoint(members)
    timestamp = members.maybe("timestamp", members.octets)
    receipt = members.maybe("receipt", members.long_text)
    members.done()
    if timestamp is not None and receipt is not None:
        raise MalformedError("two witnesses", at=members.at, clause=CLAUSE)
    return AnchoredCheckpoint(checkpoint, timestamp, receipt)


def stamped(
    checkpoint: Checkpoint, *, authority: TimestampAuthority, random: Random
) -> AnchoredCheckpoint:
    """Have an authority stamp a checkpoint (RFC 3161); it learns a digest, no more.

    Raises:
        PortError: the authority cannot be reached, or refused.
        MalformedError, UnsupportedError: its answer is none to what was asked.
    """
    token = ask_timestamp(
        checkpoint.digest, authority=authority, random=random, hashed="sha256"
    )
    return AnchoredCheckpoint(checkpoint, timestamp=token.der)


class Judged(NamedTuple):
    """What a witness is worth; with `TRUSTED` alone it proves `moment`."""

    reason: Reason
    facts: Facts
    moment: datetime | None = None
    name: str = ""


def judge_anchor(anchored: AnchoredCheckpoint, context: AnchorContext) -> Judged:
    """Judge who bears witness of a checkpoint; it never raises because of that.

    Raises:
        UsageError: there is no witness.
    """
    if not anchored.is_outside:
        raise UsageError("nobody bears witness of that checkpoint")
    try:
        if anchored.timestamp is not None:
            return _stamp(
                anchored.timestamp, anchored.checkpoint.octets, context=context
            )
        read = read_receipt(anchored.receipt or "", at="receipt")
    except (MalformedError, UnsupportedError) as error:
        return Judged(Reason.MALFORMED, {"what": error.what, "at": error.at})
    return _witness(read, anchored.checkpoint.digest, context=context)


def _stamp(der: bytes, octets: bytes, *, context: AnchorContext) -> Judged:
    token = read_token(der, at="timestamp")
    hashed = token.info.hashed
    found = judge_timestamp(
        token,
        digest=None if hashed is None else hashlib.new(hashed, octets).digest(),
        trust=context.trust,
        rules=TimestampRules(
            algorithms=context.policy.algorithms, clock_skew=context.policy.clock_skew
        ),
        at=context.at,
    )
    if isinstance(found, ProvenTime):
        facts: Facts = {"name": found.name, "signed": found.moment}
        return Judged(Reason.TRUSTED, facts, found.moment, found.name)
    return _refused(found)


_SAID: Final[Mapping[Reason, Reason]] = {
    Reason.INTEGRITY_MISMATCH: Reason.MISMATCH,
    Reason.ALGORITHM_NOT_ALLOWED: Reason.INVALID,
    Reason.INVALID: Reason.INVALID,
    Reason.MISMATCH: Reason.INVALID,
    Reason.MALFORMED: Reason.MALFORMED,
    Reason.FROM_THE_FUTURE: Reason.FROM_THE_FUTURE,
}
"""Reasons of a timestamp as `ledger.anchor` has them; any other is no trusted path."""


def _refused(found: TimestampRefused) -> Judged:
    reason = _SAID.get(found.reason, Reason.NO_TRUSTED_PATH)
    return Judged(reason, {"name": "?", **found.facts})


def _witness(read: ReadReceipt, digest: bytes, *, context: AnchorContext) -> Judged:
    """Judge a receipt as a witness: of what it is a receipt does not matter here."""
    jws, receipt = read
    if jws.header.typ != TYP:
        return Judged(Reason.MALFORMED, {"what": "not a receipt", "at": "receipt"})
    x5c = jws.header.x5c
    signer = resolve_signer(
        x5c,
        kid=None if x5c else jws.header.kid,
        name=None if x5c else receipt.issuer,
        store=context.trust,
        purpose=Purpose.READ_CREDENTIALS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )
    if isinstance(signer, SignerRefused):
        return Judged(Reason.NO_TRUSTED_PATH, {"name": "?", **signer.facts})
    allowed = context.policy.algorithms
    if signature_reason(jws, key=signer.key, allowed=allowed) is not Reason.VALID:
        return Judged(Reason.INVALID, {})
    if receipt.witnessed != digest:
        return Judged(Reason.MISMATCH, {})
    facts: Facts = {"name": signer.name, "signed": receipt.issued}
    if receipt.issued > context.at + context.policy.clock_skew:
        return Judged(Reason.FROM_THE_FUTURE, facts)
    return Judged(Reason.TRUSTED, facts, receipt.issued, signer.name)
