"""What is printed at a till: who asks there, for what, signed by who runs it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, read_cbor, write_cbor
from idwallet.codec.json import write_json
from idwallet.credentials.query import Query
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    ChainRule,
    CoseForm,
    CoseHeaders,
    CoseRules,
    CoseSign1,
    Sign1Signer,
    TagForm,
    TagRule,
    labels,
    read_sign1,
    x5chain_parameter,
)
from idwallet.errors import MalformedError, UsageError

CLAUSE: Final = "idwallet compact 1 §12"
AAD: Final = b"idwallet-till/1"
_RULES: Final = CoseRules(TagRule.UNTAGGED, ChainRule.UNPROTECTED)
_PARTS: Final = 6
_LATEST: Final = 253402300799
_OUTSIDE: Final = frozenset({labels.X5CHAIN})
_MARK: Final = "#"


class TillCode(NamedTuple):
    """What a printed code says; nothing of it is judged.

    `client_id` is who asks, `till` which of its tills. Proofs are bound to both. It may
    be answered from `since` until `until`.
    """

    client_id: str
    till: str
    since: datetime
    until: datetime
    purpose: str
    query: Query

    @property
    def audience(self) -> str:
        """What a proof for this till is bound to."""
        return audience_of(self.client_id, self.till)


class ReadTillCode(NamedTuple):
    """A printed code that was read: what it says, and what was signed."""

    envelope: CoseSign1
    code: TillCode


def audience_of(client_id: str, till: str) -> str:
    """Return what a proof is bound to that is shown at a till.

    No client identifier and till together are read as two others: a till has no mark in
    its name.

    Raises:
        UsageError: the till has no name, or a mark in it.
    """
    if not till or _MARK in till:
        raise UsageError(f"a till has a name without {_MARK!r}")
    return f"{client_id}{_MARK}{till}"


def write_till_code(
    code: TillCode, *, signer: Signer, certificates: Sequence[bytes]
) -> bytes:
    """Sign what is printed.

    Raises:
        UsageError: times without a zone, in the wrong order or further apart than
            `limits.TILL_LIFETIME`, or no certificates.
        SignerError: the key could not sign.
    """
    if not certificates:
        raise UsageError("a printed code is signed with certificates")
    if code.since.utcoffset() is None or code.until.utcoffset() is None:
        raise UsageError("moments carry their time zone: use an aware datetime")
    if not timedelta() < code.until - code.since <= limits.TILL_LIFETIME:
        raise UsageError("a printed code holds from one moment to a later one")
    audience_of(code.client_id, code.till)
    payload = write_cbor(
        [
            code.client_id,
            code.till,
            int(code.since.timestamp()),
            int(code.until.timestamp()),
            code.purpose,
            write_json(code.query.to_dcql()),
        ]
    )
    outside: dict[CborKey, CborValue] = {
        labels.X5CHAIN: x5chain_parameter(tuple(certificates))
    }
    by = Sign1Signer(
        signer, headers=CoseHeaders({}, outside), form=CoseForm(TagForm.UNTAGGED)
    )
    return by.sign(payload, external_aad=AAD)


def read_till_code(octets: bytes, *, at: str) -> ReadTillCode:
    """Read what is printed, and verify nothing.

    Raises:
        MalformedError, LimitError, UnsupportedError: it is no such code, or asks for
            something that DCQL has no words for.
    """
    envelope = read_sign1(
        octets, at=at, rules=_RULES, external_aad=AAD, max_bytes=limits.COMPACT_BYTES
    )
    if envelope.header.parameters.keys() != {labels.ALG}:
        raise MalformedError("more headers than one", at=at, clause=CLAUSE)
    if envelope.unprotected.keys() != _OUTSIDE:
        raise MalformedError("no certificates outside", at=at, clause=CLAUSE)
    parts = read_cbor(envelope.payload, at=at, clause=CLAUSE)
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise MalformedError("no printed code", at=at, clause=CLAUSE)
    client_id, till, since, until, purpose, asked = parts
    if not (isinstance(client_id, str) and isinstance(till, str) and till):
        raise MalformedError("no name", at=at, clause=CLAUSE)
    if _MARK in till or not isinstance(purpose, str):
        raise MalformedError("no till or purpose", at=at, clause=CLAUSE)
    if not isinstance(asked, bytes):
        raise MalformedError("no query", at=at, clause=CLAUSE)
    query = Query.from_dcql(asked, at=f"{at}/query")
    code = TillCode(
        client_id, till, _moment(since, at=at), _moment(until, at=at), purpose, query
    )
    if not timedelta() < code.until - code.since <= limits.TILL_LIFETIME:
        raise MalformedError("moments out of order", at=at, clause=CLAUSE)
    return ReadTillCode(envelope, code)


def _moment(value: CborValue, *, at: str) -> datetime:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise MalformedError("no moment", at=at, clause=CLAUSE)
    return datetime.fromtimestamp(value, UTC)
