"""What a receipt says: a JWT of a type of its own (docs/reference/receipt.md)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.codec.moment import require_aware
from idwallet.consent.occasion import ClaimsShown, lists
from idwallet.consent.reading import Members, filled
from idwallet.envelope.jws import Jws, read_compact
from idwallet.errors import MalformedError, UsageError

TYP: Final = "idwallet-receipt+jwt"
"""The `typ` of a receipt: no other token passes for one (RFC 8725 section 3.11)."""

FORMAT: Final = "idwallet-receipt/1"
CLAUSE: Final = "idwallet receipt 1 §2"
IDENTITY_BYTES: Final = 16
DIGEST_BYTES: Final = 32


class ReceiptOutcome(StrEnum):
    """What came of the request, as far as the one who asked tells the holder."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    """It did not pass, for a reason that is nobody's business but the verifier's."""
    DECLINED = "declined"
    """The holder showed nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What is promised about keeping what was shown.

    `kept` says whether anything is. With `until` it is deleted at that moment; without,
    nobody says when. `basis` is the law or contract that asks for it, in the verifier's
    words.
    """

    kept: bool
    until: datetime | None = None
    basis: str | None = None

    def __post_init__(self) -> None:
        """Refuse a promise that contradicts itself.

        Raises:
            UsageError: an end, or a basis, for what is not kept; a moment without zone;
                a basis that is too long.
        """
        if not self.kept and (self.until is not None or self.basis is not None):
            raise UsageError("what is not kept has no end and no basis")
        if self.until is not None:
            require_aware(self.until)
        if len(self.basis or "") > limits.LEDGER_TEXT_CHARACTERS:
            raise UsageError("the basis is too long")

    def to_json(self) -> JsonObject:
        """Return the promise as JSON."""
        until = None if self.until is None else int(self.until.timestamp())
        return filled(kept=self.kept, until=until, basis=self.basis)

    @classmethod
    def read(cls, members: Members) -> "Promise":
        """Read a promise.

        Raises:
            MalformedError: it is none.
        """
        kept = members.boolean("kept")
        until = members.maybe("until", members.moment)
        basis = members.maybe("basis", members.text)
        members.done()
        try:
            return cls(kept=kept, until=until, basis=basis)
        except UsageError as error:
            raise MalformedError(str(error), at=members.at, clause=CLAUSE) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a verifier says in a receipt.

    `issuer` is its client identifier. `request` is the SHA-256 of the request as it was
    sent, `identity` the receipt's own random name. `disclosed` is all that it saw, also
    what it did not ask for; None where it took nothing in. `witnessed` is a digest that
    the holder sent along: the receipt says that it existed, and nothing more about it.
    """

    issuer: str
    issued: datetime
    identity: bytes
    request: bytes
    outcome: ReceiptOutcome
    retention: Promise
    disclosed: tuple[ClaimsShown, ...] | None = None
    purpose: str | None = None
    witnessed: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what no receipt says.

        Raises:
            UsageError: a moment without zone, a digest of another length, nothing said
                about what an accepted answer disclosed, or something disclosed by
                whoever declined, or kept of what was not taken in.
        """
        require_aware(self.issued)
        sizes = {len(self.request), len(self.witnessed or self.request)}
        if sizes != {DIGEST_BYTES} or len(self.identity) != IDENTITY_BYTES:
            raise UsageError("a receipt names digests of SHA-256")
        if (self.outcome is ReceiptOutcome.ACCEPTED) is (self.disclosed is None):
            raise UsageError("what was disclosed is said of what was accepted")
        if self.retention.kept and not self.disclosed:
            raise UsageError("nothing was disclosed that could be kept")

    def to_claims(self) -> JsonObject:
        """Return the claims of the JWT."""
        claims = filled(
            format=FORMAT,
            iss=self.issuer,
            iat=int(self.issued.timestamp()),
            jti=b64.encode(self.identity),
            request=b64.encode(self.request),
            outcome=self.outcome.value,
            purpose=self.purpose,
            witnessed=None if self.witnessed is None else b64.encode(self.witnessed),
        )
        claims["retention"] = self.retention.to_json()
        if self.disclosed is not None:
            claims["disclosed"] = lists(self.disclosed)
        return claims


class ReadReceipt(NamedTuple):
    """A receipt that was read, and of which nothing is verified."""

    jws: Jws
    receipt: Receipt


def receipt_digest(token: str) -> bytes:
    """Return the SHA-256 by which a ledger knows a receipt."""
    return hashlib.sha256(token.encode()).digest()


def read_receipt(token: str | bytes, *, at: str = "receipt") -> ReadReceipt:
    """Read a receipt and verify nothing; its `typ` is for who judges it.

    Raises:
        MalformedError: it is no JWT, or its claims are not those of a receipt.
        LimitError: it is longer than `limits.RECEIPT_BYTES`.
        UnsupportedError: it has a critical header parameter.
    """
    jws = read_compact(
        token, at=at, understood=frozenset(), max_bytes=limits.RECEIPT_BYTES
    )
    return ReadReceipt(jws, read_claims(jws, at=at))


def read_claims(jws: Jws, *, at: str) -> Receipt:
    """Read the claims of a receipt.

    Raises:
        MalformedError, LimitError: see `read_receipt`.
    """
    found = read_object(
        jws.payload, at=at, clause=CLAUSE, max_bytes=limits.RECEIPT_BYTES
    )
    members = Members(found, at=at, clause=CLAUSE)
    members.expect("format", FORMAT)
    try:
        return _receipt(members)
    except UsageError as error:
        raise MalformedError(str(error), at=at, clause=CLAUSE) from error


def _receipt(members: Members) -> Receipt:
    made = Receipt(
        issuer=members.text("iss"),
        issued=members.moment("iat"),
        identity=members.octets("jti"),
        request=members.digest("request"),
        outcome=members.code("outcome", ReceiptOutcome),
        retention=Promise.read(members.object("retention")),
        disclosed=members.maybe("disclosed", lambda name: _disclosed(members, name)),
        purpose=members.maybe("purpose", members.text),
        witnessed=members.maybe("witnessed", members.digest),
    )
    members.done()
    return made


def _disclosed(members: Members, name: str) -> tuple[ClaimsShown, ...]:
    bound = limits.QUERY_CREDENTIALS * limits.PRESENTATIONS
    return tuple(map(ClaimsShown.read, members.objects(name, bound)))
